/* Base64 (RFC 4648, with padding), for bytes inside JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_BASE64_H
#define CLI_BASE64_H

#include <stdbool.h>
#include <stddef.h>

char *base64_encode(const unsigned char *bytes, size_t len); /* the caller's */
/* false: not base64.  The result is the caller's. */
bool base64_decode(unsigned char **out, size_t *len, const char *text);

#endif
