/* Inside the index: its state as the writer, the applier and the readers share it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Locks, none held while another is taken: queue_lock (batches that wait), apply_lock (committed, applied,
 * waiters), gate.lock (which view each reader holds). */
#ifndef INDEX_INTERNAL_H
#define INDEX_INTERNAL_H

#include "index/index.h"
#include "index/mapping.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- generation: a folder with the engine's databases ---- */

struct generation {
    uint64_t number;
    char *dirs[3]; /* by enum store_kind */
};
/* The folder's current generation; makes number 1 when there is none, and a fresh one when the living one was
 * made by another analyser or schema: then it fills from the change log.  Logs why. */
enum status generation_open(struct generation *out, const char *data, const struct schema *schema, struct err *err);
void generation_free(struct generation *generation);
/* What makes an index what it is: versions of the terms, the card and the schema. */
void generation_maker(char out[96], const struct schema *schema);

/* ---- gate: which view each reader holds ---- */

enum { GATE_READERS_MAX = 300, GATE_IDLE = 0 };

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t left;
    uint64_t view;                   /* grows with each commit */
    uint64_t pins[GATE_READERS_MAX]; /* GATE_IDLE or the view a reader holds */
    bool used[GATE_READERS_MAX];
};
void gate_init(struct gate *gate);
void gate_destroy(struct gate *gate);
int gate_join(struct gate *gate); /* a reader's place; -1 when there are too many */
void gate_part(struct gate *gate, int place);
void gate_enter(struct gate *gate, int place);
void gate_leave(struct gate *gate, int place);
void gate_committed(struct gate *gate);
/* Waits until nobody holds a view older than the last commit, at most until deadline_us. */
void gate_wait(struct gate *gate, int64_t deadline_us);

/* ---- waiters ---- */

struct waiter {
    uint64_t seq;
    int64_t deadline_us;
    void (*fn)(void *arg, enum status status);
    void *arg;
    struct waiter *next;
};

/* ---- the whole ---- */

struct index {
    char *data;
    int lock_fd;
    struct rules *rules;
    struct schema *schema;
    struct generation generation;
    int64_t commit_interval_us, request_timeout_us;
    size_t commit_bytes, max_record_bytes;
    int max_depth;
    struct gate gate;

    pthread_mutex_t queue_lock;
    pthread_cond_t queue_ready, queue_room;
    struct batch *queue_head, *queue_tail;
    size_t queue_batches, queue_bytes;
    bool closing;
    struct err stopped;  /* set: no write is taken any more */
    struct store *store; /* the writer's */
    pthread_t writer;
    bool writer_runs;

    pthread_mutex_t apply_lock;
    pthread_cond_t apply_ready;
    uint64_t committed;       /* last seq that is durable */
    _Atomic uint64_t applied; /* last seq that is visible */
    bool writer_done;
    struct waiter *waiters;
    _Atomic uint64_t refused;
    pthread_t applier;
    bool applier_runs;
};

void *writer_run(void *ix);
void *applier_run(void *ix);

/* Tells the applier that the log has grown. */
void applier_wake(struct index *ix, uint64_t committed);
/* Calls and removes the waiters that are due: applied, or past their deadline (or all, with `status`).  Gives
 * the next deadline, INT64_MAX if none.  Takes apply_lock. */
int64_t waiters_settle(struct index *ix, int64_t now_us);
void waiters_fail(struct index *ix, enum status status);
/* The smallest seq somebody waits for; UINT64_MAX if none.  apply_lock is held. */
uint64_t waiters_wanted(const struct index *ix);

/* One write inside the writer's transaction: soft faults (the write's own) come back in write->err with OK, hard
 * ones (the store's) as the status. */
enum status write_apply(struct index *ix, struct arena *arena, struct write *write, struct err *err);

enum { APPLIED_KEY_LEN = 8 };
enum status applied_get(struct engine_db *db, uint64_t *out, struct err *err);
enum status applied_set(struct engine_db *db, uint64_t seq, struct err *err);

#endif
