/* The edges between articles and sources, read: who cites a source, where, when.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything is in the arena given.  Orders are by docid unless said otherwise. */
#ifndef STORE_EDGES_H
#define STORE_EDGES_H

#include "store/store.h"

/* Whole days since 1970 of a time in seconds, rounded down. */
int64_t edges_day(int64_t seconds);

/* A source's docid; 0 when there is none of that key.  What a person has said to be the same is followed. */
enum status edges_source(struct store *store, const char *key, uint32_t *docid, struct err *err);
/* The sources of a registrable domain. */
enum status edges_domain(struct store *store, struct arena *arena, const char *domain, uint32_t **out, size_t *count,
                         struct err *err);

struct citing { /* an article that cites a source, in a marker or only in its list */
    uint32_t article;
    bool dated;
    int32_t day;     /* of its publication: days since 1970 */
    uint32_t outlet; /* 0: none */
};
enum status edges_articles(struct store *store, struct arena *arena, uint32_t source, struct citing **out,
                           size_t *count, struct err *err);
/* Distinct sources of an article. */
enum status edges_sources(struct store *store, struct arena *arena, uint32_t article, uint32_t **out, size_t *count,
                          struct err *err);
struct shared_source {
    uint32_t source;
    uint64_t cited; /* articles that cite it */
};
/* The same with how often each is cited. */
enum status edges_weights(struct store *store, struct arena *arena, uint32_t article, struct shared_source **out,
                          size_t *count, struct err *err);
/* Number of articles that cite a source. */
enum status edges_cited(struct store *store, uint32_t source, uint64_t *out, struct err *err);

struct edge { /* one mention */
    uint32_t article, section, start, end, n, sentence;
};
/* The mentions of a source by article, section and place. */
enum status edges_mentions(struct store *store, struct arena *arena, uint32_t source, struct edge **out, size_t *count,
                           struct err *err);
/* NULL when there is no such outlet. */
enum status edges_outlet(struct store *store, struct arena *arena, uint32_t outlet, const char **out, struct err *err);

#endif
