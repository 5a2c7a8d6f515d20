/* One step over UTF-8, inlined where speed counts: utf8.c, the JSON check, the JSON writer.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Accepts what Unicode calls well-formed: shortest forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_STEP_H
#define BASE_UTF8_STEP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline int utf8_is_tail(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

/* Length of the well-formed character at text (left bytes, at least 1), or 0. */
static inline size_t utf8_step(const unsigned char *text, size_t left) {
    unsigned char lead = text[0];
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || left < 2 || !utf8_is_tail(text[1])) return 0;
    if (lead < 0xE0) return 2;
    if (left < 3 || !utf8_is_tail(text[2])) return 0;
    if (lead < 0xF0) {
        if (lead == 0xE0 && text[1] < 0xA0) return 0;
        if (lead == 0xED && text[1] >= 0xA0) return 0;
        return 3;
    }
    if (lead > 0xF4 || left < 4 || !utf8_is_tail(text[3])) return 0;
    if (lead == 0xF0 && text[1] < 0x90) return 0;
    if (lead == 0xF4 && text[1] >= 0x90) return 0;
    return 4;
}

/* Whether the eight bytes at text are all ASCII. */
static inline int utf8_ascii8(const char *text) {
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

/* Whether the eight bytes at text can stand in a JSON string as they are: ASCII, no control
 * character, no quote, no backslash.  (x - 1) & ~x finds zero bytes; ~x is not needed below 0x80. */
static inline int utf8_plain8(const char *text) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, text, sizeof word);
    uint64_t control = word - ones * 0x20;
    uint64_t quote = (word ^ (ones * '"')) - ones;
    uint64_t backslash = (word ^ (ones * '\\')) - ones;
    return ((word | control | quote | backslash) & (ones * 0x80)) == 0;
}

#endif
