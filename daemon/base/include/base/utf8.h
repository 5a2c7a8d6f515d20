/* UTF-8: decoding, checking, counting.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point at text[*at] (at < len) and moves *at behind it; invalid bytes give U+FFFD
 * and move by one. */
uint32_t utf8_next(const char *text, size_t len, size_t *at);
size_t utf8_put(char out[4], uint32_t code_point); /* bytes written */
/* Offset of the first invalid byte, or len. */
size_t utf8_valid(const char *text, size_t len);
size_t utf8_count(const char *text, size_t len);                      /* code points */
size_t utf8_offset(const char *text, size_t len, size_t code_points); /* bytes; len when beyond the end */
/* The largest cut <= at that is not inside a character. */
size_t utf8_floor(const char *text, size_t len, size_t at);

#endif
