/* Lines: splitting, labels, URLs in running text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One pass over the text; \n, \r\n and \r end a line.  Pure functions: any thread. */
#include "lines.h"

#include "base/utf8.h"

#include <string.h>
#include <strings.h>

enum { LABEL_DIGITS_MAX = 4, HASHES_MAX = 6 };

size_t blank_len(const char *text, size_t len, size_t at) {
    if (at >= len) return 0;
    unsigned char c = (unsigned char)text[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (c == 0xC2 && len - at >= 2 && (unsigned char)text[at + 1] == 0xA0) return 2;
    if (len - at < 3) return 0;
    return memcmp(text + at, "\xEF\xBB\xBF", 3) == 0 || memcmp(text + at, "\xE2\x80\x8B", 3) == 0 ? 3 : 0;
}

struct span span_trim(const char *text, struct span span) {
    for (size_t step; (step = blank_len(text, span.end, span.start)) > 0;)
        span.start += (uint32_t)step;
    while (span.end > span.start) {
        size_t last = utf8_floor(text, span.end, span.end - 1);
        if (last < span.start || last + blank_len(text, span.end, last) != span.end) break;
        span.end = (uint32_t)last;
    }
    return span;
}

static uint32_t skip_blank(const char *text, uint32_t end, uint32_t at) {
    for (size_t step; (step = blank_len(text, end, at)) > 0;)
        at += (uint32_t)step;
    return at;
}

static uint32_t read_digits(const char *text, uint32_t end, uint32_t *at) {
    uint32_t start = *at, n = 0;
    while (*at < end && text[*at] >= '0' && text[*at] <= '9' && *at - start < LABEL_DIGITS_MAX)
        n = n * 10 + (uint32_t)(text[(*at)++] - '0');
    return n;
}

static bool read_bracket(const char *text, struct line *line) {
    uint32_t at = line->content.start + 1, end = line->content.end;
    bool note = at < end && text[at] == '^';
    if (note) at++;
    uint32_t n = read_digits(text, end, &at);
    if (n == 0 || at >= end || text[at] != ']') return false;
    at++;
    if (at < end && text[at] == '(') return false; /* a Markdown link */
    if (at < end && text[at] == ':') {
        note = true;
        at++;
    }
    line->label = note ? LABEL_NOTE : LABEL_BRACKET;
    line->n = n;
    line->content.start = skip_blank(text, end, at);
    return true;
}

static void read_label(const char *text, struct line *line) {
    uint32_t at = line->content.start, end = line->content.end;
    if (at >= end) return;
    unsigned char c = (unsigned char)text[at];
    if (c == '[') {
        read_bracket(text, line);
        return;
    }
    enum label label = LABEL_BULLET;
    uint32_t n = 0;
    if (c >= '1' && c <= '9') {
        n = read_digits(text, end, &at);
        if (at >= end || (text[at] != '.' && text[at] != ')')) return;
        label = LABEL_NUMBER;
        at++;
    } else if (c == '-' || c == '*') {
        at++;
    } else if (end - at >= 3 && memcmp(text + at, "\u2022", 3) == 0) {
        at += 3;
    } else {
        return;
    }
    uint32_t content = skip_blank(text, end, at);
    if (content == at || content == end) return;
    line->label = label;
    line->n = n;
    line->content.start = content;
}

static void read_hashes(const char *text, struct line *line) {
    uint32_t at = line->content.start, end = line->content.end;
    while (at < end && text[at] == '#')
        at++;
    uint32_t hashes = at - line->content.start, content = skip_blank(text, end, at);
    if (hashes == 0 || hashes > HASHES_MAX || content == at || content == end) return;
    line->hashes = (int)hashes;
    while (end > content && text[end - 1] == '#')
        end--;
    line->content = span_trim(text, (struct span){content, end});
    if (line->content.start == line->content.end) line->content.end = line->span.end;
}

static struct line read_line(const char *text, uint32_t start, uint32_t end) {
    struct line line = {.span = span_trim(text, (struct span){start, end})};
    line.content = line.span;
    if (line_blank(&line)) return line;
    read_hashes(text, &line);
    struct line hashed = line;
    read_label(text, &line);
    return line.hashes && line.label != LABEL_NUMBER ? hashed : line;
}

void lines_split(struct arena *arena, const char *text, size_t len, struct lines *out) {
    size_t capacity = 0;
    *out = (struct lines){0};
    for (size_t at = 0; at < len;) {
        const char *feed = memchr(text + at, '\n', len - at);
        size_t end = feed ? (size_t)(feed - text) : len;
        const char *back = memchr(text + at, '\r', end - at);
        if (back) end = (size_t)(back - text);
        out->items = arena_grow(arena, out->items, out->count, &capacity, sizeof *out->items);
        out->items[out->count++] = read_line(text, (uint32_t)at, (uint32_t)end);
        if (end + 1 < len && text[end] == '\r' && text[end + 1] == '\n') end++;
        at = end + 1;
    }
}

size_t lines_next(const struct lines *lines, size_t at) {
    while (at < lines->count && (line_blank(&lines->items[at]) || lines->items[at].boilerplate))
        at++;
    return at;
}

size_t lines_previous(const struct lines *lines, size_t at) {
    while (at-- > 0)
        if (!line_blank(&lines->items[at]) && !lines->items[at].boilerplate) return at;
    return lines->count;
}

static bool ends_url(const char *text, size_t len, size_t at) {
    unsigned char c = (unsigned char)text[at];
    if (c <= ' ' || strchr("<>\"`|\\^{}", c)) return true;
    if (c != 0xE2 || len - at < 3) return blank_len(text, len, at) > 0;
    return strncmp(text + at, "\u201C", 3) == 0 || strncmp(text + at, "\u201D", 3) == 0 ||
           strncmp(text + at, "\u2019", 3) == 0 || blank_len(text, len, at) > 0;
}

static bool has_open(const char *text, size_t len, char open) {
    return memchr(text, open, len) != NULL;
}

size_t url_len(const char *text, size_t len, size_t at) {
    const char *url = text + at;
    size_t left = len - at, scheme = 0;
    if (left >= 7 && strncasecmp(url, "http://", 7) == 0)
        scheme = 7;
    else if (left >= 8 && strncasecmp(url, "https://", 8) == 0)
        scheme = 8;
    else if (left >= 4 && strncasecmp(url, "www.", 4) == 0)
        scheme = 4;
    if (scheme == 0) return 0;
    size_t end = 0;
    while (end < left && !ends_url(url, left, end))
        end++;
    while (end > scheme) {
        char last = url[end - 1];
        bool closes = (last == ')' && !has_open(url, end, '(')) || (last == ']' && !has_open(url, end, '['));
        if (!closes && !strchr(".,;:!?'*", last)) break;
        end--;
    }
    return end > scheme ? end : 0;
}

/* Where the scheme in front of `://` begins, or `at` + 1 if it is no URL's. */
static size_t scheme_before(const char *text, size_t from, size_t at) {
    if (at - from >= 5 && strncasecmp(text + at - 5, "https", 5) == 0) return at - 5;
    if (at - from >= 4 && strncasecmp(text + at - 4, "http", 4) == 0) return at - 4;
    return at + 1;
}

bool url_find(const char *text, size_t len, size_t from, struct span *out) {
    size_t slashes = 0;
    for (size_t at = from; at < len;) {
        if (slashes < at || at == from) {
            const char *found = memmem(text + at, len - at, "://", 3);
            slashes = found ? (size_t)(found - text) : len;
        }
        /* www. is looked for only in front of the next ://, so that finding all URLs of a text stays linear */
        const char *www = memmem(text + at, slashes - at, "www.", 4);
        size_t start = slashes < len ? scheme_before(text, at, slashes) : len;
        if (www && (size_t)(www - text) < start) start = (size_t)(www - text);
        size_t url = start < len ? url_len(text, len, start) : 0;
        if (url > 0) {
            *out = (struct span){(uint32_t)start, (uint32_t)(start + url)};
            return true;
        }
        at = start + 1;
    }
    return false;
}
