/* Completion: how what was begun may go on.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Words before the last must be there as they stand; the last is a beginning.  Each type is looked for by itself:
 *
 *   term    words of the articles; behind further words only those that stand in one article with them
 *   title   titles of articles that have the words; those that begin so first
 *   tag     values of the field `tag` that begin so
 *   source  titles of sources likewise, and domains that begin so
 *
 * Then they take turns: the best of each type, the second of each, and so on. */
#include "search/suggest.h"

#include "base/utf8.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

enum { LETTERS_MIN = 2, FETCHED = 60, TRIED = 24, TYPES = 4 };

struct suggestion {
    const char *text;
    size_t len;
    uint64_t count;
    double worth;
};

struct suggestions {
    const char *type;
    struct suggestion *items;
    size_t count, cap;
};

struct suggester {
    struct run run;
    struct compiler compilers[3]; /* by enum store_kind; without an arena: not made yet */
    struct arena *arena;
    struct search_request request;
    const char *folded; /* the whole of what was typed */
    size_t folded_len;
    struct match_word *words;
    size_t word_count;
    uint32_t limit;
    struct err *err;
};

static void add(struct suggester *suggester, struct suggestions *list, const char *text, size_t len, uint64_t count,
                double worth) {
    list->items = arena_grow(suggester->arena, list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count++] = (struct suggestion){
        .text = arena_strndup(suggester->arena, text, len), .len = len, .count = count, .worth = worth};
}

static int best_first(const void *a, const void *b) {
    const struct suggestion *x = a, *y = b;
    if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    if (x->len != y->len) return x->len < y->len ? -1 : 1;
    return strcmp(x->text, y->text);
}

static void sort(struct suggestions *list) {
    if (list->count > 1) qsort(list->items, list->count, sizeof *list->items, best_first);
}

static const struct match_word *last_word(const struct suggester *suggester) {
    return &suggester->words[suggester->word_count - 1];
}

/* ---- queries ---- */

static struct compiler *compiler_of(struct suggester *suggester, enum store_kind kind) {
    struct compiler *compiler = &suggester->compilers[kind];
    if (!compiler->arena) run_compiler(&suggester->run, kind, compiler, suggester->err);
    return compiler;
}

static struct engine_query *exact(const char *prefix, const struct match_word *word) {
    struct buf term;
    buf_init(&term, 0);
    terms_exact(&term, prefix, word->word, word->len);
    struct engine_query *query = engine_query_term(term.data, term.len, 1);
    buf_free(&term);
    return query;
}

/* The words before the last, and what is given for the last. */
static struct engine_query *all_words(struct suggester *suggester, struct compiler *compiler, const char *prefix,
                                      struct engine_query *take_last) {
    struct query_list list = {0};
    for (size_t i = 0; i + 1 < suggester->word_count; i++)
        query_list_add(compiler, &list, exact(prefix, &suggester->words[i]));
    query_list_add(compiler, &list, take_last);
    return query_list_join(&list, ENGINE_AND);
}

static enum status search(struct suggester *suggester, struct compiler *compiler, struct engine_query *take_query,
                          uint32_t limit, bool data, const uint32_t *slot, struct engine_result **out) {
    struct engine_search wanted = {.query = take_query,
                                   .weight = {.k1 = 1.2, .b = 0.6},
                                   .limit = limit,
                                   .check_at_least = limit == 0 ? UINT32_MAX : 0,
                                   .want_data = data,
                                   .value_slots = slot,
                                   .value_count = slot ? 1 : 0,
                                   .deadline_us = suggester->request.deadline_us};
    enum status st = engine_search(compiler->db, &wanted, out, suggester->err);
    engine_query_free(take_query);
    return st;
}

static void find_last(struct suggester *suggester, struct compiler *compiler, const struct field *field,
                      struct found_terms *out) {
    struct node node = {.type = NODE_PREFIX, .text = ""};
    struct query unheard = {0};
    compiler->query = &unheard;
    find_beginning(compiler, field, last_word(suggester), &node, out);
    compiler->query = &suggester->run.query;
}

/* ---- types ---- */

static enum status add_terms(struct suggester *suggester, struct suggestions *out) {
    struct compiler *compiler = compiler_of(suggester, STORE_ARTICLE);
    struct found_terms found = {0};
    enum status st = ST_OK;
    find_last(suggester, compiler, NULL, &found);
    if (compiler->status != ST_OK) return compiler->status;
    for (size_t i = 0; i < found.count && i < TRIED + suggester->limit && st == ST_OK; i++) {
        const struct found_term *term = &found.items[i];
        uint64_t count = term->documents;
        struct buf text;
        if (memchr(term->term, '\'', term->len)) continue; /* a possessive: its noun stands in the list */
        buf_init(&text, 0);
        for (size_t w = 0; w + 1 < suggester->word_count; w++) {
            buf_add(&text, suggester->words[w].word, suggester->words[w].len);
            buf_char(&text, ' ');
        }
        buf_add(&text, term->term, term->len);
        if (suggester->word_count > 1) {
            struct engine_result *result = NULL;
            st = search(suggester, compiler,
                        all_words(suggester, compiler, "", engine_query_term(term->term, term->len, 1)), 0, false, NULL,
                        &result);
            if (st == ST_OK) count = result->total_lower;
            if (st == ST_OK) engine_result_free(result);
        }
        if (st == ST_OK && count > 0) add(suggester, out, text.data, text.len, count, (double)count);
        buf_free(&text);
    }
    return st;
}

static bool begins(struct suggester *suggester, const char *text, size_t len) {
    size_t folded_len = 0;
    const char *folded = analyser_fold(terms_analyser(suggester->run.searcher->terms), text, len, &folded_len);
    return folded_len >= suggester->folded_len && memcmp(folded, suggester->folded, suggester->folded_len) == 0;
}

static void add_title(struct suggester *suggester, struct suggestions *out, const struct engine_hit *hit,
                      struct card_text title, uint64_t count) {
    for (size_t i = 0; i < out->count; i++) {
        if (out->items[i].len != title.len || memcmp(out->items[i].text, title.at, title.len) != 0) continue;
        out->items[i].count += count;
        return;
    }
    double worth = hit->score + (begins(suggester, title.at, title.len) ? 1000 : 0);
    add(suggester, out, title.at, title.len, count, worth);
}

/* Titles of a kind's records; sources count as often as they are cited. */
static enum status add_titles(struct suggester *suggester, enum store_kind kind, struct suggestions *out) {
    struct compiler *compiler = compiler_of(suggester, kind);
    struct found_terms found = {0};
    struct engine_result *result = NULL;
    struct query_list list = {0};
    const struct field *title = schema_field(compiler->schema, kind, "title", 5);
    if (!title || !title->prefix[0]) return compiler->status;
    find_last(suggester, compiler, title, &found);
    if (compiler->status != ST_OK || found.count == 0) return compiler->status;
    for (size_t i = 0; i < found.count; i++)
        query_list_add(compiler, &list, engine_query_term(found.items[i].term, found.items[i].len, 1));
    struct engine_query *query = all_words(suggester, compiler, title->prefix, query_list_join(&list, ENGINE_OR));
    enum status st = search(suggester, compiler, query, FETCHED, true, NULL, &result);
    for (size_t i = 0; st == ST_OK && i < result->count; i++) {
        struct card card;
        struct source_line line = {0};
        st = card_read(suggester->arena, result->hits[i].data.at, result->hits[i].data.len, &card, suggester->err);
        if (st != ST_OK) break;
        if (kind == STORE_SOURCE) {
            st = store_source_line(reader_store(suggester->run.searcher->reader), suggester->arena, card.docid, &line,
                                   suggester->err);
            if (st == ST_NOT_FOUND) st = ST_OK;
        }
        if (card.title.len > 0)
            add_title(suggester, out, &result->hits[i], card.title, kind == STORE_SOURCE ? line.cited : 1);
    }
    if (result) engine_result_free(result);
    return st;
}

struct values {
    struct suggester *suggester;
    struct suggestions found;
    size_t prefix_len;
};

static bool take_value(void *arg, const char *term, size_t len, uint32_t documents) {
    struct values *values = arg;
    add(values->suggester, &values->found, term + values->prefix_len, len - values->prefix_len, documents, documents);
    return true;
}

/* The terms of a field's values that begin as what was typed, most frequent first. */
static enum status find_values(struct suggester *suggester, struct compiler *compiler, const struct field *field,
                               struct values *out) {
    struct buf term;
    buf_init(&term, 0);
    out->suggester = suggester;
    out->prefix_len = strlen(field->prefix);
    buf_str(&term, field->prefix);
    buf_add(&term, suggester->folded, suggester->folded_len);
    enum status st = engine_terms(compiler->db, term.data, term.len, take_value, out, suggester->err);
    buf_free(&term);
    sort(&out->found);
    return st;
}

/* The value of a document's slot whose term this is, as it was written; len 0: it is a word of a value only. */
static struct card_text written_value(struct suggester *suggester, struct engine_bytes slot,
                                      const struct suggestion *term) {
    struct cur cur = {.at = slot.at, .end = slot.at + slot.len};
    while (cur.at < cur.end && !cur.bad) {
        size_t len = 0, folded_len = 0;
        const char *value = cur_lstr(&cur, &len);
        if (cur.bad) break;
        const char *folded = analyser_fold(terms_analyser(suggester->run.searcher->terms), value, len, &folded_len);
        if (folded_len == term->len && memcmp(folded, term->text, folded_len) == 0)
            return (struct card_text){.at = value, .len = len};
    }
    return (struct card_text){0};
}

static enum status add_tags(struct suggester *suggester, struct suggestions *out) {
    struct compiler *compiler = compiler_of(suggester, STORE_ARTICLE);
    struct values values = {0};
    const struct field *tag = schema_field(compiler->schema, STORE_ARTICLE, "tag", 3);
    if (!tag || tag->slot == FIELD_NO_SLOT || !tag->multi) return compiler->status;
    enum status st = find_values(suggester, compiler, tag, &values);
    for (size_t i = 0; i < values.found.count && i < TRIED + suggester->limit && st == ST_OK; i++) {
        const struct suggestion *value = &values.found.items[i];
        struct engine_result *result = NULL;
        struct match_word word = {.word = value->text, .len = value->len};
        st = search(suggester, compiler, exact(tag->prefix, &word), 5, false, &tag->slot, &result);
        struct card_text written = {0};
        for (size_t h = 0; st == ST_OK && h < result->count && written.len == 0; h++)
            written = written_value(suggester, result->hits[h].values[0], value);
        if (written.len > 0) add(suggester, out, written.at, written.len, value->count, value->worth);
        if (st == ST_OK) engine_result_free(result);
    }
    return st;
}

static enum status add_sources(struct suggester *suggester, struct suggestions *out) {
    struct compiler *compiler = compiler_of(suggester, STORE_ARTICLE);
    struct values values = {0};
    enum status st = add_titles(suggester, STORE_SOURCE, out);
    if (st != ST_OK) return st;
    const struct field *domain = schema_field(compiler->schema, STORE_ARTICLE, "domain", 6);
    if (!domain || memchr(suggester->folded, ' ', suggester->folded_len)) return ST_OK;
    st = find_values(suggester, compiler, domain, &values);
    for (size_t i = 0; i < values.found.count && i < suggester->limit; i++) {
        const struct suggestion *value = &values.found.items[i];
        add(suggester, out, value->text, value->len, value->count, 1000 + value->worth);
    }
    return st;
}

/* ---- together ---- */

static void write(struct suggester *suggester, const struct suggestions *lists, struct jw *jw) {
    uint32_t written = 0;
    size_t most = 0;
    for (size_t t = 0; t < TYPES; t++)
        if (lists[t].count > most) most = lists[t].count;
    jw_array(jw);
    for (size_t i = 0; i < most; i++) {
        for (size_t t = 0; t < TYPES && written < suggester->limit; t++) {
            if (i >= lists[t].count) continue;
            jw_object(jw);
            jw_key(jw, "text");
            jw_stringn(jw, lists[t].items[i].text, lists[t].items[i].len);
            jw_kstring(jw, "type", lists[t].type);
            jw_kint(jw, "count", (int64_t)lists[t].items[i].count);
            jw_object_end(jw);
            written++;
        }
    }
    jw_array_end(jw);
}

static void read_prefix(struct suggester *suggester, const char *prefix) {
    size_t len = 0;
    const char *folded = analyser_fold(terms_analyser(suggester->run.searcher->terms), prefix, strlen(prefix), &len);
    while (len > 0 && *folded == ' ') {
        folded++;
        len--;
    }
    suggester->folded = arena_strndup(suggester->arena, folded, len);
    suggester->folded_len = len;
    suggester->word_count = words_of(compiler_of(suggester, STORE_ARTICLE), prefix, &suggester->words);
}

enum status suggest_run(struct searcher *searcher, struct arena *arena, const char *prefix, unsigned types,
                        uint32_t limit, int64_t deadline_us, struct jw *jw, struct err *err) {
    struct suggester *suggester = arena_alloc(arena, sizeof *suggester);
    struct suggestions lists[TYPES] = {{.type = "term"}, {.type = "title"}, {.type = "tag"}, {.type = "source"}};
    *suggester = (struct suggester){.arena = arena, .limit = limit, .err = err};
    suggester->request = (struct search_request){.prefix = true, .deadline_us = deadline_us};
    suggester->run = (struct run){.searcher = searcher, .arena = arena, .request = &suggester->request};
    query_parse(arena, reader_schema(searcher->reader), "", 0, &suggester->run.query);
    read_prefix(suggester, prefix);
    enum status st = ST_OK;
    if (suggester->word_count > 0 && utf8_count(suggester->folded, suggester->folded_len) >= LETTERS_MIN) {
        if (types & SUGGEST_TERM) st = add_terms(suggester, &lists[0]);
        if (st == ST_OK && types & SUGGEST_TITLE) st = add_titles(suggester, STORE_ARTICLE, &lists[1]);
        if (st == ST_OK && types & SUGGEST_TAG) st = add_tags(suggester, &lists[2]);
        if (st == ST_OK && types & SUGGEST_SOURCE) st = add_sources(suggester, &lists[3]);
    }
    if (st != ST_OK) return st;
    for (size_t t = 0; t < TYPES; t++)
        sort(&lists[t]);
    write(suggester, lists, jw);
    return ST_OK;
}
