/* Where people read: see screen.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen.h"

#include "glyph.h"
#include "memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 20 };

static const char *const escapes[] = {
    [STYLE_NONE] = "",         [STYLE_TITLE] = "\033[1m", [STYLE_DIM] = "\033[2m",  [STYLE_MATCH] = "\033[1;33m",
    [STYLE_LINK] = "\033[34m", [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WARN] = "\033[33m",
};

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool wants_color(const struct screen *screen, bool no_color) {
    const char *term = variable("TERM"), *force = variable("FORCE_COLOR");
    if (no_color || variable("NO_COLOR")) return false;
    if (force) return strcmp(force, "0") != 0;
    return screen->terminal && !(term && strcmp(term, "dumb") == 0);
}

static int measure(const struct screen *screen) {
    struct winsize size;
    int width = 0;
    if (screen->terminal && ioctl(fileno(screen->file), TIOCGWINSZ, &size) == 0) width = size.ws_col;
    if (width == 0 && variable("COLUMNS")) width = atoi(variable("COLUMNS"));
    if (width <= 0 || width > 10000) width = WIDTH_DEFAULT;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width;
}

void screen_open(struct screen *screen, FILE *file, bool no_color) {
    *screen = (struct screen){.file = file, .terminal = isatty(fileno(file)) == 1};
    screen->color = wants_color(screen, no_color);
    screen->width = measure(screen);
}

static void style_begin(struct screen *screen, enum style style) {
    if (screen->color && style != STYLE_NONE) fputs(escapes[style], screen->file);
}

static void style_end(struct screen *screen, enum style style) {
    if (screen->color && style != STYLE_NONE) fputs("\033[0m", screen->file);
}

void screen_put(struct screen *screen, enum style style, const char *text) {
    struct glyph glyph;
    style_begin(screen, style);
    while (glyph_next(&glyph, &text))
        fputs(glyph.bytes, screen->file);
    style_end(screen, style);
}

void screen_say(struct screen *screen, enum style style, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (len < 0) return;
    screen_put(screen, style, text);
    free(text);
}

void screen_line_end(struct screen *screen) {
    fputc('\n', screen->file);
}

void screen_indent(struct screen *screen, int columns) {
    fprintf(screen->file, "%*s", columns, "");
}

void screen_cell(struct screen *screen, enum style style, int width, const char *text) {
    bool right = width < 0;
    if (right) width = -width;
    int full = glyph_width(text);
    if (right && full < width) screen_indent(screen, width - full);
    style_begin(screen, style);
    struct glyph glyph;
    int column = 0;
    while (glyph_next(&glyph, &text)) {
        if (full > width && column + glyph.width > width - 1) {
            fputs("…", screen->file);
            column++;
            break;
        }
        fputs(glyph.bytes, screen->file);
        column += glyph.width;
    }
    style_end(screen, style);
    if (!right && column < width) screen_indent(screen, width - column);
}

struct wrap_cell {
    struct glyph glyph;
    enum style style;
};

void wrap_begin(struct wrap *wrap, struct screen *screen, int column, int indent) {
    *wrap = (struct wrap){.screen = screen, .indent = indent, .column = column, .empty = true};
}

static void break_line(struct wrap *wrap) {
    screen_line_end(wrap->screen);
    screen_indent(wrap->screen, wrap->indent);
    wrap->column = wrap->indent;
    wrap->empty = true;
}

static void flush_word(struct wrap *wrap) {
    if (wrap->count == 0) return;
    int gap = wrap->gap && !wrap->empty ? 1 : 0;
    if (!wrap->empty && wrap->column + gap + wrap->word_width > wrap->screen->width)
        break_line(wrap);
    else if (gap)
        fputc(' ', wrap->screen->file);
    wrap->column += wrap->word_width + (wrap->empty ? 0 : gap);
    for (size_t i = 0; i < wrap->count; i++) {
        enum style style = wrap->word[i].style;
        if (i == 0 || style != wrap->word[i - 1].style) style_begin(wrap->screen, style);
        fputs(wrap->word[i].glyph.bytes, wrap->screen->file);
        if (i + 1 == wrap->count || style != wrap->word[i + 1].style) style_end(wrap->screen, style);
    }
    wrap->empty = wrap->gap = false;
    wrap->count = 0;
    wrap->word_width = 0;
}

void wrap_put(struct wrap *wrap, enum style style, const char *text) {
    struct glyph glyph;
    while (glyph_next(&glyph, &text)) {
        if (glyph.space) {
            flush_word(wrap);
            wrap->gap = true;
            continue;
        }
        /* Scripts without spaces may break before each of their wide characters. */
        if (glyph.width == 2) flush_word(wrap);
        if (wrap->count == wrap->size) {
            wrap->size = wrap->size ? wrap->size * 2 : 32;
            wrap->word = memory_resize(wrap->word, wrap->size * sizeof *wrap->word);
        }
        wrap->word[wrap->count++] = (struct wrap_cell){glyph, style};
        wrap->word_width += glyph.width;
    }
}

void wrap_end(struct wrap *wrap) {
    flush_word(wrap);
    screen_line_end(wrap->screen);
    free(wrap->word);
    wrap->word = NULL;
}

void screen_paragraph(struct screen *screen, enum style style, int indent, const char *text) {
    struct wrap wrap;
    screen_indent(screen, indent);
    wrap_begin(&wrap, screen, indent, indent);
    wrap_put(&wrap, style, text);
    wrap_end(&wrap);
}
