/* The article of a page of HTML, as the Markdown that read_markdown.c takes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A block is one paragraph; headings have their level; items of a list their mark; a row of a plain table is a line; a
 * link is [text](<address>), a marker of a note [^label], and the notes stand at the end.  What would be a mark in
 * Markdown and is none in the page is escaped; citation markers written as text, [1], stay what they are.  A heading
 * below which everything was taken away is left away as well.  Pure: any thread. */
#include "html.h"

#include <ctype.h>
#include <string.h>

enum { LIST_DEPTH = 16, SHORT_WORD = 3 };

struct list {
    bool numbered;
    int next;
};

struct heading { /* that waits for a text below it */
    int level;
    const char *text;
};

struct writer {
    const struct html_page *page;
    struct buf *out;
    struct buf line;    /* of the block that is being written */
    const char *prefix; /* of the next line: an item's mark */
    int flat;           /* inside what is one line: a note, a row */
    bool verbatim;      /* white space counts: <pre> */
    bool in_note;
    bool skip_bracket; /* one ] that closed a marker */
    bool item;         /* the last block was an item */
    struct list lists[LIST_DEPTH];
    int depth;
    uint64_t blocks; /* written */
    struct heading *headings;
    size_t heading_count, heading_capacity;
    bool dropped; /* something was left away since the last heading */
};

static void write_children(struct writer *writer, const xmlNode *element);

/* ---- lines ---- */

/* `\[1, 2\]` is a citation: its escapes go; a ( behind it would make a link of it. */
static size_t citation_at(const char *at, const char *end) {
    static const char inside[] = "0123456789^,;- \xE2\x80\x93";
    size_t len = 2;
    if (end - at < 5 || memcmp(at, "\\[", 2) != 0 || !(isdigit((unsigned char)at[2]) || at[2] == '^')) return 0;
    while (at + len < end && at[len] && strchr(inside, at[len]))
        len++;
    return at + len + 2 <= end && memcmp(at + len, "\\]", 2) == 0 ? len + 2 : 0;
}

/* What begins a line and would be a mark there. */
static bool begins_mark(const char *at, const char *end) {
    return at < end && strchr("#-=+>", *at) && *at;
}

static void put_line(struct writer *writer) {
    const char *at = writer->line.data, *end = at + writer->line.len;
    bool start = true;
    while (at < end) {
        size_t mark = citation_at(at, end);
        if (start && begins_mark(at, end)) buf_char(writer->out, '\\');
        start = *at == '\n';
        if (mark) {
            buf_char(writer->out, '[');
            buf_add(writer->out, at + 2, mark - 4);
            buf_char(writer->out, ']');
            at += mark;
            if (at < end && *at == '(') buf_char(writer->out, '\\');
            continue;
        }
        buf_char(writer->out, *at++);
    }
}

static void put_headings(struct writer *writer) {
    for (size_t i = 0; i < writer->heading_count; i++)
        buf_printf(writer->out, "\n%.*s %s\n\n", writer->headings[i].level, "######", writer->headings[i].text);
    writer->heading_count = 0;
}

static void trim_line(struct buf *line) {
    while (line->len && strchr(" \n", line->data[line->len - 1]))
        line->data[--line->len] = '\0';
    size_t space = line->len ? strspn(line->data, " \n") : 0;
    if (!space) return;
    memmove(line->data, line->data + space, line->len - space + 1);
    line->len -= space;
}

/* Ends the block. */
static void flush(struct writer *writer) {
    if (writer->flat) {
        if (writer->line.len && writer->line.data[writer->line.len - 1] != ' ') buf_char(&writer->line, ' ');
        return;
    }
    if (!writer->verbatim) trim_line(&writer->line);
    if (!writer->line.len) return;
    put_headings(writer);
    bool item = writer->prefix != NULL;
    if (!item || !writer->item) buf_char(writer->out, '\n');
    if (item) buf_str(writer->out, writer->prefix);
    put_line(writer);
    buf_char(writer->out, '\n');
    writer->prefix = NULL;
    writer->item = item;
    writer->dropped = false;
    writer->blocks++;
    buf_clear(&writer->line);
}

/* ---- text ---- */

static void put_char(struct writer *writer, char c) {
    struct buf *line = &writer->line;
    if (strchr(" \t\r\n", c) && !writer->verbatim) {
        if (line->len && !strchr(" \n", line->data[line->len - 1])) buf_char(line, ' ');
        return;
    }
    if (strchr("\\`*_~[]<!", c)) buf_char(line, '\\');
    buf_char(line, c == '\r' ? '\n' : c);
}

static void put_text(struct writer *writer, const xmlNode *node) {
    const char *at = (const char *)node->content;
    if (writer->skip_bracket && at && *at == ']') at++;
    if (at && *at) writer->skip_bracket = false;
    for (; at && *at; at++)
        put_char(writer, *at);
}

/* A figure raised behind a word is no part of it, unless the word may be a unit. */
static void write_raised(struct writer *writer, const xmlNode *node) {
    const char *text = html_text(writer->page, node);
    const struct buf *line = &writer->line;
    size_t letters = 0;
    while (letters < line->len && isalpha((unsigned char)line->data[line->len - 1 - letters]))
        letters++;
    bool number = *text && strspn(text, "0123456789") == strlen(text), marker = false;
    for (const xmlNode *inner = node; inner; inner = html_next(node, inner))
        marker = marker || html_has(inner, HTML_NOTE_LINK);
    if (number && !marker && letters >= SHORT_WORD) put_char(writer, ' ');
    write_children(writer, node);
}

/* ---- links ---- */

static void write_marker(struct writer *writer, const xmlNode *node) {
    struct buf *line = &writer->line;
    writer->skip_bracket = line->len >= 2 && memcmp(line->data + line->len - 2, "\\[", 2) == 0;
    if (writer->skip_bracket) line->len -= 2;
    buf_printf(line, "[^%s]", html_info(node)->label);
}

/* From a note back to its marker. */
static bool leads_back(const struct writer *writer, const xmlNode *node) {
    const char *href = html_attribute(writer->page, node, "href");
    return writer->in_note && href && *href == '#';
}

static void write_link(struct writer *writer, const xmlNode *node) {
    if (html_has(node, HTML_NOTE_LINK)) {
        write_marker(writer, node);
        return;
    }
    if (leads_back(writer, node)) return;
    const char *address = html_address(writer->page, html_attribute(writer->page, node, "href"));
    uint64_t blocks = writer->blocks;
    size_t start = writer->line.len;
    write_children(writer, node);
    bool whole = blocks == writer->blocks && start <= writer->line.len;
    while (whole && start < writer->line.len && strchr(" \n", writer->line.data[start]))
        start++;
    if (!address || !whole || start == writer->line.len) return;
    struct buf *line = &writer->line;
    size_t end = line->len;
    while (end > start && strchr(" \n", line->data[end - 1]))
        end--;
    if (end == start) return;
    const char *space = end < line->len ? " " : "";
    char *text = arena_strndup(writer->page->arena, line->data + start, end - start);
    bool bare = strncmp(text, "http", 4) == 0 && !strpbrk(text, " \n");
    line->len = start;
    if (bare)
        buf_printf(line, "<%s>%s", address, space);
    else
        buf_printf(line, "[%s](<%s>)%s", text, address, space);
}

/* ---- blocks ---- */

static void write_heading(struct writer *writer, const xmlNode *node) {
    flush(writer);
    if (html_has(node, HTML_TITLE)) return;
    int level = html_heading(node);
    writer->flat++;
    write_children(writer, node);
    writer->flat--;
    trim_line(&writer->line);
    if (!writer->line.len) return;
    while (writer->dropped && writer->heading_count && writer->headings[writer->heading_count - 1].level >= level)
        writer->heading_count--;
    writer->headings = arena_grow(writer->page->arena, writer->headings, writer->heading_count,
                                  &writer->heading_capacity, sizeof *writer->headings);
    writer->headings[writer->heading_count++] =
        (struct heading){level, arena_strndup(writer->page->arena, writer->line.data, writer->line.len)};
    writer->dropped = writer->item = false;
    buf_clear(&writer->line);
}

static int number_of(const struct html_page *page, const xmlNode *node, const char *name, int otherwise) {
    const char *text = html_attribute(page, node, name);
    size_t digits = text ? strspn(text, "0123456789") : 0;
    if (digits == 0 || digits > 6 || text[digits]) return otherwise;
    int n = 0;
    for (size_t i = 0; i < digits; i++)
        n = 10 * n + (text[i] - '0');
    return n;
}

static void write_list(struct writer *writer, const xmlNode *node) {
    flush(writer);
    if (writer->depth < LIST_DEPTH)
        writer->lists[writer->depth] = (struct list){html_is(node, "ol "), number_of(writer->page, node, "start", 1)};
    writer->depth++;
    write_children(writer, node);
    flush(writer);
    writer->depth--;
    writer->item = false;
}

static void write_item(struct writer *writer, const xmlNode *node) {
    flush(writer);
    struct list *list = writer->depth && writer->depth <= LIST_DEPTH ? &writer->lists[writer->depth - 1] : NULL;
    writer->prefix = "- ";
    if (list && list->numbered) {
        int n = number_of(writer->page, node, "value", list->next);
        list->next = n + 1;
        writer->prefix = arena_printf(writer->page->arena, "%d. ", n);
    }
    write_children(writer, node);
    flush(writer);
    writer->prefix = NULL;
}

static bool has_blocks(const xmlNode *cell) {
    for (const xmlNode *node = cell; node; node = html_next(cell, node))
        if (node != cell && html_is_block(node)) return true;
    return false;
}

/* A row whose cells hold nothing but words is a line. */
static void write_row(struct writer *writer, const xmlNode *row) {
    bool plain = true, first = true;
    flush(writer);
    for (const xmlNode *cell = row->children; cell; cell = cell->next)
        plain = plain && !(html_is(cell, "td th ") && has_blocks(cell));
    writer->flat += plain;
    for (const xmlNode *cell = row->children; cell; cell = cell->next) {
        if (!html_is(cell, "td th ") || html_has(cell, HTML_GONE)) continue;
        if (plain && !first) buf_str(&writer->line, writer->line.len ? " | " : "");
        first = false;
        write_children(writer, cell);
        if (!plain) flush(writer);
    }
    writer->flat -= plain;
    if (plain) writer->prefix = "";
    flush(writer);
    writer->prefix = NULL;
}

static void write_pre(struct writer *writer, const xmlNode *node) {
    flush(writer);
    writer->verbatim = !writer->flat;
    write_children(writer, node);
    while (writer->verbatim && writer->line.len && strchr(" \n", writer->line.data[writer->line.len - 1]))
        writer->line.len--;
    flush(writer);
    writer->verbatim = false;
}

static void write_element(struct writer *writer, const xmlNode *node) {
    const struct html_info *info = html_info(node);
    if (info->flags & (HTML_GONE | HTML_NOTE)) {
        writer->dropped = writer->dropped || (info->flags & HTML_NOTE) || html_is_block(node);
        return;
    }
    if (html_is(node, "a "))
        write_link(writer, node);
    else if (html_heading(node) && !writer->flat)
        write_heading(writer, node);
    else if (html_is(node, "br "))
        buf_char(&writer->line, writer->flat ? ' ' : '\n');
    else if (html_is(node, "sup "))
        write_raised(writer, node);
    else if (html_is(node, "ul ol ") && !writer->flat)
        write_list(writer, node);
    else if (html_is(node, "li ") && !writer->flat)
        write_item(writer, node);
    else if (html_is(node, "tr ") && !writer->flat)
        write_row(writer, node);
    else if (html_is(node, "pre "))
        write_pre(writer, node);
    else if (html_is_block(node)) {
        flush(writer);
        write_children(writer, node);
        flush(writer);
    } else if (html_is(node, "q ")) {
        buf_char(&writer->line, '"');
        write_children(writer, node);
        buf_char(&writer->line, '"');
    } else {
        write_children(writer, node);
    }
}

static void write_children(struct writer *writer, const xmlNode *element) {
    for (const xmlNode *node = element->children; node; node = node->next) {
        if (node->type == XML_TEXT_NODE)
            put_text(writer, node);
        else if (node->type == XML_ELEMENT_NODE)
            write_element(writer, node);
    }
}

/* ---- what stands elsewhere ---- */

/* Behind `1.`, `[1]`, `* ` where that is the mark; the text has Markdown's escapes. */
static const char *without_mark(const char *text, const char *mark) {
    const char *at = text;
    if (strncmp(at, "\\[", 2) == 0) at += 2;
    for (; *mark; mark++, at++) {
        at += *at == '\\';
        if (*at != *mark) return text;
    }
    const char *behind = at;
    if (strncmp(at, "\\]", 2) == 0) at += 2;
    at += strspn(at, ".): ");
    return at > behind ? at : text;
}

static void write_notes(struct writer *writer) {
    writer->in_note = true;
    for (size_t i = 0; i < writer->page->note_count; i++) {
        const struct html_note *note = &writer->page->notes[i];
        if (html_has(note->node, HTML_GONE)) continue;
        writer->flat++;
        write_children(writer, note->node);
        writer->flat--;
        trim_line(&writer->line);
        const char *text = writer->line.len ? writer->line.data : "";
        buf_printf(writer->out, "\n[^%s]: %s\n", note->label, without_mark(text + strspn(text, "^↑ "), note->mark));
        buf_clear(&writer->line);
    }
}

/* A bibliography outside the article: its heading, and what stands beside it up to the next one. */
static void write_bibliographies(struct writer *writer) {
    const struct html_page *page = writer->page;
    for (xmlNode *node = page->content; node; node = html_behind(page->body, node)) {
        if (node == page->content) continue;
        for (xmlNode *inner = node; inner && !html_has(node, HTML_GONE); inner = html_next(node, inner)) {
            if (!html_heading(inner) || !html_is_bibliography(page, inner)) continue;
            write_heading(writer, inner);
            for (xmlNode *beside = inner->next; beside && !html_heading(beside); beside = beside->next)
                if (beside->type == XML_ELEMENT_NODE) write_element(writer, beside);
        }
    }
    flush(writer);
}

void html_write(const struct html_page *page, const char *title, struct buf *out) {
    struct writer writer = {.page = page, .out = out};
    buf_init(&writer.line, 0);
    if (title) {
        for (const char *c = title; *c; c++)
            put_char(&writer, *c);
        trim_line(&writer.line);
        buf_str(out, "# ");
        if (writer.line.len) put_line(&writer);
        buf_str(out, "\n\n");
        buf_clear(&writer.line);
    }
    write_children(&writer, page->content);
    flush(&writer);
    write_bibliographies(&writer);
    if (!writer.dropped) put_headings(&writer);
    write_notes(&writer);
    buf_free(&writer.line);
}
