/* A page of HTML, taken apart; private to its reader.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *     bytes ── decode ── clean ── parse ── meta, notes, content ── write ── the reader of Markdown
 *              UTF-8     tags     tree     marks on the tree       Markdown
 *
 * Everything lives in the record's arena; the tree is libxml2's.  Pure: any thread. */
#ifndef IMPORT_HTML_H
#define IMPORT_HTML_H

#include "format.h"
#include "labels.h"

#include "base/buf.h"

#include <libxml/tree.h>

/* Elements in one page, and how deep they may nest: a walk over the tree may recurse, and libxml2 stops in silence at
 * 256. */
enum { HTML_ELEMENTS_MAX = 500000, HTML_DEPTH_MAX = 250 };

enum html_flag {
    HTML_GONE = 1,      /* no part of the article */
    HTML_KEEP = 2,      /* holds notes or a bibliography: never taken away as a whole */
    HTML_NOTE = 4,      /* the text of a note */
    HTML_NOTE_LINK = 8, /* the marker of one */
    HTML_TITLE = 16,    /* its text is the title */
};

struct html_info {          /* of an element; node->_private */
    uint32_t order;         /* in the document, from 1 */
    uint32_t text, linked;  /* bytes of text that is no white space, without what is gone; of it in links */
    uint32_t good;          /* bytes of it in paragraphs that are not mostly links */
    uint32_t links, abroad; /* links, and those that lead to other sites */
    uint32_t flags;
    const char *label; /* of a note or its marker */
};

struct html_script { /* of JSON-LD */
    const char *text;
    size_t len;
};

struct html_field { /* of a meta element */
    const char *name, *content;
};

struct html_note {
    xmlNode *node;
    const char *label;
    const char *mark; /* what its markers show, without brackets */
};

struct html_page {
    struct arena *arena;
    const struct reading *reading;
    struct html_script *scripts;
    size_t script_count, script_capacity;
    xmlNode *root, *body;
    struct html_field *fields;
    size_t field_count, field_capacity;
    const char *url;  /* of the page, absolute; NULL: it doesn't say */
    const char *base; /* for relative links; NULL: none */
    struct html_note *notes;
    size_t note_count, note_capacity;
    xmlNode *content; /* the element that holds the article */
};

/* UTF-8, by byte order, the page's own word, or as Windows-1252 where it says nothing.  INVALID_FORMAT with a place. */
enum status html_decode(struct arena *arena, const char *bytes, size_t bytes_len, const char **out, size_t *len,
                        struct err *err);
/* The page with nothing but the tags and attributes that are read; scripts of JSON-LD go to the page.  TOO_LARGE. */
enum status html_clean(struct html_page *page, const char *text, size_t len, struct buf *out, struct err *err);
/* Sets root and body; the tree is freed with the arena.  INVALID_FORMAT, TOO_LARGE. */
enum status html_parse(struct html_page *page, const char *text, size_t len, struct err *err);

/* Fields of the head, times and names in the body; what the record has already stays. */
void html_read_fields(struct html_page *page, cJSON *record);
/* Puts the rest of what the head says into the record. */
void html_add_fields(const struct html_page *page, cJSON *record);
/* The heading that is the title gets its flag; adds `title`, if there is any. */
void html_find_title(struct html_page *page, cJSON *record);
void html_find_notes(struct html_page *page);
void html_find_content(struct html_page *page);
/* The article as Markdown, its title first. */
void html_write(const struct html_page *page, const char *title, struct buf *out);
/* Whether a heading begins a list of sources, by the rules. */
bool html_is_bibliography(const struct html_page *page, const xmlNode *heading);

/* ---- the tree ---- */

struct html_info *html_info(const xmlNode *element);
bool html_has(const xmlNode *node, enum html_flag flag);
/* An element of one of the names, which end with a space each. */
bool html_is(const xmlNode *node, const char *names);
bool html_is_block(const xmlNode *node);
/* 1 to 6; 0: no heading. */
int html_heading(const xmlNode *node);
/* NULL when the element has none. */
const char *html_attribute(const struct html_page *page, const xmlNode *element, const char *name);
/* All text below, white space as one space, without what is gone. */
const char *html_text(const struct html_page *page, const xmlNode *node);
/* Next element in document order, below `top`; NULL: that was the last. */
xmlNode *html_next(const xmlNode *top, const xmlNode *node);
/* The same, behind all that is below `node`. */
xmlNode *html_behind(const xmlNode *top, const xmlNode *node);
/* An address on the web, made absolute; NULL when it is none. */
const char *html_address(const struct html_page *page, const char *href);
bool html_is_abroad(const struct html_page *page, const char *address);

#endif
