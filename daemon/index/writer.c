/* The writer: batches in, durable transactions out.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One thread.  It takes everything that waits (up to a limit), writes it in one transaction of the store, and only
 * then calls each batch's done: what was answered OK is on the disk.  A write's own fault (conflict, not found,
 * bad patch) costs that write only; a fault of the store costs the group, none of which is then written. */
#include "index_internal.h"

#include "base/log.h"
#include "base/when.h"
#include "reserve.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

enum { GROUP_WRITES = 4000, GROUP_BYTES = 16 << 20, QUEUE_BYTES = 64 << 20 };

enum status index_submit(struct index *ix, struct batch *take_batch, bool may_block, struct err *err) {
    struct batch *batch = take_batch;
    enum status st = ST_OK;
    batch->next = NULL;
    pthread_mutex_lock(&ix->queue_lock);
    while (may_block && ix->queue_bytes > QUEUE_BYTES && !ix->closing && ix->stopped.status == ST_OK)
        pthread_cond_wait(&ix->queue_room, &ix->queue_lock);
    if (ix->closing)
        st = err_set(err, ST_SHUTTING_DOWN, "the daemon is about to stop and takes no more writes");
    else if (ix->stopped.status != ST_OK)
        st = err_set(err, ix->stopped.status, "writes have stopped: %s", ix->stopped.text);
    else if (ix->queue_bytes > QUEUE_BYTES)
        st = err_set(err, ST_BUSY, "%zu bytes of writes wait already (limit %d)", ix->queue_bytes, QUEUE_BYTES);
    if (st == ST_OK) {
        if (ix->queue_tail)
            ix->queue_tail->next = batch;
        else
            ix->queue_head = batch;
        ix->queue_tail = batch;
        ix->queue_batches++;
        ix->queue_bytes += batch->bytes;
        pthread_cond_signal(&ix->queue_ready);
    }
    pthread_mutex_unlock(&ix->queue_lock);
    return st;
}

/* Takes a group of batches, linked; NULL when nothing has come by the time `until_us` (0: no such time), or when the
 * index closes and nothing waits (*closing). */
static struct batch *take_group(struct index *ix, int64_t until_us, bool *closing) {
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    bool late = false;
    pthread_mutex_lock(&ix->queue_lock);
    while (!ix->queue_head && !ix->closing && !late) {
        if (until_us)
            late = pthread_cond_timedwait(&ix->queue_ready, &ix->queue_lock, &until) == ETIMEDOUT;
        else
            pthread_cond_wait(&ix->queue_ready, &ix->queue_lock);
    }
    *closing = ix->closing && !ix->queue_head;
    struct batch *group = ix->queue_head;
    size_t writes = 0, bytes = 0;
    struct batch *last = NULL;
    while (ix->queue_head && writes < GROUP_WRITES && bytes < GROUP_BYTES) {
        last = ix->queue_head;
        writes += last->count;
        bytes += last->bytes;
        ix->queue_head = last->next;
        ix->queue_batches--;
        ix->queue_bytes -= last->bytes;
    }
    if (last) last->next = NULL;
    if (!ix->queue_head) ix->queue_tail = NULL;
    pthread_cond_broadcast(&ix->queue_room);
    pthread_mutex_unlock(&ix->queue_lock);
    return group;
}

/* On a full disk only what makes room: the other writes are told why. */
static enum status write_one(struct index *ix, struct arena *arena, struct write *write, const struct err *full,
                             struct err *err) {
    if (!full || write->op == WRITE_DELETE) return write_apply(ix, arena, write, err);
    write->err = *full;
    return ST_OK;
}

static enum status write_group(struct index *ix, struct arena *arena, struct batch *group, const struct err *full,
                               uint64_t *seq, struct err *err) {
    struct store_counts counts = {0};
    enum status st = store_begin(ix->store, err);
    if (st != ST_OK) return st;
    for (struct batch *batch = group; batch && st == ST_OK; batch = batch->next)
        for (size_t i = 0; i < batch->count && st == ST_OK; i++)
            st = write_one(ix, arena, &batch->writes[i], full, err);
    if (st == ST_OK) st = store_commit(ix->store, err);
    if (st == ST_OK) st = store_counts(ix->store, &counts, err);
    if (st != ST_OK) store_rollback(ix->store);
    *seq = counts.seq;
    return st;
}

/* Nothing of a failed group is written; each of its writes says why. */
static void fail_group(struct batch *group, const struct err *err) {
    for (struct batch *batch = group; batch; batch = batch->next)
        for (size_t i = 0; i < batch->count; i++)
            batch->writes[i].err = *err;
}

/* After a failed sync nobody knows what is on the disk: the process must not go on as if it did. */
static void stop_writes(struct index *ix, const struct err *err) {
    if (err->status != ST_IO && err->status != ST_CORRUPT) return;
    log_error("writes-stopped", "reason=\"%s\" action=\"restart the daemon; it recovers what is durable\"", err->text);
    pthread_mutex_lock(&ix->queue_lock);
    ix->stopped = *err;
    pthread_cond_broadcast(&ix->queue_room);
    pthread_mutex_unlock(&ix->queue_lock);
}

static void answer_group(struct batch *group) {
    while (group) {
        struct batch *next = group->next;
        group->done(group);
        group = next;
    }
}

static bool has_deletes(const struct batch *group) {
    for (const struct batch *batch = group; batch; batch = batch->next)
        for (size_t i = 0; i < batch->count; i++)
            if (batch->writes[i].op == WRITE_DELETE) return true;
    return false;
}

/* The disk is full.  Folding the log back may make room for all; failing that, the reserve lets deletes through. */
static enum status write_in_need(struct index *ix, struct arena *arena, struct batch *group, uint64_t *seq,
                                 struct err *err) {
    struct err full = *err;
    store_make_room(ix->store);
    enum status st = write_group(ix, arena, group, NULL, seq, err);
    if (st != ST_DISK_FULL || !has_deletes(group) || !reserve_give(ix->data)) return st;
    st = write_group(ix, arena, group, &full, seq, err);
    store_make_room(ix->store);
    return st;
}

static enum status write_somehow(struct index *ix, struct arena *arena, struct batch *group, uint64_t *seq,
                                 struct err *err) {
    enum status st = write_group(ix, arena, group, NULL, seq, err);
    if (st == ST_DISK_FULL) st = write_in_need(ix, arena, group, seq, err);
    if (st == ST_OK) reserve_keep(ix->data);
    return st;
}

static void take_care(struct index *ix, struct batch *group) {
    struct arena *arena = arena_new();
    struct err err = ERR_NONE;
    uint64_t seq = 0;
    pthread_mutex_lock(&ix->write_lock);
    enum status st = write_somehow(ix, arena, group, &seq, &err);
    pthread_mutex_unlock(&ix->write_lock);
    if (st == ST_OK) {
        applier_wake(ix, seq);
    } else {
        log_error("write", "code=%s reason=\"%s\"", status_info(err.status)->code, err.text);
        stop_writes(ix, &err);
        fail_group(group, &err);
    }
    arena_free(arena);
    answer_group(group);
}

/* Of durability = interval. */
static void sync_log(struct index *ix) {
    struct err err = ERR_NONE;
    pthread_mutex_lock(&ix->write_lock);
    enum status st = store_sync(ix->store, &err);
    pthread_mutex_unlock(&ix->write_lock);
    if (st == ST_OK) return;
    log_error("write", "code=%s reason=\"%s\"", status_info(err.status)->code, err.text);
    stop_writes(ix, &err);
}

void *writer_run(void *arg) {
    struct index *ix = arg;
    int64_t sync_us = 0; /* when what was written must be synced; 0: nothing was */
    bool closing = false;
    while (!closing) {
        struct batch *group = take_group(ix, sync_us, &closing);
        if (group) take_care(ix, group);
        if (group && !sync_us && ix->durability == STORE_INTERVAL)
            sync_us = when_mono_us() + ix->durability_interval_us;
        if (!sync_us || (!closing && when_mono_us() < sync_us)) continue;
        sync_log(ix);
        sync_us = 0;
    }
    pthread_mutex_lock(&ix->apply_lock);
    ix->writer_done = true;
    pthread_cond_signal(&ix->apply_ready);
    pthread_mutex_unlock(&ix->apply_lock);
    return NULL;
}
