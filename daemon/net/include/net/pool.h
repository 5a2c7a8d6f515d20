/* The worker pool: a bounded queue and N threads.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A task belongs to exactly one of the queue and the thread that took it.  `process` cannot fail: an error is
 * part of the task.  It runs outside every lock. */
#ifndef NET_POOL_H
#define NET_POOL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool_calls {
    /* Makes a thread's own state (database handles, analyser); on failure pool_start fails. */
    enum status (*thread_begin)(void *arg, void **state, struct err *err);
    void (*thread_end)(void *arg, void *state);
    void (*process)(void *arg, void *state, void *take_task);
    void *arg;
};

struct pool;
enum status pool_start(struct pool **out, int threads, size_t max_queue, const struct pool_calls *calls,
                       struct err *err);
/* False, and the task stays the caller's, when the queue is full or the pool stops.  `urgent` tasks pass the
 * others and the limit (status, cancel, parts of a request that was admitted). */
bool pool_submit(struct pool *pool, void *task, bool urgent);
/* Tasks that wait, and the age of the oldest. */
void pool_load(struct pool *pool, size_t *waiting, int64_t *oldest_us);
/* Takes no more tasks, finishes those it has, joins the threads, frees.  Accepts NULL. */
void pool_stop(struct pool *pool);

#endif
