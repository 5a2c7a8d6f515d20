/* Takes a byte order mark off, and makes UTF-8 of UTF-16; see decode.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * UTF-8, the usual case, is handed on in place.  UTF-16 goes through a small buffer on the stack. */
#include "decode.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

enum { OUT_BYTES = 16 * 1024, UNIT_MAX = 8 /* bytes that one unit can make */ };

static const struct mark {
    const char *bytes;
    size_t len;
    enum decode_state state;
} marks[] = {
    {"\xEF\xBB\xBF", 3, DECODE_UTF8},
    {"\xFF\xFE", 2, DECODE_UTF16_LE},
    {"\xFE\xFF", 2, DECODE_UTF16_BE},
};

struct units {
    struct decode *decode;
    char out[OUT_BYTES];
    size_t len;
};

/* Any code point, half a pair too: that is no UTF-8 and meant to be found. */
static void put(struct units *units, uint32_t code) {
    if (code >= 0xD800 && code < 0xE000) {
        units->out[units->len++] = (char)(0xE0 | code >> 12);
        units->out[units->len++] = (char)(0x80 | (code >> 6 & 0x3F));
        units->out[units->len++] = (char)(0x80 | (code & 0x3F));
        return;
    }
    char bytes[4];
    size_t len = utf8_put(bytes, code);
    memcpy(units->out + units->len, bytes, len);
    units->len += len;
}

static void put_unit(struct units *units, uint32_t unit) {
    struct decode *decode = units->decode;
    if (decode->high && unit >= 0xDC00 && unit < 0xE000) {
        put(units, 0x10000 + ((decode->high - 0xD800) << 10) + (unit - 0xDC00));
        decode->high = 0;
        return;
    }
    if (decode->high) put(units, decode->high);
    decode->high = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    if (!decode->high) put(units, unit);
}

static enum status feed_utf16(struct decode *decode, const char *bytes, size_t len, stage_next next, void *arg,
                              struct err *err) {
    struct units units;
    units.decode = decode;
    units.len = 0;
    bool little = decode->state == DECODE_UTF16_LE;
    for (size_t at = 0; at < len; at++) {
        decode->seen[decode->seen_len++] = (unsigned char)bytes[at];
        if (decode->seen_len < 2) continue;
        decode->seen_len = 0;
        put_unit(&units, (uint32_t)(decode->seen[little] << 8 | decode->seen[!little]));
        if (units.len + UNIT_MAX < OUT_BYTES) continue;
        enum status status = next(arg, units.out, units.len, err);
        if (status) return status;
        units.len = 0;
    }
    return units.len ? next(arg, units.out, units.len, err) : ST_OK;
}

/* Whether what was seen so far may still become a mark; a whole one sets the state. */
static bool may_be_mark(struct decode *decode) {
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (memcmp(decode->seen, marks[i].bytes, decode->seen_len) != 0) continue;
        if (decode->seen_len == marks[i].len) {
            decode->state = marks[i].state;
            decode->seen_len = 0;
        }
        return true;
    }
    return false;
}

enum status decode_feed(struct decode *decode, const char *bytes, size_t len, stage_next next, void *arg,
                        struct err *err) {
    while (len && decode->state == DECODE_START) {
        decode->seen[decode->seen_len++] = (unsigned char)*bytes;
        if (may_be_mark(decode)) {
            bytes++;
            len--;
            continue;
        }
        /* No mark: what was kept from earlier pieces goes first, this byte is still in place. */
        decode->state = DECODE_UTF8;
        size_t kept = decode->seen_len - 1;
        decode->seen_len = 0;
        enum status status = kept ? next(arg, (const char *)decode->seen, kept, err) : ST_OK;
        if (status) return status;
    }
    if (!len) return ST_OK;
    if (decode->state == DECODE_UTF8) return next(arg, bytes, len, err);
    return feed_utf16(decode, bytes, len, next, arg, err);
}

enum status decode_end(struct decode *decode, stage_next next, void *arg, struct err *err) {
    if (decode->state == DECODE_START || decode->state == DECODE_UTF8)
        return decode->seen_len ? next(arg, (const char *)decode->seen, decode->seen_len, err) : ST_OK;
    struct units units;
    units.decode = decode;
    units.len = 0;
    if (decode->high) put(&units, decode->high);
    if (decode->seen_len) units.out[units.len++] = (char)0xFF;
    return units.len ? next(arg, units.out, units.len, err) : ST_OK;
}
