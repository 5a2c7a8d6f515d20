/* Where people read: stdout or stderr, with its width and its colours.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All text for people goes through here; it is made harmless (glyph.h) on the way.  Each of the two streams is
 * looked at on its own: one may be a terminal and the other a file. */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

enum style {
    STYLE_NONE,
    STYLE_TITLE,
    STYLE_DIM,
    STYLE_MATCH,
    STYLE_LINK,
    STYLE_GOOD,
    STYLE_BAD,
    STYLE_WARN,
};

struct screen {
    FILE *file;
    bool terminal, color;
    int width;
};

/* Colour: --no-color, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a terminal. */
void screen_open(struct screen *screen, FILE *file, bool no_color);

void screen_put(struct screen *screen, enum style style, const char *text); /* one line at most */
void screen_say(struct screen *screen, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));
void screen_line_end(struct screen *screen);
/* `text` in a column of that width, cut with … or filled with spaces; negative: flush right. */
void screen_cell(struct screen *screen, enum style style, int width, const char *text);

/* Flowing text: words of several styles, wrapped to the width. */
struct wrap {
    struct screen *screen;
    int indent, column; /* indent of the lines that follow */
    bool empty, gap;    /* nothing on this line yet; a space is due */
    struct wrap_cell *word;
    size_t count, size;
    int word_width;
};
/* The cursor stands at `column`, behind what was printed already. */
void wrap_begin(struct wrap *wrap, struct screen *screen, int column, int indent);
void wrap_put(struct wrap *wrap, enum style style, const char *text);
void wrap_end(struct wrap *wrap); /* ends the line and frees */

void screen_indent(struct screen *screen, int columns);
void screen_paragraph(struct screen *screen, enum style style, int indent, const char *text);

#endif
