/* The section of a hit that answers the query, and the snippet from it.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_SECTION_H
#define SEARCH_SECTION_H

#include "base/json.h"
#include "index/card.h"
#include "match.h"
#include "text/sentence.h"

struct section_choice {
    const struct card_section *section; /* NULL: no section has a word of the query */
    struct match_list matches;          /* in its text */
    double score;
};

/* The section that matches best: each word of the query counts by its rarity and, with falling gain, by how often
 * it occurs; a word in the heading counts as one more.  Ties: the first. */
void section_choose(struct matcher *matcher, struct terms *terms, struct arena *arena, const struct card *card,
                    struct section_choice *out);

struct snippet {
    uint32_t start, end; /* bytes of the section's text */
};
/* The passage of about SNIPPET_CHARACTERS with the most of the query in it, from a sentence's beginning if one is
 * near; without matches the beginning of the text. */
enum { SNIPPET_CHARACTERS = 240 };
void snippet_choose(const struct abbreviations *abbreviations, const char *language, struct card_text text,
                    const struct match_list *matches, struct snippet *out);
/* Writes it as segments, or as escaped HTML with <mark>; `…` where the text goes on. */
void snippet_write(struct jw *jw, struct card_text text, const struct match_list *matches,
                   const struct snippet *snippet, bool html);

#endif
