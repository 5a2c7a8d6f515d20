/* Opening and closing what the searchers share, and a searcher.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "shared.h"

#include "deep.h"
#include "run.h"

enum status searcher_shared_open(struct searcher_shared **out, const char *schema_dir, struct err *err) {
    struct searcher_shared *shared = mem_alloc(sizeof *shared);
    shared->snapshots = snapshots_new();
    shared->lexicons = lexicons_new();
    shared->filters = filters_new();
    shared->words = words_in_force_new();
    shared->schema_dir = schema_dir;
    enum status st = wordlists_check_files(schema_dir, err);
    if (st != ST_OK) {
        searcher_shared_close(shared);
        shared = NULL;
    }
    *out = shared;
    return st;
}

enum status searcher_shared_reload(struct searcher_shared *shared, struct err *err) {
    enum status st = wordlists_check_files(shared->schema_dir, err);
    if (st == ST_OK) words_in_force_forget(shared->words);
    if (st == ST_OK) filters_clear(shared->filters);
    return st;
}

void searcher_shared_close(struct searcher_shared *shared) {
    if (!shared) return;
    lexicons_free(shared->lexicons);
    snapshots_free(shared->snapshots);
    filters_free(shared->filters);
    words_in_force_free(shared->words);
    mem_free(shared);
}

enum status searcher_open(struct searcher **out, struct index *ix, const struct searcher_shared *shared,
                          struct err *err) {
    struct searcher *searcher = mem_alloc(sizeof *searcher);
    searcher->ix = ix;
    searcher->shared = shared;
    enum status st = reader_open(&searcher->reader, ix, err);
    if (st == ST_OK) st = terms_open(&searcher->terms, err);
    if (st != ST_OK) {
        searcher_close(searcher);
        searcher = NULL;
    }
    *out = searcher;
    return st;
}

void searcher_close(struct searcher *searcher) {
    if (!searcher) return;
    reader_close(searcher->reader);
    terms_close(searcher->terms);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++)
        gram_table_free(searcher->grams[kind]);
    mem_free(searcher);
}

struct reader *searcher_reader(struct searcher *searcher) {
    return searcher->reader;
}
