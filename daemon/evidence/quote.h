/* Quotations: reading one, holding it against a text.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_QUOTE_H
#define EVIDENCE_QUOTE_H

#include "archive/citation.h"
#include "base/mem.h"
#include "index/terms.h"

/* A text's words, by the hashes of their folded forms. */
struct words {
    uint64_t *hashes;
    struct place {
        uint32_t start, end; /* bytes */
    } * places;
    const char **terms; /* kept only when asked for */
    size_t count;
};
void words_make(struct arena *arena, struct analyser *analyser, const char *text, size_t len, const char *language,
                bool keep_terms, struct words *out);

/* Whether a letter or digit ends in front of byte `at`, or begins there. */
bool words_end_at(const char *text, size_t at);
bool words_begin_at(const char *text, size_t len, size_t at);

/* A quotation as a pattern:
 *
 *   …  ...  [...]     any number of words was left out
 *   [words]           an editor's words in place of some of the original; [sic] in place of none
 *   [T]he  end[ed]    a letter or an ending that an editor changed
 *   [1] [2]           citation markers: nothing
 */
struct pattern {
    const char *given; /* without white space and quotation marks around it */
    size_t given_len;
    const char *text; /* the same length, what is no word of the original blanked out */
    struct words words;
    uint32_t *gap; /* words that may be left out in front of each word */
};
enum { GAP_ANY = 100000, GAP_BRACKET = 12 };
void pattern_make(struct arena *arena, struct analyser *analyser, const char *given, size_t len, struct pattern *out);

enum quote_verdict { QUOTE_ABSENT, QUOTE_ALTERED, QUOTE_NORMALIZED, QUOTE_EXACT };
const char *quote_verdict_name(enum quote_verdict verdict);

struct difference {                  /* words that differ; either side may be empty */
    uint32_t given_start, given_end; /* bytes of pattern.given */
    uint32_t found_start, found_end; /* bytes of the text as given */
};

struct quoted { /* where a quotation is in a text */
    enum quote_verdict verdict;
    uint32_t start, end; /* bytes of the text as given */
    uint32_t edits;      /* words changed, left out or put in */
    struct difference *differences;
    size_t difference_count;
};

struct quote_text {   /* a text to look in */
    const char *text; /* as given */
    size_t len;
    struct clean_text clean; /* without citation markers */
};
void quote_text_make(struct arena *arena, const char *text, size_t len, struct quote_text *out);

/* The best place in a text.  False when the quotation is not in it. */
bool quote_match(struct arena *arena, struct analyser *analyser, const struct pattern *pattern,
                 const struct quote_text *text, struct quoted *out);

#endif
