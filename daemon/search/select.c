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
    out->count = run.page_count;
    out->items = arena_alloc(arena, (run.page_count + 1) * sizeof *out->items);
    for (size_t i = 0; i < run.page_count; i++)
        out->items[i] = (struct selected){.docid = run.page[i].hit.docid, .score = run.page[i].score};
    return ST_OK;
}
