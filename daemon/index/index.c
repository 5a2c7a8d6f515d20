/* Opening and closing an archive's index, and its status.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"
#include "generation.h"
#include "refused.h"
#include "reserve.h"
#include "seal.h"
#include "tasks.h"

#include "base/file.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* After that many starts without a clean stop before, the index is checked first: it may be what ends the daemon. */
enum { UNCLEAN_CHECKED = 2 };

static void init(struct index *ix, const struct config *config) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&ix->queue_lock, NULL);
    pthread_cond_init(&ix->queue_ready, &attr);
    pthread_cond_init(&ix->queue_room, NULL);
    pthread_mutex_init(&ix->apply_lock, NULL);
    pthread_cond_init(&ix->apply_ready, &attr);
    pthread_cond_init(&ix->handed_over, NULL);
    pthread_mutex_init(&ix->write_lock, NULL);
    pthread_condattr_destroy(&attr);
    gate_init(&ix->gate);
    ix->lock_fd = -1;
    ix->stopped = ERR_NONE;
    ix->data = mem_strdup(config->data);
    ix->commit_interval_us = config->commit_interval * 1000;
    ix->request_timeout_us = config->request_timeout * 1000;
    ix->commit_bytes = (size_t)config->commit_bytes;
    ix->max_record_bytes = (size_t)config->max_record_bytes;
    ix->reindex_memory = (size_t)config->reindex_memory;
    ix->refused = refused_new(ix->data);
    ix->max_depth = (int)config->max_depth;
}

static enum status read_durability(struct index *ix, const struct config *config, struct err *err) {
    static const char *const names[] = {[STORE_ALWAYS] = "always", [STORE_INTERVAL] = "interval", [STORE_OS] = "os"};
    ix->durability_interval_us = config->durability_interval * 1000;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(config->durability, names[i]) != 0) continue;
        ix->durability = (enum store_durability)i;
        return ST_OK;
    }
    return err_param(err, ST_INVALID_CONFIG, "durability", "durability: expected always, interval or os, got \"%s\"",
                     config->durability);
}

struct examination {
    struct index *ix;
    bool pages; /* SQLite's own pages do not agree */
};

static void note_damage(void *arg, const struct store_finding *finding) {
    struct examination *examination = arg;
    struct index *ix = examination->ix;
    bool pages = strcmp(finding->place, "store") == 0;
    log_error("damage", "place=%s id=\"%s\" message=\"%s\"", finding->place, finding->id ? finding->id : "",
              finding->message);
    if (!ix->damage[0] || (pages && !examination->pages))
        snprintf(ix->damage, sizeof ix->damage, "%s: %.300s", finding->place, finding->message);
    examination->pages = examination->pages || pages;
}

static void count_none(void *arg) {
    (void)arg;
}

static void damage_path(char path[4200], const struct index *ix) {
    snprintf(path, 4200, "%s/damage", ix->data);
}

/* Damage that an earlier start found stays known until it is repaired. */
static void read_damage(struct index *ix) {
    char path[4200], *text = NULL;
    size_t len = 0;
    damage_path(path, ix);
    if (file_read(&text, &len, path, sizeof ix->damage - 1, NULL) == ST_OK)
        snprintf(ix->damage, sizeof ix->damage, "%s", text);
    mem_free(text);
}

void damage_repaired(struct index *ix) {
    char path[4200];
    struct err err = ERR_NONE;
    damage_path(path, ix);
    pthread_mutex_lock(&ix->queue_lock);
    bool any = ix->damage[0] != '\0';
    ix->damage[0] = '\0';
    pthread_mutex_unlock(&ix->queue_lock);
    if (any && (unlink(path) != 0 || file_sync_dir(ix->data, &err) != ST_OK))
        log_warning("damage", "reason=\"%s can't be removed\"", path);
}

static enum status keep_damage(struct index *ix, struct err *err) {
    char path[4200];
    log_error("damage", "reason=\"%s\" action=\"footnote verify --repair, or restore a backup\"", ix->damage);
    damage_path(path, ix);
    return file_replace(path, ix->damage, strlen(ix->damage), err);
}

/* A store that changed while nobody served it is served only as far as its pages agree; its damaged records tell
 * themselves by their checksums. */
static enum status examine_store(struct index *ix, const struct seal *seal, struct err *err) {
    struct examination examination = {.ix = ix};
    struct store_verify verify = {.found = note_damage, .checked = count_none, .arg = &examination};
    read_damage(ix);
    if (seal->store != SEAL_BROKEN) return ST_OK;
    enum status st = store_verify(ix->store, &verify, err);
    if (st == ST_OK && examination.pages)
        st = err_set(err, ST_CORRUPT, "%s/records.sqlite is damaged (%s); restore a backup into an empty folder",
                     ix->data, ix->damage);
    if (st != ST_OK) return st;
    if (!ix->damage[0])
        snprintf(ix->damage, sizeof ix->damage, "%s; no record is damaged, other facts may be", seal->why);
    return keep_damage(ix, err);
}

/* Before anything of it is read here: a damaged one could crash the daemon, again and again. */
static enum status examine_index(struct index *ix, const struct seal *seal, struct err *err) {
    uint64_t current = 0;
    struct err fault = ERR_NONE;
    char quoted[700];
    enum status st = generation_read_name(&current, ix->data, "current", err);
    if (st != ST_OK || current == 0 || seal->index == SEAL_WHOLE) return st;
    if (seal->index == SEAL_NONE && seal->unclean < UNCLEAN_CHECKED) return ST_OK;
    struct generation *generation = generation_new(ix->data, current);
    if (seal->index == SEAL_BROKEN) {
        err_set(&fault, ST_CORRUPT, "its files are not as the daemon left them");
    } else {
        for (enum store_kind kind = STORE_ARTICLE; kind <= STORE_SOURCE && fault.status == ST_OK; kind++)
            check_dir(generation->dirs[kind], &fault);
    }
    if (fault.status == ST_CORRUPT) {
        log_error("damage", "generation=%" PRIu64 " reason=%s action=\"it is made anew\"", current,
                  log_quote(quoted, sizeof quoted, fault.text));
        st = file_remove_tree(generation->dir, err);
    }
    generation_free(generation);
    return st;
}

static enum status open_generation(struct index *ix, struct err *err) {
    struct store_counts counts;
    struct generation *generation = NULL;
    enum status st = store_counts(ix->store, &counts, err);
    if (st == ST_OK)
        st = generation_open(&generation, ix->data, ix->configured, counts.lineage, ix->unfit, sizeof ix->unfit, err);
    if (st != ST_OK) return st;
    atomic_store(&ix->served, generation);
    refused_load(ix->refused, generation->number);
    return ST_OK;
}

static enum status open_files(struct index *ix, const struct config *config, const char *schema_dir, struct err *err) {
    char path[4096];
    struct seal seal = {0};
    snprintf(path, sizeof path, "%s", config->schema);
    if (!path[0]) snprintf(path, sizeof path, "%s/schema.json", schema_dir);
    enum status st = read_durability(ix, config, err);
    if (st == ST_OK) st = schema_open(&ix->configured, path, err);
    if (st == ST_OK) st = rules_open(&ix->rules, schema_dir, err);
    if (st == ST_OK) st = file_make_dir(ix->data, 0750, err);
    if (st == ST_OK) st = file_lock_dir(&ix->lock_fd, ix->data, err);
    if (st == ST_OK) st = seal_open(&seal, ix->data, err);
    if (st == ST_OK) st = store_open(&ix->store, ix->data, STORE_WRITE, err);
    if (st == ST_DISK_FULL && reserve_give(ix->data)) st = store_open(&ix->store, ix->data, STORE_WRITE, err);
    if (st == ST_OK) store_set_keep_revisions(ix->store, (uint64_t)config->keep_revisions);
    if (st == ST_OK) reserve_keep(ix->data);
    if (st == ST_OK) st = examine_store(ix, &seal, err);
    if (st == ST_OK) st = examine_index(ix, &seal, err);
    if (st == ST_OK) st = store_set_durability(ix->store, ix->durability, err);
    if (st == ST_OK) st = open_generation(ix, err);
    return st;
}

/* Where the index stands beside the store, before the applier runs. */
static enum status read_state(struct index *ix, struct err *err) {
    struct store_counts counts;
    const struct generation *generation = atomic_load(&ix->served);
    uint64_t applied = UINT64_MAX;
    enum status st = store_counts(ix->store, &counts, err);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        struct engine_db *db = NULL;
        uint64_t seq = 0;
        st = engine_open(&db, generation->dirs[kind], ENGINE_READ, err);
        if (st == ST_OK) st = applied_get(db, &seq, err);
        engine_close(db);
        if (seq < applied) applied = seq;
    }
    if (st != ST_OK) return st;
    if (applied > counts.seq) {
        err_set(err, ST_CORRUPT,
                "the record store has lost writes: its last is %" PRIu64 ", and the index knows of %" PRIu64,
                counts.seq, applied);
        snprintf(ix->damage, sizeof ix->damage, "%s", err->text);
        return ST_CORRUPT;
    }
    ix->committed = counts.seq;
    atomic_store(&ix->applied, applied);
    log_info("open",
             "data=%s articles=%" PRIu64 " sources=%" PRIu64 " seq=%" PRIu64 " applied=%" PRIu64 " generation=%" PRIu64,
             ix->data, counts.articles, counts.sources, counts.seq, applied, generation->number);
    return ST_OK;
}

/* An index that does not belong to this store, or that can be opened but not read, gives way to an empty one. */
static enum status start_over(struct index *ix, struct err *err) {
    struct generation *old = atomic_load(&ix->served), *fresh = NULL;
    struct store_counts counts;
    char quoted[700];
    log_notice("rebuild", "generation=%" PRIu64 " reason=%s action=\"it fills from the record store\"", old->number,
               log_quote(quoted, sizeof quoted, err->text));
    *err = ERR_NONE;
    enum status st = store_counts(ix->store, &counts, err);
    if (st == ST_OK) st = generation_replace(&fresh, ix->data, old->number, ix->configured, counts.lineage, err);
    if (st != ST_OK) return st;
    fresh->older = old;
    ix->unfit[0] = '\0';
    atomic_store(&ix->served, fresh);
    return read_state(ix, err);
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
    if (st == ST_OK) {
        st = read_state(ix, err);
        if (st == ST_CORRUPT) st = start_over(ix, err);
    }
    if (st == ST_OK) tasks_open(ix);
    if (st == ST_OK) st = start_threads(ix, err);
    if (st == ST_OK) st = tasks_start(ix, err);
    ix->serving = st == ST_OK;
    if (st == ST_OK && ix->unfit[0]) tasks_heal(ix, ix->unfit);
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
    tasks_close(ix);
    stop_threads(ix);
    store_close(ix->store);
    bool whole = ix->serving && ix->stopped.status == ST_OK;
    if (whole) seal_write(ix->data, atomic_load(&ix->served));
    for (struct generation *generation = atomic_load(&ix->served), *older = NULL; generation; generation = older) {
        older = generation->older;
        generation_free(generation);
    }
    refused_free(ix->refused);
    schema_close(ix->configured);
    rules_close(ix->rules);
    if (ix->lock_fd >= 0) close(ix->lock_fd);
    gate_destroy(&ix->gate);
    pthread_mutex_destroy(&ix->queue_lock);
    pthread_cond_destroy(&ix->queue_ready);
    pthread_cond_destroy(&ix->queue_room);
    pthread_mutex_destroy(&ix->apply_lock);
    pthread_cond_destroy(&ix->apply_ready);
    pthread_cond_destroy(&ix->handed_over);
    pthread_mutex_destroy(&ix->write_lock);
    mem_free(ix->data);
    mem_free(ix);
}

const struct rules *index_rules(const struct index *ix) {
    return ix->rules;
}

const struct schema *index_schema(const struct index *ix) {
    return atomic_load(&ix->served)->schema;
}

enum status index_status(struct index *ix, struct reader *reader, struct index_status *out, struct err *err) {
    char dir[4096];
    uint64_t generation = atomic_load(&ix->served)->number;
    *out = (struct index_status){.applied = index_applied(ix), .generation = generation};
    snprintf(dir, sizeof dir, "%s/index", ix->data);
    out->index_bytes = (uint64_t)file_tree_bytes(dir);
    out->refused =
        refused_count(ix->refused, generation, STORE_ARTICLE) + refused_count(ix->refused, generation, STORE_SOURCE);
    pthread_mutex_lock(&ix->queue_lock);
    snprintf(out->damage, sizeof out->damage, "%s", ix->damage);
    out->waiting_batches = ix->queue_batches;
    out->stopped = ix->stopped;
    out->writes_stopped = ix->stopped.status != ST_OK;
    pthread_mutex_unlock(&ix->queue_lock);
    return store_counts(reader_store(reader), &out->counts, err);
}

void index_refused_write(struct index *ix, struct jw *jw) {
    refused_write(ix->refused, atomic_load(&ix->served)->number, jw);
}
