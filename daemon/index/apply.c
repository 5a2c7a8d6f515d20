/* Applying: from the change log to the databases of one generation.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The log is read from the last applied seq on; each changed document is looked up as it stands now, and replaced or
 * deleted, so that applying twice does no harm.  Both databases carry the applied seq in their metadata; after a
 * crash the lower one counts. */
#include "apply.h"

#include "base/log.h"
#include "base/when.h"
#include "refused.h"

#include <inttypes.h>
#include <malloc.h>

enum {
    LOG_LIMIT = 256, /* changes looked at in one go */
    COMMIT_OPERATIONS = 5000,
    COMMIT_LONGEST_US = 1000000,
    TRIM_BYTES = 4 << 20,
};

enum status applied_get(struct engine_db *db, uint64_t *out, struct err *err) {
    char *value = NULL;
    size_t len = 0;
    enum status st = engine_meta_get(db, "applied", &value, &len, err);
    struct cur cur = {.at = value, .end = value + len};
    *out = st == ST_OK && len > 0 ? cur_varint(&cur) : 0;
    mem_free(value);
    return st;
}

enum status applied_set(struct engine_db *db, uint64_t seq, struct err *err) {
    struct buf value;
    buf_init(&value, 0);
    buf_varint(&value, seq);
    enum status st = engine_meta_set(db, "applied", value.data, value.len, err);
    buf_free(&value);
    return st;
}

void apply_close(struct apply *apply) {
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        engine_close(apply->dbs[kind]);
        apply->dbs[kind] = NULL;
    }
    store_close(apply->store);
    mapping_close(apply->mapping);
    apply->store = NULL;
    apply->mapping = NULL;
}

enum status apply_open(struct apply *apply, struct index *ix, const struct generation *generation, struct err *err) {
    uint64_t reached = UINT64_MAX;
    *apply = (struct apply){.ix = ix, .generation = generation, .before = apply->before};
    enum status st = store_open(&apply->store, ix->data, STORE_READ, err);
    if (st == ST_OK) st = mapping_open(&apply->mapping, generation->schema, ix->rules, err);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        uint64_t applied = 0;
        st = engine_open(&apply->dbs[kind], generation->dirs[kind], ENGINE_WRITE, err);
        if (st == ST_OK) st = applied_get(apply->dbs[kind], &applied, err);
        if (applied < reached) reached = applied;
    }
    apply->reached = st == ST_OK ? reached : 0;
    if (st != ST_OK) apply_close(apply);
    return st;
}

/* The engine's own faults are for the caller; what the record brings about costs the record only. */
enum status apply_record(struct index *ix, uint64_t generation, struct mapping *mapping, struct store *store,
                         struct engine_db *db, const struct record *record, size_t *text_bytes, struct err *err) {
    struct engine_doc *doc = NULL;
    *text_bytes = 0;
    enum status st = mapping_document(mapping, store, record, &doc, text_bytes, err);
    bool own_fault = st == ST_CORRUPT || st == ST_INVALID_VALUE;
    if (st == ST_OK) {
        st = engine_replace(db, record->docid, doc, err);
        own_fault = st == ST_INVALID_VALUE;
    }
    engine_doc_free(doc);
    if (st == ST_OK) refused_remove(ix->refused, generation, record->kind, record->docid);
    if (!own_fault) return st;
    refused_add(ix->refused, generation, record->kind, record->docid, record->id, err);
    return engine_delete(db, record->docid, err);
}

static enum status apply_change(struct apply *apply, const struct change *change, struct err *err) {
    struct arena *arena = arena_new();
    struct record record;
    size_t text_bytes = 0;
    uint64_t generation = apply->generation->number;
    struct engine_db *db = apply->dbs[change->kind];
    enum status st = store_get_docid(apply->store, arena, change->kind, change->docid, &record, err);
    if (st == ST_OK) {
        st = apply_record(apply->ix, generation, apply->mapping, apply->store, db, &record, &text_bytes, err);
    } else if (st == ST_NOT_FOUND) {
        refused_remove(apply->ix->refused, generation, change->kind, change->docid);
        st = engine_delete(db, change->docid, err);
    } else if (st == ST_CORRUPT) {
        refused_add(apply->ix->refused, generation, change->kind, change->docid, NULL, err);
        st = engine_delete(db, change->docid, err);
    }
    apply->text_bytes += text_bytes;
    apply->operations++;
    arena_free(arena);
    return st;
}

static bool seen_before(const struct change *changes, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (changes[i].docid == changes[at].docid && changes[i].kind == changes[at].kind) return true;
    return false;
}

bool apply_is_full(const struct apply *apply) {
    return apply->text_bytes >= apply->ix->commit_bytes || apply->operations >= COMMIT_OPERATIONS ||
           (apply->first_us && when_mono_us() - apply->first_us >= COMMIT_LONGEST_US);
}

enum status apply_some(struct apply *apply, bool *more, struct err *err) {
    struct arena *arena = arena_new();
    struct change *changes = NULL;
    size_t count = 0;
    enum status st = store_changes(apply->store, arena, apply->reached, LOG_LIMIT, &changes, &count, err);
    *more = st == ST_OK && count > 0;
    if (*more && apply->before) apply->before(apply);
    if (*more && apply->first_us == 0) apply->first_us = when_mono_us();
    for (size_t i = 0; i < count && st == ST_OK; i++) {
        if (!seen_before(changes, i)) st = apply_change(apply, &changes[i], err);
        bool seq_ends = i + 1 == count || changes[i + 1].seq != changes[i].seq;
        if (st == ST_OK && seq_ends) apply->reached = changes[i].seq;
        if (seq_ends && apply_is_full(apply)) break;
    }
    arena_free(arena);
    return st;
}

enum status apply_commit(struct apply *apply, struct err *err) {
    int64_t began = when_mono_us();
    enum status st = ST_OK;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        st = applied_set(apply->dbs[kind], apply->reached, err);
        if (st == ST_OK) st = engine_commit(apply->dbs[kind], err);
    }
    if (st != ST_OK) return st;
    log_debug("commit", "seq=%" PRIu64 " operations=%zu text_bytes=%zu ms=%.1f", apply->reached, apply->operations,
              apply->text_bytes, (double)(when_mono_us() - began) / 1000);
    if (apply->text_bytes > TRIM_BYTES) malloc_trim(0);
    apply->text_bytes = apply->operations = 0;
    apply->first_us = 0;
    return ST_OK;
}
