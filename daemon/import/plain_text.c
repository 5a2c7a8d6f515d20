/* The bytes of a record that is no JSON, as text; see plain_text.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#include "plain_text.h"

#include "base/utf8.h"

#include <string.h>

void text_place(struct err *err, const char *text, size_t at) {
    const char *line = text;
    err->line = 1;
    for (const char *end; (end = memchr(line, '\n', (size_t)(text + at - line))); line = end + 1)
        err->line++;
    err->column = (long)(text + at - line) + 1;
    err->position = (long)at;
}

enum status text_read(struct arena *arena, const char *bytes, size_t bytes_len, char **out, size_t *len,
                      struct err *err) {
    const char *nul = memchr(bytes, '\0', bytes_len);
    size_t valid = utf8_valid(bytes, bytes_len);
    size_t nul_at = nul ? (size_t)(nul - bytes) : bytes_len;
    size_t bad = valid < nul_at ? valid : nul_at;
    if (bad < bytes_len) {
        unsigned byte = (unsigned char)bytes[bad];
        err_set(err, ST_INVALID_FORMAT, "expected UTF-8 text, got byte 0x%02x", byte);
        text_place(err, bytes, bad);
        return ST_INVALID_FORMAT;
    }
    char *text = arena_alloc(arena, bytes_len + 1);
    size_t n = 0;
    for (size_t i = 0; i < bytes_len; i++) {
        char c = bytes[i];
        if (c == '\r') {
            if (i + 1 < bytes_len && bytes[i + 1] == '\n') continue;
            c = '\n';
        }
        text[n++] = c;
    }
    *out = text;
    *len = n;
    return ST_OK;
}

char *text_trimmed(struct arena *arena, const char *text, size_t len) {
    static const char white[] = " \t\r\n";
    while (len && strchr(white, *text))
        text++, len--;
    while (len && strchr(white, text[len - 1]))
        len--;
    return arena_strndup(arena, text, len);
}

char *text_tidy(char *text) {
    size_t at = strspn(text, " \t\n"), len = 0, breaks = 0;
    for (; text[at]; at++) {
        if (text[at] == '\n') {
            while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
                len--;
            if (++breaks > 2) continue;
        } else if (text[at] != ' ' && text[at] != '\t') {
            breaks = 0;
        }
        text[len++] = text[at];
    }
    while (len && strchr(" \t\n", text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}
