/* Opening and closing an archive's index, and its status.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "index_internal.h"

#include "base/file.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void init(struct index *ix, const struct config *config) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&ix->queue_lock, NULL);
    pthread_cond_init(&ix->queue_ready, NULL);
    pthread_cond_init(&ix->queue_room, NULL);
    pthread_mutex_init(&ix->apply_lock, NULL);
    pthread_cond_init(&ix->apply_ready, &attr);
    pthread_condattr_destroy(&attr);
    gate_init(&ix->gate);
    ix->lock_fd = -1;
    ix->stopped = ERR_NONE;
    ix->data = mem_strdup(config->data);
    ix->commit_interval_us = config->commit_interval * 1000;
    ix->request_timeout_us = config->request_timeout * 1000;
    ix->commit_bytes = (size_t)config->commit_bytes;
    ix->max_record_bytes = (size_t)config->max_record_bytes;
    ix->max_depth = (int)config->max_depth;
}

static enum status open_files(struct index *ix, const struct config *config, const char *schema_dir, struct err *err) {
    char path[4096];
    snprintf(path, sizeof path, "%s", config->schema);
    if (!path[0]) snprintf(path, sizeof path, "%s/schema.json", schema_dir);
    enum status st = schema_open(&ix->schema, path, err);
    if (st == ST_OK) st = rules_open(&ix->rules, schema_dir, err);
    if (st == ST_OK) st = file_make_dir(ix->data, 0750, err);
    if (st == ST_OK) st = file_lock_dir(&ix->lock_fd, ix->data, err);
    if (st == ST_OK) st = store_open(&ix->store, ix->data, STORE_WRITE, err);
    if (st == ST_OK) st = generation_open(&ix->generation, ix->data, ix->schema, err);
    return st;
}

/* Where the index stands beside the store, before the applier runs. */
static enum status read_state(struct index *ix, struct err *err) {
    struct store_counts counts;
    uint64_t applied = UINT64_MAX;
    enum status st = store_counts(ix->store, &counts, err);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        struct engine_db *db = NULL;
        uint64_t seq = 0;
        st = engine_open(&db, ix->generation.dirs[kind], ENGINE_READ, err);
        if (st == ST_OK) st = applied_get(db, &seq, err);
        engine_close(db);
        if (seq < applied) applied = seq;
    }
    if (st != ST_OK) return st;
    ix->committed = counts.seq;
    atomic_store(&ix->applied, applied);
    log_info("open",
             "data=%s articles=%" PRIu64 " sources=%" PRIu64 " seq=%" PRIu64 " applied=%" PRIu64 " generation=%" PRIu64,
             ix->data, counts.articles, counts.sources, counts.seq, applied, ix->generation.number);
    return ST_OK;
}

static enum status start_threads(struct index *ix, struct err *err) {
    ix->applier_runs = pthread_create(&ix->applier, NULL, applier_run, ix) == 0;
    ix->writer_runs = ix->applier_runs && pthread_create(&ix->writer, NULL, writer_run, ix) == 0;
    if (ix->writer_runs) return ST_OK;
    return err_set(err, ST_NO_MEMORY, "the threads of the index can't be started");
}

enum status index_open(struct index **out, const struct config *config, const char *schema_dir, struct err *err) {
    struct index *ix = mem_alloc(sizeof *ix);
    init(ix, config);
    enum status st = open_files(ix, config, schema_dir, err);
    if (st == ST_OK) st = read_state(ix, err);
    if (st == ST_OK) st = start_threads(ix, err);
    if (st != ST_OK) {
        index_close(ix);
        ix = NULL;
    }
    *out = ix;
    return st;
}

static void stop_threads(struct index *ix) {
    pthread_mutex_lock(&ix->queue_lock);
    ix->closing = true;
    pthread_cond_signal(&ix->queue_ready);
    pthread_cond_broadcast(&ix->queue_room);
    pthread_mutex_unlock(&ix->queue_lock);
    if (ix->writer_runs) {
        pthread_join(ix->writer, NULL);
    } else {
        pthread_mutex_lock(&ix->apply_lock);
        ix->writer_done = true;
        pthread_cond_signal(&ix->apply_ready);
        pthread_mutex_unlock(&ix->apply_lock);
    }
    if (ix->applier_runs) pthread_join(ix->applier, NULL);
}

void index_close(struct index *ix) {
    if (!ix) return;
    stop_threads(ix);
    store_close(ix->store);
    generation_free(&ix->generation);
    schema_close(ix->schema);
    rules_close(ix->rules);
    if (ix->lock_fd >= 0) close(ix->lock_fd);
    gate_destroy(&ix->gate);
    pthread_mutex_destroy(&ix->queue_lock);
    pthread_cond_destroy(&ix->queue_ready);
    pthread_cond_destroy(&ix->queue_room);
    pthread_mutex_destroy(&ix->apply_lock);
    pthread_cond_destroy(&ix->apply_ready);
    mem_free(ix->data);
    mem_free(ix);
}

const struct rules *index_rules(const struct index *ix) {
    return ix->rules;
}

const struct schema *index_schema(const struct index *ix) {
    return ix->schema;
}

enum status index_status(struct index *ix, struct reader *reader, struct index_status *out, struct err *err) {
    char dir[4096];
    *out = (struct index_status){.applied = index_applied(ix), .generation = ix->generation.number};
    snprintf(dir, sizeof dir, "%s/index", ix->data);
    out->index_bytes = (uint64_t)file_tree_bytes(dir);
    out->refused = atomic_load(&ix->refused);
    pthread_mutex_lock(&ix->queue_lock);
    out->waiting_batches = ix->queue_batches;
    out->stopped = ix->stopped;
    out->writes_stopped = ix->stopped.status != ST_OK;
    pthread_mutex_unlock(&ix->queue_lock);
    return store_counts(reader_store(reader), &out->counts, err);
}
