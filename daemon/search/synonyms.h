/* Synonyms: other words for a word or a row of words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text with a rule a line; # begins a comment:
 *
 *   rule    = phrase "," phrase { "," phrase }           each finds the others, too
 *           | phrase { "," phrase } "=>" phrase { "," phrase }   the left ones find the right ones, too
 *   phrase  = one to PHRASE_WORDS_MAX words
 *
 * Words are compared by their stems in the language of the schema.  Rules are not followed on: what a synonym of a
 * synonym finds must be written. */
#ifndef SEARCH_SYNONYMS_H
#define SEARCH_SYNONYMS_H

#include "base/err.h"
#include "match.h"

enum { PHRASE_WORDS_MAX = 8, RULE_PHRASES_MAX = 64, SYNONYM_RULES_MAX = 10000 };

struct synonym_phrase {
    struct match_word *words;
    size_t count;
};
struct synonym_entry { /* what is said of one phrase */
    const char *key;
    struct synonym_phrase *phrases;
    size_t count, cap;
};

struct synonyms;
/* Reads a text; `name` stands for it in messages.  The terms' analyser and stemmers are used, not kept.
 * INVALID_VALUE, with the line; TOO_LARGE. */
enum status synonyms_read(struct synonyms **out, struct terms *terms, const char *language, const char *text,
                          const char *name, struct err *err);
void synonyms_free(struct synonyms *synonyms);
/* Words of the longest phrase that something is said of; 0: there are no rules. */
size_t synonyms_longest(const struct synonyms *synonyms);
/* What is said of a row of words; NULL: nothing. */
const struct synonym_entry *synonyms_find(const struct synonyms *synonyms, struct terms *terms,
                                          const struct match_word *words, size_t count);

#endif
