/* The applier: keeps the generation that is served up to the change log, and changes it for another.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One thread, the only one that changes the databases that are served.  It commits when enough text has gathered,
 * when a second has passed, when the log is empty and the commit interval is over, or at once when the log is empty
 * and somebody waits.
 *
 * When the engine fails (a full disk, say) the handles are closed and opened again and the work is repeated from
 * the seq that the databases tell, with a pause; reading goes on meanwhile.  When the database turns out to be
 * damaged, or a sync has failed and nobody knows what is on the disk, the index is also made anew. */
#include "apply.h"
#include "generation.h"
#include "tasks.h"

#include "base/log.h"
#include "base/when.h"

#include <inttypes.h>
#include <time.h>

enum { RETRY_US = 500000, PAUSE_STEP_US = 50000 };

struct applier {
    struct apply apply; /* first: apply.before finds the rest by it */
    struct index *ix;
    bool open, gate_passed;
};

/* Before the first change after a commit: readers of the view before it must have left. */
static void pass_gate(struct apply *apply) {
    struct applier *applier = (struct applier *)apply;
    if (applier->gate_passed) return;
    gate_wait(&applier->ix->gate, when_mono_us() + applier->ix->request_timeout_us);
    applier->gate_passed = true;
}

static void close_served(struct applier *applier) {
    if (applier->open) apply_close(&applier->apply);
    applier->open = false;
}

static void publish(struct applier *applier, uint64_t reached) {
    struct index *ix = applier->ix;
    gate_committed(&ix->gate);
    applier->gate_passed = false;
    atomic_store(&ix->applied, reached);
    waiters_settle(ix, when_mono_us());
}

/* Whoever had the databases during a pause may have brought them further: `verify` does. */
static enum status open_served(struct applier *applier, struct err *err) {
    applier->apply.before = pass_gate;
    enum status st = apply_open(&applier->apply, applier->ix, atomic_load(&applier->ix->served), err);
    applier->open = st == ST_OK;
    if (st == ST_OK && applier->apply.reached > atomic_load(&applier->ix->applied))
        publish(applier, applier->apply.reached);
    return st;
}

static enum status commit(struct applier *applier, struct err *err) {
    enum status st = apply_commit(&applier->apply, err);
    if (st == ST_OK) publish(applier, applier->apply.reached);
    return st;
}

static bool commit_is_due(struct applier *applier, bool drained) {
    struct index *ix = applier->ix;
    if (applier->apply.first_us == 0) return false;
    if (apply_is_full(&applier->apply)) return true;
    if (!drained) return false;
    int64_t age = when_mono_us() - applier->apply.first_us;
    pthread_mutex_lock(&ix->apply_lock);
    bool awaited = waiters_wanted(ix) <= applier->apply.reached || ix->writer_done;
    pthread_mutex_unlock(&ix->apply_lock);
    return awaited || age >= ix->commit_interval_us;
}

/* ---- what tasks ask ---- */

/* Brings a generation up to the log, commits it and makes it current. */
static enum status catch_up(struct index *ix, struct apply *apply, struct generation *to, struct err *err) {
    bool more = true;
    uint64_t old = atomic_load(&ix->served)->number;
    enum status st = apply_open(apply, ix, to, err);
    if (st != ST_OK) return st;
    while (st == ST_OK && more) {
        st = apply_some(apply, &more, err);
        if (st == ST_OK && apply_is_full(apply)) st = apply_commit(apply, err);
    }
    if (st == ST_OK) st = apply_commit(apply, err);
    bool is_other = to->number != old; /* not only another schema */
    if (st == ST_OK && is_other) st = generation_write_name(ix->data, "previous", old, err);
    if (st == ST_OK && is_other) {
        st = generation_write_name(ix->data, "current", to->number, err);
        /* The rename may be done though the sync behind it failed. */
        if (st != ST_OK) generation_write_name(ix->data, "current", old, NULL);
    }
    if (st != ST_OK) apply_close(apply);
    return st;
}

static void serve_other(struct applier *applier, struct handover *handover) {
    struct index *ix = applier->ix;
    struct apply fresh = {0};
    close_served(applier);
    if (catch_up(ix, &fresh, handover->to, &handover->err) != ST_OK) return;
    handover->err = ERR_NONE;
    handover->to->older = atomic_load(&ix->served);
    atomic_store(&ix->served, handover->to);
    applier->apply = fresh;
    applier->apply.before = pass_gate;
    applier->open = true;
    log_notice("generation", "generation=%" PRIu64 " seq=%" PRIu64 " action=served", handover->to->number,
               fresh.reached);
    publish(applier, fresh.reached);
}

static void pause_for(struct applier *applier, struct handover *handover) {
    struct index *ix = applier->ix;
    if (applier->open && applier->apply.first_us) commit(applier, &handover->err);
    close_served(applier);
    applier->gate_passed = false;
    pthread_mutex_lock(&ix->apply_lock);
    handover->paused = true;
    pthread_cond_broadcast(&ix->handed_over);
    while (!handover->resume) {
        int64_t until_us = when_mono_us() + PAUSE_STEP_US;
        struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
        pthread_cond_timedwait(&ix->apply_ready, &ix->apply_lock, &until);
        pthread_mutex_unlock(&ix->apply_lock);
        waiters_settle(ix, when_mono_us());
        pthread_mutex_lock(&ix->apply_lock);
    }
    pthread_mutex_unlock(&ix->apply_lock);
}

static void hand_over(struct applier *applier) {
    struct index *ix = applier->ix;
    pthread_mutex_lock(&ix->apply_lock);
    struct handover *handover = ix->handover;
    pthread_mutex_unlock(&ix->apply_lock);
    if (!handover) return;
    if (handover->to)
        serve_other(applier, handover);
    else
        pause_for(applier, handover);
    pthread_mutex_lock(&ix->apply_lock);
    ix->handover = NULL;
    handover->done = true;
    pthread_cond_broadcast(&ix->handed_over);
    pthread_mutex_unlock(&ix->apply_lock);
}

static enum status ask(struct index *ix, struct handover *handover, struct err *err) {
    handover->err = ERR_NONE;
    pthread_mutex_lock(&ix->apply_lock);
    ix->handover = handover;
    pthread_cond_signal(&ix->apply_ready);
    while (!handover->done && !handover->paused)
        pthread_cond_wait(&ix->handed_over, &ix->apply_lock);
    pthread_mutex_unlock(&ix->apply_lock);
    if (handover->err.status != ST_OK) *err = handover->err;
    return handover->err.status;
}

enum status applier_switch(struct index *ix, struct generation *take_to, struct err *err) {
    struct handover handover = {.to = take_to};
    return ask(ix, &handover, err);
}

enum status applier_pause(struct index *ix, struct handover *pause, struct err *err) {
    *pause = (struct handover){0};
    enum status st = ask(ix, pause, err);
    if (st != ST_OK) applier_resume(ix, pause);
    return st;
}

void applier_resume(struct index *ix, struct handover *pause) {
    pthread_mutex_lock(&ix->apply_lock);
    pause->resume = true;
    pthread_cond_signal(&ix->apply_ready);
    while (!pause->done)
        pthread_cond_wait(&ix->handed_over, &ix->apply_lock);
    pthread_mutex_unlock(&ix->apply_lock);
}

/* ---- the thread ---- */

void applier_wake(struct index *ix, uint64_t committed) {
    pthread_mutex_lock(&ix->apply_lock);
    ix->committed = committed;
    pthread_cond_signal(&ix->apply_ready);
    pthread_mutex_unlock(&ix->apply_lock);
}

/* Waits for a signal, a waiter's deadline or the next commit; apply_lock is held, so that whoever comes meanwhile is
 * noticed. */
static void doze(struct index *ix, const struct apply *apply) {
    int64_t until_us = waiters_deadline(ix);
    if (apply->first_us && apply->first_us + ix->commit_interval_us < until_us)
        until_us = apply->first_us + ix->commit_interval_us;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    if (until_us == INT64_MAX)
        pthread_cond_wait(&ix->apply_ready, &ix->apply_lock);
    else
        pthread_cond_timedwait(&ix->apply_ready, &ix->apply_lock, &until);
}

/* Sleeps until there is something to do; false: everything is applied and the writer has ended. */
static bool rest(struct applier *applier) {
    struct index *ix = applier->ix;
    const struct apply *apply = &applier->apply;
    waiters_settle(ix, when_mono_us());
    pthread_mutex_lock(&ix->apply_lock);
    bool ended = ix->writer_done && ix->committed <= apply->reached && apply->first_us == 0;
    bool idle = ix->committed <= apply->reached && !ix->writer_done && !ix->handover;
    if (idle && !(apply->first_us && waiters_wanted(ix) <= apply->reached)) doze(ix, apply);
    pthread_mutex_unlock(&ix->apply_lock);
    return !ended;
}

static enum status step(struct applier *applier, struct err *err) {
    bool more = false;
    enum status st = applier->open ? ST_OK : open_served(applier, err);
    if (st == ST_OK) st = apply_some(&applier->apply, &more, err);
    if (st == ST_OK && commit_is_due(applier, !more)) st = commit(applier, err);
    return st;
}

/* True when the writer has ended too, so that trying again would only hold up the stop. */
static bool give_up(struct applier *applier, const struct err *err) {
    struct index *ix = applier->ix;
    char quoted[700];
    log_error("apply", "code=%s seq=%" PRIu64 " reason=%s action=\"again in a moment\"", status_info(err->status)->code,
              applier->apply.reached, log_quote(quoted, sizeof quoted, err->text));
    close_served(applier);
    if (err->status == ST_CORRUPT || err->status == ST_IO) tasks_heal(ix, err->text);
    int64_t until_us = when_mono_us() + RETRY_US;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    pthread_mutex_lock(&ix->apply_lock);
    while (!ix->writer_done && !ix->handover && when_mono_us() < until_us)
        pthread_cond_timedwait(&ix->apply_ready, &ix->apply_lock, &until);
    bool done = ix->writer_done;
    pthread_mutex_unlock(&ix->apply_lock);
    waiters_settle(ix, when_mono_us());
    return done;
}

void *applier_run(void *arg) {
    struct applier applier = {.ix = arg};
    bool runs = true;
    while (runs) {
        struct err err = ERR_NONE;
        hand_over(&applier);
        if (step(&applier, &err) == ST_OK)
            runs = rest(&applier);
        else
            runs = !give_up(&applier, &err);
    }
    close_served(&applier);
    waiters_fail(applier.ix, ST_SHUTTING_DOWN);
    return NULL;
}
