/* Running a search: parse, translate, search each kind asked for.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "base/when.h"
#include "deep.h"
#include "spell.h"

#include <string.h>

/* Archives up to this size are counted exactly without being asked. */
enum { EXACT_DOCUMENTS = 50000, CHECK_AT_LEAST = 1000 };

static void free_result(void *result) {
    engine_result_free(result);
}

struct lexicon_use {
    struct lexicons *lexicons;
    struct shared_lexicon *lexicon;
};

struct words_use {
    struct words_in_force *force;
    struct wordlists *lists;
};

struct filter_use {
    struct filters *filters;
    struct filter_set *set;
};

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

static void give_lexicon(void *arg) {
    struct lexicon_use *use = arg;
    lexicons_give(use->lexicons, use->lexicon);
}

/* The words of this very view, when they are in memory already. */
static const struct lexicon *lexicon_of(struct run *run, enum store_kind kind) {
    struct searcher *searcher = run->searcher;
    uint64_t revision = reader_revision(searcher->reader);
    struct lexicon_use *use = arena_alloc(run->arena, sizeof *use);
    use->lexicons = searcher->shared->lexicons;
    use->lexicon = lexicons_take(use->lexicons, searcher->ix, kind, reader_generation(searcher->reader), revision);
    if (use->lexicon) arena_defer(run->arena, give_lexicon, use);
    return use->lexicon && use->lexicon->revision == revision ? use->lexicon->lexicon : NULL;
}

static bool expands(const struct node *node) {
    if (node->type == NODE_PREFIX || node->type == NODE_FUZZY) return true;
    for (size_t i = 0; i < node->count; i++)
        if (expands(node->children[i])) return true;
    return false;
}

static void give_words(void *arg) {
    struct words_use *use = arg;
    wordlists_give(use->force, use->lists);
}

/* Once a request: all that it compiles sees the same lists. */
static void take_words(struct run *run, struct compiler *compiler) {
    if (!run->words) {
        compile_failed(compiler, wordlists_take(run->searcher, &run->words, compiler->err));
        if (!run->words) return;
        struct words_use *use = arena_alloc(run->arena, sizeof *use);
        *use = (struct words_use){.force = run->searcher->shared->words, .lists = run->words};
        arena_defer(run->arena, give_words, use);
    }
    compiler->stop = run->words->stop;
    if (run->request->synonyms && !compiler->plain) compiler->synonyms = run->words->synonyms;
}

void run_compiler(struct run *run, enum store_kind kind, struct compiler *out, struct err *err) {
    struct searcher *searcher = run->searcher;
    struct engine_info info = {0};
    *out = (struct compiler){.arena = run->arena,
                             .schema = reader_schema(searcher->reader),
                             .rules = index_rules(searcher->ix),
                             .db = reader_engine(searcher->reader, kind),
                             .store = reader_store(searcher->reader),
                             .kind = kind,
                             .terms = searcher->terms,
                             .query = &run->query,
                             .plain = run->request->ranking == RANKING_PLAIN,
                             .prefix_word = word_being_typed(run),
                             .phrases_wanted = run->query.pasted,
                             .deadline_us = run->request->deadline_us,
                             .err = err};
    compile_failed(out, engine_info(out->db, &info, err));
    take_words(run, out);
    out->documents = info.documents;
    out->revision = info.revision;
    out->languages = reader_languages(searcher->reader, kind, &out->language_count);
    bool wanted = run->request->prefix || expands(run->query.root) || (run->filter.root && expands(run->filter.root));
    if (wanted) out->lexicon = lexicon_of(run, kind);
}

/* The filter's query, compiled without matcher, completion or leniency. */
static struct engine_query *compile_filter(struct run *run, struct compiler *compiler) {
    compiler->query = &run->filter;
    if (compiler->parts) compiler->parts->filter = true;
    compiler->matcher = NULL;
    compiler->prefix_word = NULL;
    compiler->phrases_wanted = false;
    compiler->root = NULL;
    return compile_query(compiler, run->filter.root);
}

static void give_filter(void *arg) {
    struct filter_use *use = arg;
    filters_give(use->filters, use->set);
}

/* Collects what the filter passes, for this request and those to come. */
static struct filter_set *make_filter(struct run *run, struct compiler *compiler, const struct filter_key *key,
                                      const struct engine_query *query) {
    struct engine_set *set = NULL;
    compile_failed(compiler, engine_set_make(&set, compiler->db, query, compiler->deadline_us, compiler->err));
    return compiler->status == ST_OK ? filters_add(run->searcher->shared->filters, key, set) : NULL;
}

/* The filter as the set of what it passes, when it has come before; explain is told of it as it was written. */
static struct engine_query *filter_query(struct run *run, struct compiler *compiler) {
    struct reader *reader = run->searcher->reader;
    struct filter_key key = {.kind = compiler->kind,
                             .schema = compiler->schema,
                             .generation = reader_generation(reader),
                             .revision = compiler->revision,
                             .words_version = run->words->version,
                             .synonyms = run->request->synonyms,
                             .plain = compiler->plain,
                             .text = run->request->filter};
    bool make = false;
    if (run->request->explain) return compile_filter(run, compiler);
    struct filter_use *use = arena_alloc(run->arena, sizeof *use);
    *use = (struct filter_use){.filters = run->searcher->shared->filters};
    use->set = filters_take(use->filters, &key, &make);
    if (!use->set) {
        struct engine_query *query = compile_filter(run, compiler);
        if (!query || !make || run->filter.warning_count > 0) return query;
        use->set = make_filter(run, compiler, &key, query);
        engine_query_free(query);
        if (!use->set) return NULL;
    }
    arena_defer(run->arena, give_filter, use);
    return engine_query_set(use->set->set);
}

static struct engine_query *both(enum engine_op op, struct engine_query *take_a, struct engine_query *take_b) {
    struct engine_query *list[] = {take_a, take_b};
    return engine_query_op(op, list, 2, 0);
}

/* Those of the request, else those of the schema. */
static void set_boosts(const struct run *run, struct compiler *compiler) {
    const struct fields *fields = &compiler->schema->kinds[compiler->kind];
    compiler->boosts = run->request->boosts;
    compiler->boost_count = run->request->boost_count;
    if (!run->request->schema_boosts || compiler->plain) return;
    struct boost_request *boosts = arena_alloc(run->arena, (fields->count + 1) * sizeof *boosts);
    compiler->boosts = boosts;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        if (field->boost <= 0) continue;
        boosts[compiler->boost_count++] = (struct boost_request){
            .field = field->name, .decay = field->type == FIELD_DATE, .pivot = field->half, .weight = field->boost};
    }
}

/* No query is everything; one that has nothing but marks finds nothing. */
static bool asks_nothing(const struct run *run) {
    const char *text = run->request->query ? run->request->query : "";
    return !text[strspn(text, " \t\r\n\v\f")];
}

/* Fills kind->query, which the arena frees. */
static enum status compile_kind(struct run *run, struct kind_result *kind, struct err *err) {
    struct compiler compiler;
    int64_t began_us = when_mono_us();
    if (kind->kind == STORE_ARTICLE && run->query.root->count) {
        enum status st = via_find(run, &kind->via, err);
        if (st != ST_OK) return st;
    }
    kind->sources_us = when_mono_us() - began_us;
    run_compiler(run, kind->kind, &compiler, err);
    kind->documents = compiler.documents;
    kind->matcher = (struct matcher){.arena = run->arena};
    compiler.matcher = &kind->matcher;
    compiler.root = run->query.root;
    if (run->request->explain) compiler.parts = kind->parts = parts_new(run->arena);
    compiler.via = kind->via ? kind->via->query : NULL;
    set_boosts(run, &compiler);
    struct engine_query *query =
        asks_nothing(run) ? compile_everything(&compiler) : compile_query(&compiler, run->query.root);
    if (!query) return compiler.status;
    kind->ranked = compiler.ranked;
    kind->ranked_count = compiler.ranked_count;
    kind->norm = compile_norm(&compiler);
    if (run->request->within) query = both(ENGINE_FILTER, query, engine_query_clone(run->request->within));
    if (run->request->filter) {
        struct engine_query *filter = filter_query(run, &compiler);
        if (!filter) {
            engine_query_free(query);
            return compiler.status;
        }
        query = both(ENGINE_FILTER, query, filter);
    }
    engine_query_defer(run->arena, query);
    kind->query = query;
    kind->compile_us = when_mono_us() - began_us - kind->sources_us;
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
    uint32_t *slots = arena_alloc(run->arena, (SEARCH_SORTS_MAX + 1) * sizeof *slots);
    for (size_t i = 0; i < run->request->sort_count; i++) {
        const struct sort_request *sort = &run->request->sorts[i];
        const struct field *field =
            schema_field(reader_schema(run->searcher->reader), kind, sort->field, strlen(sort->field));
        slots[i] = field && field->sort ? field->slot : FIELD_NO_SLOT;
        if (field && field->sort)
            search->sort[search->sorts++] = (struct engine_sort){.slot = field->slot, .descending = sort->descending};
    }
    const char *collapse = run->request->collapse;
    const struct field *field =
        collapse ? schema_field(reader_schema(run->searcher->reader), kind, collapse, strlen(collapse)) : NULL;
    search->collapse = field && field->slot != FIELD_NO_SLOT && !field->multi;
    search->collapse_slot = search->collapse ? field->slot : 0;
    if (run->kind_count < 2) return;
    /* Hits of two kinds are put into one order by the values of the sorts, and collapsed by the last one. */
    slots[run->request->sort_count] = search->collapse ? field->slot : FIELD_NO_SLOT;
    search->value_slots = slots;
    search->value_count = run->request->sort_count + (collapse != NULL);
    if (collapse) search->limit = UINT32_MAX;
}

/* Deep ranking looks at more candidates than are asked for, unless the order is not by score. */
static bool is_deep(const struct run *run) {
    return run->request->ranking == RANKING_DEEP && run->request->sort_count == 0;
}

/* Whether what is searched begins with the first hit of all, wherever the page begins. */
static bool is_whole(const struct run *run) {
    return is_deep(run) || run->kind_count > 1;
}

struct engine_weight run_weight(const struct run *run) {
    const struct ranking *ranking = &reader_schema(run->searcher->reader)->ranking;
    if (run->request->ranking == RANKING_PLAIN) return (struct engine_weight){.k1 = 1, .k3 = 1, .b = 0.5};
    return (struct engine_weight){.k1 = ranking->k1, .k3 = ranking->k3, .b = ranking->b};
}

static void set_search(const struct run *run, const struct kind_result *kind, struct engine_search *search) {
    const struct search_request *request = run->request;
    bool whole = is_whole(run);
    *search = (struct engine_search){.query = kind->query,
                                     .weight = run_weight(run),
                                     .offset = whole ? 0 : request->offset,
                                     .limit = whole ? request->offset + request->limit : request->limit,
                                     .want_data = !request->ids_only,
                                     .partial = request->time_limit_us > 0,
                                     .deadline_us = request->deadline_us};
    if (is_deep(run) && search->limit < DEEP_CANDIDATES) search->limit = DEEP_CANDIDATES;
    if (request->time_limit_us > 0 && run->began_us + request->time_limit_us < search->deadline_us)
        search->deadline_us = run->began_us + request->time_limit_us;
    bool exact =
        request->exact_total || request->collapse || request->facet_count > 0 || kind->documents <= EXACT_DOCUMENTS;
    search->check_at_least = exact ? UINT32_MAX : CHECK_AT_LEAST;
    set_facets(run, kind->kind, search);
    set_sort(run, kind->kind, search);
}

/* The cards of hits that were fetched without. */
static enum status fetch_data(struct run *run, struct kind_result *kind, size_t count, struct err *err) {
    enum status st = ST_OK;
    for (size_t i = 0; i < count && st == ST_OK && !kind->search.want_data; i++) {
        struct engine_hit *hit = &kind->result->hits[i];
        char *data = NULL;
        st = engine_data(reader_engine(run->searcher->reader, kind->kind), hit->docid, &data, &hit->data.len, err);
        if (st != ST_OK) break;
        hit->data.at = data;
        arena_defer(run->arena, mem_free, data);
    }
    return st;
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
    /* What only cites a source with the words stays behind what has them. */
    while (kind->via && count > 0 && kind->result->hits[count - 1].score <= VIA_SCORE_MAX)
        count--;
    enum status st = fetch_data(run, kind, count, err);
    if (st != ST_OK) return st;
    if (run->request->explain) {
        deep.parts = kind->deep_parts = arena_alloc(run->arena, (count + 1) * sizeof *deep.parts);
        kind->deep_count = count;
    }
    return deep_rank(&deep, &run->searcher->grams[kind->kind], kind->result->hits, count, err);
}

static enum status describe(struct run *run, struct kind_result *kind, struct err *err) {
    char *described = NULL;
    enum status st = engine_query_describe(kind->query, &described, err);
    if (st == ST_OK) arena_defer(run->arena, mem_free, described);
    kind->described = described;
    return st;
}

static enum status search_kind(struct run *run, struct kind_result *kind, struct err *err) {
    enum status st = compile_kind(run, kind, err);
    if (st != ST_OK) return st;
    int64_t began_us = when_mono_us();
    set_search(run, kind, &kind->search);
    st = engine_search(reader_engine(run->searcher->reader, kind->kind), &kind->search, &kind->result, err);
    if (st != ST_OK) return st;
    kind->match_us = when_mono_us() - began_us;
    arena_defer(run->arena, free_result, kind->result);
    run->timed_out = run->timed_out || kind->result->timed_out;
    if (is_deep(run)) st = rank_deep(run, kind, kind->search.deadline_us, err);
    kind->deep_us = when_mono_us() - began_us - kind->match_us;
    if (st == ST_OK && run->request->explain) st = describe(run, kind, err);
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

static enum status parse(struct run *run, struct err *err) {
    const struct search_request *request = run->request;
    const char *text = request->query ? request->query : "";
    query_parse(run->arena, reader_schema(run->searcher->reader), text, strlen(text), &run->query);
    enum status st = parse_filter(run, err);
    run->parsed_us = when_mono_us();
    if (request->articles) run->kinds[run->kind_count++].kind = STORE_ARTICLE;
    if (request->sources) run->kinds[run->kind_count++].kind = STORE_SOURCE;
    return st;
}

enum status run_search(struct run *run, struct err *err) {
    enum status st = parse(run, err);
    for (size_t i = 0; i < run->kind_count && st == ST_OK; i++)
        st = search_kind(run, &run->kinds[i], err);
    run->skip = is_whole(run) ? run->request->offset : 0;
    if (st == ST_OK) page_merge(run);
    run->searched_us = when_mono_us();
    return st;
}

enum status run_compile(struct run *run, struct err *err) {
    enum status st = parse(run, err);
    for (size_t i = 0; i < run->kind_count && st == ST_OK; i++)
        st = compile_kind(run, &run->kinds[i], err);
    return st;
}

enum status search_run(struct searcher *searcher, struct arena *arena, const struct search_request *request,
                       struct buf *out, struct err *err) {
    struct run run = {.searcher = searcher, .arena = arena, .request = request, .began_us = when_mono_us()};
    enum status st = request->cursor ? page_from_cursor(&run, err) : run_search(&run, err);
    if (st == ST_OK && !request->cursor) st = spell_find(&run, &run.spellings, err);
    if (st != ST_OK) return st;
    if (!request->cursor) page_set_cursor(&run);
    if (run.searched_us == 0) run.searched_us = when_mono_us();
    return answer_write(&run, out, err);
}
