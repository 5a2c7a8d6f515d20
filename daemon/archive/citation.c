/* Citation markers: finding, removing, mapping offsets.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The grammar stands in archive/citation.h.  Pure functions: any thread.  The scan jumps from `[` to `[`, so a
 * text without markers costs one memchr.  Never changes the text it is given; never merges clusters across a
 * blank line. */
#include "archive/citation.h"

#include "base/utf8.h"

#include <string.h>

enum { NUMBER_DIGITS_MAX = 4, RANGE_MAX = 100 };

struct marks {
    struct arena *arena;
    struct mark *items;
    size_t count, capacity;
};

struct item {
    uint32_t first, last;
};

/* Bytes of the white space character at text[at]; 0 if there is none. */
static size_t space_len(const char *text, size_t len, size_t at) {
    static const struct {
        unsigned char bytes[4];
        unsigned char len;
    } wide[] = {{"\xC2\xA0", 2}, {"\xE2\x80\x89", 3}, {"\xE2\x80\xAF", 3}, {"\xE2\x80\x8A", 3}, {"\xE3\x80\x80", 3}};
    if (at >= len) return 0;
    unsigned char c = (unsigned char)text[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (c < 0x80) return 0;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (len - at >= wide[i].len && memcmp(text + at, wide[i].bytes, wide[i].len) == 0) return wide[i].len;
    return 0;
}

static size_t skip_space(const char *text, size_t len, size_t at) {
    for (size_t step; (step = space_len(text, len, at)) > 0;)
        at += step;
    return at;
}

/* Where the white space in front of `at` begins; a blank line in it stays, as it parts paragraphs. */
static size_t space_before(const char *text, size_t from, size_t at) {
    size_t start = at;
    int lines = 0;
    while (start > from) {
        size_t prev = utf8_floor(text, at, start - 1);
        if (prev < from || space_len(text, start, prev) != start - prev) break;
        if (text[prev] == '\n' && ++lines > 1) return at;
        start = prev;
    }
    return start;
}

/* Letters of the scripts that put spaces between words; in others a marker stands between characters. */
static bool is_word_char(uint32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
    return c >= 0xC0 && c <= 0x52F && c != 0xD7 && c != 0xF7;
}

static bool inside_word(const char *text, size_t len, size_t start, size_t end) {
    if (start == 0 || end >= len) return false;
    size_t before = utf8_floor(text, len, start - 1), after = end;
    return is_word_char(utf8_next(text, len, &before)) && is_word_char(utf8_next(text, len, &after));
}

/* Bytes of the dash at text[at]: -, – or —; 0 if there is none. */
static size_t dash_len(const char *text, size_t len, size_t at) {
    if (at < len && text[at] == '-') return 1;
    bool wide = len - at >= 3 && (memcmp(text + at, "\u2013", 3) == 0 || memcmp(text + at, "\u2014", 3) == 0);
    return wide ? 3 : 0;
}

static bool read_number(const char *text, size_t len, size_t *at, uint32_t *out) {
    size_t start = *at;
    uint32_t n = 0;
    while (*at < len && text[*at] >= '0' && text[*at] <= '9' && *at - start < NUMBER_DIGITS_MAX + 1)
        n = n * 10 + (uint32_t)(text[(*at)++] - '0');
    *out = n;
    return *at > start && *at - start <= NUMBER_DIGITS_MAX && n > 0;
}

static bool read_item(const char *text, size_t len, size_t *at, struct item *out) {
    if (!read_number(text, len, at, &out->first)) return false;
    out->last = out->first;
    *at = skip_space(text, len, *at);
    size_t dash = dash_len(text, len, *at);
    if (dash == 0) return true;
    *at = skip_space(text, len, *at + dash);
    if (!read_number(text, len, at, &out->last)) return false;
    *at = skip_space(text, len, *at);
    return true;
}

static void add_mark(struct marks *marks, struct mark mark) {
    marks->items = arena_grow(marks->arena, marks->items, marks->count, &marks->capacity, sizeof mark);
    marks->items[marks->count++] = mark;
}

static void add_item(struct marks *marks, struct mark mark, struct item item) {
    mark.bad_range = item.last < item.first || item.last - item.first >= RANGE_MAX;
    mark.n = item.first;
    add_mark(marks, mark);
    if (mark.bad_range) {
        mark.n = item.last;
        add_mark(marks, mark);
        return;
    }
    while (mark.n < item.last) {
        mark.n++;
        add_mark(marks, mark);
    }
}

/* Reads the marker at text[start] == '[' and adds its marks; returns its end, or 0 if it is none. */
static size_t read_marker(struct marks *marks, const char *text, size_t len, size_t start) {
    size_t before = marks->count, at = skip_space(text, len, start + 1);
    struct mark mark = {.start = (uint32_t)start};
    if (at < len && text[at] == '^') at = skip_space(text, len, at + 1);
    for (;;) {
        struct item item;
        if (!read_item(text, len, &at, &item)) goto none;
        add_item(marks, mark, item);
        if (at >= len) goto none;
        if (text[at] == ']') break;
        if (text[at] != ',' && text[at] != ';') goto none;
        at = skip_space(text, len, at + 1);
    }
    at++;
    if ((at < len && text[at] == '(') || inside_word(text, len, start, at)) goto none;
    return at;
none:
    marks->count = before;
    return 0;
}

/* White space with at most one line break, and at most one comma, hold a cluster together. */
static bool is_cluster_gap(const char *text, size_t start, size_t end) {
    int commas = 0, lines = 0;
    for (size_t at = start; at < end;) {
        if (text[at] == '\n') lines++;
        size_t step = space_len(text, end, at);
        if (step == 0) {
            if (text[at] != ',' || commas++) return false;
            step = 1;
        }
        at += step;
    }
    return lines <= 1;
}

size_t citation_marks(struct arena *arena, const char *text, size_t len, struct mark **out) {
    struct marks marks = {.arena = arena};
    uint32_t cluster = 0;
    size_t last_end = 0;
    for (size_t at = 0; at < len && marks.count <= CITATION_MARKS_MAX;) {
        const char *open = memchr(text + at, '[', len - at);
        if (!open) break;
        size_t start = (size_t)(open - text), before = marks.count;
        size_t end = read_marker(&marks, text, len, start);
        at = end ? end : start + 1;
        if (!end) continue;
        if (cluster == 0 || !is_cluster_gap(text, last_end, start)) cluster++;
        for (size_t i = before; i < marks.count; i++) {
            marks.items[i].end = (uint32_t)end;
            marks.items[i].cluster = cluster;
        }
        last_end = end;
    }
    *out = marks.items;
    return marks.count;
}

/* Would the words around [start, end) run together if it were cut out with the space before it? */
static bool word_follows(const char *text, size_t len, size_t end) {
    if (end >= len) return false;
    unsigned char c = (unsigned char)text[end];
    if (c < 0x80) return is_word_char(c) || c == '$' || c == '#' || c == '(' || c == '[' || c == '"';
    size_t at = end;
    uint32_t wide = utf8_next(text, len, &at);
    bool punctuation = (wide >= 0x2010 && wide <= 0x206F) || (wide >= 0x3000 && wide <= 0x303F) || wide == 0xA0;
    return !punctuation;
}

void citation_clean(struct arena *arena, const char *text, size_t len, const struct mark *marks, size_t mark_count,
                    struct clean_text *out) {
    *out = (struct clean_text){.text = text, .len = len};
    if (mark_count == 0) return;
    char *clean = arena_alloc(arena, len + 1);
    struct cut *cuts = arena_alloc(arena, mark_count * sizeof *cuts);
    size_t from = 0, used = 0, cut_count = 0;
    for (size_t i = 0; i < mark_count;) {
        uint32_t cluster = marks[i].cluster, start = marks[i].start, end = marks[i].end;
        for (; i < mark_count && marks[i].cluster == cluster; i++)
            end = marks[i].end;
        size_t cut = word_follows(text, len, end) ? start : space_before(text, from, start);
        memcpy(clean + used, text + from, cut - from);
        used += cut - from;
        cuts[cut_count++] = (struct cut){.at = (uint32_t)used, .removed = (uint32_t)(end - used)};
        from = end;
    }
    memcpy(clean + used, text + from, len - from);
    used += len - from;
    clean[used] = '\0';
    *out = (struct clean_text){.text = clean, .len = used, .cuts = cuts, .cut_count = cut_count};
}

/* The number of cuts for which `at` (or, with `given`, their first byte in the given text) is below the offset. */
static size_t cuts_below(const struct clean_text *clean, uint32_t offset, bool given, bool or_equal) {
    size_t low = 0, high = clean->cut_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        uint32_t place = clean->cuts[middle].at;
        if (given && middle > 0) place += clean->cuts[middle - 1].removed;
        if (place < offset || (or_equal && place == offset))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t clean_to_given(const struct clean_text *clean, uint32_t offset, bool after) {
    size_t below = cuts_below(clean, offset, false, after);
    return below ? offset + clean->cuts[below - 1].removed : offset;
}

uint32_t given_to_clean(const struct clean_text *clean, uint32_t offset) {
    size_t below = cuts_below(clean, offset, true, false);
    if (below == 0) return offset;
    const struct cut *cut = &clean->cuts[below - 1];
    return offset - cut->at < cut->removed ? cut->at : offset - cut->removed;
}
