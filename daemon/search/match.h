/* What a query is looking for in a text: the matcher behind sections, snippets and highlights.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Built beside the engine's query, from the same words; it belongs to one request. */
#ifndef SEARCH_MATCH_H
#define SEARCH_MATCH_H

#include "base/mem.h"
#include "index/card.h"
#include "index/terms.h"

#include <stdbool.h>

enum match_type { MATCH_STEM, MATCH_EXACT, MATCH_PREFIX, MATCH_PHRASE };

struct match_word {
    const char *word; /* folded */
    size_t len;
    unsigned flags;
};

struct match_item {
    enum match_type type;
    struct match_word *words; /* one; a phrase has several */
    size_t count;
    double weight;  /* the word's rarity */
    uint32_t group; /* items of one query word share it: expansions of a prefix, say */
};

struct matcher {
    struct arena *arena;
    struct match_item *items;
    size_t count, cap;
    uint32_t groups;
    /* the words of the items as the language at hand stems them */
    char language[16];
    struct match_word *stems;
};

void matcher_add(struct matcher *matcher, enum match_type type, const struct match_word *words, size_t count,
                 double weight, uint32_t group);

struct match {
    uint32_t start, end; /* bytes in the text */
    uint32_t word;       /* number of its first word in the text, from 0 */
    uint32_t group;
    double weight;
};

struct match_list {
    struct match *items;
    size_t count, cap;
    uint32_t words; /* words in the text */
};

/* Finds the matches in a text, in order, in the arena. */
void matcher_find(struct matcher *matcher, struct terms *terms, struct arena *arena, const char *language,
                  const char *text, size_t len, struct match_list *out);

#endif
