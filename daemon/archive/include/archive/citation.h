/* Citation markers in running text: finding them, removing them, mapping offsets back.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   marker  = "[" [ "^" ] item { ( "," | ";" ) item } "]"        white space is free around the parts
 *   item    = number [ ( "-" | "–" | "—" ) number ]              a range names every number in it
 *   number  = 1 to 4 digits, not 0
 *   cluster = marker { [ white space | "," ] marker }
 *
 * A range that falls or spans more than 100 numbers names its two ends and is marked bad_range.  A marker is
 * not taken for one directly behind `]` + `(` as in Markdown links, nor inside a word: `a[1]` is a marker,
 * `x[12]y` is not.  Pure functions. */
#ifndef ARCHIVE_CITATION_H
#define ARCHIVE_CITATION_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mark {
    uint32_t start, end; /* bytes of the marker, brackets included */
    uint32_t cluster;    /* from 1, within the text */
    uint32_t n;          /* one mark a number: [1-3] gives three with the same start and end */
    bool bad_range;
};

enum { CITATION_MARKS_MAX = 200000 };

/* All marks of a text in order, in the arena.  Returns their number.  The scan ends behind CITATION_MARKS_MAX
 * marks ([1-100] makes 100 of 7 bytes): whoever is given more than that refuses the text. */
size_t citation_marks(struct arena *arena, const char *text, size_t len, struct mark **out);

/* A text without its clusters (and without the white space in front of each), with the way back. */
struct clean_text {
    const char *text; /* NUL-terminated */
    size_t len;
    const struct cut {
        uint32_t at;      /* offset in the clean text where bytes were removed */
        uint32_t removed; /* bytes removed up to and including this cut */
    } * cuts;
    size_t cut_count;
};
/* `marks` as citation_marks gave them.  Without marks the text is borrowed, not copied. */
void citation_clean(struct arena *arena, const char *text, size_t len, const struct mark *marks, size_t mark_count,
                    struct clean_text *out);
/* Offset in the text as given for one in the clean text: where a cut is, the place behind it when `after`. */
uint32_t clean_to_given(const struct clean_text *clean, uint32_t offset, bool after);
/* The other way; an offset inside a cut gives the cut's place. */
uint32_t given_to_clean(const struct clean_text *clean, uint32_t offset);

#endif
