/* The lines of a plain text and what can be said of each alone; private to the room.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   label = "[" number "]" [ ":" ] | "[^" number "]" [ ":" ] | number ( "." | ")" ) space | ( "-" | "*" | "•" ) space
 *   hashes = 1 to 6 "#", space; a label may follow
 *
 * Spans leave out the white space around; a byte order mark, no-break and zero-width spaces count as such. */
#ifndef ARCHIVE_LINES_H
#define ARCHIVE_LINES_H

#include "base/mem.h"
#include "text/sentence.h"

#include <stdbool.h>

enum label {
    LABEL_NONE,
    LABEL_NUMBER,  /* 1.  1) */
    LABEL_BRACKET, /* [1] */
    LABEL_NOTE,    /* [1]:  [^1]:  [^1] */
    LABEL_BULLET,
};

struct line {
    struct span span;    /* without the white space around; empty for a blank line */
    struct span content; /* without hashes and label, and without closing hashes */
    enum label label;
    uint32_t n; /* the label's number */
    int hashes;
    bool boilerplate; /* set by the caller */
};

struct lines {
    struct line *items;
    size_t count;
};

void lines_split(struct arena *arena, const char *text, size_t len, struct lines *out);
static inline bool line_blank(const struct line *line) {
    return line->span.start == line->span.end;
}
/* The next line from `at` on that is neither blank nor boilerplate; lines->count if there is none. */
size_t lines_next(const struct lines *lines, size_t at);
/* The one before `at`; lines->count if there is none. */
size_t lines_previous(const struct lines *lines, size_t at);

/* Bytes of the URL that text[at] begins with: http://, https:// or www.; 0 if none.  Closing punctuation stays out. */
size_t url_len(const char *text, size_t len, size_t at);
/* The first URL in the text from `from` on; false if none. */
bool url_find(const char *text, size_t len, size_t from, struct span *out);
/* White space in the sense above, as bytes at text[at]; 0 if none. */
size_t blank_len(const char *text, size_t len, size_t at);
/* The span without the white space around. */
struct span span_trim(const char *text, struct span span);

#endif
