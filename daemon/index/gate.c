/* The gate between readers and the applier.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The engine keeps the blocks of a committed view until the writer begins to change the database after the next
 * commit.  So a reader that holds view N is safe until the applier, having committed N+1, writes again; there the
 * applier waits for the readers of N. */
#include "index_internal.h"

#include "base/when.h"

#include <time.h>

void gate_init(struct gate *gate) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->left, &attr);
    pthread_condattr_destroy(&attr);
    gate->view = 1;
}

void gate_destroy(struct gate *gate) {
    pthread_mutex_destroy(&gate->lock);
    pthread_cond_destroy(&gate->left);
}

int gate_join(struct gate *gate) {
    int place = -1;
    pthread_mutex_lock(&gate->lock);
    for (int i = 0; i < GATE_READERS_MAX && place < 0; i++)
        if (!gate->used[i]) place = i;
    if (place >= 0) gate->used[place] = true;
    pthread_mutex_unlock(&gate->lock);
    return place;
}

void gate_part(struct gate *gate, int place) {
    gate_leave(gate, place);
    pthread_mutex_lock(&gate->lock);
    gate->used[place] = false;
    pthread_mutex_unlock(&gate->lock);
}

void gate_enter(struct gate *gate, int place) {
    pthread_mutex_lock(&gate->lock);
    gate->pins[place] = gate->view;
    pthread_mutex_unlock(&gate->lock);
}

void gate_leave(struct gate *gate, int place) {
    pthread_mutex_lock(&gate->lock);
    gate->pins[place] = GATE_IDLE;
    pthread_cond_signal(&gate->left);
    pthread_mutex_unlock(&gate->lock);
}

void gate_committed(struct gate *gate) {
    pthread_mutex_lock(&gate->lock);
    gate->view++;
    pthread_mutex_unlock(&gate->lock);
}

static bool somebody_behind(const struct gate *gate) {
    for (int i = 0; i < GATE_READERS_MAX; i++)
        if (gate->pins[i] != GATE_IDLE && gate->pins[i] < gate->view) return true;
    return false;
}

void gate_wait(struct gate *gate, int64_t deadline_us) {
    struct timespec until = {.tv_sec = deadline_us / 1000000, .tv_nsec = deadline_us % 1000000 * 1000};
    pthread_mutex_lock(&gate->lock);
    while (somebody_behind(gate) && when_mono_us() < deadline_us)
        pthread_cond_timedwait(&gate->left, &gate->lock, &until);
    pthread_mutex_unlock(&gate->lock);
}
