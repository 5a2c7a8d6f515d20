/* cited-by: every mention of a source, a domain or a host.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The mentions and the citing articles of the sources are read as ranges, ordered by article and joined; counts by
 * year and outlet come from the articles' facts, so that only the articles of the page are read whole.  Articles that
 * only list the source, without a marker, come behind all mentions, as `listed`. */
#include "sources.h"

#include "base/when.h"
#include "search/select.h"

#include <stdlib.h>
#include <string.h>

struct row {
    struct edge edge;
    uint32_t source;
};

struct citer { /* a citing article */
    struct citing facts;
    const char *outlet;
    uint32_t source;     /* that it lists */
    size_t first, count; /* its rows */
};

struct cited_by {
    struct evidence *ev;
    const struct cited_by_request *request;
    struct source_set set;
    struct row *rows;
    size_t row_count, row_cap;
    struct citer *citers;
    size_t citer_count, citer_cap;
    uint64_t total, listed;
};

/* ---- collecting ---- */

static int compare_rows(const void *left, const void *right) {
    const struct edge *a = &((const struct row *)left)->edge, *b = &((const struct row *)right)->edge;
    if (a->article != b->article) return a->article < b->article ? -1 : 1;
    if (a->section != b->section) return a->section < b->section ? -1 : 1;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    return (a->n > b->n) - (a->n < b->n);
}

static int compare_citers(const void *left, const void *right) {
    const struct citer *a = left, *b = right;
    if (a->facts.article != b->facts.article) return a->facts.article < b->facts.article ? -1 : 1;
    return (a->source > b->source) - (a->source < b->source);
}

static enum status collect(struct cited_by *cited, uint32_t source) {
    struct evidence *ev = cited->ev;
    struct citing *articles = NULL;
    struct edge *edges = NULL;
    size_t article_count = 0, edge_count = 0;
    enum status st = edges_articles(reader_store(ev->reader), ev->arena, source, &articles, &article_count, ev->err);
    if (st == ST_OK) st = edges_mentions(reader_store(ev->reader), ev->arena, source, &edges, &edge_count, ev->err);
    if (st != ST_OK) return st;
    for (size_t i = 0; i < edge_count; i++) {
        cited->rows = arena_grow(ev->arena, cited->rows, cited->row_count, &cited->row_cap, sizeof *cited->rows);
        cited->rows[cited->row_count++] = (struct row){.edge = edges[i], .source = source};
    }
    for (size_t i = 0; i < article_count; i++) {
        cited->citers =
            arena_grow(ev->arena, cited->citers, cited->citer_count, &cited->citer_cap, sizeof *cited->citers);
        cited->citers[cited->citer_count++] = (struct citer){.facts = articles[i], .source = source};
    }
    return load_in_time(ev);
}

/* An article that cites several sources of the set is one citer. */
static void merge_citers(struct cited_by *cited) {
    size_t kept = 0;
    if (cited->citer_count > 1) qsort(cited->citers, cited->citer_count, sizeof *cited->citers, compare_citers);
    if (cited->row_count > 1) qsort(cited->rows, cited->row_count, sizeof *cited->rows, compare_rows);
    for (size_t i = 0; i < cited->citer_count; i++)
        if (kept == 0 || cited->citers[kept - 1].facts.article != cited->citers[i].facts.article)
            cited->citers[kept++] = cited->citers[i];
    cited->citer_count = kept;
}

static void assign_rows(struct cited_by *cited) {
    size_t row = 0;
    for (size_t i = 0; i < cited->citer_count; i++) {
        struct citer *citer = &cited->citers[i];
        while (row < cited->row_count && cited->rows[row].edge.article < citer->facts.article)
            row++;
        citer->first = row;
        while (row < cited->row_count && cited->rows[row].edge.article == citer->facts.article)
            row++;
        citer->count = row - citer->first;
    }
}

/* ---- narrowing ---- */

static struct engine_query *cites_query(struct cited_by *cited) {
    const char *name = cited->set.domain ? "domain" : "cites";
    const struct field *field = schema_field(index_schema(cited->ev->ix), STORE_ARTICLE, name, strlen(name));
    if (!field) return engine_query_all();
    struct source_key key;
    source_key_from_url(cited->ev->arena, index_rules(cited->ev->ix), cited->set.name, &key);
    const char *value = cited->set.domain && key.domain ? key.domain : cited->set.name;
    struct buf term;
    buf_init(&term, 0);
    terms_value(searcher_terms(cited->ev->searcher), &term, field->prefix, value, strlen(value), field->exact_case);
    struct engine_query *query = engine_query_term(term.data, term.len, 1);
    buf_free(&term);
    return query;
}

static int compare_docids(const void *left, const void *right) {
    uint32_t a = ((const struct selected *)left)->docid, b = ((const struct selected *)right)->docid;
    return a < b ? -1 : a > b;
}

static enum status narrow(struct cited_by *cited) {
    if (!cited->request->filter) return ST_OK;
    struct selection selection;
    struct engine_query *within = cites_query(cited);
    struct select_request request = {
        .filter = cited->request->filter, .within = within, .deadline_us = cited->ev->deadline_us};
    enum status st = search_select(cited->ev->searcher, cited->ev->arena, &request, &selection, cited->ev->err);
    engine_query_free(within);
    if (st != ST_OK) return st;
    if (selection.count > 1) qsort(selection.items, selection.count, sizeof *selection.items, compare_docids);
    size_t kept = 0, at = 0;
    for (size_t i = 0; i < cited->citer_count; i++) {
        uint32_t article = cited->citers[i].facts.article;
        while (at < selection.count && selection.items[at].docid < article)
            at++;
        if (at < selection.count && selection.items[at].docid == article) cited->citers[kept++] = cited->citers[i];
    }
    cited->citer_count = kept;
    return ST_OK;
}

/* ---- counting ---- */

struct tally {
    int year;         /* of years; INT32_MIN: undated */
    const char *name; /* of outlets; NULL: none */
    uint32_t outlet;
    uint64_t mentions;
};

static int by_key(const void *left, const void *right) {
    const struct tally *a = left, *b = right;
    if (a->year != b->year) return a->year < b->year ? -1 : 1;
    return (a->outlet > b->outlet) - (a->outlet < b->outlet);
}

static int by_count(const void *left, const void *right) {
    const struct tally *a = left, *b = right;
    if (a->mentions != b->mentions) return a->mentions > b->mentions ? -1 : 1;
    return (a->outlet > b->outlet) - (a->outlet < b->outlet);
}

static size_t add_up(struct tally *tallies, size_t count) {
    size_t kept = 0;
    if (count > 1) qsort(tallies, count, sizeof *tallies, by_key);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && by_key(&tallies[kept - 1], &tallies[i]) == 0)
            tallies[kept - 1].mentions += tallies[i].mentions;
        else
            tallies[kept++] = tallies[i];
    }
    return kept;
}

static void write_years(struct cited_by *cited) {
    struct jw *jw = cited->ev->jw;
    struct tally *tallies = arena_alloc(cited->ev->arena, (cited->citer_count + 1) * sizeof *tallies);
    size_t count = 0;
    for (size_t i = 0; i < cited->citer_count; i++) {
        const struct citer *citer = &cited->citers[i];
        if (citer->count == 0) continue;
        int year = citer->facts.dated ? when_year((int64_t)citer->facts.day * 86400) : INT32_MIN;
        tallies[count++] = (struct tally){.year = year, .mentions = citer->count};
    }
    count = add_up(tallies, count);
    jw_key(jw, "by_year");
    jw_array(jw);
    for (size_t i = 0; i < count; i++) {
        jw_object(jw);
        jw_key(jw, "year");
        if (tallies[i].year == INT32_MIN)
            jw_null(jw);
        else
            jw_int(jw, tallies[i].year);
        jw_kint(jw, "count", (int64_t)tallies[i].mentions);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

static enum status write_outlets(struct cited_by *cited) {
    struct evidence *ev = cited->ev;
    struct tally *tallies = arena_alloc(ev->arena, (cited->citer_count + 1) * sizeof *tallies);
    size_t count = 0;
    enum status st = ST_OK;
    for (size_t i = 0; i < cited->citer_count; i++)
        if (cited->citers[i].count > 0)
            tallies[count++] =
                (struct tally){.outlet = cited->citers[i].facts.outlet, .mentions = cited->citers[i].count};
    count = add_up(tallies, count);
    if (count > 1) qsort(tallies, count, sizeof *tallies, by_count);
    jw_key(ev->jw, "by_outlet");
    jw_array(ev->jw);
    for (size_t i = 0; i < count && st == ST_OK; i++) {
        const char *name = NULL;
        if (tallies[i].outlet)
            st = edges_outlet(reader_store(ev->reader), ev->arena, tallies[i].outlet, &name, ev->err);
        jw_object(ev->jw);
        jw_kstring(ev->jw, "outlet", name);
        jw_kint(ev->jw, "count", (int64_t)tallies[i].mentions);
        jw_object_end(ev->jw);
    }
    jw_array_end(ev->jw);
    return st;
}

/* ---- order ---- */

static int compare_dates(const struct citer *a, const struct citer *b, int direction) {
    if (a->facts.dated != b->facts.dated) return a->facts.dated ? -1 : 1; /* undated last, whichever way */
    if (a->facts.day != b->facts.day) return a->facts.day < b->facts.day ? -direction : direction;
    return (a->facts.article > b->facts.article) - (a->facts.article < b->facts.article);
}

static int oldest_first(const void *left, const void *right) {
    return compare_dates(left, right, 1);
}

static int newest_first(const void *left, const void *right) {
    return compare_dates(left, right, -1);
}

static int compare_outlets(const struct citer *a, const struct citer *b, int direction) {
    if (!a->outlet != !b->outlet) return a->outlet ? -1 : 1;
    int order = a->outlet ? strcmp(a->outlet, b->outlet) : 0;
    return order ? direction * order : compare_dates(a, b, -1);
}

static int outlet_up(const void *left, const void *right) {
    return compare_outlets(left, right, 1);
}

static int outlet_down(const void *left, const void *right) {
    return compare_outlets(left, right, -1);
}

static int article_down(const void *left, const void *right) {
    return compare_citers(right, left);
}

static enum status name_outlets(struct cited_by *cited) {
    enum status st = ST_OK;
    for (size_t i = 0; i < cited->citer_count && st == ST_OK; i++)
        if (cited->citers[i].facts.outlet)
            st = edges_outlet(reader_store(cited->ev->reader), cited->ev->arena, cited->citers[i].facts.outlet,
                              &cited->citers[i].outlet, cited->ev->err);
    return st;
}

static enum status order(struct cited_by *cited) {
    static int (*const compares[][2])(const void *, const void *) = {
        [CITED_BY_PUBLISHED] = {oldest_first, newest_first},
        [CITED_BY_OUTLET] = {outlet_up, outlet_down},
        [CITED_BY_ARTICLE] = {compare_citers, article_down},
    };
    enum status st = cited->request->sort == CITED_BY_OUTLET ? name_outlets(cited) : ST_OK;
    if (st == ST_OK && cited->citer_count > 1)
        qsort(cited->citers, cited->citer_count, sizeof *cited->citers,
              compares[cited->request->sort][cited->request->descending]);
    return st;
}

/* ---- writing ---- */

static enum status write_source_key(struct cited_by *cited, uint32_t source) {
    struct source_line line;
    if (!cited->set.domain) return ST_OK;
    enum status st =
        store_source_line(reader_store(cited->ev->reader), cited->ev->arena, source, &line, cited->ev->err);
    if (st == ST_OK) jw_kstring(cited->ev->jw, "source", line.id);
    return st;
}

static enum status write_row(struct cited_by *cited, const struct loaded *loaded, const struct row *row) {
    struct jw *jw = cited->ev->jw;
    const struct section *section = sources_section(loaded->article, row->edge.section);
    jw_object(jw);
    sources_write_article(jw, loaded->record.id, loaded->article);
    jw_key(jw, "section");
    jw_object(jw);
    jw_kint(jw, "number", row->edge.section);
    jw_kstring(jw, "heading", section ? section->heading : "");
    jw_object_end(jw);
    jw_kint(jw, "n", row->edge.n);
    jw_kstring(jw, "sentence", sources_sentence(cited->ev->arena, section, row->edge.sentence));
    jw_kint(jw, "start", row->edge.start);
    jw_kint(jw, "end", row->edge.end);
    enum status st = write_source_key(cited, row->source);
    jw_object_end(jw);
    return st;
}

static enum status write_citer(struct cited_by *cited, const struct citer *citer, size_t from, size_t until) {
    struct arena *arena = arena_new();
    struct loaded loaded;
    enum status st = load_article_docid(cited->ev, arena, citer->facts.article, &loaded);
    for (size_t i = from; i < until && st == ST_OK; i++)
        st = write_row(cited, &loaded, &cited->rows[citer->first + i]);
    arena_free(arena);
    return st;
}

static enum status write_mentions(struct cited_by *cited) {
    uint64_t at = 0, first = cited->request->offset, last = first + cited->request->limit;
    enum status st = ST_OK;
    jw_key(cited->ev->jw, "mentions");
    jw_array(cited->ev->jw);
    for (size_t i = 0; i < cited->citer_count && at < last && st == ST_OK; i++) {
        const struct citer *citer = &cited->citers[i];
        uint64_t from = first > at ? first - at : 0, until = last - at < citer->count ? last - at : citer->count;
        at += citer->count;
        if (from < until) st = write_citer(cited, citer, (size_t)from, (size_t)until);
    }
    jw_array_end(cited->ev->jw);
    return st;
}

static enum status write_lister(struct cited_by *cited, const struct citer *citer) {
    struct arena *arena = arena_new();
    struct loaded loaded;
    enum status st = load_article_docid(cited->ev, arena, citer->facts.article, &loaded);
    if (st == ST_OK) {
        jw_object(cited->ev->jw);
        sources_write_article(cited->ev->jw, loaded.record.id, loaded.article);
        st = write_source_key(cited, citer->source);
        jw_object_end(cited->ev->jw);
    }
    arena_free(arena);
    return st;
}

static enum status write_listed(struct cited_by *cited) {
    uint64_t at = cited->total, first = cited->request->offset, last = first + cited->request->limit;
    enum status st = ST_OK;
    jw_key(cited->ev->jw, "listed");
    jw_array(cited->ev->jw);
    for (size_t i = 0; i < cited->citer_count && at < last && st == ST_OK; i++) {
        if (cited->citers[i].count > 0) continue;
        if (at++ >= first) st = write_lister(cited, &cited->citers[i]);
    }
    jw_array_end(cited->ev->jw);
    jw_kint(cited->ev->jw, "listed_total", (int64_t)cited->listed);
    return st;
}

static enum status write_answer(struct cited_by *cited) {
    struct jw *jw = cited->ev->jw;
    jw_object(jw);
    jw_kstring(jw, "source", cited->set.name);
    jw_kint(jw, "sources", (int64_t)cited->set.count);
    enum status st = ST_OK;
    if (!cited->set.domain) {
        jw_key(jw, "about");
        st = sources_write(cited->ev, cited->set.docids[0]);
    }
    if (st != ST_OK) return st;
    jw_kint(jw, "total", (int64_t)cited->total);
    jw_kint(jw, "articles", (int64_t)cited->citer_count);
    st = write_mentions(cited);
    if (st == ST_OK) st = write_listed(cited);
    jw_kint(jw, "offset", cited->request->offset);
    jw_kint(jw, "limit", cited->request->limit);
    write_years(cited);
    if (st == ST_OK) st = write_outlets(cited);
    jw_object_end(jw);
    return st;
}

enum status evidence_cited_by(struct evidence *ev, const struct cited_by_request *request) {
    struct cited_by cited = {.ev = ev, .request = request};
    enum status st = sources_find(ev, request->source, &cited.set);
    for (size_t i = 0; i < cited.set.count && st == ST_OK; i++)
        st = collect(&cited, cited.set.docids[i]);
    if (st != ST_OK) return st;
    if (cited.set.count > 1) merge_citers(&cited);
    assign_rows(&cited);
    st = narrow(&cited);
    for (size_t i = 0; i < cited.citer_count; i++) {
        cited.total += cited.citers[i].count;
        cited.listed += cited.citers[i].count == 0;
    }
    if (st == ST_OK) st = order(&cited);
    return st == ST_OK ? write_answer(&cited) : st;
}
