/* A search on its way from the request to the answer.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_RUN_H
#define SEARCH_RUN_H

#include "compile.h"
#include "cursor.h"
#include "search/search.h"
#include "shared.h"

struct gram_table;

struct searcher {
    struct index *ix;
    struct reader *reader;
    struct terms *terms;
    const struct searcher_shared *shared;
    struct gram_table *grams[3]; /* by enum store_kind, made by the first deep search */
};

/* One kind of record searched. */
struct kind_result {
    enum store_kind kind;
    struct engine_query *query;   /* freed with the arena */
    struct engine_search search;  /* as it was run */
    struct engine_result *result; /* freed with the arena; NULL for a page of a snapshot */
    struct matcher matcher;
    uint64_t documents; /* in the index */
    struct ranked_word *ranked;
    size_t ranked_count;
    double norm;           /* what the words of the query are worth at most, about: scores of both kinds are
                              compared by their share of it */
    struct via *via;       /* articles: what the cited sources have; NULL: nothing */
    struct parts *parts;   /* when explain is asked for, as the next two */
    const char *described; /* the engine's notation */
    struct deep_part *deep_parts;
    size_t deep_count;
    int64_t sources_us, compile_us, match_us, deep_us; /* durations */
};

struct spelling { /* one word that may be wrong */
    const char *word;
    uint32_t start, end; /* bytes in the query */
    uint32_t documents;
    struct found_terms alike; /* best first */
};
struct spellings {
    struct spelling *items;
    size_t count, cap;
};

struct page_hit {
    struct kind_result *kind;
    struct engine_hit hit;
    double score; /* as it is shown */
};

struct run {
    struct searcher *searcher;
    struct arena *arena;
    const struct search_request *request;
    struct query query, filter;
    struct wordlists *words; /* in force; NULL until something is compiled */
    struct kind_result kinds[2];
    size_t kind_count;
    struct page_hit *page;
    size_t page_count;
    size_t skip; /* hits before the page in what was searched */
    struct snapshot_totals totals;
    bool timed_out;
    const char *next_cursor;
    struct spellings spellings; /* words that ought to be others */
    int64_t began_us, parsed_us, searched_us;
};

/* Parses, translates and searches each kind asked for; the page is what it shows. */
enum status run_search(struct run *run, struct err *err);
/* Only parses and translates, for a page whose hits are known: the matchers. */
enum status run_compile(struct run *run, struct err *err);
/* The hits of all kinds in their order, from offset on. */
void page_merge(struct run *run);
/* A search that goes on behind a cursor; fills the page. */
enum status page_from_cursor(struct run *run, struct err *err);
/* The cursor behind the page; NULL at the end. */
void page_set_cursor(struct run *run);
/* The engine's weights of the ranking that is asked for. */
struct engine_weight run_weight(const struct run *run);
/* Writes the answer. */
enum status answer_write(struct run *run, struct buf *out, struct err *err);

/* ---- two-sided search: articles by the texts that they cite ---- */

enum { VIA_SOURCES_MAX = 30 };
/* Articles that match only so score at most this; what has a word of the query scores more. */
#define VIA_SCORE_MAX 1e-3

struct via {
    uint32_t sources[VIA_SOURCES_MAX]; /* docids, best first */
    double scores[VIA_SOURCES_MAX];
    size_t count;
    struct engine_query *query; /* articles that cite them; the compiler takes it */
};
/* Searches the sources with the words of the query.  *out is NULL when that finds nothing or makes no sense. */
enum status via_find(struct run *run, struct via **out, struct err *err);

/* A compiler for a kind, ready but for its matcher and what the request adds. */
void run_compiler(struct run *run, enum store_kind kind, struct compiler *out, struct err *err);

#endif
