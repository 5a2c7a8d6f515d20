/* The tasks `reindex`, `compact` and `rollback`: from one generation to another, unnoticed by readers and writers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each makes or finds a generation, brings it up to the change log on the tasks' thread, checks it against the store,
 * and hands it to the applier, which applies what came last, makes it current and serves it. */
#include "reindex.h"

#include "apply.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "build.h"
#include "check.h"
#include "index/card.h"
#include "refused.h"

#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>

enum { SAMPLE_RECORDS = 50, SPACE_FACTOR_PERCENT = 250, SPACE_LEAST = 4 << 20 };

/* ---- before ---- */

enum status space_check(const char *dir, uint64_t need, const char *what, struct err *err) {
    struct statvfs info;
    need += SPACE_LEAST;
    if (statvfs(dir, &info) != 0) return ST_OK; /* the writes will tell */
    uint64_t free_bytes = (uint64_t)info.f_bavail * info.f_frsize;
    if (free_bytes >= need) return ST_OK;
    return err_set(err, ST_DISK_FULL, "%s needs about %" PRIu64 " MB in %s, and %" PRIu64 " MB are free", what,
                   (need >> 20) + 1, dir, free_bytes >> 20);
}

/* While it is built a generation lies there in pieces, and merged, beside the one that is served. */
static enum status build_space(struct index *ix, struct err *err) {
    const struct generation *served = atomic_load(&ix->served);
    struct store_counts counts;
    struct store *store = NULL;
    enum status st = store_open(&store, ix->data, STORE_READ, err);
    if (st == ST_OK) st = store_counts(store, &counts, err);
    store_close(store);
    if (st != ST_OK) return st;
    uint64_t size = (uint64_t)file_tree_bytes(served->dir);
    if (size < counts.bytes) size = counts.bytes;
    return space_check(ix->data, size * SPACE_FACTOR_PERCENT / 100, "building an index", err);
}

static enum status wanted_schema(struct index *ix, const struct task *task, struct schema **out, struct err *err) {
    const char *path = json_get_string(task->params, "schema");
    const struct generation *served = atomic_load(&ix->served);
    if (path) return schema_open(out, path, err);
    bool own = generation_configured_is(served, ix->configured);
    return schema_copy(out, own ? served->schema : ix->configured, err);
}

static void write_change(void *arg, enum store_kind kind, const char *field, const char *change) {
    struct jw *jw = arg;
    jw_object(jw);
    jw_kstring(jw, "kind", store_kind_name(kind));
    jw_kstring(jw, "field", field);
    jw_kstring(jw, "change", change);
    jw_object_end(jw);
}

enum status index_schema_changes(struct index *ix, const char *path, struct jw *jw, struct err *err) {
    struct schema *schema = NULL;
    const struct generation *served = atomic_load(&ix->served);
    enum status st = path ? schema_open(&schema, path, err) : ST_OK;
    if (st != ST_OK) return st;
    jw_array(jw);
    const struct schema *after = schema;
    if (!after) after = generation_configured_is(served, ix->configured) ? served->schema : ix->configured;
    schema_compare(served->schema, after, write_change, jw);
    jw_array_end(jw);
    schema_close(schema);
    return ST_OK;
}

/* ---- checking ---- */

static enum status check_count(struct index *ix, const struct apply *apply, enum store_kind kind, uint64_t stored,
                               struct err *err) {
    struct engine_info info;
    enum status st = engine_info(apply->dbs[kind], &info, err);
    uint64_t refused = refused_count(ix->refused, apply->generation->number, kind);
    if (st == ST_OK && info.documents + refused != stored)
        st = err_set(err, ST_INTERNAL,
                     "the new index has %" PRIu64 " %ss, and %" PRIu64 " were refused, where the store has %" PRIu64,
                     info.documents, store_kind_name(kind), refused, stored);
    return st;
}

static bool first_document(void *arg, uint32_t docid, uint32_t wdf) {
    (void)wdf;
    *(uint32_t *)arg = docid;
    return false;
}

/* A record's document holds its id, and its id finds it. */
static enum status check_record(const struct apply *apply, enum store_kind kind, const struct record *record,
                                struct err *err) {
    struct engine_db *db = apply->dbs[kind];
    struct arena *arena = arena_new();
    struct card card;
    char *data = NULL;
    size_t len = 0;
    uint32_t found = record->docid;
    enum status st = engine_data(db, record->docid, &data, &len, err);
    if (st == ST_OK) st = card_read(arena, data, len, &card, err);
    bool same = st == ST_OK && card.id.len == strlen(record->id) && memcmp(card.id.at, record->id, card.id.len) == 0;
    const struct field *field = schema_field(apply->generation->schema, kind, "id", 2);
    if (same && field && field->prefix[0]) {
        struct buf term;
        buf_init(&term, 0);
        terms_exact(&term, field->prefix, record->id, strlen(record->id));
        found = 0;
        st = engine_postings(db, term.data, term.len, 0, first_document, &found, err);
        buf_free(&term);
    }
    if (st == ST_NOT_FOUND || st == ST_CORRUPT || (st == ST_OK && (!same || found != record->docid)))
        st = err_set(err, ST_INTERNAL, "the new index does not find record '%s'", record->id);
    mem_free(data);
    arena_free(arena);
    return st;
}

static enum status check_samples(const struct apply *apply, enum store_kind kind, uint64_t stored, struct err *err) {
    uint32_t last = 0;
    enum status st = store_last_docid(apply->store, kind, &last, err);
    for (uint32_t i = 0; i < SAMPLE_RECORDS && st == ST_OK && stored > 0; i++) {
        struct arena *arena = arena_new();
        struct record *records = NULL;
        size_t count = 0;
        struct err fault = ERR_NONE;
        uint32_t after = (uint32_t)((uint64_t)last * i / SAMPLE_RECORDS);
        enum status got = store_scan(apply->store, arena, kind, after, 1, 1, &records, &count, &fault);
        if (got == ST_OK && count > 0 &&
            !refused_has(apply->ix->refused, apply->generation->number, kind, records[0].docid))
            st = check_record(apply, kind, &records[0], err);
        arena_free(arena);
    }
    return st;
}

/* ---- catching up ---- */

static enum status drain(struct index *ix, struct task *task, struct apply *apply, struct err *err) {
    bool more = true;
    enum status st = ST_OK;
    while (st == ST_OK && more) {
        st = task_check(ix, task, err);
        if (st == ST_OK) st = apply_some(apply, &more, err);
        if (st == ST_OK && apply_is_full(apply)) st = apply_commit(apply, err);
    }
    return st == ST_OK ? apply_commit(apply, err) : st;
}

/* Follows the log to its end, then once more inside one state of the store, where all must agree. */
enum status generation_prepare(struct index *ix, struct task *task, struct generation *to, uint64_t *records,
                               struct err *err) {
    struct apply apply = {0};
    struct store_counts counts;
    task_stage(task, "catching up", 0);
    enum status st = apply_open(&apply, ix, to, err);
    if (st != ST_OK) return st;
    st = drain(ix, task, &apply, err);
    if (st == ST_OK) task_stage(task, "checking", 0);
    if (st == ST_OK) st = store_begin(apply.store, err);
    if (st == ST_OK) st = store_counts(apply.store, &counts, err);
    if (st == ST_OK) st = drain(ix, task, &apply, err);
    if (st == ST_OK) st = check_count(ix, &apply, STORE_ARTICLE, counts.articles, err);
    if (st == ST_OK) st = check_count(ix, &apply, STORE_SOURCE, counts.sources, err);
    if (st == ST_OK) st = check_samples(&apply, STORE_ARTICLE, counts.articles, err);
    if (st == ST_OK) st = check_samples(&apply, STORE_SOURCE, counts.sources, err);
    if (st == ST_OK) st = store_commit(apply.store, err);
    *records = st == ST_OK ? counts.articles + counts.sources : 0;
    apply_close(&apply);
    return st;
}

/* Serves it; the one before stays for rollback, older ones go. */
static enum status change_to(struct index *ix, struct task *task, struct generation *to, struct err *err) {
    uint64_t old = atomic_load(&ix->served)->number, records = 0;
    struct jw jw;
    enum status st = generation_prepare(ix, task, to, &records, err);
    if (st == ST_OK) task_stage(task, "switching", 0);
    if (st == ST_OK) st = applier_switch(ix, to, err);
    if (st != ST_OK) return st;
    generation_sweep(ix->data, to->number, old);
    task_stage(task, "done", records);
    atomic_store(&task->done, records);
    jw_init(&jw, &task->result);
    jw_object(&jw);
    jw_kint(&jw, "generation", (int64_t)to->number);
    jw_kint(&jw, "previous", (int64_t)old);
    jw_kint(&jw, "records", (int64_t)records);
    jw_kint(&jw, "index_bytes", file_tree_bytes(to->dir));
    jw_object_end(&jw);
    return ST_OK;
}

/* A generation that was not served goes, with its folder. */
static void discard(struct generation *generation) {
    struct err err = ERR_NONE;
    if (generation && file_remove_tree(generation->dir, &err) != ST_OK)
        log_warning("generation", "generation=%" PRIu64 " reason=\"%s\"", generation->number, err.text);
    generation_free(generation);
}

enum status lineage_maker(const char *store_dir, const struct schema *schema, char out[GENERATION_MAKER],
                          struct err *err) {
    struct store *store = NULL;
    struct store_counts counts;
    enum status st = store_open(&store, store_dir, STORE_READ, err);
    if (st == ST_OK) st = store_counts(store, &counts, err);
    store_close(store);
    if (st == ST_OK) generation_maker(out, schema, counts.lineage);
    return st;
}

enum status reindex_run(struct index *ix, struct task *task, struct err *err) {
    const struct generation *served = atomic_load(&ix->served);
    struct generation *to = generation_new(ix->data, generation_next(ix->data, served->number));
    char maker[GENERATION_MAKER] = "";
    struct build_plan plan = {.store_dir = ix->data, .maker = maker};
    enum status st = wanted_schema(ix, task, &to->schema, err);
    if (st == ST_OK) st = build_space(ix, err);
    if (st == ST_OK) st = lineage_maker(ix->data, to->schema, maker, err);
    if (st == ST_OK) st = build_run(ix, task, to, &plan, err);
    if (st == ST_OK) st = generation_write_schema(to, to->schema, ix->configured, err);
    if (st == ST_OK) st = change_to(ix, task, to, err);
    if (st != ST_OK) discard(to);
    return st;
}

enum status compact_run(struct index *ix, struct task *task, struct err *err) {
    const struct generation *served = atomic_load(&ix->served);
    struct generation *to = generation_new(ix->data, generation_next(ix->data, served->number));
    struct handover pause;
    enum status st = schema_copy(&to->schema, served->schema, err);
    if (st == ST_OK) st = space_check(ix->data, (uint64_t)file_tree_bytes(served->dir), "compacting the index", err);
    if (st == ST_OK) st = file_make_dir(to->dir, 0750, err);
    if (st == ST_OK) st = generation_copy_schema(served, to, err);
    task_stage(task, "compacting", 0);
    if (st == ST_OK) st = applier_pause(ix, &pause, err);
    if (st == ST_OK) {
        for (enum store_kind kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
            const char *dir = served->dirs[kind];
            st = task_check(ix, task, err);
            if (st == ST_OK) st = engine_compact(&dir, 1, to->dirs[kind], err);
        }
        applier_resume(ix, &pause);
    }
    refused_copy(ix->refused, served->number, to->number);
    if (st == ST_OK) st = change_to(ix, task, to, err);
    if (st != ST_OK) discard(to);
    return st;
}

enum status rollback_run(struct index *ix, struct task *task, struct err *err) {
    const struct generation *served = atomic_load(&ix->served);
    uint64_t previous = 0;
    char why[512] = "";
    enum status st = generation_read_name(&previous, ix->data, "previous", err);
    if (st == ST_OK && (previous == 0 || previous == served->number))
        st = err_set(err, ST_NOT_FOUND, "there is no previous generation of the index");
    if (st != ST_OK) return st;
    struct generation *to = generation_new(ix->data, previous);
    char maker[GENERATION_MAKER];
    to->schema = generation_stored_schema(to);
    if (!to->schema) st = err_set(err, ST_NOT_FOUND, "generation %" PRIu64 " of the index has no schema", previous);
    if (st == ST_OK) st = lineage_maker(ix->data, to->schema, maker, err);
    if (st == ST_OK) st = generation_unfit(to, maker, why, sizeof why);
    if (st == ST_OK && why[0])
        st = err_set(err, ST_CORRUPT, "generation %" PRIu64 " of the index can't be served: %s", previous, why);
    for (enum store_kind kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++)
        st = check_dir(to->dirs[kind], err);
    if (st == ST_OK) refused_load(ix->refused, previous);
    if (st == ST_OK) st = generation_write_schema(to, to->schema, ix->configured, err);
    if (st == ST_OK) st = change_to(ix, task, to, err);
    if (st != ST_OK) generation_free(to);
    return st;
}
