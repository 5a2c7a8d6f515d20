/* Selecting records by a query: the matching documents themselves, for those who go on working with them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_SELECT_H
#define SEARCH_SELECT_H

#include "search/search.h"

struct select_request {
    bool sources;                      /* instead of articles */
    const char *query;                 /* scored; NULL: none */
    const char *filter;                /* NULL: none */
    const struct engine_query *within; /* what else they must match; borrowed; NULL: nothing */
    bool deep;                         /* the best of them ranked deep */
    uint32_t limit;                    /* best first; 0: all of them */
    int64_t deadline_us;
};

struct selected {
    uint32_t docid;
    double score;
};

struct selection { /* in the arena */
    struct selected *items;
    size_t count;
};

/* QUERY_SYNTAX (the filter), TIMEOUT, TOO_COMPLEX, … */
enum status search_select(struct searcher *searcher, struct arena *arena, const struct select_request *request,
                          struct selection *out, struct err *err);
/* The analyser and stems of the searcher's worker. */
struct terms *searcher_terms(struct searcher *searcher);

#endif
