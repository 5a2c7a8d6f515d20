/* Base64: see base64.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base64.h"

#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(const unsigned char *bytes, size_t len) {
    char *text = memory_resize(NULL, (len + 2) / 3 * 4 + 1), *at = text;
    for (size_t i = 0; i < len; i += 3, at += 4) {
        size_t have = len - i;
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (have > 1) group |= (uint32_t)bytes[i + 1] << 8;
        if (have > 2) group |= bytes[i + 2];
        at[0] = digits[group >> 18];
        at[1] = digits[group >> 12 & 63];
        at[2] = have > 1 ? digits[group >> 6 & 63] : '=';
        at[3] = have > 2 ? digits[group & 63] : '=';
    }
    *at = '\0';
    return text;
}

bool base64_decode(unsigned char **out, size_t *len, const char *text) {
    size_t size = strlen(text), n = 0;
    unsigned char *bytes = memory_resize(NULL, size / 4 * 3 + 3);
    uint32_t group = 0;
    bool good = size % 4 == 0;
    for (size_t i = 0; good && i < size; i++) {
        bool padding = text[i] == '=' && i + 2 >= size;
        const char *digit = padding ? digits : strchr(digits, text[i]);
        good = digit != NULL;
        if (!good) break;
        group = group << 6 | (uint32_t)(digit - digits);
        if (i % 4 != 3) continue;
        for (int shift = 16; shift >= 0; shift -= 8)
            bytes[n++] = (unsigned char)(group >> shift);
        group = 0;
    }
    if (good && size > 0 && text[size - 1] == '=') n--;
    if (good && size > 1 && text[size - 2] == '=') n--;
    if (!good) {
        free(bytes);
        return false;
    }
    *out = bytes;
    *len = n;
    return true;
}
