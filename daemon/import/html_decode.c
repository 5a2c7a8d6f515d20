/* The character set of a page of HTML.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is valid UTF-8 is UTF-8, whatever the page says: by chance no text in another set is.  Otherwise the page's
 * word counts, in <meta charset>, its older form or an XML declaration; iso-8859-1 means Windows-1252, as browsers
 * have it, and so does silence.  The C library knows the sets.  Pure: any thread. */
#include "html.h"
#include "plain_text.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { HEAD_BYTES = 4096, NAME_MAX_BYTES = 40, SLACK = 64 };

/* What other names mean. */
static const struct {
    const char *given, *meant;
} aliases[] = {
    {"", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"ascii", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"shift_jis", "cp932"},
    {"x-sjis", "cp932"},
    {"euc-kr", "cp949"},
    {"ks_c_5601-1987", "cp949"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"tis-620", "windows-874"},
    {"utf8", "utf-8"},
    {"utf-16", "utf-8"}, /* it was read in bytes, so it is not */
    {"utf-16le", "utf-8"},
    {"utf-16be", "utf-8"},
    {"unicode", "utf-8"},
};

/* Windows-1252 from 0x80 on; 0 where it has nothing: browsers make control characters of these. */
static const uint16_t windows[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                     0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static const char *find(const char *at, const char *end, const char *word) {
    size_t len = strlen(word);
    for (; at + len <= end; at++)
        if (strncasecmp(at, word, len) == 0) return at;
    return NULL;
}

/* `charset = "name"` at the word. */
static bool read_name(const char *at, const char *end, char name[NAME_MAX_BYTES]) {
    size_t len = 0;
    while (at < end && memchr(" \t\r\n", *at, 4))
        at++;
    if (at == end || *at != '=') return false;
    at++;
    while (at < end && memchr(" \t\r\n\"'", *at, 6))
        at++;
    while (at < end && len + 1 < NAME_MAX_BYTES && !memchr(" \t\r\n\"';/>?", *at, 10)) {
        char c = *at++;
        name[len++] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    name[len] = '\0';
    return len > 0;
}

static void find_name(const char *text, size_t len, char name[NAME_MAX_BYTES]) {
    const char *end = text + (len < HEAD_BYTES ? len : HEAD_BYTES);
    const char *meta = text;
    name[0] = '\0';
    if (len > 5 && memcmp(text, "<?xml", 5) == 0) {
        const char *close = memchr(text, '>', (size_t)(end - text));
        const char *word = close ? find(text, close, "encoding") : NULL;
        if (word && read_name(word + strlen("encoding"), close, name)) return;
    }
    while ((meta = find(meta, end, "<meta"))) {
        const char *close = memchr(meta, '>', (size_t)(end - meta));
        if (!close) return;
        const char *word = find(meta, close, "charset");
        if (word && read_name(word + strlen("charset"), close + 1, name)) return;
        meta = close;
    }
}

static enum status wrong(const char *bytes, size_t at, const char *name, struct err *err) {
    err_set(err, ST_INVALID_FORMAT, "expected text in %s, as the page says, got byte 0x%02x", name,
            (unsigned)(unsigned char)bytes[at]);
    text_place(err, bytes, at);
    return ST_INVALID_FORMAT;
}

static void from_windows(struct arena *arena, const char *bytes, size_t bytes_len, const char **out, size_t *len) {
    char *text = arena_alloc(arena, 3 * bytes_len + 1);
    size_t n = 0;
    for (size_t i = 0; i < bytes_len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        uint32_t code = c >= 0x80 && c < 0xA0 && windows[c - 0x80] ? windows[c - 0x80] : c;
        n += utf8_put(text + n, code);
    }
    *out = text;
    *len = n;
}

static enum status from_set(struct arena *arena, const char *name, const char *bytes, size_t bytes_len,
                            const char **out, size_t *len, struct err *err) {
    iconv_t set = iconv_open("UTF-8", name);
    if (set == (iconv_t)-1)
        return err_set(err, ST_INVALID_FORMAT, "expected a character set that is known, got \"%s\"", name);
    char *in = (char *)bytes;
    size_t in_left = bytes_len, room = 4 * bytes_len + SLACK, left = room;
    char *text = arena_alloc(arena, room + 1), *at = text;
    size_t fault = iconv(set, &in, &in_left, &at, &left);
    if (fault != (size_t)-1) iconv(set, NULL, NULL, &at, &left);
    iconv_close(set);
    if (fault == (size_t)-1) return wrong(bytes, bytes_len - in_left, name, err);
    *out = text;
    *len = room - left;
    return ST_OK;
}

enum status html_decode(struct arena *arena, const char *bytes, size_t bytes_len, const char **out, size_t *len,
                        struct err *err) {
    char given[NAME_MAX_BYTES];
    const char *name = given;
    bool wide = bytes_len >= 2 && (!bytes[0] || !bytes[1]) && (bytes[0] == '<' || bytes[1] == '<');
    if (wide) return from_set(arena, bytes[0] ? "UTF-16LE" : "UTF-16BE", bytes, bytes_len, out, len, err);
    size_t valid = utf8_valid(bytes, bytes_len);
    *out = bytes;
    *len = bytes_len;
    if (valid == bytes_len) return ST_OK;
    find_name(bytes, bytes_len, given);
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(given, aliases[i].given) == 0) name = aliases[i].meant;
    if (strcmp(name, "utf-8") == 0) return wrong(bytes, valid, "UTF-8", err);
    if (strcmp(name, "windows-1252") != 0) return from_set(arena, name, bytes, bytes_len, out, len, err);
    from_windows(arena, bytes, bytes_len, out, len);
    return ST_OK;
}
