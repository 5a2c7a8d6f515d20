/* Numbers of JSON text: their grammar and what a double can hold of them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_JSON_NUMBER_H
#define BASE_JSON_NUMBER_H

#include <stddef.h>

enum { JSON_NUMBER_MAX_BYTES = 63 }; /* cJSON copies a number into 64 bytes */

/* Checks the number at text[*at] (a digit or '-') and moves *at behind it.  NULL: fine; else what is
 * wrong, static, and *at is the offending byte (the number's first byte when its value is at fault). */
const char *json_number_check(const char *text, size_t len, size_t *at);

#endif
