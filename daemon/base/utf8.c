/* UTF-8: decoding, checking, counting.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure functions, any thread.  What is well-formed stands in utf8_step.h.  Invalid bytes are never
 * fatal: each counts as one character, U+FFFD. */
#include "base/utf8.h"

#include "utf8_step.h"

uint32_t utf8_next(const char *text, size_t len, size_t *at) {
    const unsigned char *c = (const unsigned char *)text + *at;
    size_t step = utf8_step(c, len - *at);
    *at += step ? step : 1;
    switch (step) {
    case 1: return c[0];
    case 2: return (c[0] & 0x1Fu) << 6 | (c[1] & 0x3Fu);
    case 3: return (c[0] & 0x0Fu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu);
    case 4: return (c[0] & 0x07u) << 18 | (c[1] & 0x3Fu) << 12 | (c[2] & 0x3Fu) << 6 | (c[3] & 0x3Fu);
    default: return 0xFFFD;
    }
}

size_t utf8_put(char out[4], uint32_t code_point) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) code_point = 0xFFFD;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

size_t utf8_valid(const char *text, size_t len) {
    size_t at = 0;
    while (at < len) {
        if (len - at >= 8 && utf8_ascii8(text + at)) {
            at += 8;
            continue;
        }
        size_t step = utf8_step((const unsigned char *)text + at, len - at);
        if (!step) return at;
        at += step;
    }
    return len;
}

size_t utf8_offset(const char *text, size_t len, size_t code_points) {
    size_t at = 0;
    while (at < len && code_points > 0) {
        if (code_points >= 8 && len - at >= 8 && utf8_ascii8(text + at)) {
            at += 8;
            code_points -= 8;
            continue;
        }
        size_t step = utf8_step((const unsigned char *)text + at, len - at);
        at += step ? step : 1;
        code_points--;
    }
    return at;
}

size_t utf8_count(const char *text, size_t len) {
    size_t at = 0;
    size_t count = 0;
    while (at < len) {
        if (len - at >= 8 && utf8_ascii8(text + at)) {
            at += 8;
            count += 8;
            continue;
        }
        size_t step = utf8_step((const unsigned char *)text + at, len - at);
        at += step ? step : 1;
        count++;
    }
    return count;
}

size_t utf8_floor(const char *text, size_t len, size_t at) {
    if (at >= len) return len;
    /* The character that contains `at` begins at most three bytes before it. */
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        size_t step = utf8_step((const unsigned char *)text + at - back, len - (at - back));
        if (step > back) return at - back;
        if (step) break;
    }
    return at;
}
