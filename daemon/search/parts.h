/* What explain tells of a query: the parts of its score, and what its words were expanded to.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The compiler notes each scored leaf with a query of its own, and each inner node as a gate: a leaf counts for a
 * document only when the document matches all nodes around it.  So the parts of a hit add up to its score.  All in
 * the request's arena; every function accepts NULL for `parts` and does nothing then. */
#ifndef SEARCH_PARTS_H
#define SEARCH_PARTS_H

#include "base/mem.h"
#include "engine/engine.h"
#include "index/schema.h"

struct score_part {
    const char *how;   /* stem, phrase, prefix, …; static */
    const char *field; /* NULL: the general text */
    const char *word;
    uint64_t documents; /* that have it; 0: not counted */
    struct engine_query *query;
    int gate;
};

struct gate {
    struct engine_query *query; /* NULL: nothing is in it */
    int around;                 /* the next one outside; -1: none */
};

struct expansion_word {
    const char *word;
    uint32_t documents, distance;
};

struct expansion_note {
    const char *of;
    long position;
    bool filter;
    struct expansion_word *words;
    size_t count;
};

struct parts {
    struct arena *arena;
    struct score_part *items;
    size_t count, cap;
    struct gate *gates;
    size_t gate_count, gate_cap;
    int gate;    /* the one that is open; -1: none */
    bool filter; /* the filter is being compiled */
    struct expansion_note *expansions;
    size_t expansion_count, expansion_cap;
};

struct parts *parts_new(struct arena *arena);
/* The query is cloned. */
void parts_note(struct parts *parts, const char *how, const struct field *field, const char *word, size_t len,
                uint64_t documents, const struct engine_query *query);
/* What is noted between the two does not score: it is dropped. */
size_t parts_mark(const struct parts *parts);
void parts_drop(struct parts *parts, size_t mark);
/* A node around what is noted between the two; its query (NULL: it has none) is cloned. */
int parts_open(struct parts *parts);
void parts_close(struct parts *parts, int gate, const struct engine_query *query);

/* The score of each part in each document (docids ascend): out[part * count + document]. */
enum status parts_score(const struct parts *parts, struct engine_db *db, const struct engine_weight *weight,
                        const uint32_t *docids, size_t count, int64_t deadline_us, double **out, struct err *err);

#endif
