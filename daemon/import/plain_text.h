/* The bytes of a record that is no JSON, as text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#ifndef IMPORT_PLAIN_TEXT_H
#define IMPORT_PLAIN_TEXT_H

#include "base/err.h"
#include "base/mem.h"

/* A C string in the arena, with LF for every line end.  INVALID_FORMAT: the first byte that is no UTF-8, or NUL,
 * with its place. */
enum status text_read(struct arena *arena, const char *bytes, size_t bytes_len, char **out, size_t *len,
                      struct err *err);
/* Sets line, column and position of a byte of the text that is wrong. */
void text_place(struct err *err, const char *text, size_t at);
/* A part of a text in the arena, without white space at its ends. */
char *text_trimmed(struct arena *arena, const char *text, size_t len);
/* In place: takes blank lines off both ends, and leaves at most one between paragraphs, since lines that were taken
 * out left holes.  Returns `text`. */
char *text_tidy(char *text);

#endif
