/* related: articles that rest on the same sources; related_sources: sources that are cited together.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   w(u)         = log(1 + N / df(u))          N articles, df(u) of them cite source u
 *   evidence     = Σ shared w(u) / sqrt(Σ w(u) of a · Σ w(u) of b)       the cosine of the vectors of sqrt(w)
 *   words        = the cosine of the titles' stems, each weighted by its rarity
 *   score        = 0.8 · evidence + 0.2 · words
 *
 * Sources that more than HUB_SHARE of the articles (and at least HUB_MIN of them) cite say nothing and are left out
 * everywhere, so the score of a and b is that of b and a.  Candidates are the articles of the rarest sources, until
 * there are GATHERED_MAX; as evidence <= sqrt(Σ shared / Σ of a), the search ends where no further one can be among the
 * best, and `complete` says whether one that was not gathered could be.  The words are mixed in for the best by
 * evidence, five times as many as are asked for (at least MIXED_MIN). */
#include "sources.h"

#include "search/select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    HUB_MIN = 10,
    HUB_MAX = 1000,
    GATHERED_MAX = 300,
    MIXED_MIN = 50,
    COCITED_ARTICLES_MAX = 2000,
    ARENA_CANDIDATES = 64
};
static const double HUB_SHARE = 0.02, WORDS_SHARE = 0.2;

struct weighted { /* a source of the article at hand */
    uint32_t docid;
    uint64_t df;
    double weight; /* 0: a hub */
};

struct candidate {
    uint32_t article;
    double shared; /* Σ w(u) of the shared sources */
    double evidence, words, score;
};

struct related {
    struct evidence *ev;
    uint32_t limit;
    struct loaded loaded;
    double documents, hub;
    struct weighted *sources;
    size_t source_count;
    double whole;   /* Σ w(u) of the article at hand */
    double skipped; /* Σ w(u) of its sources whose articles were not gathered */
    struct candidate *candidates;
    size_t count, cap;
};

static enum status size_up(struct evidence *ev, double *documents, double *hub) {
    struct store_counts counts;
    enum status st = store_counts(reader_store(ev->reader), &counts, ev->err);
    *documents = (double)counts.articles;
    *hub = fmin(fmax(HUB_MIN, *documents * HUB_SHARE), HUB_MAX);
    return st;
}

static double weight_of(double documents, double hub, uint64_t df) {
    return df == 0 || (double)df > hub ? 0 : log(1 + documents / (double)df);
}

/* The sources of an article with their weights, ascending by docid. */
static enum status weigh(struct related *related, struct arena *arena, uint32_t article, struct weighted **out,
                         size_t *count, double *whole) {
    struct shared_source *sources = NULL;
    *whole = 0;
    enum status st =
        edges_weights(reader_store(related->ev->reader), arena, article, &sources, count, related->ev->err);
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    for (size_t i = 0; i < *count && st == ST_OK; i++) {
        (*out)[i].docid = sources[i].source;
        (*out)[i].df = sources[i].cited;
        (*out)[i].weight = weight_of(related->documents, related->hub, (*out)[i].df);
        *whole += (*out)[i].weight;
    }
    return st;
}

/* ---- candidates ---- */

static int by_article(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    return (a->article > b->article) - (a->article < b->article);
}

static int by_shared(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    if (a->shared != b->shared) return a->shared > b->shared ? -1 : 1;
    return by_article(left, right);
}

static int by_score(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return by_article(left, right);
}

static int rarest_first(const void *left, const void *right) {
    const struct weighted *a = left, *b = right;
    if (a->df != b->df) return a->df < b->df ? -1 : 1;
    return (a->docid > b->docid) - (a->docid < b->docid);
}

/* The articles of the sources, from the rarest on, until there are enough: who shares only the others comes far
 * behind. */
static enum status gather(struct related *related) {
    struct evidence *ev = related->ev;
    enum status st = ST_OK;
    if (related->source_count > 1)
        qsort(related->sources, related->source_count, sizeof *related->sources, rarest_first);
    for (size_t i = 0; i < related->source_count && st == ST_OK; i++) {
        struct citing *citing = NULL;
        size_t count = 0;
        if (related->sources[i].weight == 0) continue;
        if (related->count > 0 && related->count + related->sources[i].df > GATHERED_MAX) {
            related->skipped += related->sources[i].weight;
            continue;
        }
        st = edges_articles(reader_store(ev->reader), ev->arena, related->sources[i].docid, &citing, &count, ev->err);
        for (size_t c = 0; c < count && st == ST_OK; c++) {
            if (citing[c].article == related->loaded.record.docid) continue;
            related->candidates =
                arena_grow(ev->arena, related->candidates, related->count, &related->cap, sizeof *related->candidates);
            related->candidates[related->count++] =
                (struct candidate){.article = citing[c].article, .shared = related->sources[i].weight};
        }
    }
    return st;
}

static void add_up(struct related *related) {
    size_t kept = 0;
    if (related->count > 1) qsort(related->candidates, related->count, sizeof *related->candidates, by_article);
    for (size_t i = 0; i < related->count; i++) {
        if (kept > 0 && related->candidates[kept - 1].article == related->candidates[i].article)
            related->candidates[kept - 1].shared += related->candidates[i].shared;
        else
            related->candidates[kept++] = related->candidates[i];
    }
    related->count = kept;
    if (kept > 1) qsort(related->candidates, kept, sizeof *related->candidates, by_shared);
}

/* ---- words ---- */

struct stem {
    uint64_t hash;
    double weight;
};

struct title { /* stems of a title, ascending by hash */
    struct stem *items;
    size_t count, cap;
    double norm;
    struct arena *arena;
    double documents;
};

static bool take_stem(void *arg, const char *term, size_t len, uint32_t wdf, uint32_t documents) {
    struct title *title = arg;
    uint64_t hash = 0;
    (void)wdf;
    for (size_t i = 0; i < len; i++) /* FNV-1a: the terms come in order, the hashes need not */
        hash = (hash ^ (unsigned char)term[i]) * 1099511628211ULL + (i == 0 ? 14695981039346656037ULL : 0);
    double weight = log(1 + title->documents / (documents ? documents : 1));
    title->items = arena_grow(title->arena, title->items, title->count, &title->cap, sizeof *title->items);
    title->items[title->count++] = (struct stem){hash, weight};
    title->norm += weight * weight;
    return true;
}

static int by_hash(const void *left, const void *right) {
    const struct stem *a = left, *b = right;
    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static enum status read_title(struct related *related, struct arena *arena, uint32_t article, struct title *out) {
    const struct field *field = schema_field(index_schema(related->ev->ix), STORE_ARTICLE, "title", 5);
    *out = (struct title){.arena = arena, .documents = related->documents};
    if (!field || !field->prefix[0]) return ST_OK;
    const char *prefix = arena_printf(arena, "Z%s", field->prefix);
    enum status st = engine_doc_terms(reader_engine(related->ev->reader, STORE_ARTICLE), article, prefix,
                                      strlen(prefix), take_stem, out, related->ev->err);
    if (out->count > 1) qsort(out->items, out->count, sizeof *out->items, by_hash);
    if (st == ST_NOT_FOUND) st = ST_OK; /* not in the index yet */
    return st;
}

static double cosine(const struct title *a, const struct title *b) {
    double sum = 0;
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        if (a->items[i].hash == b->items[j].hash)
            sum += a->items[i].weight * b->items[j++].weight, i++;
        else if (a->items[i].hash < b->items[j].hash)
            i++;
        else
            j++;
    }
    return sum > 0 ? sum / sqrt(a->norm * b->norm) : 0;
}

/* ---- scores ---- */

static enum status examine(struct related *related, struct arena *arena, struct candidate *candidate) {
    struct weighted *sources = NULL;
    size_t count = 0;
    double whole = 0;
    enum status st = weigh(related, arena, candidate->article, &sources, &count, &whole);
    candidate->shared = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t own = 0; own < related->source_count; own++)
            if (sources[i].docid == related->sources[own].docid) candidate->shared += sources[i].weight;
    candidate->evidence = whole > 0 ? candidate->shared / sqrt(related->whole * whole) : 0;
    candidate->score = candidate->evidence;
    return st;
}

/* The greatest evidence that an article can have which shares so much. */
static double most_of(const struct related *related, double shared) {
    return fmin(1, sqrt(shared / related->whole));
}

/* Puts the `most` best of the candidates by evidence at the front, in order. */
static enum status choose(struct related *related, size_t most, bool *all) {
    struct candidate *list = related->candidates;
    struct arena *arena = arena_new();
    size_t kept = 0;
    enum status st = ST_OK;
    *all = true;
    for (size_t i = 0; i < related->count && st == ST_OK; i++) {
        struct candidate candidate = list[i];
        if (kept == most && most_of(related, candidate.shared + related->skipped) <= list[kept - 1].score) break;
        st = examine(related, arena, &candidate);
        size_t at = kept;
        while (at > 0 && by_score(&candidate, &list[at - 1]) < 0)
            at--;
        if (i % ARENA_CANDIDATES == ARENA_CANDIDATES - 1) {
            arena_free(arena);
            arena = arena_new();
        }
        if (at >= most) continue;
        if (kept < most) kept++;
        memmove(list + at + 1, list + at, (kept - 1 - at) * sizeof candidate);
        list[at] = candidate;
    }
    if (related->skipped > 0 && (kept < most || most_of(related, related->skipped) > list[kept - 1].score))
        *all = false;
    related->count = kept;
    arena_free(arena);
    return st;
}

/* Mixes the words in and orders again. */
static enum status add_words(struct related *related) {
    struct arena *arena = arena_new();
    struct title title, other;
    enum status st = read_title(related, arena, related->loaded.record.docid, &title);
    for (size_t i = 0; i < related->count && st == ST_OK; i++) {
        struct candidate *candidate = &related->candidates[i];
        st = read_title(related, arena, candidate->article, &other);
        if (st == ST_OK) candidate->words = cosine(&title, &other);
        candidate->score = (1 - WORDS_SHARE) * candidate->evidence + WORDS_SHARE * candidate->words;
    }
    if (related->count > 1) qsort(related->candidates, related->count, sizeof *related->candidates, by_score);
    arena_free(arena);
    return st;
}

/* ---- the answer ---- */

static void write_shared_source(struct jw *jw, const struct source_line *line, bool hub) {
    jw_object(jw);
    jw_kstring(jw, "source", line->id);
    jw_kstring(jw, "title", line->title);
    jw_kstring(jw, "url", line->url);
    jw_kint(jw, "cited", (int64_t)line->cited);
    jw_kbool(jw, "hub", hub);
    jw_object_end(jw);
}

/* What both cite, the rarest first: the keys, then the same with their particulars. */
static enum status write_shared(struct related *related, struct arena *arena, uint32_t article) {
    struct evidence *ev = related->ev;
    struct jw *jw = ev->jw;
    uint32_t *docids = NULL;
    size_t count = 0, shared = 0;
    enum status st = edges_sources(reader_store(ev->reader), arena, article, &docids, &count, ev->err);
    struct source_line *lines = arena_alloc(arena, (related->source_count + 1) * sizeof *lines);
    bool *hubs = arena_alloc(arena, related->source_count + 1);
    for (size_t i = 0; i < related->source_count && st == ST_OK; i++) {
        size_t at = 0;
        while (at < count && docids[at] != related->sources[i].docid)
            at++;
        if (at == count) continue;
        hubs[shared] = related->sources[i].weight == 0;
        st = store_source_line(reader_store(ev->reader), arena, docids[at], &lines[shared++], ev->err);
    }
    if (st != ST_OK) return st;
    jw_key(jw, "shared");
    jw_array(jw);
    for (size_t i = 0; i < shared; i++)
        jw_string(jw, lines[i].id);
    jw_array_end(jw);
    jw_key(jw, "shared_sources");
    jw_array(jw);
    for (size_t i = 0; i < shared; i++)
        write_shared_source(jw, &lines[i], hubs[i]);
    jw_array_end(jw);
    return ST_OK;
}

static enum status write_hit(struct related *related, const struct candidate *candidate) {
    struct arena *arena = arena_new();
    struct loaded loaded;
    struct jw *jw = related->ev->jw;
    enum status st = load_article_docid(related->ev, arena, candidate->article, &loaded);
    if (st == ST_OK) {
        jw_object(jw);
        jw_kstring(jw, "id", loaded.record.id);
        jw_kstring(jw, "title", loaded.article->title);
        jw_kstring(jw, "url", loaded.article->url);
        jw_kstring(jw, "published", loaded.article->published);
        jw_kstring(jw, "outlet", loaded.article->outlet);
        jw_kstring(jw, "verdict", loaded.article->verdict);
        jw_key(jw, "score");
        jw_fixed(jw, candidate->score, 4);
        jw_key(jw, "evidence");
        jw_fixed(jw, candidate->evidence, 4);
        jw_key(jw, "words");
        jw_fixed(jw, candidate->words, 4);
        st = write_shared(related, arena, candidate->article);
        jw_object_end(jw);
    }
    arena_free(arena);
    return st;
}

enum status evidence_related(struct evidence *ev, const char *id, uint32_t limit) {
    struct related related = {.ev = ev, .limit = limit};
    bool all = true;
    enum status st = size_up(ev, &related.documents, &related.hub);
    if (st == ST_OK) st = load_article(ev, ev->arena, id, &related.loaded);
    if (st == ST_OK)
        st = weigh(&related, ev->arena, related.loaded.record.docid, &related.sources, &related.source_count,
                   &related.whole);
    if (st == ST_OK) st = gather(&related);
    if (st != ST_OK) return st;
    add_up(&related);
    size_t total = related.count;
    st = choose(&related, limit > MIXED_MIN / 5 ? (size_t)limit * 5 : MIXED_MIN, &all);
    if (st == ST_OK) st = add_words(&related);
    if (related.count > limit) related.count = limit;
    jw_object(ev->jw);
    jw_kstring(ev->jw, "article", related.loaded.record.id);
    jw_key(ev->jw, "hits");
    jw_array(ev->jw);
    for (size_t i = 0; i < related.count && st == ST_OK; i++)
        st = write_hit(&related, &related.candidates[i]);
    jw_array_end(ev->jw);
    jw_kint(ev->jw, "total", (int64_t)total);
    jw_kbool(ev->jw, "complete", all);
    jw_key(ev->jw, "words_weight");
    jw_number(ev->jw, WORDS_SHARE);
    jw_key(ev->jw, "hub_limit");
    jw_fixed(ev->jw, floor(related.hub), 0);
    jw_object_end(ev->jw);
    return st;
}

/* ---- related_sources ---- */

struct cocited {
    uint32_t docid;
    uint64_t together;
    double score;
};

static int by_docid(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static int by_cocitation(const void *left, const void *right) {
    const struct cocited *a = left, *b = right;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return (a->docid > b->docid) - (a->docid < b->docid);
}

/* Every occurrence of another source in the articles of this one; `step` > 1 looks at a sample of them. */
static enum status gather_cocited(struct evidence *ev, uint32_t source, const struct citing *citing, size_t count,
                                  size_t step, uint32_t **out, size_t *out_count) {
    uint32_t *all = NULL;
    size_t have = 0, cap = 0;
    enum status st = ST_OK;
    for (size_t i = 0; i < count && st == ST_OK; i += step) {
        uint32_t *docids = NULL;
        size_t docid_count = 0;
        st = edges_sources(reader_store(ev->reader), ev->arena, citing[i].article, &docids, &docid_count, ev->err);
        for (size_t d = 0; d < docid_count; d++) {
            if (docids[d] == source) continue;
            all = arena_grow(ev->arena, all, have, &cap, sizeof *all);
            all[have++] = docids[d];
        }
    }
    if (have > 1) qsort(all, have, sizeof *all, by_docid);
    *out = all;
    *out_count = have;
    return st;
}

static enum status score_cocited(struct evidence *ev, const uint32_t *all, size_t count, double df, size_t step,
                                 struct cocited **out, size_t *out_count) {
    struct cocited *list = arena_alloc(ev->arena, (count + 1) * sizeof *list);
    size_t have = 0;
    enum status st = ST_OK;
    for (size_t i = 0; i < count && st == ST_OK;) {
        size_t end = i;
        uint64_t other = 0;
        while (end < count && all[end] == all[i])
            end++;
        st = edges_cited(reader_store(ev->reader), all[i], &other, ev->err);
        double together = (double)((end - i) * step);
        double score = other ? fmin(1, together / sqrt(df * (double)other)) : 0;
        list[have++] = (struct cocited){.docid = all[i], .together = end - i, .score = score};
        i = end;
    }
    if (have > 1) qsort(list, have, sizeof *list, by_cocitation);
    *out = list;
    *out_count = have;
    return st;
}

static enum status write_cocited(struct evidence *ev, const struct cocited *cocited) {
    struct source_line line;
    struct jw *jw = ev->jw;
    enum status st = store_source_line(reader_store(ev->reader), ev->arena, cocited->docid, &line, ev->err);
    if (st != ST_OK) return st;
    jw_object(jw);
    jw_kstring(jw, "kind", "source");
    jw_kstring(jw, "id", line.id);
    jw_kstring(jw, "title", line.title);
    jw_kstring(jw, "url", line.url);
    jw_kstring(jw, "outlet", line.outlet);
    jw_kstring(jw, "published", line.published);
    jw_kstring(jw, "status", line.status ? line.status : "live");
    jw_kint(jw, "cited", (int64_t)line.cited);
    jw_kint(jw, "together", (int64_t)cocited->together);
    jw_key(jw, "score");
    jw_fixed(jw, cocited->score, 4);
    jw_object_end(jw);
    return ST_OK;
}

enum status evidence_related_sources(struct evidence *ev, const char *source, uint32_t limit) {
    struct citing *citing = NULL;
    struct cocited *list = NULL;
    uint32_t docid = 0, *all = NULL;
    size_t count = 0, all_count = 0, list_count = 0;
    const char *key = NULL;
    enum status st = sources_find_one(ev, source, &docid, &key);
    if (st == ST_OK) st = edges_articles(reader_store(ev->reader), ev->arena, docid, &citing, &count, ev->err);
    size_t step = count / COCITED_ARTICLES_MAX + 1;
    if (st == ST_OK) st = gather_cocited(ev, docid, citing, count, step, &all, &all_count);
    if (st == ST_OK) st = score_cocited(ev, all, all_count, (double)count, step, &list, &list_count);
    if (st != ST_OK) return st;
    jw_object(ev->jw);
    jw_kstring(ev->jw, "source", key);
    jw_kint(ev->jw, "articles", (int64_t)count);
    jw_kint(ev->jw, "articles_examined", (int64_t)((count + step - 1) / step));
    jw_key(ev->jw, "hits");
    jw_array(ev->jw);
    for (size_t i = 0; i < list_count && i < limit && st == ST_OK; i++)
        st = write_cocited(ev, &list[i]);
    jw_array_end(ev->jw);
    jw_kint(ev->jw, "total", (int64_t)list_count);
    jw_object_end(ev->jw);
    return st;
}
