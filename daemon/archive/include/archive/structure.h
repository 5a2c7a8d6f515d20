/* Structure of a plain text: title, summary, sections, bibliography, boilerplate.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Recognised, by lines: boilerplate (rules; above the title, between, below), the title (the first line that is
 * none), `Checked on …` and other date lines, a summary heading (`Executive Summary`, `Summary`, … by rules),
 * headings (`3. Heading` counting up from 1, Markdown `#`), a bibliography (a heading by rules, or a closing run
 * of entries: `[1] Title – Outlet, date, https://…`, `1. https://…`, `[^1]: …`).  A text without headings is one
 * section, number 1.  What is not boilerplate is never lost: it is in exactly one part.  Pure function. */
#ifndef ARCHIVE_STRUCTURE_H
#define ARCHIVE_STRUCTURE_H

#include "archive/rules.h"
#include "base/mem.h"
#include "text/sentence.h"

#include <stdbool.h>

struct part {
    uint32_t number;     /* 0: the summary */
    struct span heading; /* without number and marks; empty if none */
    struct span body;    /* one range of the text; may hold several paragraphs, and dropped lines: structure_body */
};

struct reference { /* an entry of the bibliography */
    uint32_t n;
    const char *title, *outlet, *published, *url, *archived_url; /* in the arena; NULL if absent */
    struct span span;                                            /* the entry in the text, its number included */
    const char *raw;                                             /* the same, in the arena */
};

struct structure {
    struct span title;               /* empty if none */
    const char *published, *updated; /* from date lines; NULL if none */
    struct span *date_lines;
    size_t date_line_count;
    struct part *parts; /* the summary first, if there is one */
    size_t part_count;
    struct reference *references;
    size_t reference_count;
    struct span *reference_headings; /* lines; there may be Notes and References */
    size_t reference_heading_count;
    struct span *dropped; /* boilerplate, for the importer's report */
    size_t dropped_count;
};

/* with_title: take the first line for the title; else only skip a line equal to `known_title` (may be NULL). */
void structure_find(struct arena *arena, const struct rules *rules, const char *text, size_t len, bool with_title,
                    const char *known_title, struct structure *out);
/* A part's body, NUL-terminated, with the dropped lines inside it turned to spaces: offsets stay. */
const char *structure_body(struct arena *arena, const struct structure *structure, const char *text,
                           const struct part *part);

#endif
