/* Bibliographies: which lines are entries.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An entry begins at a label, or in a list without labels at a bullet, a URL or the line above one.  It goes on in
 * lines that are a URL or an archive's or visit's note, or that follow at once: indented, or while the entry has no
 * URL.  Boilerplate and headings end it.  Without a heading above only a run of labelled entries that closes the text is taken, and
 * `1.` counts only with a URL.  Pure functions: any thread. */
#include "reference.h"

enum { WRAPPED_MAX = 200, ENTRY_LINES_MAX = 4 };

static struct span first_url(const char *text, const struct line *line) {
    struct span url = {0, 0};
    url_find(text, line->span.end, line->span.start, &url);
    return url;
}

static bool has_url(const char *text, const struct line *line) {
    struct span url = first_url(text, line);
    return url.end > url.start;
}

/* Nothing but a URL, with or without <> and a closing stop. */
static bool is_url_line(const char *text, const struct line *line) {
    struct span url = first_url(text, line);
    if (url.end == url.start) return false;
    uint32_t before = url.start - line->span.start, after = line->span.end - url.end;
    return line->label == LABEL_NONE && (before == 0 || (before == 1 && text[line->span.start] == '<')) && after <= 1;
}

static bool is_note_line(const struct boilerplate *boilerplate, const char *text, const struct line *line) {
    const char *at = text + line->span.start;
    size_t len = line->span.end - line->span.start;
    return line->label == LABEL_NONE && (boilerplate_prefix(boilerplate, PHRASES_ARCHIVED, at, len) > 0 ||
                                         boilerplate_prefix(boilerplate, PHRASES_ACCESSED, at, len) > 0 ||
                                         boilerplate_prefix(boilerplate, PHRASES_LINK, at, len) > 0);
}

static bool is_labelled(const struct line *line) {
    return !line->hashes && (line->label == LABEL_NUMBER || line->label == LABEL_BRACKET || line->label == LABEL_NOTE);
}

static bool usable(const struct line *line) {
    return !line_blank(line) && !line->boilerplate && !line->hashes;
}

static bool is_indented(const char *text, const struct line *line) {
    return line->span.start > 0 && (text[line->span.start - 1] == ' ' || text[line->span.start - 1] == '\t');
}

struct entry {
    size_t first, end; /* lines */
    bool url;
};

/* Does line `at`, which has no label, go on with the entry above it? */
static bool continues(const struct boilerplate *boilerplate, const char *text, const struct lines *lines, size_t at,
                      const struct entry *entry, bool tight) {
    const struct line *line = &lines->items[at];
    if (!usable(line) || line->label != LABEL_NONE) return false;
    if (is_note_line(boilerplate, text, line) && has_url(text, line)) return true;
    if (is_url_line(text, line)) return !entry->url;
    if (at != entry->end) return false;
    if (!entry->url) return has_url(text, line) || (tight && line->span.end - line->span.start <= WRAPPED_MAX);
    return is_indented(text, line);
}

/* The entry that begins at line `first`.  tight: lines that follow at once belong to it. */
static struct entry entry_at(const struct boilerplate *boilerplate, const char *text, const struct lines *lines,
                             size_t first, bool tight) {
    struct entry entry = {first, first + 1, has_url(text, &lines->items[first])};
    for (size_t at = first + 1; at < lines->count; at++) {
        if (line_blank(&lines->items[at])) continue;
        if (!continues(boilerplate, text, lines, at, &entry, tight)) break;
        entry.url = entry.url || has_url(text, &lines->items[at]);
        entry.end = at + 1;
    }
    return entry;
}

size_t bibliography_tail(const struct boilerplate *boilerplate, const char *text, const struct lines *lines) {
    size_t start = lines->count, entries = 0, covered = lines->count, loose = 0;
    bool any_url = false;
    uint32_t next_n = UINT32_MAX;
    for (size_t at = lines->count; at-- > 0;) {
        const struct line *line = &lines->items[at];
        if (line_blank(line) || line->boilerplate) continue;
        if (line->hashes) break;
        if (!is_labelled(line)) {
            if (++loose >= ENTRY_LINES_MAX) break;
            continue;
        }
        struct entry entry = entry_at(boilerplate, text, lines, at, false);
        if (lines_next(lines, entry.end) < covered) break; /* a paragraph parts it from the run */
        if (line->n >= next_n || (line->label == LABEL_NUMBER && !entry.url)) break;
        next_n = line->n;
        start = covered = at;
        loose = 0;
        entries++;
        any_url = any_url || entry.url || line->label == LABEL_NOTE;
    }
    return any_url || entries > 1 ? start : lines->count;
}

static bool begins_unlabelled(const char *text, const struct lines *lines, size_t at) {
    const struct line *line = &lines->items[at];
    if (line->label == LABEL_BULLET || has_url(text, line)) return true;
    size_t next = lines_next(lines, at + 1);
    return next < lines->count && usable(&lines->items[next]) && is_url_line(text, &lines->items[next]);
}

static void add_reference(struct arena *arena, const struct boilerplate *boilerplate, const char *text,
                          const struct lines *lines, const struct entry *entry, struct structure *out,
                          size_t *capacity) {
    const struct line *first = &lines->items[entry->first];
    uint32_t end = lines->items[entry->end - 1].span.end;
    struct reference reference = {0};
    reference_read(arena, boilerplate, text + first->content.start, end - first->content.start, &reference);
    reference.span = (struct span){first->span.start, end};
    reference.raw = arena_strndup(arena, text + first->span.start, end - first->span.start);
    reference.n = first->n ? first->n : (uint32_t)out->reference_count + 1;
    out->references = arena_grow(arena, out->references, out->reference_count, capacity, sizeof reference);
    out->references[out->reference_count++] = reference;
}

size_t bibliography_read(struct arena *arena, const struct boilerplate *boilerplate, const char *text,
                         const struct lines *lines, size_t first, struct structure *out, size_t *capacity) {
    size_t at = lines_next(lines, first), end = first;
    if (at == lines->count || !usable(&lines->items[at])) return first;
    bool labelled = is_labelled(&lines->items[at]);
    while (at < lines->count) {
        const struct line *line = &lines->items[at];
        if (!usable(line)) break;
        if (!is_labelled(line) && (labelled || !begins_unlabelled(text, lines, at))) break;
        struct entry entry = entry_at(boilerplate, text, lines, at, labelled);
        add_reference(arena, boilerplate, text, lines, &entry, out, capacity);
        end = entry.end;
        at = lines_next(lines, end);
    }
    return end;
}
