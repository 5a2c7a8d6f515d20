/* Base64 (RFC 4648 §4), for bytes inside JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

static int value_of(unsigned char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, const char *text, size_t len, char **out, size_t *out_len) {
    signed char values[256];
    if (len % 4 != 0) return false;
    for (int c = 0; c < 256; c++)
        values[c] = (signed char)value_of((unsigned char)c);
    size_t padding = len > 0 && text[len - 1] == '=' ? (text[len - 2] == '=' ? 2 : 1) : 0;
    char *bytes = arena_alloc(arena, len / 4 * 3 + 1);
    size_t count = 0;
    for (size_t i = 0; i < len; i += 4) {
        uint32_t group = 0;
        size_t pads = i + 4 == len ? padding : 0;
        for (size_t j = 0; j < 4; j++) {
            int value = j >= 4 - pads ? 0 : values[(unsigned char)text[i + j]];
            if (value < 0) return false;
            group = group << 6 | (uint32_t)value;
        }
        bytes[count++] = (char)(group >> 16);
        if (pads < 2) bytes[count++] = (char)(group >> 8);
        if (pads < 1) bytes[count++] = (char)group;
    }
    *out = bytes;
    *out_len = count;
    return true;
}
