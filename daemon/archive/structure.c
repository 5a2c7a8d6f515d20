/* Structure of a plain text: one pass over its lines.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each line goes to exactly one place: blank, boilerplate, title, date, heading, bibliography, or the body of the
 * open part.  `1. Heading` counts only in its turn (1, 2, 3, …), with a text below it and with no neighbour that
 * counts on, as the items of a list do.  Pure functions: any thread. */
#include "archive/structure.h"

#include "boilerplate.h"
#include "lines.h"
#include "reference.h"
#include "rules_internal.h"

#include "archive/citation.h"
#include "base/utf8.h"

#include <string.h>

enum { TITLE_CHARS_MAX = 300, HEADING_CHARS_MAX = 200, DATE_LINE_MAX = 80 };

struct finder {
    struct arena *arena;
    const struct rules *rules;
    const char *text;
    struct lines lines;
    struct structure *out;
    size_t parts, references, reference_headings, dropped, date_lines; /* capacities */
    bool open;                                                         /* the last part takes text */
    bool has_summary;
    uint32_t next_n;                              /* the number the next numbered heading must have */
    size_t last_second_item, last_second_heading; /* find_seconds */
    size_t tail;                                  /* first line of a closing bibliography */
};

static const char *at(const struct finder *finder, struct span span) {
    return finder->text + span.start;
}
static size_t length(struct span span) {
    return span.end - span.start;
}

static bool is_phrase(const struct finder *finder, enum phrase_list list, struct span span) {
    return boilerplate_is(finder->rules->boilerplate, list, at(finder, span), length(span));
}

static bool has_marks(struct finder *finder, struct span span) {
    struct mark *marks;
    return memchr(at(finder, span), '[', length(span)) &&
           citation_marks(finder->arena, at(finder, span), length(span), &marks) > 0;
}

static void add_span(struct arena *arena, struct span **spans, size_t *count, size_t *capacity, struct span span) {
    *spans = arena_grow(arena, *spans, *count, capacity, sizeof span);
    (*spans)[(*count)++] = span;
}

static void drop(struct finder *finder, struct span span) {
    struct structure *out = finder->out;
    add_span(finder->arena, &out->dropped, &out->dropped_count, &finder->dropped, span);
}

static void mark_boilerplate(struct finder *finder) {
    const struct boilerplate *rules = finder->rules->boilerplate;
    for (size_t i = 0; i < finder->lines.count; i++) {
        struct line *line = &finder->lines.items[i];
        if (line_blank(line)) continue;
        line->boilerplate =
            boilerplate_is(rules, PHRASES_BOILERPLATE, at(finder, line->span), length(line->span)) ||
            boilerplate_prefix(rules, PHRASES_BOILERPLATE_START, at(finder, line->span), length(line->span)) > 0;
    }
}

static void open_part(struct finder *finder, struct span heading, bool summary) {
    struct structure *out = finder->out;
    struct part part = {.heading = heading};
    out->parts = arena_grow(finder->arena, out->parts, out->part_count, &finder->parts, sizeof part);
    out->parts[out->part_count++] = part;
    finder->open = true;
    if (summary) finder->has_summary = true;
}

static void add_text(struct finder *finder, const struct line *line) {
    if (!finder->open) open_part(finder, (struct span){line->span.start, line->span.start}, false);
    struct span *body = &finder->out->parts[finder->out->part_count - 1].body;
    if (body->start == body->end) body->start = line->span.start;
    body->end = line->span.end;
}

/* A date line says `Checked on` or the like and nothing but a date. */
static bool take_date(struct finder *finder, const struct line *line) {
    static const enum phrase_list lists[] = {PHRASES_PUBLISHED, PHRASES_UPDATED};
    const struct boilerplate *rules = finder->rules->boilerplate;
    if (length(line->span) > DATE_LINE_MAX) return false;
    for (size_t i = 0; i < 2; i++) {
        size_t prefix = boilerplate_prefix(rules, lists[i], at(finder, line->span), length(line->span));
        if (prefix == 0) continue;
        struct span rest = {line->span.start + (uint32_t)prefix, line->span.end};
        if (rest.end > rest.start && finder->text[rest.start] == ':') rest.start++;
        if (rest.end > rest.start && finder->text[rest.end - 1] == '.') rest.end--;
        rest = span_trim(finder->text, rest);
        char date[32];
        const char *given = arena_strndup(finder->arena, at(finder, rest), length(rest));
        if (when_parse_loose(date, given, boilerplate_date_order(rules), NULL) != ST_OK) continue;
        const char **field = i == 0 ? &finder->out->published : &finder->out->updated;
        if (*field) return false; /* a second date of one kind is text */
        *field = arena_strdup(finder->arena, date);
        struct structure *out = finder->out;
        add_span(finder->arena, &out->date_lines, &out->date_line_count, &finder->date_lines, line->span);
        return true;
    }
    return false;
}

/* May the numbered line be a heading by its own look? */
static bool looks_like_heading(struct finder *finder, const struct line *line) {
    struct span url;
    return line->label == LABEL_NUMBER &&
           utf8_count(at(finder, line->content), length(line->content)) <= HEADING_CHARS_MAX &&
           !url_find(finder->text, line->content.end, line->content.start, &url) && !has_marks(finder, line->content);
}

/* Is there a later line with the same number, so that this one may be the end of a list? */
static bool comes_again(struct finder *finder, size_t i) {
    for (size_t j = i + 1; j < finder->lines.count; j++)
        if (finder->lines.items[j].n == finder->lines.items[i].n && looks_like_heading(finder, &finder->lines.items[j]))
            return true;
    return false;
}

/* With a text below it that is neither the next item nor an entry's URL. */
static bool has_text_below(struct finder *finder, size_t i) {
    size_t after = lines_next(&finder->lines, i + 1);
    if (after == finder->lines.count || after == finder->tail) return false;
    const struct line *next = &finder->lines.items[after];
    if (next->label == LABEL_NUMBER && next->n == finder->lines.items[i].n + 1) return false;
    size_t url = url_len(finder->text, next->span.end, next->span.start);
    return url == 0 || next->span.start + url + 1 < next->span.end;
}

static bool has_number(const struct lines *lines, size_t i, uint32_t n) {
    return i < lines->count && lines->items[i].label == LABEL_NUMBER && lines->items[i].n == n;
}

/* The last line numbered 2 that stands in a list, and the last that may be a heading; counted from 1. */
static void find_seconds(struct finder *finder) {
    const struct lines *lines = &finder->lines;
    for (size_t i = 0; i < lines->count; i++) {
        if (!has_number(lines, i, 2)) continue;
        if (has_number(lines, lines_previous(lines, i), 1) || has_number(lines, lines_next(lines, i + 1), 3))
            finder->last_second_item = i + 1;
        else if (looks_like_heading(finder, &lines->items[i]) && has_text_below(finder, i))
            finder->last_second_heading = i + 1;
    }
}

/* Where a second item follows but no second heading, a first item is no heading either. */
static bool may_be_first(const struct finder *finder, size_t i) {
    return finder->lines.items[i].hashes || i >= finder->last_second_item || i < finder->last_second_heading;
}

static bool is_numbered_heading(struct finder *finder, size_t i) {
    const struct line *line = &finder->lines.items[i];
    if (line->n != finder->next_n || !looks_like_heading(finder, line) || !has_text_below(finder, i)) return false;
    if (line->n == 1) return may_be_first(finder, i);
    size_t before = lines_previous(&finder->lines, i);
    const struct line *previous = before < finder->lines.count ? &finder->lines.items[before] : line;
    bool counts_on = previous->label == LABEL_NUMBER && previous->n + 1 == line->n && !previous->hashes;
    return !counts_on || !comes_again(finder, i);
}

static bool is_heading(struct finder *finder, size_t i) {
    return finder->lines.items[i].hashes || is_numbered_heading(finder, i);
}

/* A sentence after another makes a paragraph, not a title. */
static bool is_paragraph(struct finder *finder, struct span span) {
    if (finder->text[span.end - 1] != '.') return false;
    struct span *sentences = NULL;
    size_t count = sentences_find(rules_abbreviations(finder->rules), at(finder, span), length(span), NULL, &sentences);
    mem_free(sentences);
    return count > 1;
}

static bool is_title(struct finder *finder, size_t i) {
    const struct line *line = &finder->lines.items[i];
    if (line->hashes) return true;
    if (lines_next(&finder->lines, i + 1) == finder->lines.count) return false; /* the text's only line */
    if (is_phrase(finder, PHRASES_SUMMARY, line->content) || is_phrase(finder, PHRASES_BIBLIOGRAPHY, line->content))
        return false;
    if (i >= finder->tail || is_numbered_heading(finder, i)) return false;
    return utf8_count(at(finder, line->span), length(line->span)) <= TITLE_CHARS_MAX &&
           !has_marks(finder, line->span) && !is_paragraph(finder, line->span);
}

/* Behind `Fact check:` and the like; the prefix is dropped when `dropping`. */
static struct span without_prefix(struct finder *finder, struct span title, bool dropping) {
    size_t prefix =
        boilerplate_prefix(finder->rules->boilerplate, PHRASES_TITLE_PREFIX, at(finder, title), length(title));
    struct span rest = span_trim(finder->text, (struct span){title.start + (uint32_t)prefix, title.end});
    if (prefix == 0 || rest.start == rest.end) return title;
    if (dropping) drop(finder, (struct span){title.start, title.start + (uint32_t)prefix});
    return rest;
}

static bool is_known_title(struct finder *finder, struct span span, const char *known) {
    if (!known) return false;
    size_t len = strlen(known);
    struct span rest = without_prefix(finder, span, false);
    return boilerplate_same(at(finder, span), length(span), known, len) ||
           boilerplate_same(at(finder, rest), length(rest), known, len);
}

static bool take_title(struct finder *finder, size_t i, bool with_title, const char *known_title) {
    const struct line *line = &finder->lines.items[i];
    struct span span = line->hashes ? line->content : line->span;
    bool taken = with_title ? is_title(finder, i) : is_known_title(finder, span, known_title);
    if (taken) finder->out->title = without_prefix(finder, span, true);
    return taken;
}

/* A bibliography under a heading; without entries the heading is one like others.  Returns the line behind it. */
static size_t take_bibliography(struct finder *finder, size_t i) {
    const struct line *line = &finder->lines.items[i];
    bool headed = is_phrase(finder, PHRASES_BIBLIOGRAPHY, line->content);
    if (!headed && i != finder->tail) return i;
    size_t first = headed ? i + 1 : i;
    size_t end = bibliography_read(finder->arena, finder->rules->boilerplate, finder->text, &finder->lines, first,
                                   finder->out, &finder->references);
    if (end == first) return i;
    struct structure *out = finder->out;
    if (headed)
        add_span(finder->arena, &out->reference_headings, &out->reference_heading_count, &finder->reference_headings,
                 line->span);
    for (size_t j = i; j < end; j++)
        if (finder->lines.items[j].boilerplate) drop(finder, finder->lines.items[j].span);
    finder->open = false;
    return end;
}

/* Only in front of the numbered parts is it a summary; later it is a heading like others. */
static bool is_summary_heading(const struct finder *finder, const struct line *line) {
    const struct structure *out = finder->out;
    bool lead_only = out->part_count == 0 || (out->part_count == 1 && length(out->parts[0].heading) == 0);
    return lead_only && !finder->has_summary && is_phrase(finder, PHRASES_SUMMARY, line->content);
}

static void take_heading(struct finder *finder, const struct line *line) {
    if (line->label == LABEL_NUMBER && line->n == finder->next_n) finder->next_n++;
    open_part(finder, line->content, false);
}

/* One line that is neither blank nor boilerplate; returns the next to look at. */
static size_t take_line(struct finder *finder, size_t i) {
    const struct line *line = &finder->lines.items[i];
    if (finder->out->part_count == 0 && take_date(finder, line)) return i + 1;
    size_t end = take_bibliography(finder, i);
    if (end > i) return end;
    if (is_summary_heading(finder, line))
        open_part(finder, line->content, true);
    else if (is_heading(finder, i))
        take_heading(finder, line);
    else
        add_text(finder, line);
    return i + 1;
}

/* Numbers the parts.  The summary comes first; a lead above headings stands in for one. */
static void number_parts(struct finder *finder) {
    struct structure *out = finder->out;
    bool lead = !finder->has_summary && out->part_count > 1 && length(out->parts[0].heading) == 0;
    if (finder->has_summary && length(out->parts[0].heading) == 0) {
        struct part first = out->parts[0];
        out->parts[0] = out->parts[1];
        out->parts[1] = first;
    }
    uint32_t number = finder->has_summary || lead ? 0 : 1;
    for (size_t i = 0; i < out->part_count; i++)
        out->parts[i].number = number++;
}

void structure_find(struct arena *arena, const struct rules *rules, const char *text, size_t len, bool with_title,
                    const char *known_title, struct structure *out) {
    struct finder finder = {.arena = arena, .rules = rules, .text = text, .out = out, .next_n = 1};
    *out = (struct structure){0};
    lines_split(arena, text, len, &finder.lines);
    mark_boilerplate(&finder);
    finder.tail = bibliography_tail(rules->boilerplate, text, &finder.lines);
    find_seconds(&finder);
    bool title_due = true;
    for (size_t i = 0; i < finder.lines.count;) {
        const struct line *line = &finder.lines.items[i];
        if (line_blank(line) || line->boilerplate) {
            if (line->boilerplate) drop(&finder, line->span);
            i++;
            continue;
        }
        if (title_due && take_date(&finder, line)) {
            i++;
            continue;
        }
        bool title = title_due && take_title(&finder, i, with_title, known_title);
        title_due = false;
        i = title ? i + 1 : take_line(&finder, i);
    }
    number_parts(&finder);
}

const char *structure_body(struct arena *arena, const struct structure *structure, const char *text,
                           const struct part *part) {
    char *body = arena_strndup(arena, text + part->body.start, part->body.end - part->body.start);
    size_t low = 0, high = structure->dropped_count; /* they stand in the text's order */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (structure->dropped[middle].start < part->body.start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < structure->dropped_count && structure->dropped[low].end <= part->body.end; low++) {
        struct span dropped = structure->dropped[low];
        memset(body + (dropped.start - part->body.start), ' ', dropped.end - dropped.start);
    }
    return body;
}
