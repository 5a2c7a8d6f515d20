/* Building a whole generation out of the record store, on all processors.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The docids of a kind are cut into pieces; each thread takes one piece after the other and writes it into a database
 * of its own, index/<n>/pieces/<i>.  Then the pieces of a kind are merged into one compact database.  Each thread has
 * its own handles; they share the list of pieces and the first fault. */
#include "build.h"

#include "apply.h"
#include "base/file.h"
#include "refused.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PIECES_PER_THREAD = 3,
    PIECE_SMALLEST = 500, /* docids */
    SCAN_RECORDS = 64,
    SCAN_BYTES = 1 << 20,
    MEMORY_PER_BYTE = 24, /* what a byte of text takes until it is committed, at most */
    THREADS_MAX = 64,
    PIECES_MAX = 2 * THREADS_MAX * PIECES_PER_THREAD,
};

struct piece {
    enum store_kind kind;
    uint32_t after, upto; /* docids after < d <= upto */
    char dir[4096];
};

struct build {
    struct index *ix;
    struct task *task;
    struct generation *to;
    const struct build_plan *plan;
    uint64_t seq;
    size_t commit_bytes; /* of text, in one thread */
    struct piece *pieces;
    size_t piece_count, threads;
    _Atomic size_t next;
    enum status (*work)(struct build *build, size_t number, struct err *err);
    size_t work_count;
    pthread_mutex_t lock;
    struct err err; /* the first fault */
};

/* ---- threads ---- */

static bool has_failed(struct build *build) {
    pthread_mutex_lock(&build->lock);
    bool failed = build->err.status != ST_OK;
    pthread_mutex_unlock(&build->lock);
    return failed;
}

static void *work_thread(void *arg) {
    struct build *build = arg;
    size_t number = 0;
    while ((number = atomic_fetch_add(&build->next, 1)) < build->work_count && !has_failed(build)) {
        struct err err = ERR_NONE;
        if (build->work(build, number, &err) == ST_OK) continue;
        pthread_mutex_lock(&build->lock);
        if (build->err.status == ST_OK) build->err = err;
        pthread_mutex_unlock(&build->lock);
    }
    return NULL;
}

/* Does work 0 … count-1; one thread at least is the caller's own. */
static enum status run_all(struct build *build, size_t count,
                           enum status (*work)(struct build *build, size_t number, struct err *err), struct err *err) {
    pthread_t threads[THREADS_MAX];
    size_t started = 0;
    build->work = work;
    build->work_count = count;
    atomic_store(&build->next, 0);
    while (started + 1 < build->threads && started + 1 < count &&
           pthread_create(&threads[started], NULL, work_thread, build) == 0)
        started++;
    work_thread(build);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (build->err.status != ST_OK) *err = build->err;
    return build->err.status;
}

/* ---- pieces ---- */

static void cut(struct build *build, enum store_kind kind, uint32_t last) {
    uint32_t count = (uint32_t)build->threads * PIECES_PER_THREAD;
    if (count > last / PIECE_SMALLEST) count = last / PIECE_SMALLEST;
    if (count == 0) count = 1;
    for (uint32_t i = 0; i < count; i++) {
        struct piece *piece = &build->pieces[build->piece_count];
        *piece = (struct piece){.kind = kind,
                                .after = (uint32_t)((uint64_t)last * i / count),
                                .upto = (uint32_t)((uint64_t)last * (i + 1) / count)};
        snprintf(piece->dir, sizeof piece->dir, "%s/pieces/%zu", build->to->dir, build->piece_count++);
    }
}

static enum status plan(struct build *build, struct err *err) {
    struct store *store = NULL;
    struct store_counts counts;
    enum status st = store_open(&store, build->plan->store_dir, STORE_READ, err);
    if (st == ST_OK) st = store_begin(store, err);
    if (st == ST_OK) st = store_counts(store, &counts, err);
    for (enum store_kind kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        uint32_t last = 0;
        st = store_last_docid(store, kind, &last, err);
        if (st == ST_OK) cut(build, kind, last);
    }
    if (st == ST_OK) st = store_commit(store, err);
    store_close(store);
    if (st != ST_OK) return st;
    build->seq = counts.seq;
    task_stage(build->task, "building", counts.articles + counts.sources);
    return ST_OK;
}

struct hand { /* a thread's handles on one piece */
    struct store *store;
    struct mapping *mapping;
    struct engine_db *db;
    size_t text_bytes;
};

static enum status add_records(struct build *build, const struct piece *piece, struct hand *hand, struct arena *arena,
                               uint32_t *after, bool *more, struct err *err) {
    struct record *records = NULL;
    size_t count = 0, i = 0;
    enum status st =
        store_scan(hand->store, arena, piece->kind, *after, SCAN_RECORDS, SCAN_BYTES, &records, &count, err);
    for (; i < count && st == ST_OK && records[i].docid <= piece->upto; i++) {
        size_t text_bytes = 0;
        st = apply_record(build->ix, build->to->number, hand->mapping, hand->store, hand->db, &records[i], &text_bytes,
                          err);
        hand->text_bytes += text_bytes;
        *after = records[i].docid;
        if (st == ST_OK && hand->text_bytes >= build->commit_bytes) {
            st = engine_commit(hand->db, err);
            hand->text_bytes = 0;
            malloc_trim(0);
        }
    }
    atomic_fetch_add(&build->task->done, i);
    *more = count > 0 && i == count;
    return st;
}

/* A record whose body is damaged stops the scan; it is left out and listed. */
static enum status step_over(struct build *build, const struct piece *piece, struct hand *hand, uint32_t *after,
                             struct err *err) {
    struct arena *arena = arena_new();
    uint32_t next = 0;
    struct record record;
    struct err fault = ERR_NONE;
    enum status st = store_next_docid(hand->store, piece->kind, *after, &next, err);
    if (st == ST_OK && next != 0 && next <= piece->upto) {
        size_t text_bytes = 0;
        enum status got = store_get_docid(hand->store, arena, piece->kind, next, &record, &fault);
        if (got == ST_OK)
            st = apply_record(build->ix, build->to->number, hand->mapping, hand->store, hand->db, &record, &text_bytes,
                              err);
        else if (got == ST_CORRUPT)
            refused_add(build->ix->refused, build->to->number, piece->kind, next, NULL, &fault);
        else if (got != ST_NOT_FOUND)
            st = err_set(err, got, "%s", fault.text);
        *after = next;
    } else if (st == ST_OK) {
        *after = piece->upto;
    }
    arena_free(arena);
    return st;
}

static enum status fill_piece(struct build *build, const struct piece *piece, struct hand *hand, struct err *err) {
    uint32_t after = piece->after;
    bool more = true;
    enum status st = ST_OK;
    while (st == ST_OK && more && after < piece->upto) {
        struct arena *arena = arena_new();
        st = task_check(build->ix, build->task, err);
        if (st == ST_OK) st = add_records(build, piece, hand, arena, &after, &more, err);
        arena_free(arena);
        if (st == ST_CORRUPT) {
            *err = ERR_NONE;
            more = true;
            st = step_over(build, piece, hand, &after, err);
        }
    }
    return st;
}

static enum status make_piece(struct build *build, size_t number, struct err *err) {
    const struct piece *piece = &build->pieces[number];
    struct hand hand = {0};
    enum status st = generation_fresh_database(piece->dir, build->plan->maker, build->seq, err);
    if (st == ST_OK) st = store_open(&hand.store, build->plan->store_dir, STORE_READ, err);
    if (st == ST_OK) st = mapping_open(&hand.mapping, build->to->schema, build->ix->rules, err);
    if (st == ST_OK) st = engine_open(&hand.db, piece->dir, ENGINE_WRITE, err);
    if (st == ST_OK) st = fill_piece(build, piece, &hand, err);
    if (st == ST_OK) st = engine_commit(hand.db, err);
    engine_close(hand.db);
    mapping_close(hand.mapping);
    store_close(hand.store);
    malloc_trim(0);
    return st;
}

static enum status merge_kind(struct build *build, size_t number, struct err *err) {
    enum store_kind kind = number == 0 ? STORE_ARTICLE : STORE_SOURCE;
    const char **dirs = mem_alloc(PIECES_MAX * sizeof *dirs);
    size_t count = 0;
    for (size_t i = 0; i < build->piece_count; i++)
        if (build->pieces[i].kind == kind) dirs[count++] = build->pieces[i].dir;
    enum status st = task_check(build->ix, build->task, err);
    if (st == ST_OK) st = engine_compact(dirs, count, build->to->dirs[kind], err);
    mem_free(dirs);
    return st;
}

enum status build_run(struct index *ix, struct task *task, struct generation *to, const struct build_plan *build_plan,
                      struct err *err) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct build build = {.ix = ix, .task = task, .to = to, .plan = build_plan, .err = ERR_NONE};
    char pieces[4096];
    build.threads = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (size_t)processors;
    build.commit_bytes = ix->reindex_memory / build.threads / MEMORY_PER_BYTE;
    build.pieces = mem_alloc(PIECES_MAX * sizeof *build.pieces);
    pthread_mutex_init(&build.lock, NULL);
    snprintf(pieces, sizeof pieces, "%s/pieces", to->dir);
    enum status st = file_make_dir(pieces, 0750, err);
    if (st == ST_OK) st = plan(&build, err);
    if (st == ST_OK) st = run_all(&build, build.piece_count, make_piece, err);
    if (st == ST_OK) task_stage(task, "merging", 0);
    if (st == ST_OK) st = run_all(&build, 2, merge_kind, err);
    if (st == ST_OK) st = file_remove_tree(pieces, err);
    pthread_mutex_destroy(&build.lock);
    mem_free(build.pieces);
    return st;
}
