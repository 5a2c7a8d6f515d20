/* One character of untrusted text: see glyph.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "glyph.h"

#include <stddef.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT 0xFFFDu

uint32_t glyph_decode(const char **at) {
    const unsigned char *p = (const unsigned char *)*at;
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    int more = p[0] < 0x80 ? 0 : (p[0] & 0xE0) == 0xC0 ? 1 : (p[0] & 0xF0) == 0xE0 ? 2 : (p[0] & 0xF8) == 0xF0 ? 3 : -1;
    ++*at;
    if (more <= 0) return more ? REPLACEMENT : p[0];
    uint32_t c = p[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) return REPLACEMENT;
        c = c << 6 | (p[i] & 0x3Fu);
    }
    if (c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return REPLACEMENT;
    *at += more;
    return c;
}

static void encode(char bytes[5], uint32_t c) {
    int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    memset(bytes, 0, 5);
    bytes[0] = (char)(lead[more] | c >> (6 * more));
    for (int i = 1; i <= more; i++)
        bytes[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3F));
}

bool glyph_harmful(uint32_t c) {
    bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    bool direction =
        c == 0x200E || c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return control || direction || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
}

bool glyph_next(struct glyph *out, const char **at) {
    while (**at) {
        uint32_t c = glyph_decode(at);
        if (c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029) c = ' ';
        if (glyph_harmful(c)) continue;
        encode(out->bytes, c);
        out->space = c == ' ';
        int width = c < 0x80 ? 1 : wcwidth((wchar_t)c);
        out->width = width < 0 ? 1 : width;
        return true;
    }
    return false;
}

int glyph_width(const char *text) {
    struct glyph glyph;
    int width = 0;
    while (glyph_next(&glyph, &text))
        width += glyph.width;
    return width;
}
