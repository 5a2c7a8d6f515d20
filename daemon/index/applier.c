/* The applier: brings the engine's databases up to the change log.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One thread, the only one that changes the databases.  It reads the log from the last applied seq on, looks each
 * changed document up as it stands now, and replaces or deletes it.  It commits when enough text has gathered, when
 * a second has passed, when the log is empty and the commit interval is over, or at once when the log is empty and
 * somebody waits.  Both databases carry the applied seq in their metadata; after a crash the lower one counts.
 *
 * When the engine fails (a full disk, say) the handles are closed and opened again and the work is repeated from
 * the seq that the databases tell, with a pause; reading goes on meanwhile. */
#include "index_internal.h"

#include "base/log.h"
#include "base/when.h"

#include <inttypes.h>
#include <malloc.h>
#include <string.h>
#include <time.h>

enum {
    LOG_LIMIT = 256, /* changes looked at in one go */
    COMMIT_OPERATIONS = 5000,
    COMMIT_LONGEST_US = 1000000,
    RETRY_US = 500000,
    TRIM_BYTES = 4 << 20,
};

struct applier {
    struct index *ix;
    struct store *store;
    struct mapping *mapping;
    struct engine_db *dbs[3];
    uint64_t reached; /* last seq whose changes are pending or applied */
    size_t text_bytes, operations;
    int64_t first_us; /* when the oldest pending change was made; 0: nothing pending */
    bool gate_passed;
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

static void close_all(struct applier *applier) {
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        engine_close(applier->dbs[kind]);
        applier->dbs[kind] = NULL;
    }
    store_close(applier->store);
    applier->store = NULL;
}

static enum status open_all(struct applier *applier, struct err *err) {
    struct index *ix = applier->ix;
    uint64_t reached = UINT64_MAX;
    enum status st = store_open(&applier->store, ix->data, STORE_READ, err);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        uint64_t applied = 0;
        st = engine_open(&applier->dbs[kind], ix->generation.dirs[kind], ENGINE_WRITE, err);
        if (st == ST_OK) st = applied_get(applier->dbs[kind], &applied, err);
        if (applied < reached) reached = applied;
    }
    applier->reached = st == ST_OK ? reached : 0;
    applier->text_bytes = applier->operations = 0;
    applier->first_us = 0;
    if (st != ST_OK) close_all(applier);
    return st;
}

/* ---- applying ---- */

/* Before the first change after a commit: readers of the view before it must have left. */
static void pass_gate(struct applier *applier) {
    if (applier->gate_passed) return;
    gate_wait(&applier->ix->gate, when_mono_us() + applier->ix->request_timeout_us);
    applier->gate_passed = true;
}

static enum status replace(struct applier *applier, const struct record *record, struct err *err) {
    struct engine_doc *doc = NULL;
    size_t text_bytes = 0;
    enum status st = mapping_document(applier->mapping, applier->store, record, &doc, &text_bytes, err);
    if (st == ST_OK) st = engine_replace(applier->dbs[record->kind], record->docid, doc, err);
    engine_doc_free(doc);
    applier->text_bytes += text_bytes;
    return st;
}

/* A record that the engine or the mapping refuses costs itself only: it stays in the store and is reported. */
static enum status refuse(struct applier *applier, const struct change *change, struct err *err) {
    char quoted[700];
    atomic_fetch_add(&applier->ix->refused, 1);
    log_error("refused", "kind=%d docid=%" PRIu32 " seq=%" PRIu64 " reason=%s", change->kind, change->docid,
              change->seq, log_quote(quoted, sizeof quoted, err->text));
    return engine_delete(applier->dbs[change->kind], change->docid, err);
}

static enum status apply_change(struct applier *applier, const struct change *change, struct err *err) {
    struct arena *arena = arena_new();
    struct record record;
    enum status st = store_get_docid(applier->store, arena, change->kind, change->docid, &record, err);
    if (st == ST_OK)
        st = replace(applier, &record, err);
    else if (st == ST_NOT_FOUND)
        st = engine_delete(applier->dbs[change->kind], change->docid, err);
    if (st == ST_CORRUPT || st == ST_INVALID_VALUE) st = refuse(applier, change, err);
    applier->operations++;
    arena_free(arena);
    return st;
}

static bool seen_before(const struct change *changes, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (changes[i].docid == changes[at].docid && changes[i].kind == changes[at].kind) return true;
    return false;
}

/* Enough for a commit, though the log has more. */
static bool is_full(const struct applier *applier) {
    return applier->text_bytes >= applier->ix->commit_bytes || applier->operations >= COMMIT_OPERATIONS ||
           when_mono_us() - applier->first_us >= COMMIT_LONGEST_US;
}

/* Applies the next changes of the log, whole seqs, until there is enough for a commit; *more says whether there
 * were any. */
static enum status apply_some(struct applier *applier, bool *more, struct err *err) {
    struct arena *arena = arena_new();
    struct change *changes = NULL;
    size_t count = 0;
    enum status st = store_changes(applier->store, arena, applier->reached, LOG_LIMIT, &changes, &count, err);
    *more = count > 0;
    if (count > 0) pass_gate(applier);
    if (count > 0 && applier->first_us == 0) applier->first_us = when_mono_us();
    for (size_t i = 0; i < count && st == ST_OK; i++) {
        if (!seen_before(changes, i)) st = apply_change(applier, &changes[i], err);
        bool seq_ends = i + 1 == count || changes[i + 1].seq != changes[i].seq;
        if (st == ST_OK && seq_ends) applier->reached = changes[i].seq;
        if (seq_ends && is_full(applier)) break;
    }
    arena_free(arena);
    return st;
}

static void publish(struct applier *applier) {
    struct index *ix = applier->ix;
    gate_committed(&ix->gate);
    applier->gate_passed = false;
    atomic_store(&ix->applied, applier->reached);
    waiters_settle(ix, when_mono_us());
}

static enum status commit(struct applier *applier, struct err *err) {
    int64_t began = when_mono_us();
    enum status st = ST_OK;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        st = applied_set(applier->dbs[kind], applier->reached, err);
        if (st == ST_OK) st = engine_commit(applier->dbs[kind], err);
    }
    if (st != ST_OK) return st;
    log_debug("commit", "seq=%" PRIu64 " operations=%zu text_bytes=%zu ms=%.1f", applier->reached, applier->operations,
              applier->text_bytes, (double)(when_mono_us() - began) / 1000);
    if (applier->text_bytes > TRIM_BYTES) malloc_trim(0);
    applier->text_bytes = applier->operations = 0;
    applier->first_us = 0;
    publish(applier);
    return ST_OK;
}

static bool commit_is_due(struct applier *applier, bool drained) {
    struct index *ix = applier->ix;
    if (applier->first_us == 0) return false;
    if (is_full(applier)) return true;
    if (!drained) return false;
    int64_t age = when_mono_us() - applier->first_us;
    pthread_mutex_lock(&ix->apply_lock);
    bool awaited = waiters_wanted(ix) <= applier->reached || ix->writer_done;
    pthread_mutex_unlock(&ix->apply_lock);
    return awaited || age >= ix->commit_interval_us;
}

/* ---- the thread ---- */

void applier_wake(struct index *ix, uint64_t committed) {
    pthread_mutex_lock(&ix->apply_lock);
    ix->committed = committed;
    pthread_cond_signal(&ix->apply_ready);
    pthread_mutex_unlock(&ix->apply_lock);
}

/* Sleeps until there is something to do; false: everything is applied and the writer has ended. */
static bool rest(struct applier *applier) {
    struct index *ix = applier->ix;
    int64_t until_us = waiters_settle(ix, when_mono_us());
    if (applier->first_us && applier->first_us + ix->commit_interval_us < until_us)
        until_us = applier->first_us + ix->commit_interval_us;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    pthread_mutex_lock(&ix->apply_lock);
    bool ended = ix->writer_done && ix->committed <= applier->reached && applier->first_us == 0;
    bool idle = ix->committed <= applier->reached && !ix->writer_done;
    if (idle && !(applier->first_us && waiters_wanted(ix) <= applier->reached)) {
        if (until_us == INT64_MAX)
            pthread_cond_wait(&ix->apply_ready, &ix->apply_lock);
        else
            pthread_cond_timedwait(&ix->apply_ready, &ix->apply_lock, &until);
    }
    pthread_mutex_unlock(&ix->apply_lock);
    return !ended;
}

static enum status step(struct applier *applier, struct err *err) {
    bool more = false;
    enum status st = applier->dbs[STORE_ARTICLE] ? ST_OK : open_all(applier, err);
    if (st == ST_OK) st = apply_some(applier, &more, err);
    if (st == ST_OK && commit_is_due(applier, !more)) st = commit(applier, err);
    return st;
}

/* True when the writer has ended too, so that trying again would only hold up the stop. */
static bool give_up(struct applier *applier, const struct err *err) {
    struct index *ix = applier->ix;
    char quoted[700];
    log_error("apply", "code=%s seq=%" PRIu64 " reason=%s action=\"again in a moment\"", status_info(err->status)->code,
              applier->reached, log_quote(quoted, sizeof quoted, err->text));
    close_all(applier);
    int64_t until_us = when_mono_us() + RETRY_US;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    pthread_mutex_lock(&ix->apply_lock);
    while (!ix->writer_done && when_mono_us() < until_us)
        pthread_cond_timedwait(&ix->apply_ready, &ix->apply_lock, &until);
    bool done = ix->writer_done;
    pthread_mutex_unlock(&ix->apply_lock);
    return done;
}

void *applier_run(void *arg) {
    struct applier applier = {.ix = arg};
    struct err err = ERR_NONE;
    enum status st = mapping_open(&applier.mapping, applier.ix->schema, applier.ix->rules, &err);
    bool runs = true;
    while (runs) {
        if (st == ST_OK) st = step(&applier, &err);
        if (st != ST_OK) {
            if (give_up(&applier, &err)) break;
            err = ERR_NONE;
            st = applier.mapping ? ST_OK : mapping_open(&applier.mapping, applier.ix->schema, applier.ix->rules, &err);
        } else {
            runs = rest(&applier);
        }
    }
    close_all(&applier);
    mapping_close(applier.mapping);
    waiters_fail(applier.ix, ST_SHUTTING_DOWN);
    return NULL;
}
