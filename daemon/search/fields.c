/* Leaves with a field: values of names and keywords, citations, ranges.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "compile.h"

#include "archive/source_key.h"
#include "base/when.h"
#include "store/same.h"
#include "text/language.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 1000 };

static struct engine_query *value_term(struct compiler *compiler, const struct field *field, const char *value) {
    struct buf term;
    buf_init(&term, 0);
    terms_value(compiler->terms, &term, field->prefix, value, strlen(value), field->exact_case);
    struct engine_query *query = engine_query_term(term.data, term.len, 1);
    buf_free(&term);
    return query;
}

struct beginnings {
    struct compiler *compiler;
    struct query_list list;
    bool more;
};

static bool take_value(void *arg, const char *term, size_t len, uint32_t documents) {
    struct beginnings *beginnings = arg;
    (void)documents;
    beginnings->more = beginnings->list.count == VALUES_MAX;
    if (!beginnings->more) query_list_add(beginnings->compiler, &beginnings->list, engine_query_term(term, len, 1));
    return !beginnings->more;
}

/* Values that begin so. */
static struct engine_query *value_beginning(struct compiler *compiler, const struct field *field, const char *value,
                                            long position) {
    struct beginnings beginnings = {.compiler = compiler};
    struct buf term;
    buf_init(&term, 0);
    terms_value(compiler->terms, &term, field->prefix, value, strlen(value), field->exact_case);
    enum status st = engine_terms(compiler->db, term.data, term.len, take_value, &beginnings, compiler->err);
    buf_free(&term);
    if (compiler->status == ST_OK) compiler->status = st;
    if (beginnings.more)
        query_warn(compiler->arena, compiler->query, "expansion_limit", position,
                   "more than %d values of '%s' begin with '%s'; the first %d are searched", VALUES_MAX, field->name,
                   value, VALUES_MAX);
    return beginnings.list.count ? query_list_join(&beginnings.list, ENGINE_OR) : engine_query_none();
}

/* The key of a source as it is in force: of several that a person said to be one, the one that stands for all. */
static void find_key(struct compiler *compiler, const char *address, struct source_key *out) {
    const char *other = NULL;
    source_key_from_url(compiler->arena, compiler->rules, address, out);
    if (!out->key) return;
    compile_failed(compiler,
                   store_same_find(compiler->store, compiler->arena, address, out->key, &other, compiler->err));
    if (other) *out = (struct source_key){.key = other};
}

/* cites:apnews.com/article/x, cites:dhs.gov, cites:doi:10.1000/182 */
static struct engine_query *cites_query(struct compiler *compiler, const struct field *field, const char *value,
                                        long position) {
    const struct field *domain = schema_field(compiler->schema, compiler->kind, "domain", 6);
    struct source_key key;
    find_key(compiler, value, &key);
    if (!key.key) return engine_query_none();
    const char *slash = strchr(key.key, '/');
    bool host_only = key.domain && slash && slash[1] == '\0';
    if (!host_only && !(key.domain && !slash)) return value_term(compiler, field, key.key);
    char *host = arena_strndup(compiler->arena, key.key, slash ? (size_t)(slash - key.key) : strlen(key.key));
    if (domain && strcmp(host, key.domain) == 0) return value_term(compiler, domain, key.domain);
    /* A host below its registrable domain: every page of it. */
    return value_beginning(compiler, field, arena_printf(compiler->arena, "%s/", host), position);
}

struct engine_query *address_query(struct compiler *compiler, const char *address) {
    const struct field *cites = schema_field(compiler->schema, compiler->kind, "cites", 5);
    const struct field *url = schema_field(compiler->schema, compiler->kind, "url", 3);
    const struct field *id = schema_field(compiler->schema, compiler->kind, "id", 2);
    struct query_list list = {0};
    struct source_key key;
    find_key(compiler, address, &key);
    if (url) query_list_add(compiler, &list, value_term(compiler, url, address));
    if (id && key.key) query_list_add(compiler, &list, value_term(compiler, id, key.key));
    if (cites && key.key) query_list_add(compiler, &list, value_term(compiler, cites, key.key));
    return list.count ? query_list_join(&list, ENGINE_OR) : engine_query_none();
}

static struct engine_query *name_words(struct compiler *compiler, const struct field *field, const struct node *node) {
    struct match_word *words = NULL;
    struct query_list list = {0};
    size_t count = words_of(compiler, node->text, &words);
    if (node->type == NODE_PHRASE) return phrase_query(compiler, field, node->text);
    for (size_t i = 0; i < count; i++)
        query_list_add(compiler, &list, word_query(compiler, field, &words[i], 1));
    return count ? query_list_join(&list, ENGINE_AND) : engine_query_none();
}

struct engine_query *value_query(struct compiler *compiler, const struct field *field, const struct node *node) {
    char base[9];
    if (node->type == NODE_ALL) return value_beginning(compiler, field, "", node->start);
    const char *value = node->text;
    if (!value) return engine_query_none();
    if (node->type == NODE_PREFIX) return value_beginning(compiler, field, value, node->start);
    if (node->type == NODE_FUZZY && field->type == FIELD_NAME) return fuzzy_query(compiler, field, node);
    if (field->origin == ORIGIN_SOURCE_KEYS) return cites_query(compiler, field, value, node->start);
    if (field->origin == ORIGIN_LANGUAGE) {
        language_base(base, value);
        if (base[0]) value = base;
    }
    struct engine_query *whole = value_term(compiler, field, value);
    if (field->type != FIELD_NAME) return whole;
    struct engine_query *both[] = {whole, name_words(compiler, field, node)};
    return engine_query_op(ENGINE_OR, both, 2, 0);
}

/* ---- ranges ---- */

static bool bound(const struct field *field, const char *text, bool end, double *out) {
    int64_t seconds = 0;
    if (field->type == FIELD_NUMBER) {
        *out = strtod(text, NULL);
        return true;
    }
    enum status st = end ? when_parse_end(&seconds, text, NULL) : when_parse(&seconds, text, NULL);
    *out = (double)seconds;
    return st == ST_OK;
}

/* The next number on that side: for bounds that are not part of the range. */
static double step(const struct field *field, double value, int direction) {
    if (field->type == FIELD_DATE) return value + direction;
    return value + direction * (value == 0 ? 1e-300 : (value < 0 ? -value : value) * 1e-15);
}

struct engine_query *range_query(struct compiler *compiler, const struct field *field, const struct node *node) {
    double low = 0, high = 0;
    const double *from = NULL, *to = NULL;
    (void)compiler;
    if (node->type == NODE_ALL) return engine_query_number_range(field->slot, NULL, NULL);
    if (node->type != NODE_RANGE) return engine_query_none();
    /* `>2020` is after the end of 2020, `<2020` before its beginning. */
    if (node->low && bound(field, node->low, node->low_open, &low)) from = &low;
    if (node->high && bound(field, node->high, !node->high_open, &high)) to = &high;
    if (from && node->low_open) low = step(field, low, 1);
    if (to && node->high_open) high = step(field, high, -1);
    return engine_query_number_range(field->slot, from, to);
}
