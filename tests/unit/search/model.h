/* A slow model of the query language: whether an article matches a query, by looking at its words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * It shares the parser and the analyser with the search, and nothing else: no index, no engine, no compiler.  What it
 * does not know (addresses, fields beyond the usual ones, odd operands of NEAR) it says so. */
#ifndef TEST_SEARCH_MODEL_H
#define TEST_SEARCH_MODEL_H

#include "archive.h"
#include "search/query.h"

struct model {
    const struct schema *schema;
    struct terms *terms;
    struct arena *arena; /* of one query */
    const char **stop;   /* stop words of English, folded */
    size_t stop_count, stop_cap;
};

void model_open(struct model *model, struct archive *archive, const struct schema *schema);
void model_close(struct model *model);
bool model_knows(const struct model *model, const struct query *query);
bool model_matches(struct model *model, const struct query *query, const struct made *made);
/* Optimal string alignment in code points: insertions, deletions, replacements, swaps of neighbours. */
unsigned model_distance(const char *a, const char *b);

#endif
