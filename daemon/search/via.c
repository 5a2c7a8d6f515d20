/* Two-sided search: what the cited sources say finds the articles that cite them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The sources are searched with the query's text; clauses on fields are the article's and play no part there.  The
 * best VIA_SOURCES_MAX become one more alternative of the articles' query, the keys of these sources, with scores
 * that are far below those of any word. */
#include "run.h"

#include "base/when.h"

#include <string.h>

/* Whether a clause is about the text only, about fields only, or about both. */
static bool has_field(const struct node *node) {
    if (node->field) return true;
    for (size_t i = 0; i < node->count; i++)
        if (has_field(node->children[i])) return true;
    return false;
}

static bool all_in_fields(const struct node *node) {
    if (node->field) return true;
    for (size_t i = 0; i < node->count; i++)
        if (!all_in_fields(node->children[i])) return false;
    return node->count > 0;
}

/* The items without fields, as a query of their own; NULL when there are none or some mix the two. */
static struct node *text_items(struct arena *arena, const struct node *root) {
    struct node *copy = arena_alloc(arena, sizeof *copy);
    bool wanted = false;
    *copy = *root;
    copy->count = 0;
    copy->children = arena_alloc(arena, (root->count + 1) * sizeof *copy->children);
    for (size_t i = 0; i < root->count; i++) {
        struct node *item = root->children[i];
        if (all_in_fields(item)) continue;
        if (has_field(item)) return NULL;
        copy->children[copy->count++] = item;
        wanted = wanted || (item->occur != OCCUR_MUST_NOT && item->type != NODE_NOT && item->type != NODE_ALL);
    }
    return wanted ? copy : NULL;
}

static enum status search_sources(struct run *run, const struct node *text, struct via *via, struct err *err) {
    struct engine_db *db = reader_engine(run->searcher->reader, STORE_SOURCE);
    const struct ranking *ranking = &reader_schema(run->searcher->reader)->ranking;
    struct compiler compiler;
    struct query unheard = {.pasted = run->query.pasted}; /* its warnings are the articles' already */
    struct engine_result *result = NULL;
    run_compiler(run, STORE_SOURCE, &compiler, err);
    compiler.query = &unheard;
    struct engine_query *query = compile_query(&compiler, text);
    if (!query) return compiler.status;
    engine_query_defer(run->arena, query);
    struct engine_search search = {.query = query,
                                   .weight = {.k1 = ranking->k1, .k3 = ranking->k3, .b = ranking->b},
                                   .limit = VIA_SOURCES_MAX,
                                   .partial = run->request->time_limit_us > 0,
                                   .deadline_us = run->request->deadline_us};
    enum status st = engine_search(db, &search, &result, err);
    for (size_t i = 0; st == ST_OK && i < result->count; i++) {
        if (result->hits[i].score <= 0) break;
        via->sources[via->count] = result->hits[i].docid;
        via->scores[via->count++] = result->hits[i].score;
    }
    if (st == ST_OK) engine_result_free(result);
    return st;
}

/* The articles that cite a source, with its share of VIA_SCORE_MAX. */
static enum status add_source(struct run *run, const struct field *cites, const struct via *via, size_t number,
                              struct query_list *list, struct err *err) {
    struct source_line line = {0};
    enum status st =
        store_source_line(reader_store(run->searcher->reader), run->arena, via->sources[number], &line, err);
    if (st == ST_NOT_FOUND || (st == ST_OK && !line.id)) return ST_OK; /* deleted since */
    if (st != ST_OK) return st;
    struct buf term;
    buf_init(&term, 0);
    terms_value(run->searcher->terms, &term, cites->prefix, line.id, strlen(line.id), cites->exact_case);
    struct engine_query *both[] = {engine_query_fixed(VIA_SCORE_MAX * via->scores[number] / via->scores[0]),
                                   engine_query_term(term.data, term.len, 1)};
    buf_free(&term);
    list->items = arena_grow(run->arena, list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count++] = engine_query_op(ENGINE_FILTER, both, 2, 0);
    return ST_OK;
}

enum status via_find(struct run *run, struct via **out, struct err *err) {
    const struct field *cites = schema_field(reader_schema(run->searcher->reader), STORE_ARTICLE, "cites", 5);
    struct engine_info info;
    struct query_list list = {0};
    *out = NULL;
    if (!run->request->via_sources || run->request->ranking == RANKING_PLAIN || !cites) return ST_OK;
    enum status st = engine_info(reader_engine(run->searcher->reader, STORE_SOURCE), &info, err);
    struct node *text = text_items(run->arena, run->query.root);
    if (st != ST_OK || info.documents == 0 || !text) return st;
    struct via *via = arena_alloc(run->arena, sizeof *via);
    st = search_sources(run, text, via, err);
    for (size_t i = 0; i < via->count && st == ST_OK; i++)
        st = add_source(run, cites, via, i, &list, err);
    if (st != ST_OK || list.count == 0) {
        for (size_t i = 0; i < list.count; i++)
            engine_query_free(list.items[i]);
        return st;
    }
    via->query = query_list_join(&list, ENGINE_MAX);
    *out = via;
    return ST_OK;
}
