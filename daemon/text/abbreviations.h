/* Abbreviations: what a full stop after a word may mean.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file, UTF-8, one entry a line; `*` is every language, else a language's tag (en):
 *   # comment
 *   en Dr.           the stop never ends a sentence
 *   en No. #         ... not before a number
 *   en etc. ?        ... only before a word that often begins sentences, a quotation, or behind a marker
 *   de z. B.         blanks inside are fine
 *   de 0. ?          numbers of one or two digits, and Roman ones, are ordinals (am 3. Oktober)
 *   en = The It He   words that often begin a sentence; any number a line
 * An entry is matched with its case; its first letter may be a capital in the text.  Read-only after opening:
 * any thread. */
#ifndef TEXT_ABBREVIATIONS_H
#define TEXT_ABBREVIATIONS_H

#include "text/sentence.h"

enum stop_kind {
    STOP_PLAIN, /* not in the table */
    STOP_NEVER,
    STOP_BEFORE_NUMBER, /* # */
    STOP_MAY_END,       /* ? */
    STOP_STARTER,       /* = */
};

/* What the table says of `word` (with its full stop; a starter without). */
enum stop_kind abbreviations_kind(const struct abbreviations *abbreviations, const char *language, const char *word,
                                  size_t len);

#endif
