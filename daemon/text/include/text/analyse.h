/* The analyser: text to terms, the same for index, query, highlight and quotes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A token is a word as the index knows it: folded (case, diacritics of Latin and Greek, width), with its
 * place in the text.  Rules, in order:
 *   word      a run of letters, digits and marks by Unicode's word boundaries (UAX 29), tailored: a full stop
 *             or colon between letters separates; an apostrophe (' ’ ʼ ＇) between letters joins and is '
 *   acronym   single letters each followed by a full stop (U.S., u.s.a.) or two or more capitals in a text
 *             that has lower-case letters (US, ICE): dots go, `us`; TOKEN_ACRONYM is set
 *   number    digits; a comma between groups of three goes (50,000 -> 50000); a full stop or comma between
 *             other digits stays as `.` (3.5); currency and percent signs go; TOKEN_NUMBER when it has a digit
 *   ideographs and Thai, Lao, Khmer, Burmese: words by ICU's dictionaries; TOKEN_DICTIONARY
 * ASCII takes a fast path with the same outcome.  Citation markers are not known here: remove them first.
 *
 * An analyser belongs to one thread. */
#ifndef TEXT_ANALYSE_H
#define TEXT_ANALYSE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_flags {
    TOKEN_ACRONYM = 1,
    TOKEN_NUMBER = 2,     /* has a digit: never matched fuzzily */
    TOKEN_DICTIONARY = 4, /* found by a dictionary, not by spaces */
    TOKEN_CAPITAL = 8,    /* began with a capital */
};

struct token {
    const char *term; /* folded; valid until the callback returns; not NUL-terminated */
    uint32_t len;
    uint32_t start, end; /* bytes in the text */
    uint32_t position;   /* from 1, one a token */
    uint32_t flags;
};

struct analyser;
/* INTERNAL when ICU's data are missing. */
enum status analyser_open(struct analyser **out, struct err *err);
void analyser_close(struct analyser *analyser);

/* Calls fn for each token in order until it returns false.  Invalid UTF-8 separates words.  `language`
 * (BCP 47, may be NULL) tailors what depends on it.  `len` is below 2^29; the limits of records are far below.
 * Returns the number of tokens handed out. */
typedef bool (*token_fn)(void *arg, const struct token *token);
size_t analyser_run(struct analyser *analyser, const char *text, size_t len, const char *language, token_fn fn,
                    void *arg);

/* The folded form of a whole string, for keys and completion: case, diacritics, width; white space runs are
 * one space; the rest stays.  Writes to a buffer of the analyser, valid until its next call. */
const char *analyser_fold(struct analyser *analyser, const char *text, size_t len, size_t *out_len);

#endif
