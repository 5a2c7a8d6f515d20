/* Markdown, taken apart: blocks and inline marks; private to its reader.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#ifndef IMPORT_MARKDOWN_H
#define IMPORT_MARKDOWN_H

#include "labels.h"

#include "base/buf.h"

enum md_kind {
    MD_BLANK,
    MD_TEXT,
    MD_HEADING,
    MD_CODE,      /* inside a fence: as it is */
    MD_ELSEWHERE, /* no text: fences, rules, underlines of headings, notes, link definitions */
};

struct md_line {
    const char *text;
    size_t len;
    enum md_kind kind;
    int level; /* of a heading, whose text is without its marks */
};

struct md_note {       /* [^label]: …   or   [1]: … */
    size_t first, end; /* its lines */
    size_t at;         /* where its text begins in the first one */
    uint32_t n;
};

struct md_doc {
    struct arena *arena;
    struct md_line *lines;
    size_t count;
    size_t title; /* its line; `count`: none */
    int section;  /* level of the headings that begin sections; deeper ones are lines of the text */
    struct md_note *notes;
    size_t note_count;
    struct labels note_labels; /* to indexes of notes */
    const char **urls;         /* of link definitions */
    size_t url_count;
    struct labels url_labels; /* to indexes of urls */
};

/* `text` is NUL-terminated, with LF for line ends. */
void md_blocks(struct arena *arena, const char *text, size_t len, struct md_doc *out);

enum md_links {
    MD_KEEP,      /* a link stays as [text](url), for the reader of bibliographies */
    MD_TEXT_ONLY, /* its text stays, and the link is told */
    MD_MARK,      /* the same, and a marker [n] of a new source stands behind it */
};

struct md_link {
    const char *url, *text;
    bool image;
    uint32_t n; /* of its marker; 0: none */
};

struct md_inline {
    const struct md_doc *doc;
    enum md_links mode;
    struct md_link *links; /* found so far, each in the order of the text */
    size_t link_count, link_capacity;
    struct labels sources; /* URL to number, of links with a marker */
    uint32_t source_count;
};

void md_inline_init(struct md_inline *in, const struct md_doc *doc, enum md_links mode);
/* Appends a paragraph without its marks: emphasis, code, escapes, links; note labels become numbers. */
void md_inline_render(struct md_inline *in, const char *text, size_t len, struct buf *out);

#endif
