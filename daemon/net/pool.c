/* The worker pool: two queues, one lock, N threads.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Owns the tasks that wait; a task that a thread took belongs to `process`.  pool_submit and pool_load run on
 * any thread, the rest of the work on the pool's own threads, which block every signal: signals are the loop's.
 * No call of the owner (pool_calls) is ever made with the lock held.
 *
 * Urgent tasks have a queue of their own, which may grow: what goes there is small or was admitted already. */
#include "net/pool.h"

#include "base/ensure.h"
#include "base/mem.h"
#include "base/when.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct pool_task {
    void *task;
    int64_t since_us;
};

/* A ring of tasks; `room` is a power of two so that the index wraps by a mask. */
struct pool_ring {
    struct pool_task *tasks;
    size_t room, head, count;
};

enum pool_phase { POOL_RUNS, POOL_STOPS };

struct pool {
    struct pool_calls calls;
    pthread_mutex_t lock;
    pthread_cond_t work;  /* a task came, or the phase changed */
    pthread_cond_t begun; /* a thread has made its state, or failed to */
    /* under lock */
    struct pool_ring urgent, normal;
    size_t max_queue, sleepers;
    enum pool_phase phase;
    int threads_begun, threads_failed;
    struct err first_err;
    /* the owner's thread only */
    pthread_t *threads;
    int thread_count;
};

static void ring_put(struct pool_ring *ring, void *task, int64_t now_us) {
    if (ring->count == ring->room) {
        size_t room = ring->room ? ring->room * 2 : 64;
        struct pool_task *tasks = mem_alloc(room * sizeof *tasks);
        for (size_t i = 0; i < ring->count; i++) {
            tasks[i] = ring->tasks[(ring->head + i) & (ring->room - 1)];
        }
        mem_free(ring->tasks);
        *ring = (struct pool_ring){.tasks = tasks, .room = room, .count = ring->count};
    }
    ring->tasks[(ring->head + ring->count) & (ring->room - 1)] = (struct pool_task){task, now_us};
    ring->count++;
}

static void *ring_take(struct pool_ring *ring) {
    void *task = ring->tasks[ring->head].task;
    ring->head = (ring->head + 1) & (ring->room - 1);
    ring->count--;
    return task;
}

/* The next task, or NULL when the pool stops and nothing is left. */
static void *take_next(struct pool *pool) {
    void *task = NULL;
    pthread_mutex_lock(&pool->lock);
    while (!pool->urgent.count && !pool->normal.count && pool->phase == POOL_RUNS) {
        pool->sleepers++;
        pthread_cond_wait(&pool->work, &pool->lock);
        pool->sleepers--;
    }
    if (pool->urgent.count) {
        task = ring_take(&pool->urgent);
    } else if (pool->normal.count) {
        task = ring_take(&pool->normal);
    }
    pthread_mutex_unlock(&pool->lock);
    return task;
}

static bool report_begun(struct pool *pool, enum status status, const struct err *err) {
    pthread_mutex_lock(&pool->lock);
    if (status == ST_OK) {
        pool->threads_begun++;
    } else if (!pool->threads_failed++) {
        pool->first_err = *err;
    }
    pthread_cond_signal(&pool->begun);
    pthread_mutex_unlock(&pool->lock);
    return status == ST_OK;
}

static void *thread_main(void *arg) {
    struct pool *pool = arg;
    struct err err = ERR_NONE;
    void *state = NULL;
    enum status status = ST_OK;
    if (pool->calls.thread_begin) status = pool->calls.thread_begin(pool->calls.arg, &state, &err);
    if (!report_begun(pool, status, &err)) return NULL;
    for (void *task; (task = take_next(pool));) {
        pool->calls.process(pool->calls.arg, state, task);
    }
    if (pool->calls.thread_end) pool->calls.thread_end(pool->calls.arg, state);
    return NULL;
}

static enum status start_threads(struct pool *pool, int threads, struct err *err) {
    sigset_t all, before;
    int failed = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->thread_count < threads && !failed) {
        char name[16];
        failed = pthread_create(&pool->threads[pool->thread_count], NULL, thread_main, pool);
        if (failed) break;
        snprintf(name, sizeof name, "worker-%d", pool->thread_count % 1000);
        pthread_setname_np(pool->threads[pool->thread_count++], name);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? err_errno(err, failed, "starting worker thread %d of %d", pool->thread_count + 1, threads) : ST_OK;
}

static enum status wait_begun(struct pool *pool, struct err *err) {
    enum status status = ST_OK;
    pthread_mutex_lock(&pool->lock);
    while (pool->threads_begun + pool->threads_failed < pool->thread_count) {
        pthread_cond_wait(&pool->begun, &pool->lock);
    }
    if (pool->threads_failed) {
        status = pool->first_err.status;
        if (err) *err = pool->first_err;
    }
    pthread_mutex_unlock(&pool->lock);
    return status;
}

enum status pool_start(struct pool **out, int threads, size_t max_queue, const struct pool_calls *calls,
                       struct err *err) {
    ENSURE(threads > 0 && max_queue > 0 && calls->process);
    struct pool *pool = mem_alloc(sizeof *pool);
    *out = NULL;
    pool->calls = *calls;
    pool->max_queue = max_queue;
    pool->threads = mem_alloc((size_t)threads * sizeof *pool->threads);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->begun, NULL);
    enum status status = start_threads(pool, threads, err);
    /* Also after a failure: threads that did start must be past thread_begin before they are joined. */
    enum status begun = wait_begun(pool, status == ST_OK ? err : NULL);
    if (status == ST_OK) status = begun;
    if (status != ST_OK) {
        pool_stop(pool);
        return status;
    }
    *out = pool;
    return ST_OK;
}

bool pool_submit(struct pool *pool, void *task, bool urgent) {
    ENSURE(task);
    int64_t now_us = when_mono_us();
    bool wake = false;
    pthread_mutex_lock(&pool->lock);
    bool taken = pool->phase == POOL_RUNS && (urgent || pool->normal.count < pool->max_queue);
    if (taken) {
        ring_put(urgent ? &pool->urgent : &pool->normal, task, now_us);
        wake = pool->sleepers > 0;
    }
    pthread_mutex_unlock(&pool->lock);
    if (wake) pthread_cond_signal(&pool->work);
    return taken;
}

static int64_t head_since_us(const struct pool_ring *ring) {
    return ring->count ? ring->tasks[ring->head].since_us : INT64_MAX;
}

void pool_load(struct pool *pool, size_t *waiting, int64_t *oldest_us) {
    pthread_mutex_lock(&pool->lock);
    int64_t urgent_us = head_since_us(&pool->urgent), normal_us = head_since_us(&pool->normal);
    *waiting = pool->urgent.count + pool->normal.count;
    pthread_mutex_unlock(&pool->lock);
    int64_t since_us = urgent_us < normal_us ? urgent_us : normal_us;
    *oldest_us = since_us == INT64_MAX ? 0 : when_mono_us() - since_us;
}

void pool_stop(struct pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->phase = POOL_STOPS;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    pthread_cond_destroy(&pool->begun);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    mem_free(pool->urgent.tasks);
    mem_free(pool->normal.tasks);
    mem_free(pool->threads);
    mem_free(pool);
}
