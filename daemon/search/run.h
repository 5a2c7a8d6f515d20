/* A search on its way from the request to the answer.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_RUN_H
#define SEARCH_RUN_H

#include "compile.h"
#include "search/search.h"

struct gram_table;

struct searcher {
    struct index *ix;
    struct reader *reader;
    struct terms *terms;
    const struct searcher_shared *shared;
    struct gram_table *grams[3]; /* by enum store_kind, made by the first deep search */
};

struct searcher_shared {
    struct stop_words *stop;
};

/* One kind of record searched. */
struct kind_result {
    enum store_kind kind;
    struct engine_result *result; /* freed with the arena */
    struct matcher matcher;
    uint64_t documents; /* in the index */
    struct ranked_word *ranked;
    size_t ranked_count;
    const char *described; /* the engine's notation, when explain is asked for */
};

struct run {
    struct searcher *searcher;
    struct arena *arena;
    const struct search_request *request;
    struct query query, filter;
    struct kind_result kinds[2];
    size_t kind_count;
    int64_t began_us, parsed_us, searched_us;
};

/* Parses, translates and searches each kind asked for. */
enum status run_search(struct run *run, struct err *err);
/* Writes the answer. */
enum status answer_write(struct run *run, struct buf *out, struct err *err);

#endif
