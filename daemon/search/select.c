/* Selecting records by a query, through the same steps as a search.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "search/select.h"

#include "run.h"

struct terms *searcher_terms(struct searcher *searcher) {
    return searcher->terms;
}

enum status search_select(struct searcher *searcher, struct arena *arena, const struct select_request *request,
                          struct selection *out, struct err *err) {
    struct search_request search = {.query = request->query,
                                    .filter = request->filter,
                                    .articles = !request->sources,
                                    .sources = request->sources,
                                    .limit = request->limit ? request->limit : UINT32_MAX,
                                    .within = request->within,
                                    .ids_only = !request->deep,
                                    .ranking = request->deep ? RANKING_DEEP : RANKING_DEFAULT,
                                    .deadline_us = request->deadline_us};
    struct run run = {.searcher = searcher, .arena = arena, .request = &search};
    *out = (struct selection){0};
    enum status st = run_search(&run, err);
    if (st != ST_OK) return st;
    const struct engine_result *result = run.kinds[0].result;
    out->count = result->count;
    out->items = arena_alloc(arena, (result->count + 1) * sizeof *out->items);
    for (size_t i = 0; i < result->count; i++)
        out->items[i] = (struct selected){.docid = result->hits[i].docid, .score = result->hits[i].score};
    return ST_OK;
}
