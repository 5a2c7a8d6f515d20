/* From the query's tree to the engine's query: operators and the bag of wanted words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A sequence becomes
 *
 *   FILTER( AND_MAYBE( AND(required…), OR(wanted…) ), fields… ) AND_NOT forbidden…
 *
 * where equal wanted words are one with a query frequency, and stop words are left out as long as anything else is
 * wanted.  Clauses on the same keyword field are alternatives, on different fields all must hold. */
#include "compile.h"

#include "base/when.h"
#include "clean.h"

#include <string.h>

struct bag_word {
    struct match_word word;
    uint32_t qtf;
};

struct bag {
    struct bag_word *items;
    size_t count, cap;
};

struct field_clauses { /* the clauses on one keyword, date or number field */
    const struct field *field;
    struct query_list queries;
};

struct sequence {
    struct query_list required, wanted, forbidden;
    struct bag bag, stopped;
    struct field_clauses *fields;
    size_t field_count, field_cap;
};

void query_list_add(struct compiler *compiler, struct query_list *list, struct engine_query *take_query) {
    list->items = arena_grow(compiler->arena, list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count++] = take_query;
}

struct engine_query *query_list_join(struct query_list *list, enum engine_op op) {
    struct engine_query *query = engine_query_op(op, list->items, list->count, 0);
    list->count = 0;
    return query;
}

void compile_failed(struct compiler *compiler, enum status status) {
    if (compiler->status == ST_OK) compiler->status = status;
}

bool compile_in_time(struct compiler *compiler) {
    if (compiler->deadline_us == 0 || compiler->status != ST_OK) return compiler->status == ST_OK;
    if (when_mono_us() < compiler->deadline_us) return true;
    compile_failed(compiler, err_set(compiler->err, ST_TIMEOUT, "the time limit is over while words are expanded"));
    return false;
}

struct word_list {
    struct arena *arena;
    struct match_word *words;
    size_t count, cap;
};

static bool add_word(void *arg, const struct token *token) {
    struct word_list *list = arg;
    list->words = arena_grow(list->arena, list->words, list->count, &list->cap, sizeof *list->words);
    list->words[list->count++] = (struct match_word){
        .word = arena_strndup(list->arena, token->term, token->len), .len = token->len, .flags = token->flags};
    return true;
}

size_t words_of(struct compiler *compiler, const char *text, struct match_word **out) {
    struct word_list list = {.arena = compiler->arena};
    const char *language = compiler->language_count ? compiler->languages[0] : compiler->schema->language;
    analyser_run(terms_analyser(compiler->terms), text, strlen(text), language, add_word, &list);
    *out = list.words;
    return list.count;
}

/* ---- which items are required ---- */

/* Every leaf below is in a field. */
static bool all_in_fields(const struct node *node) {
    if (node->field) return true;
    for (size_t i = 0; i < node->count; i++)
        if (!all_in_fields(node->children[i])) return false;
    return node->count > 0;
}

static enum occur occur_of(const struct compiler *compiler, const struct node *node) {
    if (node->occur != OCCUR_SHOULD) return node->occur;
    if (node->type == NODE_AND || node->type == NODE_AND_NOT || node->type == NODE_SECTION || all_in_fields(node))
        return OCCUR_MUST;
    if (node->type == NODE_PHRASE && !compiler->phrases_wanted) return OCCUR_MUST;
    return OCCUR_SHOULD;
}

/* ---- the bag of wanted words ---- */

static void bag_add(struct compiler *compiler, struct bag *bag, const struct match_word *word) {
    for (size_t i = 0; i < bag->count; i++) {
        const struct match_word *have = &bag->items[i].word;
        if (have->len != word->len || memcmp(have->word, word->word, word->len) != 0) continue;
        bag->items[i].qtf++;
        return;
    }
    bag->items = arena_grow(compiler->arena, bag->items, bag->count, &bag->cap, sizeof *bag->items);
    bag->items[bag->count++] = (struct bag_word){.word = *word, .qtf = 1};
}

static bool is_stop(const struct compiler *compiler, const struct match_word *word) {
    if (word->flags & TOKEN_ACRONYM) return false;
    static const char *const plain[] = {"plain"};
    if (compiler->plain) return stop_has(compiler->stop, plain, 1, word->word, word->len);
    return stop_has(compiler->stop, compiler->languages, compiler->language_count, word->word, word->len);
}

static struct engine_query *noted_address(struct compiler *compiler, const char *address) {
    struct engine_query *query = address_query(compiler, address);
    parts_note(compiler->parts, "address", NULL, address, strlen(address), 0, query);
    return query;
}

static void want_words(struct compiler *compiler, struct sequence *sequence, const char *text) {
    struct match_word *words = NULL;
    if (is_address(text)) {
        query_list_add(compiler, &sequence->wanted, noted_address(compiler, text));
        return;
    }
    text = without_address(compiler->arena, text);
    const char *parts = tag_parts(compiler->arena, text);
    size_t count = words_of(compiler, text, &words);
    for (size_t i = 0; i < count; i++)
        bag_add(compiler, is_stop(compiler, &words[i]) ? &sequence->stopped : &sequence->bag, &words[i]);
    if (parts) want_words(compiler, sequence, parts);
}

static void empty_bag(struct compiler *compiler, struct sequence *sequence) {
    bool nothing = sequence->bag.count == 0 && sequence->wanted.count == 0 && sequence->required.count == 0;
    const struct bag *bag = nothing ? &sequence->stopped : &sequence->bag;
    for (size_t i = 0; i < bag->count; i++)
        query_list_add(compiler, &sequence->wanted, word_query(compiler, NULL, &bag->items[i].word, bag->items[i].qtf));
}

/* ---- sequences ---- */

static bool is_value_field(const struct field *field) {
    return field && (field->type == FIELD_KEYWORD || field->type == FIELD_DATE || field->type == FIELD_NUMBER ||
                     field->type == FIELD_NAME);
}

/* `kind:` is no field of the schema, but filters like one. */
static bool is_kind(const struct node *node) {
    return node->field && strcmp(node->field, "kind") == 0;
}

static void add_field_clause(struct compiler *compiler, struct sequence *sequence, const struct field *field,
                             struct engine_query *take_query) {
    struct field_clauses *clauses = NULL;
    for (size_t i = 0; i < sequence->field_count && !clauses; i++)
        if (sequence->fields[i].field == field) clauses = &sequence->fields[i];
    if (!clauses) {
        sequence->fields = arena_grow(compiler->arena, sequence->fields, sequence->field_count, &sequence->field_cap,
                                      sizeof *sequence->fields);
        clauses = &sequence->fields[sequence->field_count++];
        *clauses = (struct field_clauses){.field = field};
    }
    query_list_add(compiler, &clauses->queries, take_query);
}

/* The word that is still being typed counts whole and as a beginning. */
static bool is_being_typed(const struct compiler *compiler, const struct node *node) {
    return compiler->prefix_word && node->type == NODE_WORD && compiler->prefix_word == node->text;
}

static void add_item(struct compiler *compiler, struct sequence *sequence, const struct node *item,
                     const struct field *field) {
    const struct field *own =
        item->field ? schema_field(compiler->schema, compiler->kind, item->field, strlen(item->field)) : NULL;
    enum occur occur = occur_of(compiler, item);
    if (occur == OCCUR_SHOULD && !field && !is_being_typed(compiler, item) &&
        (item->type == NODE_WORD || (item->type == NODE_PHRASE && compiler->phrases_wanted)))
        want_words(compiler, sequence, item->text);
    if (occur == OCCUR_SHOULD && !field && item->type == NODE_WORD && !is_being_typed(compiler, item)) return;
    struct matcher *matcher = compiler->matcher;
    size_t mark = parts_mark(compiler->parts);
    if (occur == OCCUR_MUST_NOT) compiler->matcher = NULL;
    struct engine_query *query = compile_node(compiler, item, field);
    compiler->matcher = matcher;
    bool filters = occur == OCCUR_MUST && item->occur == OCCUR_SHOULD && (is_value_field(own) || is_kind(item));
    if (occur == OCCUR_MUST_NOT || filters) parts_drop(compiler->parts, mark);
    if (occur == OCCUR_MUST_NOT)
        query_list_add(compiler, &sequence->forbidden, query);
    else if (occur == OCCUR_SHOULD)
        query_list_add(compiler, &sequence->wanted, query);
    else if (filters)
        add_field_clause(compiler, sequence, own, query);
    else
        query_list_add(compiler, &sequence->required, query);
}

static struct engine_query *pair(enum engine_op op, struct engine_query *a, struct engine_query *b) {
    struct engine_query *both[] = {a, b};
    return engine_query_op(op, both, 2, 0);
}

/* A score beside the words': for what matches anyway. */
static struct engine_query *add_boosts(struct compiler *compiler, struct engine_query *take_query) {
    double norm = compile_norm(compiler);
    if (norm <= 0) norm = 1;
    for (size_t i = 0; i < compiler->boost_count; i++) {
        const struct boost_request *boost = &compiler->boosts[i];
        const struct field *field = schema_field(compiler->schema, compiler->kind, boost->field, strlen(boost->field));
        if (!field || field->slot == FIELD_NO_SLOT) continue; /* a field of the other kind */
        double origin = boost->decay ? (double)when_now_ms() / 1000 : 0;
        double pivot = boost->decay ? boost->pivot * 86400 : boost->pivot;
        struct engine_query *curve = engine_query_curve(boost->decay ? ENGINE_DECAY : ENGINE_SATURATE, field->slot,
                                                        boost->weight * norm, origin, pivot);
        parts_note(compiler->parts, boost->decay ? "decay" : "boost", field, "", 0, 0, curve);
        take_query = pair(ENGINE_AND_MAYBE, take_query, curve);
    }
    return take_query;
}

/* What the request adds to the text of the query. */
static struct engine_query *add_to_root(struct compiler *compiler, struct engine_query *take_query, int gate) {
    struct engine_query *via = compiler->via;
    compiler->via = NULL;
    if (take_query) take_query = add_boosts(compiler, take_query);
    parts_close(compiler->parts, gate, take_query);
    if (via) parts_note(compiler->parts, "sources", NULL, "", 0, 0, via);
    return via && take_query ? pair(ENGINE_OR, take_query, via) : via ? via : take_query;
}

static struct engine_query *join_sequence(struct compiler *compiler, struct sequence *sequence, bool is_root,
                                          int gate) {
    struct engine_query *query = NULL;
    if (sequence->required.count > 0) query = query_list_join(&sequence->required, ENGINE_AND);
    if (sequence->wanted.count > 0) {
        struct engine_query *wanted = query_list_join(&sequence->wanted, ENGINE_OR);
        query = query ? pair(ENGINE_AND_MAYBE, query, wanted) : wanted;
    }
    bool clauses = sequence->field_count + sequence->forbidden.count > 0;
    if (!query && is_root && clauses && compiler->boost_count > 0) query = engine_query_scale(engine_query_all(), 0);
    if (is_root) query = add_to_root(compiler, query, gate);
    for (size_t i = 0; i < sequence->field_count; i++) {
        struct engine_query *clause = query_list_join(&sequence->fields[i].queries, ENGINE_OR);
        query = query ? pair(ENGINE_FILTER, query, clause) : engine_query_scale(clause, 0);
    }
    if (sequence->forbidden.count > 0)
        query = pair(ENGINE_AND_NOT, query ? query : engine_query_scale(engine_query_all(), 0),
                     query_list_join(&sequence->forbidden, ENGINE_OR));
    return query ? query : engine_query_none();
}

static struct engine_query *compile_sequence(struct compiler *compiler, const struct node *node,
                                             const struct field *field) {
    struct sequence sequence = {0};
    bool is_root = node == compiler->root;
    int gate = is_root ? parts_open(compiler->parts) : -1;
    for (size_t i = 0; i < node->count; i++)
        add_item(compiler, &sequence, node->children[i], field);
    empty_bag(compiler, &sequence);
    if (!field) row_synonyms(compiler, node, &sequence.wanted);
    return join_sequence(compiler, &sequence, is_root, gate);
}

/* ---- operators ---- */

static struct engine_query *compile_children(struct compiler *compiler, const struct node *node,
                                             const struct field *field, enum engine_op op) {
    struct query_list list = {0};
    struct matcher *matcher = compiler->matcher;
    for (size_t i = 0; i < node->count; i++) {
        size_t mark = parts_mark(compiler->parts);
        if (op == ENGINE_AND_NOT && i == 1) compiler->matcher = NULL;
        query_list_add(compiler, &list, compile_node(compiler, node->children[i], field));
        if (op == ENGINE_AND_NOT && i > 0) parts_drop(compiler->parts, mark);
    }
    compiler->matcher = matcher;
    return query_list_join(&list, op);
}

static struct engine_query *compile_not(struct compiler *compiler, const struct node *node, const struct field *field) {
    struct matcher *matcher = compiler->matcher;
    compiler->matcher = NULL;
    size_t mark = parts_mark(compiler->parts);
    struct engine_query *query = compile_node(compiler, node->children[0], field);
    parts_drop(compiler->parts, mark);
    compiler->matcher = matcher;
    return pair(ENGINE_AND_NOT, engine_query_scale(engine_query_all(), 0), query);
}

/* ---- leaves ---- */

static struct engine_query *compile_word(struct compiler *compiler, const struct node *node,
                                         const struct field *field) {
    struct match_word *words = NULL;
    struct query_list list = {0};
    if (!field && is_address(node->text)) return noted_address(compiler, node->text);
    int gate = parts_open(compiler->parts);
    size_t count = words_of(compiler, node->text, &words);
    for (size_t i = 0; i < count; i++)
        query_list_add(compiler, &list, word_query(compiler, field, &words[i], 1));
    struct engine_query *query = count ? query_list_join(&list, ENGINE_AND) : engine_query_none();
    parts_close(compiler->parts, gate, query);
    if (!is_being_typed(compiler, node)) return query;
    return pair(ENGINE_OR, query, prefix_query(compiler, field, node));
}

static struct engine_query *compile_kind(struct compiler *compiler, const struct node *node) {
    const char *name = store_kind_name(compiler->kind);
    size_t len = strlen(name);
    bool same =
        node->text && strncmp(node->text, name, len) == 0 && (!node->text[len] || !strcmp(node->text + len, "s"));
    return same ? engine_query_scale(engine_query_all(), 0) : engine_query_none();
}

static struct engine_query *noted_value(struct compiler *compiler, const struct field *field, const struct node *node) {
    size_t mark = parts_mark(compiler->parts);
    struct engine_query *query = value_query(compiler, field, node);
    parts_drop(compiler->parts, mark);
    const char *text = node->text ? node->text : "*";
    parts_note(compiler->parts, "value", field, text, strlen(text), 0, query);
    return query;
}

static struct engine_query *compile_leaf(struct compiler *compiler, const struct node *node,
                                         const struct field *field) {
    if (field && (field->type == FIELD_DATE || field->type == FIELD_NUMBER)) return range_query(compiler, field, node);
    if (field && field->type != FIELD_TEXT) return noted_value(compiler, field, node);
    switch (node->type) {
    case NODE_PHRASE: return phrase_query(compiler, field, node->text);
    case NODE_PREFIX: return prefix_query(compiler, field, node);
    case NODE_FUZZY: return fuzzy_query(compiler, field, node);
    case NODE_ALL: return engine_query_scale(engine_query_all(), 0);
    default: return compile_word(compiler, node, field);
    }
}

/* What a section scores, beside what it must have. */
static struct engine_query *scored_section(struct compiler *compiler, const struct node *node,
                                           const struct field *field) {
    int gate = parts_open(compiler->parts);
    struct engine_query *query = compile_sequence(compiler, node, field);
    parts_close(compiler->parts, gate, query);
    return query;
}

static struct engine_query *compile_any(struct compiler *compiler, const struct node *node, const struct field *field) {
    if (is_kind(node)) return compile_kind(compiler, node);
    if (node->field) {
        field = schema_field(compiler->schema, compiler->kind, node->field, strlen(node->field));
        if (!field) return engine_query_none(); /* a field of the other kind */
    }
    switch (node->type) {
    case NODE_SEQUENCE: return compile_sequence(compiler, node, field);
    case NODE_OR: return compile_children(compiler, node, field, ENGINE_OR);
    case NODE_AND: return compile_children(compiler, node, field, ENGINE_AND);
    case NODE_AND_NOT: return compile_children(compiler, node, field, ENGINE_AND_NOT);
    case NODE_NOT: return compile_not(compiler, node, field);
    case NODE_NEAR:
    case NODE_ADJ: return window_query(compiler, node, field);
    case NODE_SECTION: return section_query(compiler, node, field, scored_section(compiler, node, field));
    default: return compile_leaf(compiler, node, field);
    }
}

struct engine_query *compile_node(struct compiler *compiler, const struct node *node, const struct field *field) {
    bool all_of = node->type == NODE_SEQUENCE || node->type == NODE_AND || node->type == NODE_AND_NOT;
    int gate = all_of && node != compiler->root ? parts_open(compiler->parts) : -1;
    struct engine_query *query = compile_any(compiler, node, field);
    parts_close(compiler->parts, gate, query);
    return query;
}

struct engine_query *compile_everything(struct compiler *compiler) {
    return add_boosts(compiler, engine_query_scale(engine_query_all(), 0));
}

struct engine_query *compile_query(struct compiler *compiler, const struct node *root) {
    struct engine_query *query = compile_node(compiler, root, NULL);
    engine_query_free(compiler->via);
    compiler->via = NULL;
    if (compiler->status == ST_OK) return query;
    engine_query_free(query);
    return NULL;
}
