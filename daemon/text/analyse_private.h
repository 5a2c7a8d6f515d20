/* The analyser's parts: the fast path, the general path, the dictionaries, the term that they build.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One call of analyser_run is one struct run, on the caller's stack.  Each path takes the place of a word's
 * first byte, hands the word out through run_emit and returns the place behind it. */
#ifndef TEXT_ANALYSE_PRIVATE_H
#define TEXT_ANALYSE_PRIVATE_H

#include "text/analyse.h"

#include <unicode/ubrk.h>

/* The bytes of the term being built; grows, never shrinks. */
struct term {
    char *data;
    size_t len, cap;
};

struct analyser {
    struct term term;
    struct term folded;    /* of analyser_fold */
    UBreakIterator *words; /* opened at the first dictionary run */
    UChar *units;          /* scratch: the text of a run or a word in UTF-16 */
    uint32_t *places;      /* where each unit began, in bytes */
    size_t units_cap;
    bool general_only; /* for tests: no fast path */
};

struct run {
    struct analyser *analyser;
    const char *text;
    size_t len;
    token_fn fn;
    void *arg;
    uint32_t position;
    bool stopped;               /* fn said so */
    size_t lower_at, lower_end; /* the last lower-case letter found, and how far was looked */
    bool lower_known;
};

/* The letters of a word, counted for TOKEN_ACRONYM. */
struct letters {
    uint32_t upper, lower, other;
    bool first_upper;
    bool digit;
};

void run_emit(struct run *run, size_t start, size_t end, const char *term, size_t len, uint32_t flags);
uint32_t run_flags(struct run *run, size_t start, size_t end, const struct letters *letters, bool possessive);

/* Hands out the next word from *at on and moves *at behind it, or to the end of the text.  False: what begins
 * at *at is for the general path. */
bool fast_word(struct run *run, size_t *at);
size_t general_word(struct run *run, size_t at);
/* U.S., u.s.a., U.S: hands it out and returns the place behind; 0 when none begins at `at`. */
size_t acronym_word(struct run *run, size_t at);
size_t dictionary_words(struct run *run, size_t at);

/* Decides what each comma of a number is: term[from..] is digits with , and . between. */
void number_normalise(struct term *term, size_t from);

void term_grow(struct term *term, size_t more);
void term_add_char(struct term *term, char c);
void term_add_raw(struct term *term, uint32_t code_point);
void term_add_fold(struct term *term, uint32_t code_point);
void term_refold(struct term *term); /* folds what was added raw */
/* Normalises, folds and normalises what is in the term; for words with characters that compose. */
void term_fold_slow(struct analyser *analyser, struct term *term);
void scratch_grow(struct analyser *analyser, size_t units);

void fast_open(void); /* the table of ASCII; once */

#endif
