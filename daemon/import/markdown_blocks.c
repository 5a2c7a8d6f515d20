/* Markdown's blocks: what each line is.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   heading    = 1 to 6 "#" text [ "#"… ]  |  line, with "===" or "---" below
 *   fence      = "```" or "~~~", or more of them, up to such a line
 *   note       = "[^" label "]:" text, or "[" number "]:" text; goes on in indented lines, and in lines that follow
 *                at once and begin nothing new
 *   definition = "[" label "]:" url [ title ]
 *   rule       = three or more of * - _ alone
 *
 * The title is the first heading, if nothing but blank lines stands above it or it is the first of level 1.  Sections
 * begin at the highest level that other headings have.  Pure: any thread. */
#include "markdown.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 100, NUMBER_DIGITS = 4 };

struct blocks {
    struct md_doc *doc;
    size_t line_capacity, note_capacity, url_capacity;
    char fence; /* of the open one; 0: none */
    size_t fence_len;
};

static size_t indent_of(const struct md_line *line) {
    size_t n = 0;
    while (n < line->len && line->text[n] == ' ')
        n++;
    return n;
}

static size_t run_of(const struct md_line *line, size_t at, char c) {
    size_t n = 0;
    while (at + n < line->len && line->text[at + n] == c)
        n++;
    return n;
}

static bool only(const struct md_line *line, size_t at, const char *chars) {
    return strspn(line->text + at, chars) >= line->len - at;
}

static bool is_blank(const struct md_line *line) {
    return only(line, 0, " \t");
}

/* Opens or closes a fence. */
static bool take_fence(struct blocks *blocks, const struct md_line *line) {
    size_t at = indent_of(line);
    if (at > 3 || at == line->len) return false;
    char c = line->text[at];
    size_t run = run_of(line, at, c);
    if (blocks->fence) {
        if (c != blocks->fence || run < blocks->fence_len || !only(line, at + run, " \t")) return false;
        blocks->fence = '\0';
        return true;
    }
    if ((c != '`' && c != '~') || run < 3) return false;
    if (c == '`' && memchr(line->text + at + run, '`', line->len - at - run)) return false;
    blocks->fence = c;
    blocks->fence_len = run;
    return true;
}

static bool is_rule(const struct md_line *line) {
    size_t at = indent_of(line), marks = 0;
    if (at > 3 || at == line->len || !strchr("*-_", line->text[at])) return false;
    for (size_t i = at; i < line->len; i++) {
        if (line->text[i] == line->text[at])
            marks++;
        else if (line->text[i] != ' ' && line->text[i] != '\t')
            return false;
    }
    return marks >= 3;
}

static void trim(struct md_line *line) {
    while (line->len && strchr(" \t", *line->text)) {
        line->text++;
        line->len--;
    }
    while (line->len && strchr(" \t", line->text[line->len - 1]))
        line->len--;
}

/* `## Heading ##` */
static bool take_heading(struct md_line *line) {
    size_t at = indent_of(line), level = run_of(line, at, '#');
    if (at > 3 || level < 1 || level > 6) return false;
    if (at + level < line->len && !strchr(" \t", line->text[at + level])) return false;
    line->text += at + level;
    line->len -= at + level;
    trim(line);
    size_t end = line->len;
    while (end && line->text[end - 1] == '#')
        end--;
    if (end == 0 || strchr(" \t", line->text[end - 1])) line->len = end;
    trim(line);
    line->kind = MD_HEADING;
    line->level = (int)level;
    return true;
}

/* A line that stands alone and is underlined. */
static bool take_underlined(struct md_line *line, const struct md_line *previous, struct md_line *below) {
    if (previous && previous->kind == MD_TEXT) return false;
    size_t at = indent_of(below);
    if (at > 3 || at == below->len || is_blank(line)) return false;
    char c = below->text[at];
    size_t run = run_of(below, at, c);
    if ((c != '=' && c != '-') || run < 2 || !only(below, at + run, " \t")) return false;
    trim(line);
    line->kind = MD_HEADING;
    line->level = c == '=' ? 1 : 2;
    below->kind = MD_ELSEWHERE;
    return true;
}

/* Bytes of the label in `[label]:` at the line's start, whose `[` is at *at; 0 if there is none. */
static size_t definition_label(const struct md_line *line, size_t *at) {
    *at = indent_of(line);
    if (*at > 3 || *at == line->len || line->text[*at] != '[') return 0;
    const char *close = memchr(line->text + *at, ']', line->len - *at);
    if (!close) return 0;
    size_t len = (size_t)(close - line->text) - *at - 1;
    if (len == 0 || len > LABEL_MAX || *at + len + 2 >= line->len || close[1] != ':') return 0;
    return memchr(line->text + *at + 1, '[', len) ? 0 : len;
}

static bool is_number(const char *label, size_t len) {
    return len <= NUMBER_DIGITS && *label != '0' && strspn(label, "0123456789") >= len;
}

/* Does the line go on with a note? */
static bool continues_note(const struct md_line *line, bool after_blank) {
    struct md_line copy = *line;
    size_t at;
    if (indent_of(line) >= 2 || *line->text == '\t') return true;
    return !after_blank && !definition_label(line, &at) && !take_heading(&copy) && !is_rule(line);
}

/* The line behind a note that begins at `first`. */
static size_t note_end(const struct md_doc *doc, size_t first) {
    size_t end = first + 1;
    bool after_blank = false;
    for (size_t i = end; i < doc->count; i++) {
        const struct md_line *line = &doc->lines[i];
        if (is_blank(line)) {
            after_blank = true;
            continue;
        }
        if (!continues_note(line, after_blank)) break;
        end = i + 1;
        after_blank = false;
    }
    return end;
}

/* A note at line i; returns the line behind it, or i. */
static size_t take_note(struct blocks *blocks, size_t i) {
    struct md_doc *doc = blocks->doc;
    const struct md_line *line = &doc->lines[i];
    size_t at, len = definition_label(line, &at);
    if (!len) return i;
    const char *label = line->text + at + 1;
    size_t text = at + len + 3;
    bool caret = *label == '^';
    if (caret) label++, len--;
    if (len == 0 || (!caret && !is_number(label, len)) || labels_find(&doc->note_labels, label, len)) return i;
    struct md_note note = {.first = i, .end = note_end(doc, i), .at = text};
    note.n = is_number(label, len) ? (uint32_t)strtoul(label, NULL, 10) : 0;
    doc->notes = arena_grow(doc->arena, doc->notes, doc->note_count, &blocks->note_capacity, sizeof note);
    labels_add(&doc->note_labels, label, len, (uint32_t)doc->note_count);
    doc->notes[doc->note_count++] = note;
    for (; i < note.end; i++)
        doc->lines[i].kind = MD_ELSEWHERE;
    return i;
}

/* Nothing, or a title in quotes or brackets. */
static bool is_title(const char *text, size_t len) {
    while (len && strchr(" \t", text[len - 1]))
        len--;
    while (len && strchr(" \t", *text))
        text++, len--;
    if (len == 0) return true;
    char close = *text == '(' ? ')' : *text;
    return len >= 2 && strchr("\"'(", *text) && text[len - 1] == close;
}

static bool take_definition(struct blocks *blocks, struct md_line *line) {
    struct md_doc *doc = blocks->doc;
    size_t at, len = definition_label(line, &at);
    if (!len || line->text[at + 1] == '^') return false;
    size_t start = at + len + 3;
    start += strspn(line->text + start, " \t");
    if (start >= line->len) return false;
    bool angle = line->text[start] == '<';
    size_t end = start + strcspn(line->text + start, angle ? ">\n" : " \t\n");
    if (end + angle > line->len) return false;
    const char *url = line->text + start + angle;
    size_t url_len = end - start - angle;
    bool is_url = memmem(url, url_len, "://", 3) || strchr("/#.", *url);
    if (!is_url || !is_title(line->text + end + angle, line->len - end - angle)) return false;
    if (labels_find(&doc->url_labels, line->text + at + 1, len)) return false;
    doc->urls = arena_grow(doc->arena, doc->urls, doc->url_count, &blocks->url_capacity, sizeof *doc->urls);
    labels_add(&doc->url_labels, line->text + at + 1, len, (uint32_t)doc->url_count);
    doc->urls[doc->url_count++] = arena_strndup(doc->arena, url, url_len);
    line->kind = MD_ELSEWHERE;
    return true;
}

static void split(struct blocks *blocks, const char *text, size_t len) {
    struct md_doc *doc = blocks->doc;
    for (const char *line = text, *end = text + len; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        doc->lines = arena_grow(doc->arena, doc->lines, doc->count, &blocks->line_capacity, sizeof *doc->lines);
        doc->lines[doc->count++] = (struct md_line){.text = line, .len = (size_t)(stop - line), .kind = MD_TEXT};
        line = stop + 1;
    }
}

/* Says what line i is; returns the next to look at. */
static size_t take_line(struct blocks *blocks, size_t i) {
    struct md_doc *doc = blocks->doc;
    struct md_line *line = &doc->lines[i];
    if (take_fence(blocks, line)) {
        line->kind = MD_ELSEWHERE;
        return i + 1;
    }
    if (blocks->fence) {
        line->kind = MD_CODE;
        return i + 1;
    }
    if (is_blank(line)) {
        line->kind = MD_BLANK;
        return i + 1;
    }
    size_t end = take_note(blocks, i);
    if (end > i) return end;
    if (take_heading(line) || take_definition(blocks, line)) return i + 1;
    if (i + 1 < doc->count && take_underlined(line, i ? line - 1 : NULL, line + 1)) return i + 2;
    if (is_rule(line)) line->kind = MD_ELSEWHERE;
    return i + 1;
}

static void find_levels(struct md_doc *doc) {
    bool text = false;
    doc->title = doc->count;
    doc->section = 7;
    for (size_t i = 0; i < doc->count && doc->title == doc->count; i++) {
        const struct md_line *line = &doc->lines[i];
        if (line->kind == MD_HEADING && (line->level == 1 || !text)) doc->title = i;
        text = text || (line->kind != MD_BLANK && line->kind != MD_ELSEWHERE);
    }
    for (size_t i = 0; i < doc->count; i++) {
        const struct md_line *line = &doc->lines[i];
        if (line->kind == MD_HEADING && i != doc->title && line->level < doc->section) doc->section = line->level;
    }
}

static int compare_numbers(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* Notes with names get the numbers that the others leave free. */
static void number_notes(struct md_doc *doc) {
    uint32_t *taken = arena_alloc(doc->arena, (doc->note_count + 1) * sizeof *taken);
    size_t count = 0, at = 0;
    for (size_t i = 0; i < doc->note_count; i++)
        if (doc->notes[i].n) taken[count++] = doc->notes[i].n;
    qsort(taken, count, sizeof *taken, compare_numbers);
    uint32_t next = 1;
    for (size_t i = 0; i < doc->note_count; i++) {
        if (doc->notes[i].n) continue;
        for (; at < count && taken[at] <= next; at++)
            if (taken[at] == next) next++;
        doc->notes[i].n = next++;
    }
}

void md_blocks(struct arena *arena, const char *text, size_t len, struct md_doc *out) {
    struct blocks blocks = {.doc = out};
    *out = (struct md_doc){.arena = arena};
    labels_init(&out->note_labels, arena, true);
    labels_init(&out->url_labels, arena, true);
    split(&blocks, text, len);
    for (size_t i = 0; i < out->count;)
        i = take_line(&blocks, i);
    find_levels(out);
    number_notes(out);
}
