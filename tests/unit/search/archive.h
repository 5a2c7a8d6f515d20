/* A small archive for the search tests: made-up articles from the words of the sample archive, in a folder of its own.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The articles stay in memory too, taken apart, so that a model can look at them.  Texts come from the sample archive
 * and, when it is there, from $FOOTNOTE_DATA/seed. */
#ifndef TEST_SEARCH_ARCHIVE_H
#define TEST_SEARCH_ARCHIVE_H

#include "base/json.h"
#include "index/index.h"
#include "index/terms.h"
#include "search/search.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};
uint64_t rng_next(struct rng *rng);
unsigned rng_below(struct rng *rng, unsigned limit);
/* $FOOTNOTE_SEED, else a fixed one; printed. */
uint64_t rng_seed(void);

struct spoken { /* a token of a text */
    char *term, *stem;
    unsigned flags;
};

enum chunk_type { CHUNK_TITLE, CHUNK_HEADING, CHUNK_TEXT };

struct chunk { /* no phrase runs from one to the next */
    enum chunk_type type;
    int section;
    struct spoken *words;
    size_t count;
};

enum { CHUNKS_MAX = 16, VALUES_MAX = 6 };

struct made { /* an article */
    char id[32];
    char *json;
    struct chunk chunks[CHUNKS_MAX];
    size_t chunk_count;
    char *tags[VALUES_MAX], *authors[VALUES_MAX], *domains[VALUES_MAX];
    size_t tag_count, author_count, domain_count, cited;
    char *outlet;    /* NULL: none */
    char *published; /* NULL: none */
};

struct archive {
    char dir[64];
    struct config config;
    struct index *ix;
    struct searcher_shared *shared;
    struct arena *arena; /* of what follows */
    struct terms *terms;
    const char **words; /* as they stand in the texts, in their order */
    size_t word_count, word_cap;
    struct made *made;
    size_t made_count;
};

/* Opens an empty one; reads the words. */
void archive_open(struct archive *archive);
void archive_close(struct archive *archive);
/* Makes `count` articles, writes them, and waits until they are seen. */
void archive_fill(struct archive *archive, struct rng *rng, size_t count);
/* Writes one record and waits until it is durable; with an id that begins with "w" it is none of archive->made. */
void archive_put(struct archive *archive, const char *json);
/* It may be gone already. */
void archive_delete(struct archive *archive, const char *id);
/* Until all that was written is seen. */
void archive_settle(struct archive *archive);
/* A made-up article's JSON that is not kept, for writers. */
char *archive_invent(struct archive *archive, struct rng *rng, struct arena *arena, const char *id);

/* One search with parameters as JSON; NULL with err when it failed.  The caller deletes it. */
cJSON *archive_search(struct searcher *searcher, const cJSON *params, struct err *err);

/* A query from consecutive words of the texts, with operators put in at random. */
void archive_query(struct archive *archive, struct rng *rng, char *out, size_t size);

#endif
