/* Deep ranking: the best candidates ranked again by nearness and parts of words.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_DEEP_H
#define SEARCH_DEEP_H

#include "compile.h"
#include "index/index.h"

/* How often 4-grams occur in the archive, from the index's list of words. */
struct gram_table;
void gram_table_free(struct gram_table *table);

enum { DEEP_CANDIDATES = 100 };

/* What the ranking adds to one hit. */
struct deep_part {
    uint32_t docid;
    double grams, near;
};

struct deep {
    struct arena *arena;
    struct terms *terms;
    struct engine_db *db;
    const struct ranked_word *words;
    size_t word_count;
    uint64_t documents;
    int64_t deadline_us;
    struct deep_part *parts; /* one for each hit, to be filled in; NULL: not wanted */
};
/* Adds to the scores of hits (their cards are their data) and sorts them again, best first; equal ones keep their
 * order.  *table is made, or made anew when the archive has grown by a tenth.  CORRUPT, TIMEOUT, … */
enum status deep_rank(const struct deep *deep, struct gram_table **table, struct engine_hit *hits, size_t count,
                      struct err *err);

#endif
