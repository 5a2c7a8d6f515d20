/* Finding the records that may hold a quotation, through the index.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Verbatim: the conjunction of a phrase for each run of words between gaps; of a long run, the PHRASE_WORDS around
 * its rarest word.  Alike: the disjunction of the rarest overlapping pieces of three words and the rarest words, so
 * that a passage with a few words changed still has most of the pieces.  What is found is then held against the text
 * itself: the index only proposes. */
#include "quote_find.h"

#include "search/select.h"

#include <stdlib.h>
#include <string.h>

enum { PHRASE_WORDS = 16, PIECE_WORDS = 3, PIECES_MAX = 24, SINGLES_MAX = 12 };

struct finder {
    struct evidence *ev;
    const struct pattern *pattern;
    struct engine_db *db;
    uint32_t *documents; /* of each word of the pattern */
    struct buf term;
};

static enum status finder_init(struct finder *finder) {
    size_t count = finder->pattern->words.count;
    enum status st = ST_OK;
    buf_init(&finder->term, 0);
    finder->documents = arena_alloc(finder->ev->arena, (count + 1) * sizeof *finder->documents);
    for (size_t i = 0; i < count && st == ST_OK; i++) {
        uint64_t occurrences = 0;
        const char *word = finder->pattern->words.terms[i];
        terms_exact(&finder->term, "", word, strlen(word));
        st = engine_term_stats(finder->db, finder->term.data, finder->term.len, &finder->documents[i], &occurrences,
                               finder->ev->err);
    }
    return st;
}

static struct engine_query *word_query(struct finder *finder, size_t i) {
    const char *word = finder->pattern->words.terms[i];
    terms_exact(&finder->term, "", word, strlen(word));
    return engine_query_term(finder->term.data, finder->term.len, 1);
}

static struct engine_query *phrase_query(struct finder *finder, size_t from, size_t count) {
    struct engine_query *words[PHRASE_WORDS];
    for (size_t i = 0; i < count; i++)
        words[i] = word_query(finder, from + i);
    return count == 1 ? words[0] : engine_query_op(ENGINE_PHRASE, words, count, (uint32_t)count);
}

static size_t run_length(const struct pattern *pattern, size_t from) {
    size_t end = from + 1;
    while (end < pattern->words.count && pattern->gap[end] == 0)
        end++;
    return end - from;
}

/* The part of a run around its rarest word. */
static struct engine_query *run_query(struct finder *finder, size_t from, size_t count) {
    if (count <= PHRASE_WORDS) return phrase_query(finder, from, count);
    size_t rarest = from;
    for (size_t i = from; i < from + count; i++)
        if (finder->documents[i] < finder->documents[rarest]) rarest = i;
    size_t first = rarest < from + PHRASE_WORDS / 2 ? from : rarest - PHRASE_WORDS / 2;
    if (first + PHRASE_WORDS > from + count) first = from + count - PHRASE_WORDS;
    return phrase_query(finder, first, PHRASE_WORDS);
}

static struct engine_query *verbatim_query(struct finder *finder) {
    struct engine_query *query = NULL;
    size_t count = finder->pattern->words.count;
    for (size_t i = 0; i < count; i += run_length(finder->pattern, i)) {
        struct engine_query *both[] = {query, run_query(finder, i, run_length(finder->pattern, i))};
        query = query ? engine_query_op(ENGINE_AND, both, 2, 0) : both[1];
    }
    return query;
}

struct piece {
    size_t from, count;
    uint32_t documents; /* of its rarest word */
};

static int rarest_first(const void *left, const void *right) {
    const struct piece *a = left, *b = right;
    if (a->documents != b->documents) return a->documents < b->documents ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

static size_t add_pieces(struct finder *finder, struct piece *pieces, size_t words, struct engine_query **out,
                         size_t most) {
    const struct pattern *pattern = finder->pattern;
    size_t count = 0;
    for (size_t i = 0; i + words <= pattern->words.count; i++) {
        struct piece piece = {.from = i, .count = words, .documents = UINT32_MAX};
        bool whole = true;
        for (size_t w = 0; w < words; w++) {
            if (w > 0 && pattern->gap[i + w] > 0) whole = false;
            if (finder->documents[i + w] < piece.documents) piece.documents = finder->documents[i + w];
        }
        if (whole && piece.documents > 0) pieces[count++] = piece;
    }
    if (count > 1) qsort(pieces, count, sizeof *pieces, rarest_first);
    if (count > most) count = most;
    for (size_t i = 0; i < count; i++)
        out[i] = phrase_query(finder, pieces[i].from, pieces[i].count);
    return count;
}

static struct engine_query *alike_query(struct finder *finder) {
    struct engine_query *parts[PIECES_MAX + SINGLES_MAX];
    size_t words = finder->pattern->words.count;
    struct piece *pieces = arena_alloc(finder->ev->arena, (words + 1) * sizeof *pieces);
    size_t count = add_pieces(finder, pieces, PIECE_WORDS, parts, PIECES_MAX);
    count += add_pieces(finder, pieces, 1, parts + count, SINGLES_MAX);
    return count ? engine_query_op(ENGINE_OR, parts, count, 0) : engine_query_none();
}

static enum status run(struct finder *finder, const struct engine_query *query, size_t limit, struct candidates *out) {
    const struct ranking *ranking = &index_schema(finder->ev->ix)->ranking;
    struct engine_search search = {.query = query,
                                   .weight = {.k1 = ranking->k1, .k3 = ranking->k3, .b = ranking->b},
                                   .limit = (uint32_t)limit,
                                   .deadline_us = finder->ev->deadline_us};
    struct engine_result *result = NULL;
    enum status st = engine_search(finder->db, &search, &result, finder->ev->err);
    *out = (struct candidates){0};
    if (st != ST_OK) return st;
    out->docids = arena_alloc(finder->ev->arena, (result->count + 1) * sizeof *out->docids);
    for (size_t i = 0; i < result->count; i++)
        out->docids[out->count++] = result->hits[i].docid;
    engine_result_free(result);
    return ST_OK;
}

static enum status find(struct evidence *ev, const struct pattern *pattern, enum store_kind kind, size_t limit,
                        struct engine_query *(*make)(struct finder *finder), struct candidates *out) {
    struct finder finder = {.ev = ev, .pattern = pattern, .db = reader_engine(ev->reader, kind)};
    enum status st = finder_init(&finder);
    struct engine_query *query = st == ST_OK ? make(&finder) : NULL;
    if (query) st = run(&finder, query, limit, out);
    engine_query_free(query);
    buf_free(&finder.term);
    return st;
}

enum status candidates_verbatim(struct evidence *ev, const struct pattern *pattern, enum store_kind kind, size_t limit,
                                struct candidates *out) {
    return find(ev, pattern, kind, limit, verbatim_query, out);
}

enum status candidates_alike(struct evidence *ev, const struct pattern *pattern, enum store_kind kind, size_t limit,
                             struct candidates *out) {
    return find(ev, pattern, kind, limit, alike_query, out);
}
