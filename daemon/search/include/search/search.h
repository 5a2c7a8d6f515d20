/* Search: a request to its answer.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A searcher belongs to one worker; what it shares with the others (schema, rules, stop words) is read-only. */
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "index/index.h"
#include "index/terms.h"

#include <stdbool.h>

enum {
    SEARCH_LIMIT_DEFAULT = 10,
    SEARCH_LIMIT_MAX = 1000,
    SEARCH_OFFSET_MAX = 100000,
    SEARCH_QUERY_BYTES_MAX = 65536,
    SEARCH_FACETS_MAX = 16,
    SEARCH_FACET_LIMIT_DEFAULT = 10,
    SEARCH_FACET_LIMIT_MAX = 1000,
    SEARCH_SORTS_MAX = 4,
    SEARCH_BOOSTS_MAX = 4,
    SEARCH_FRAGMENTS_MAX = 20,
    SEARCH_FIELDS_MAX = 16
};

/* plain: textbook BM25, to compare with; default: with bursts, titles and the long stop list; deep: the best of that
 * ranked again by nearness and parts of words. */
enum search_ranking { RANKING_PLAIN, RANKING_DEFAULT, RANKING_DEEP };

struct facet_request {
    const char *field;
    uint32_t limit;
    bool by_value; /* in the order of the values; else the most frequent first */
};

struct sort_request {
    const char *field;
    bool descending;
};

/* A score beside that of the words: a date's nearness to now, or a number's size. */
struct boost_request {
    const char *field;
    bool decay; /* pivot: days after which it is half; else the number that is worth half */
    double pivot;
    double weight; /* share of what the words of the query are worth at most */
};

struct search_request {
    const char *query;  /* NULL: everything */
    const char *filter; /* NULL: none */
    bool articles, sources;
    struct facet_request facets[SEARCH_FACETS_MAX];
    size_t facet_count;
    struct sort_request sorts[SEARCH_SORTS_MAX];
    size_t sort_count;
    const char *collapse; /* NULL: no */
    uint32_t limit, offset;
    enum search_ranking ranking;
    bool exact_total;
    int64_t time_limit_us; /* 0: none of its own */
    bool explain;
    bool prefix;                       /* the last word is still being typed */
    bool html;                         /* snippets as escaped HTML */
    int64_t deadline_us;               /* of the whole request; the caller's */
    const struct engine_query *within; /* what else a hit must match; borrowed; NULL: nothing */
    bool ids_only;                     /* hits without their data, for search_select */
    const char *cursor;                /* NULL: the first page */
    bool via_sources;                  /* articles are found by the texts that they cite, too */
    bool synonyms;                     /* words find their synonyms, too */
    struct boost_request boosts[SEARCH_BOOSTS_MAX];
    size_t boost_count;
    bool schema_boosts;                       /* the request names none: those of the schema hold */
    uint32_t fragments;                       /* passages of each hit, beside the snippet */
    const char *highlight[SEARCH_FIELDS_MAX]; /* fields to give whole, with the matches marked: title, section, text */
    size_t highlight_count;
};

/* Reads the parameters of the method `search`; strings are borrowed from params.  UNKNOWN_FIELD, INVALID_VALUE,
 * naming the parameter. */
enum status search_request_read(const struct schema *schema, const cJSON *params, struct search_request *out,
                                struct err *err);

struct searcher_shared; /* word lists, snapshots */
/* schema_dir is borrowed.  A file of words that can't be read stops it. */
enum status searcher_shared_open(struct searcher_shared **out, const char *schema_dir, struct err *err);
/* The files of words are read again for the next search; a fault leaves what is in force. */
enum status searcher_shared_reload(struct searcher_shared *shared, struct err *err);
void searcher_shared_close(struct searcher_shared *shared);

struct searcher;
enum status searcher_open(struct searcher **out, struct index *ix, const struct searcher_shared *shared,
                          struct err *err);
void searcher_close(struct searcher *searcher);
struct reader *searcher_reader(struct searcher *searcher);

/* Writes the answer as JSON to out.  The reader must be between reader_begin and reader_end.  TIMEOUT,
 * QUERY_SYNTAX (a filter), TOO_COMPLEX, TOO_LARGE (the answer), MODIFIED, … */
enum status search_run(struct searcher *searcher, struct arena *arena, const struct search_request *request,
                       struct buf *out, struct err *err);

#endif
