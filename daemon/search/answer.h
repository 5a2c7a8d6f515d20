/* Inside the answer of a search: its parts, each in a file of its own.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_ANSWER_H
#define SEARCH_ANSWER_H

#include "run.h"
#include "section.h"

/* The parts of the scores of one kind's hits on the page. */
struct explained {
    uint32_t *docids; /* ascending */
    size_t count;
    double *scores; /* [part * count + document] */
};

struct answer {
    struct run *run;
    struct jw jw;
    struct err *err;
    struct source_line retracted; /* the first one that the hit at hand cites; id NULL: none */
    uint32_t retracted_n;
    struct explained explained[2];
    double norm; /* above 0: hits tell their similarity, the share of this that their score is */
};

/* The language of a card, NUL-terminated; "" when it has none. */
const char *language_of(const struct card *card, char out[16]);

/* Members of a hit: several passages; whole texts with the matches marked. */
void write_fragments(struct answer *answer, struct kind_result *kind, const struct card *card);
void write_highlight(struct answer *answer, struct kind_result *kind, const struct card *card,
                     const struct card_section *shown);

/* Members of the answer. */
enum status write_hits(struct answer *answer);
void write_facets(struct answer *answer);
void write_explain(struct answer *answer);
/* explain, took_ms, revision, partial. */
void write_circumstances(struct answer *answer);
/* Closes the object.  TOO_LARGE. */
enum status answer_end(struct answer *answer);

/* Measures what the hits' scores are made of; a hit's member that tells it. */
enum status explain_hits(struct answer *answer);
void write_parts(struct answer *answer, const struct page_hit *hit);

#endif
