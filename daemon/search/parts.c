/* Noting the parts of a score, and measuring them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each part and each gate is one small search over the documents of a page. */
#include "parts.h"

#include "base/when.h"

struct parts *parts_new(struct arena *arena) {
    struct parts *parts = arena_alloc(arena, sizeof *parts);
    parts->arena = arena;
    parts->gate = -1;
    return parts;
}

static struct engine_query *keep(struct parts *parts, const struct engine_query *query) {
    struct engine_query *copy = engine_query_clone(query);
    engine_query_defer(parts->arena, copy);
    return copy;
}

void parts_note(struct parts *parts, const char *how, const struct field *field, const char *word, size_t len,
                uint64_t documents, const struct engine_query *query) {
    if (!parts || parts->filter) return;
    parts->items = arena_grow(parts->arena, parts->items, parts->count, &parts->cap, sizeof *parts->items);
    parts->items[parts->count++] = (struct score_part){.how = how,
                                                       .field = field ? field->name : NULL,
                                                       .word = arena_strndup(parts->arena, word, len),
                                                       .documents = documents,
                                                       .query = keep(parts, query),
                                                       .gate = parts->gate};
}

size_t parts_mark(const struct parts *parts) {
    return parts ? parts->count : 0;
}

void parts_drop(struct parts *parts, size_t mark) {
    if (parts && parts->count > mark) parts->count = mark;
}

int parts_open(struct parts *parts) {
    if (!parts || parts->filter) return -1;
    parts->gates = arena_grow(parts->arena, parts->gates, parts->gate_count, &parts->gate_cap, sizeof *parts->gates);
    parts->gates[parts->gate_count] = (struct gate){.around = parts->gate};
    parts->gate = (int)parts->gate_count++;
    return parts->gate;
}

void parts_close(struct parts *parts, int gate, const struct engine_query *query) {
    if (gate < 0) return;
    if (query) parts->gates[gate].query = keep(parts, query);
    parts->gate = parts->gates[gate].around;
}

/* ---- measuring ---- */

struct measure {
    const struct parts *parts;
    struct engine_db *db;
    struct engine_search search;
    const uint32_t *docids;
    size_t count;
    int64_t deadline_us;
    double **gates; /* scores by gate; NULL: not needed yet */
};

static enum status score(struct measure *measure, const struct engine_query *query, double *out, struct err *err) {
    measure->search.query = query;
    if (measure->deadline_us > 0 && when_mono_us() > measure->deadline_us)
        return err_set(err, ST_TIMEOUT, "the time limit is over while scores are explained; ask for fewer hits");
    return engine_scores(measure->db, &measure->search, measure->docids, measure->count, out, err);
}

/* Takes the score from documents that a node around does not match. */
static enum status pass_gates(struct measure *measure, int gate, double *scores, struct err *err) {
    const struct parts *parts = measure->parts;
    for (; gate >= 0; gate = parts->gates[gate].around) {
        if (!parts->gates[gate].query) continue;
        if (!measure->gates[gate]) {
            measure->gates[gate] = arena_alloc(parts->arena, (measure->count + 1) * sizeof(double));
            enum status st = score(measure, parts->gates[gate].query, measure->gates[gate], err);
            if (st != ST_OK) return st;
        }
        for (size_t i = 0; i < measure->count; i++)
            if (measure->gates[gate][i] < 0) scores[i] = 0;
    }
    return ST_OK;
}

enum status parts_score(const struct parts *parts, struct engine_db *db, const struct engine_weight *weight,
                        const uint32_t *docids, size_t count, int64_t deadline_us, double **out, struct err *err) {
    struct measure measure = {.parts = parts,
                              .db = db,
                              .search = {.weight = *weight},
                              .docids = docids,
                              .count = count,
                              .deadline_us = deadline_us};
    measure.gates = arena_alloc(parts->arena, (parts->gate_count + 1) * sizeof *measure.gates);
    *out = arena_alloc(parts->arena, (parts->count * count + 1) * sizeof **out);
    for (size_t p = 0; p < parts->count && count > 0; p++) {
        double *scores = *out + p * count;
        enum status st = score(&measure, parts->items[p].query, scores, err);
        if (st == ST_OK) st = pass_gates(&measure, parts->items[p].gate, scores, err);
        if (st != ST_OK) return st;
        for (size_t i = 0; i < count; i++)
            if (scores[i] < 0) scores[i] = 0;
    }
    return ST_OK;
}
