/* Selectors, text fragments and differences.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   fragment = url "#:~:text=" [ prefix "-," ] start [ "," end ] [ ",-" suffix ]
 *
 * A passage of more than FRAGMENT_BYTES is named by its first and last words. */
#include "quote_answer.h"

#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

enum { CONTEXT_BYTES = 32, FRAGMENT_BYTES = 240, FRAGMENT_WORDS = 5 };

/* Percent-encodes all but letters and digits: `-`, `,` and `&` mean something in a text fragment. */
static void encode(struct buf *out, const char *text, size_t len) {
    bool space = false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (isspace(c)) {
            space = out->len > 0;
            continue;
        }
        if (space) buf_str(out, "%20");
        space = false;
        if (isalnum(c) || c == '_' || c == '.' || c == '~')
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* The offset behind the first `words` words of a passage, or in front of the last ones. */
static size_t behind_words(const char *text, size_t len, int words) {
    size_t at = 0;
    for (int i = 0; i < words && at < len; i++) {
        while (at < len && isspace((unsigned char)text[at]))
            at++;
        while (at < len && !isspace((unsigned char)text[at]))
            at++;
    }
    return at;
}

static size_t before_words(const char *text, size_t len, int words) {
    size_t at = len;
    for (int i = 0; i < words && at > 0; i++) {
        while (at > 0 && isspace((unsigned char)text[at - 1]))
            at--;
        while (at > 0 && !isspace((unsigned char)text[at - 1]))
            at--;
    }
    return at;
}

/* Whole words only: browsers match them. */
static size_t context_start(const char *text, size_t start) {
    size_t at = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
    while (at > 0 && at < start && !isspace((unsigned char)text[at - 1]))
        at++;
    return at;
}

static size_t context_end(const char *text, size_t len, size_t end) {
    size_t at = len - end > CONTEXT_BYTES ? end + CONTEXT_BYTES : len;
    while (at < len && at > end && !isspace((unsigned char)text[at]))
        at--;
    return at;
}

static void write_fragment(struct jw *jw, const char *text, const struct quoted *quoted, size_t from, size_t until,
                           const char *url) {
    struct buf out, part;
    size_t len = quoted->end - quoted->start;
    const char *exact = text + quoted->start;
    buf_init(&out, 0);
    buf_init(&part, 0);
    if (url) buf_add(&out, url, strcspn(url, "#"));
    buf_str(&out, "#:~:text=");
    encode(&part, text + from, quoted->start - from);
    if (part.len > 0) buf_printf(&out, "%s-,", part.data);
    buf_clear(&part);
    if (len <= FRAGMENT_BYTES) {
        encode(&part, exact, len);
        buf_str(&out, part.data);
    } else {
        encode(&part, exact, behind_words(exact, len, FRAGMENT_WORDS));
        buf_printf(&out, "%s,", part.data);
        buf_clear(&part);
        size_t last = before_words(exact, len, FRAGMENT_WORDS);
        encode(&part, exact + last, len - last);
        buf_str(&out, part.data);
    }
    buf_clear(&part);
    encode(&part, text + quoted->end, until - quoted->end);
    if (part.len > 0) buf_printf(&out, ",-%s", part.data);
    jw_key(jw, "fragment");
    jw_stringn(jw, out.data, out.len);
    buf_free(&out);
    buf_free(&part);
}

static void key_slice(struct jw *jw, const char *key, const char *text, size_t start, size_t end) {
    jw_key(jw, key);
    jw_stringn(jw, text + start, end - start);
}

void quote_write_place(struct jw *jw, const char *text, size_t len, const struct quoted *quoted, const char *url) {
    size_t from = context_start(text, quoted->start), until = context_end(text, len, quoted->end);
    jw_key(jw, "selector");
    jw_object(jw);
    jw_kstring(jw, "type", "TextQuoteSelector");
    key_slice(jw, "exact", text, quoted->start, quoted->end);
    key_slice(jw, "prefix", text, from, quoted->start);
    key_slice(jw, "suffix", text, quoted->end, until);
    jw_object_end(jw);
    jw_kint(jw, "start", quoted->start);
    jw_kint(jw, "end", quoted->end);
    jw_key(jw, "position");
    jw_object(jw);
    size_t first = utf8_count(text, quoted->start);
    jw_kstring(jw, "type", "TextPositionSelector");
    jw_kint(jw, "start", (int64_t)first);
    jw_kint(jw, "end", (int64_t)(first + utf8_count(text + quoted->start, quoted->end - quoted->start)));
    jw_object_end(jw);
    write_fragment(jw, text, quoted, from, until, url);
}

void quote_write_differences(struct jw *jw, const struct pattern *pattern, const char *text,
                             const struct quoted *quoted) {
    jw_key(jw, "differences");
    jw_array(jw);
    for (size_t i = 0; i < quoted->difference_count; i++) {
        const struct difference *difference = &quoted->differences[i];
        jw_object(jw);
        key_slice(jw, "given", pattern->given, difference->given_start, difference->given_end);
        key_slice(jw, "found", text, difference->found_start, difference->found_end);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}
