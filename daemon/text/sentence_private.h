/* The sentence splitter's two halves: sentence.c finds stops, stop.c judges them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_SENTENCE_PRIVATE_H
#define TEXT_SENTENCE_PRIVATE_H

#include "abbreviations.h"

#include <stdbool.h>

struct sentence_text {
    const struct abbreviations *abbreviations;
    const char *language;
    const char *text;
    size_t len;
};

struct stop_place {
    size_t sentence; /* where the sentence began */
    size_t at;       /* the stop's first byte */
    size_t end;      /* behind it and all that belongs to it */
    bool single;     /* one full stop: an abbreviation's, perhaps */
    bool marker;     /* a citation marker stands behind it */
    bool closer;     /* a closing quote or bracket does */
    bool wide;       /* 。 and the like */
};

bool sentence_may_end(const struct sentence_text *t, const struct stop_place *place);

bool sentence_is_wide_stop(uint32_t c);
uint32_t sentence_peek(const struct sentence_text *t, size_t at);    /* the character at `at`; 0 at the end */
size_t sentence_step_back(const struct sentence_text *t, size_t at); /* where the character before `at` begins */
uint32_t sentence_before(const struct sentence_text *t, size_t at);  /* the character before `at`; 0 at the front */

#endif
