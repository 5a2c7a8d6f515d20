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

/* ---- generation: a folder with the engine's databases; see generation.h ---- */

struct generation {
    uint64_t number;
    char *dir, *dirs[3]; /* dirs by enum store_kind */
    struct schema *schema;
    struct generation *older; /* the one that was served before, in memory until the end */
};

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
    struct schema *configured;
    struct generation *_Atomic served;
    char unfit[512];  /* why the generation found at the start wants a reindex; empty: it does not */
    char damage[512]; /* what a start found wrong in the record store; empty: nothing; under queue_lock */
    bool serving;     /* the start went well, so that a clean stop may leave a seal */
    struct refused *refused;
    struct tasks *tasks;
    int64_t commit_interval_us, request_timeout_us, durability_interval_us;
    enum store_durability durability;
    size_t commit_bytes, max_record_bytes, reindex_memory;
    int max_depth;
    struct gate gate;

    pthread_mutex_t queue_lock;
    pthread_cond_t queue_ready, queue_room;
    struct batch *queue_head, *queue_tail;
    size_t queue_batches, queue_bytes;
    bool closing;
    struct err stopped;         /* set: no write is taken any more */
    struct store *store;        /* the writer's; others under write_lock */
    pthread_mutex_t write_lock; /* held while a group is written */
    pthread_t writer;
    bool writer_runs;

    pthread_mutex_t apply_lock;
    pthread_cond_t apply_ready;
    uint64_t committed;       /* last seq that is durable */
    _Atomic uint64_t applied; /* last seq that is visible */
    bool writer_done;
    bool ending; /* index_wait_end was called */
    struct waiter *waiters;
    struct handover *handover; /* what a task asks of the applier */
    pthread_cond_t handed_over;
    pthread_t applier;
    bool applier_runs;
};

/* All that was found wrong in the record store is mended. */
void damage_repaired(struct index *ix);

void *writer_run(void *ix);
void *applier_run(void *ix);

/* Tells the applier that the log has grown. */
void applier_wake(struct index *ix, uint64_t committed);
/* What a task asks of the applier, which is the only one that touches the databases that are served. */
struct handover {
    struct generation *to; /* serve this one, caught up; NULL: only rest until `resume` */
    bool paused, resume, done;
    struct err err;
};
/* Has the applier bring `take_to` up to the log, make it current and serve it.  On failure it stays the caller's and
 * the old one is served on. */
enum status applier_switch(struct index *ix, struct generation *take_to, struct err *err);
/* The applier commits what is pending, and rests between the two: the databases stand still. */
enum status applier_pause(struct index *ix, struct handover *pause, struct err *err);
void applier_resume(struct index *ix, struct handover *pause);

/* Calls and removes the waiters that are due: applied, or past their deadline.  Takes apply_lock. */
void waiters_settle(struct index *ix, int64_t now_us);
/* The earliest deadline of those who wait; INT64_MAX if none.  apply_lock is held. */
int64_t waiters_deadline(const struct index *ix);
/* Calls and removes all.  Takes apply_lock. */
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
