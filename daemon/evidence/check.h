/* Holding articles against a claim: which of its words they have, how rare those are, and where they stand.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   mass    Σ rarity of the claim's words that the article has
 *   share   the same as a share of all that the archive has
 *   near    the share of mass that stands in the article's best passage: title, claim or section
 *   pairs   Σ rarity of the claim's neighbouring words that are neighbours in the article, the less rare of each two
 *   back    the other way: the share of a short passage's rarity that the claim has, of the passage where it is highest
 *   known   the share of the claim's words that the archive has at all
 *
 * Rarity is scaled so that a word of one article has RAREST whatever the archive's size. */
#ifndef EVIDENCE_CHECK_H
#define EVIDENCE_CHECK_H

#include "load.h"

#include "index/terms.h"

enum { CLAIM_WORDS_MAX = 256 };

struct claim_word {
    const char *word;
    size_t len;
    unsigned flags;
    uint32_t documents;
    double rarity; /* 0: the archive does not have it */
};

struct claim_pair {
    uint16_t first, second;
};

struct answer { /* an article held against the claim */
    struct loaded loaded;
    double score; /* of the search */
    double rank, confidence;
    double share, mass, near, back, pairs;
    const char *field; /* of the passage that matches best */
    const struct section *section;
    const char *passage;
    size_t passage_len;
    size_t order;
};

struct check {
    struct evidence *ev;
    const struct check_request *request;
    struct terms *terms;
    double documents;
    struct claim_word words[CLAIM_WORDS_MAX];
    size_t word_count;
    double whole, known;                      /* Σ rarity; share of the words that are known */
    const char *language;                     /* of the stems at hand */
    struct claim_pair pairs[CLAIM_WORDS_MAX]; /* words that follow each other */
    size_t pair_count, last;
    uint64_t stems[CLAIM_WORDS_MAX];
    struct buf term;
};

/* A claim as a query: what would be an operator of the query language is a blank; addresses stay whole for the search
 * to take apart. */
const char *check_as_words(struct arena *arena, const char *claim);
/* The claim's words and their rarity.  check->ev, request and terms are set. */
enum status check_read_claim(struct check *check);
void check_free(struct check *check);
/* Fills what the head of this file lists; answer->loaded is set. */
void check_rate(struct check *check, struct answer *answer);

#endif
