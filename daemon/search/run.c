/* Running a search: parse, translate, search each kind asked for.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "base/when.h"
#include "deep.h"

#include <string.h>

/* Archives up to this size are counted exactly without being asked. */
enum { EXACT_DOCUMENTS = 50000, CHECK_AT_LEAST = 1000 };

enum status searcher_shared_open(struct searcher_shared **out, const char *schema_dir, struct err *err) {
    struct searcher_shared *shared = mem_alloc(sizeof *shared);
    enum status st = stop_open(&shared->stop, schema_dir, err);
    if (st != ST_OK) {
        searcher_shared_close(shared);
        shared = NULL;
    }
    *out = shared;
    return st;
}

void searcher_shared_close(struct searcher_shared *shared) {
    if (!shared) return;
    stop_close(shared->stop);
    mem_free(shared);
}

enum status searcher_open(struct searcher **out, struct index *ix, const struct searcher_shared *shared,
                          struct err *err) {
    struct searcher *searcher = mem_alloc(sizeof *searcher);
    searcher->ix = ix;
    searcher->shared = shared;
    enum status st = reader_open(&searcher->reader, ix, err);
    if (st == ST_OK) st = terms_open(&searcher->terms, err);
    if (st != ST_OK) {
        searcher_close(searcher);
        searcher = NULL;
    }
    *out = searcher;
    return st;
}

void searcher_close(struct searcher *searcher) {
    if (!searcher) return;
    reader_close(searcher->reader);
    terms_close(searcher->terms);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++)
        gram_table_free(searcher->grams[kind]);
    mem_free(searcher);
}

struct reader *searcher_reader(struct searcher *searcher) {
    return searcher->reader;
}

static void free_result(void *result) {
    engine_result_free(result);
}

static void free_query(void *query) {
    engine_query_free(query);
}

/* ---- translating ---- */

static const struct node *last_leaf(const struct node *node) {
    return node->count ? last_leaf(node->children[node->count - 1]) : node;
}

/* The word at the very end of the text, when the request says that it is still being typed. */
static const char *word_being_typed(const struct run *run) {
    const char *text = run->request->query;
    if (!run->request->prefix || !text || !run->query.root->count) return NULL;
    const struct node *last = last_leaf(run->query.root);
    return last->type == NODE_WORD && last->end == strlen(text) ? last->text : NULL;
}

static void set_compiler(struct run *run, struct kind_result *kind, struct compiler *compiler, struct err *err) {
    struct searcher *searcher = run->searcher;
    *compiler = (struct compiler){.arena = run->arena,
                                  .schema = reader_schema(searcher->reader),
                                  .rules = index_rules(searcher->ix),
                                  .db = reader_engine(searcher->reader, kind->kind),
                                  .kind = kind->kind,
                                  .terms = searcher->terms,
                                  .documents = kind->documents,
                                  .query = &run->query,
                                  .matcher = &kind->matcher,
                                  .stop = searcher->shared->stop,
                                  .plain = run->request->ranking == RANKING_PLAIN,
                                  .prefix_word = word_being_typed(run),
                                  .phrases_wanted = run->query.pasted,
                                  .err = err};
    compiler->languages = reader_languages(searcher->reader, kind->kind, &compiler->language_count);
    kind->matcher = (struct matcher){.arena = run->arena};
}

/* The filter's query, compiled without matcher, completion or leniency. */
static struct engine_query *compile_filter(struct run *run, struct compiler *compiler) {
    compiler->query = &run->filter;
    compiler->matcher = NULL;
    compiler->prefix_word = NULL;
    compiler->phrases_wanted = false;
    return compile_query(compiler, run->filter.root);
}

static enum status compile_kind(struct run *run, struct kind_result *kind, struct engine_query **out, struct err *err) {
    struct compiler compiler;
    struct engine_info info;
    enum status st = engine_info(reader_engine(run->searcher->reader, kind->kind), &info, err);
    if (st != ST_OK) return st;
    kind->documents = info.documents;
    set_compiler(run, kind, &compiler, err);
    *out =
        run->query.root->count ? compile_query(&compiler, run->query.root) : engine_query_scale(engine_query_all(), 0);
    if (!*out) return compiler.status;
    kind->ranked = compiler.ranked;
    kind->ranked_count = compiler.ranked_count;
    if (run->request->within) {
        struct engine_query *narrowed[] = {*out, engine_query_clone(run->request->within)};
        *out = engine_query_op(ENGINE_FILTER, narrowed, 2, 0);
    }
    if (!run->request->filter) return ST_OK;
    struct engine_query *both[] = {*out, compile_filter(run, &compiler)};
    if (!both[1]) {
        engine_query_free(*out);
        return compiler.status;
    }
    *out = engine_query_op(ENGINE_FILTER, both, 2, 0);
    return ST_OK;
}

/* ---- searching ---- */

static void set_facets(const struct run *run, enum store_kind kind, struct engine_search *search) {
    for (size_t i = 0; i < run->request->facet_count; i++) {
        const char *name = run->request->facets[i].field;
        const struct field *field = schema_field(reader_schema(run->searcher->reader), kind, name, strlen(name));
        struct engine_facet *facet = &search->facets[search->facet_count++];
        *facet = (struct engine_facet){.slot = field && field->facet ? field->slot : FIELD_NO_SLOT};
        facet->multi = field && field->multi;
        facet->number = field && (field->type == FIELD_DATE || field->type == FIELD_NUMBER);
    }
}

static void set_sort(const struct run *run, enum store_kind kind, struct engine_search *search) {
    for (size_t i = 0; i < run->request->sort_count; i++) {
        const struct sort_request *sort = &run->request->sorts[i];
        const struct field *field =
            schema_field(reader_schema(run->searcher->reader), kind, sort->field, strlen(sort->field));
        if (field && field->sort)
            search->sort[search->sorts++] = (struct engine_sort){.slot = field->slot, .descending = sort->descending};
    }
    const char *collapse = run->request->collapse;
    const struct field *field =
        collapse ? schema_field(reader_schema(run->searcher->reader), kind, collapse, strlen(collapse)) : NULL;
    search->collapse = field && field->slot != FIELD_NO_SLOT && !field->multi;
    search->collapse_slot = search->collapse ? field->slot : 0;
}

/* Deep ranking looks at more candidates than are asked for, unless the order is not by score. */
static bool is_deep(const struct run *run) {
    return run->request->ranking == RANKING_DEEP && run->request->sort_count == 0;
}

static void set_search(const struct run *run, const struct kind_result *kind, struct engine_search *search) {
    const struct search_request *request = run->request;
    const struct ranking *ranking = &reader_schema(run->searcher->reader)->ranking;
    bool whole = is_deep(run) || (request->articles && request->sources);
    *search = (struct engine_search){.weight = {.k1 = ranking->k1, .k3 = ranking->k3, .b = ranking->b},
                                     .offset = whole ? 0 : request->offset,
                                     .limit = whole ? request->offset + request->limit : request->limit,
                                     .want_data = !request->ids_only,
                                     .partial = request->time_limit_us > 0,
                                     .deadline_us = request->deadline_us};
    if (request->ranking == RANKING_PLAIN) search->weight = (struct engine_weight){.k1 = 1, .k3 = 1, .b = 0.5};
    if (is_deep(run) && search->limit < DEEP_CANDIDATES) search->limit = DEEP_CANDIDATES;
    if (request->time_limit_us > 0 && run->began_us + request->time_limit_us < search->deadline_us)
        search->deadline_us = run->began_us + request->time_limit_us;
    bool exact = request->exact_total || request->facet_count > 0 || kind->documents <= EXACT_DOCUMENTS;
    search->check_at_least = exact ? UINT32_MAX : CHECK_AT_LEAST;
    set_facets(run, kind->kind, search);
    set_sort(run, kind->kind, search);
}

static enum status rank_deep(struct run *run, struct kind_result *kind, int64_t deadline_us, struct err *err) {
    struct deep deep = {.arena = run->arena,
                        .terms = run->searcher->terms,
                        .db = reader_engine(run->searcher->reader, kind->kind),
                        .words = kind->ranked,
                        .word_count = kind->ranked_count,
                        .documents = kind->documents,
                        .deadline_us = deadline_us};
    size_t count = kind->result->count < DEEP_CANDIDATES ? kind->result->count : DEEP_CANDIDATES;
    return deep_rank(&deep, &run->searcher->grams[kind->kind], kind->result->hits, count, err);
}

static enum status search_kind(struct run *run, struct kind_result *kind, struct err *err) {
    struct engine_query *query = NULL;
    struct engine_search search;
    enum status st = compile_kind(run, kind, &query, err);
    if (st != ST_OK) return st;
    arena_defer(run->arena, free_query, query);
    set_search(run, kind, &search);
    search.query = query;
    st = engine_search(reader_engine(run->searcher->reader, kind->kind), &search, &kind->result, err);
    if (st != ST_OK) return st;
    arena_defer(run->arena, free_result, kind->result);
    if (is_deep(run)) st = rank_deep(run, kind, search.deadline_us, err);
    if (st == ST_OK && run->request->explain) {
        char *described = NULL;
        st = engine_query_describe(query, &described, err);
        if (st == ST_OK) arena_defer(run->arena, mem_free, described);
        kind->described = described;
    }
    return st;
}

/* A filter that can't be parsed is refused: a search that left a part of it out would show what must not be seen. */
static enum status parse_filter(struct run *run, struct err *err) {
    const char *filter = run->request->filter;
    if (!filter) return ST_OK;
    query_parse(run->arena, reader_schema(run->searcher->reader), filter, strlen(filter), &run->filter);
    if (run->filter.warning_count == 0 && run->filter.root->count > 0) return ST_OK;
    if (run->filter.warning_count == 0)
        return err_param(err, ST_QUERY_SYNTAX, "filter", "parameter 'filter': it is empty");
    const struct query_warning *warning = &run->filter.warnings[0];
    err_param(err, ST_QUERY_SYNTAX, "filter", "parameter 'filter', position %ld: %s", warning->position,
              warning->message);
    err->position = warning->position;
    return ST_QUERY_SYNTAX;
}

enum status run_search(struct run *run, struct err *err) {
    const struct search_request *request = run->request;
    const char *text = request->query ? request->query : "";
    query_parse(run->arena, reader_schema(run->searcher->reader), text, strlen(text), &run->query);
    enum status st = parse_filter(run, err);
    run->parsed_us = when_mono_us();
    if (request->articles) run->kinds[run->kind_count++].kind = STORE_ARTICLE;
    if (request->sources) run->kinds[run->kind_count++].kind = STORE_SOURCE;
    for (size_t i = 0; i < run->kind_count && st == ST_OK; i++)
        st = search_kind(run, &run->kinds[i], err);
    run->searched_us = when_mono_us();
    return st;
}

enum status search_run(struct searcher *searcher, struct arena *arena, const struct search_request *request,
                       struct buf *out, struct err *err) {
    struct run run = {.searcher = searcher, .arena = arena, .request = request, .began_us = when_mono_us()};
    enum status st = run_search(&run, err);
    return st == ST_OK ? answer_write(&run, out, err) : st;
}
