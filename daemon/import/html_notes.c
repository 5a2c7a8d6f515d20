/* Notes in a page of HTML: markers that lead to their text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   marker = <a href="#id">, whose text is a number, a letter or two, or a sign, in brackets or not
 *   note   = the list item, paragraph, cell or division that holds the element of that id, further down
 *
 * Links back from a note lead up and are none.  A number is the note's label; others get a name, and a number later.
 * A bibliography without such links is left to the reader of texts.  Pure: any thread. */
#include "html.h"

#include "archive/structure.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MARK_BYTES_MAX = 12, NUMBER_MAX = 9999 };

struct places {
    struct labels ids; /* to indexes of nodes */
    xmlNode **nodes;
    size_t count, capacity;
};

static void add_place(struct html_page *page, struct places *places, const char *id, xmlNode *node) {
    if (!id || !*id || labels_find(&places->ids, id, strlen(id))) return;
    places->nodes = arena_grow(page->arena, places->nodes, places->count, &places->capacity, sizeof *places->nodes);
    labels_add(&places->ids, id, strlen(id), (uint32_t)places->count);
    places->nodes[places->count++] = node;
}

static void find_places(struct html_page *page, struct places *places) {
    labels_init(&places->ids, page->arena, false);
    for (xmlNode *node = page->body; node; node = html_next(page->body, node)) {
        add_place(page, places, html_attribute(page, node, "id"), node);
        if (html_is(node, "a ")) add_place(page, places, html_attribute(page, node, "name"), node);
    }
}

/* `[12]`, `12`, `a`, `*`: without brackets in `mark`. */
static bool read_mark(const char *text, char mark[MARK_BYTES_MAX + 1]) {
    size_t len = strlen(text), start = 0;
    while (start < len && strchr("[(^ ", text[start]))
        start++;
    while (len > start && strchr("]). ", text[len - 1]))
        len--;
    if (len == start || len - start > MARK_BYTES_MAX) return false;
    memcpy(mark, text + start, len - start);
    mark[len - start] = '\0';
    size_t digits = strspn(mark, "0123456789"), signs = 0, letters = 0;
    for (const char *c = mark; *c; c++) {
        signs += !isalnum((unsigned char)*c) && *c != ' ' && *c != '-';
        letters += isalpha((unsigned char)*c) != 0;
    }
    size_t all = strlen(mark);
    return (digits == all && atoi(mark) <= NUMBER_MAX) || (letters == all && all <= 2) || (signs == all && all <= 6);
}

static bool has_heading(const xmlNode *top) {
    for (const xmlNode *node = top; node; node = html_next(top, node))
        if (html_heading(node)) return true;
    return false;
}

/* The element that holds the note's text; NULL when the place is none of a note. */
static xmlNode *note_of(xmlNode *place) {
    xmlNode *node = place;
    while (node && !html_is(node, "li dd dt p td tr div aside section body "))
        node = node->parent;
    if (html_is(node, "dt ")) {
        while (node && !html_is(node, "dd "))
            node = node->next;
    }
    if (node && html_is(node, "td ")) node = node->parent;
    return !node || html_is(node, "body ") || has_heading(node) ? NULL : node;
}

static xmlNode *target_of(const struct html_page *page, const struct places *places, const xmlNode *link) {
    const char *href = html_attribute(page, link, "href");
    const char *hash = href ? strchr(href, '#') : NULL;
    if (!hash || !hash[1]) return NULL;
    size_t before = (size_t)(hash - href);
    bool here = before == 0 || (page->url && strlen(page->url) == before && memcmp(href, page->url, before) == 0);
    const uint32_t *index = here ? labels_find(&places->ids, hash + 1, strlen(hash + 1)) : NULL;
    return index ? places->nodes[*index] : NULL;
}

static bool is_below(const xmlNode *node, const xmlNode *top) {
    for (; node; node = node->parent)
        if (node == top) return true;
    return false;
}

static void keep_above(const xmlNode *node) {
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
        html_info(node)->flags |= HTML_KEEP;
}

static const char *free_label(struct html_page *page, struct labels *labels, const char *mark) {
    bool number = strspn(mark, "0123456789") == strlen(mark) && *mark != '0' && strlen(mark) <= 4;
    const char *label = number ? mark : arena_printf(page->arena, "note-%zu", page->note_count + 1);
    while (labels_find(labels, label, strlen(label)))
        label = arena_printf(page->arena, "%s-%zu", label, page->note_count + 1);
    labels_add(labels, label, strlen(label), 0);
    return arena_strdup(page->arena, label);
}

void html_find_notes(struct html_page *page) {
    struct places places = {.count = 0};
    struct labels labels;
    char mark[MARK_BYTES_MAX + 1];
    labels_init(&labels, page->arena, true);
    find_places(page, &places);
    for (xmlNode *node = page->body; node; node = html_next(page->body, node)) {
        xmlNode *place = html_is(node, "a ") ? target_of(page, &places, node) : NULL;
        if (!place || !read_mark(html_text(page, node), mark)) continue;
        xmlNode *note = html_info(place)->order > html_info(node)->order ? note_of(place) : NULL;
        if (!note || is_below(node, note)) continue;
        struct html_info *info = html_info(note);
        if (!info->label) {
            info->label = free_label(page, &labels, mark);
            info->flags |= HTML_NOTE;
            page->notes =
                arena_grow(page->arena, page->notes, page->note_count, &page->note_capacity, sizeof *page->notes);
            page->notes[page->note_count++] = (struct html_note){note, info->label, arena_strdup(page->arena, mark)};
            keep_above(note);
        }
        html_info(node)->flags |= HTML_NOTE_LINK;
        html_info(node)->label = info->label;
    }
    for (xmlNode *node = page->body; node; node = html_next(page->body, node))
        if (html_heading(node) && html_is_bibliography(page, node)) keep_above(node->parent);
}

bool html_is_bibliography(const struct html_page *page, const xmlNode *heading) {
    const char *text = html_text(page, heading);
    if (!*text || strlen(text) > 80) return false;
    struct structure structure;
    const char *sample = arena_printf(page->arena, "Text.\n\n## %s\n\n1. https://a.example/\n", text);
    structure_find(page->arena, page->reading->rules, sample, strlen(sample), false, NULL, &structure);
    return structure.reference_heading_count > 0;
}
