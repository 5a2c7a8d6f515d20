/* Bytes of URLs: escapes, prefixes, opaque text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure functions on any thread. */
#include "base/utf8.h"
#include "url.h"

#include <ctype.h>

static const char HEX[] = "0123456789ABCDEF";

int url_hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The byte that an escape at text[at] stands for, or -1. */
static int escaped(struct slice text, size_t at) {
    if (text.at[at] != '%' || at + 2 >= text.len) return -1;
    int high = url_hex(text.at[at + 1]), low = url_hex(text.at[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* What may stand in a path, query or fragment as it is: unreserved, or allowed with a meaning of its own. */
enum { PLAIN = 1, SPECIAL = 2 };
static const unsigned char CLASS[256] = {
    ['a' ... 'z'] = PLAIN, ['A' ... 'Z'] = PLAIN, ['0' ... '9'] = PLAIN, ['-'] = PLAIN,   ['.'] = PLAIN,
    ['_'] = PLAIN,         ['~'] = PLAIN,         ['!'] = SPECIAL,       ['$'] = SPECIAL, ['&'] = SPECIAL,
    ['\''] = SPECIAL,      ['('] = SPECIAL,       [')'] = SPECIAL,       ['*'] = SPECIAL, ['+'] = SPECIAL,
    [','] = SPECIAL,       [';'] = SPECIAL,       ['='] = SPECIAL,       [':'] = SPECIAL, ['@'] = SPECIAL,
    ['/'] = SPECIAL,       ['?'] = SPECIAL,       ['#'] = SPECIAL,
};

static bool unreserved(unsigned char c) {
    return CLASS[c] == PLAIN;
}

static bool allowed(unsigned char c) {
    return CLASS[c] != 0;
}

static size_t put_escape(char *to, unsigned char c) {
    to[0] = '%';
    to[1] = HEX[c >> 4];
    to[2] = HEX[c & 15];
    return 3;
}

static bool is_normal(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!allowed((unsigned char)text.at[i])) return false;
    }
    return true;
}

struct slice url_normalise(struct arena *arena, struct slice text, const bool *decode, bool plus) {
    if (is_normal(text)) return text;
    char *to = arena_alloc(arena, text.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = escaped(text, i);
        unsigned char c = value < 0 ? (unsigned char)text.at[i] : (unsigned char)value;
        if (plus && c == ' ') {
            to[len++] = '+';
        } else if (value < 0 ? allowed(c) : unreserved(c) || (decode && decode[c])) {
            to[len++] = (char)c;
        } else {
            len += put_escape(to + len, c);
        }
        if (value >= 0) i += 2;
    }
    return (struct slice){to, len};
}

struct slice url_escape(struct arena *arena, struct slice text) {
    char *to = arena_alloc(arena, text.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (allowed(c) || c == '%') {
            to[len++] = (char)c;
        } else {
            len += put_escape(to + len, c);
        }
    }
    return (struct slice){to, len};
}

bool url_malformed(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '%' && escaped(text, i) < 0) return true;
    }
    return false;
}

char *url_decode(struct arena *arena, struct slice text) {
    char *to = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = escaped(text, i);
        to[len++] = value > 0 ? (char)value : text.at[i];
        if (value > 0) i += 2;
    }
    return to;
}

bool url_starts(const char *text, const char *prefix) {
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

char *url_opaque_text(struct arena *arena, const char *text, size_t len) {
    char *to = arena_alloc(arena, len * 3 + 1);
    size_t out = 0;
    for (size_t at = 0; at < len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, len, &at);
        if (c <= ' ' || c == 0x7f || c == 0xa0) {
            if (out && to[out - 1] != ' ') to[out++] = ' ';
        } else if (c == 0xfffd && at - start == 1) {
            out += put_escape(to + out, (unsigned char)text[start]);
        } else {
            memcpy(to + out, text + start, at - start);
            out += at - start;
        }
    }
    if (out && to[out - 1] == ' ') out--;
    to[out] = '\0';
    return to;
}
