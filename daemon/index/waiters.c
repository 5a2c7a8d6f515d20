/* Those who wait until a write is visible.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The list is short (requests in flight), so it is one; calls are made outside the lock. */
#include "index_internal.h"

#include "base/when.h"

void index_wait(struct index *ix, uint64_t seq, int64_t deadline_us, void (*fn)(void *arg, enum status status),
                void *arg) {
    enum status st = ST_OK;
    pthread_mutex_lock(&ix->apply_lock);
    bool reached = atomic_load(&ix->applied) >= seq;
    bool hopeless = !ix->applier_runs || (ix->ending && seq > ix->committed);
    if (!reached && hopeless) st = ST_SHUTTING_DOWN;
    if (!reached && !hopeless) {
        struct waiter *waiter = mem_alloc(sizeof *waiter);
        *waiter = (struct waiter){.seq = seq, .deadline_us = deadline_us, .fn = fn, .arg = arg, .next = ix->waiters};
        ix->waiters = waiter;
        pthread_cond_signal(&ix->apply_ready);
    }
    pthread_mutex_unlock(&ix->apply_lock);
    if (reached || hopeless) fn(arg, st);
}

uint64_t index_applied(const struct index *ix) {
    return atomic_load(&ix->applied);
}

uint64_t index_committed(struct index *ix) {
    pthread_mutex_lock(&ix->apply_lock);
    uint64_t seq = ix->committed;
    pthread_mutex_unlock(&ix->apply_lock);
    return seq;
}

uint64_t waiters_wanted(const struct index *ix) {
    uint64_t wanted = UINT64_MAX;
    for (const struct waiter *waiter = ix->waiters; waiter; waiter = waiter->next)
        if (waiter->seq < wanted) wanted = waiter->seq;
    return wanted;
}

static void call(struct waiter *due, uint64_t applied, enum status otherwise) {
    while (due) {
        struct waiter *next = due->next;
        due->fn(due->arg, due->seq <= applied ? ST_OK : otherwise);
        mem_free(due);
        due = next;
    }
}

int64_t waiters_deadline(const struct index *ix) {
    int64_t deadline_us = INT64_MAX;
    for (const struct waiter *waiter = ix->waiters; waiter; waiter = waiter->next)
        if (waiter->deadline_us < deadline_us) deadline_us = waiter->deadline_us;
    return deadline_us;
}

void waiters_settle(struct index *ix, int64_t now_us) {
    struct waiter *due = NULL;
    uint64_t applied = atomic_load(&ix->applied);
    pthread_mutex_lock(&ix->apply_lock);
    struct waiter **link = &ix->waiters;
    while (*link) {
        struct waiter *waiter = *link;
        if (waiter->seq <= applied || waiter->deadline_us <= now_us) {
            *link = waiter->next;
            waiter->next = due;
            due = waiter;
        } else {
            link = &waiter->next;
        }
    }
    pthread_mutex_unlock(&ix->apply_lock);
    call(due, applied, ST_TIMEOUT);
}

void index_wait_end(struct index *ix) {
    struct waiter *due = NULL;
    pthread_mutex_lock(&ix->apply_lock);
    ix->ending = true;
    struct waiter **link = &ix->waiters;
    while (*link) {
        struct waiter *waiter = *link;
        if (waiter->seq > ix->committed) {
            *link = waiter->next;
            waiter->next = due;
            due = waiter;
        } else {
            link = &waiter->next;
        }
    }
    pthread_mutex_unlock(&ix->apply_lock);
    call(due, 0, ST_SHUTTING_DOWN);
}

void waiters_fail(struct index *ix, enum status status) {
    pthread_mutex_lock(&ix->apply_lock);
    struct waiter *due = ix->waiters;
    ix->waiters = NULL;
    pthread_mutex_unlock(&ix->apply_lock);
    call(due, atomic_load(&ix->applied), status);
}
