/* Snapshots: the orders that cursors go on in.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shared by all workers, behind one lock, which is held for a copy of one page at most. */
#include "cursor.h"

#include "base/when.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

enum { SNAPSHOTS_MAX = 1000 };

struct snapshot {
    uint64_t number; /* 0: free */
    int64_t used_us;
    struct snapshot_hit *hits;
    size_t count;
    struct snapshot_totals totals;
};

struct snapshots {
    pthread_mutex_t lock;
    struct snapshot items[SNAPSHOTS_MAX];
    size_t bytes;
};

struct snapshots *snapshots_new(void) {
    struct snapshots *snapshots = mem_alloc(sizeof *snapshots);
    pthread_mutex_init(&snapshots->lock, NULL);
    return snapshots;
}

void snapshots_free(struct snapshots *snapshots) {
    if (!snapshots) return;
    for (size_t i = 0; i < SNAPSHOTS_MAX; i++)
        mem_free(snapshots->items[i].hits);
    pthread_mutex_destroy(&snapshots->lock);
    mem_free(snapshots);
}

static size_t bytes_of(size_t count) {
    return (count + 1) * sizeof(struct snapshot_hit);
}

static void drop(struct snapshots *snapshots, struct snapshot *snapshot) {
    snapshots->bytes -= bytes_of(snapshot->count);
    mem_free(snapshot->hits);
    *snapshot = (struct snapshot){0};
}

/* A free place; those that were not used for long go, and the longest unused until there is room. */
static struct snapshot *make_room(struct snapshots *snapshots, size_t bytes, int64_t now_us) {
    for (;;) {
        struct snapshot *free_one = NULL, *oldest = NULL;
        for (size_t i = 0; i < SNAPSHOTS_MAX; i++) {
            struct snapshot *item = &snapshots->items[i];
            if (item->number && now_us - item->used_us > SNAPSHOT_IDLE_S * 1000000LL) drop(snapshots, item);
            if (!item->number)
                free_one = item;
            else if (!oldest || item->used_us < oldest->used_us)
                oldest = item;
        }
        if (free_one && (snapshots->bytes + bytes <= SNAPSHOT_BYTES_MAX || !oldest)) return free_one;
        drop(snapshots, oldest);
    }
}

/* Not to be guessed: a cursor made up for another's snapshot finds none. */
static uint64_t new_number(void) {
    uint64_t number = 0;
    while (number == 0)
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) number = 0;
    return number;
}

uint64_t snapshots_add(struct snapshots *snapshots, const struct snapshot_hit *hits, size_t count,
                       const struct snapshot_totals *totals) {
    int64_t now_us = when_mono_us();
    uint64_t number = new_number();
    struct snapshot_hit *copy = mem_alloc(bytes_of(count));
    if (count > 0) memcpy(copy, hits, count * sizeof *copy);
    pthread_mutex_lock(&snapshots->lock);
    struct snapshot *place = make_room(snapshots, bytes_of(count), now_us);
    *place = (struct snapshot){.number = number, .used_us = now_us, .hits = copy, .count = count, .totals = *totals};
    snapshots->bytes += bytes_of(count);
    pthread_mutex_unlock(&snapshots->lock);
    return number;
}

static struct snapshot *find(struct snapshots *snapshots, uint64_t number) {
    for (size_t i = 0; i < SNAPSHOTS_MAX && number; i++)
        if (snapshots->items[i].number == number) return &snapshots->items[i];
    return NULL;
}

enum status snapshots_get(struct snapshots *snapshots, struct arena *arena, uint64_t number, uint64_t place, size_t max,
                          struct snapshot_hit **out, size_t *count, struct snapshot_totals *totals, struct err *err) {
    *out = arena_alloc(arena, (max + 1) * sizeof **out);
    *count = 0;
    pthread_mutex_lock(&snapshots->lock);
    struct snapshot *found = find(snapshots, number);
    if (found) {
        found->used_us = when_mono_us();
        *totals = found->totals;
        if (place < found->count) *count = found->count - place < max ? (size_t)(found->count - place) : max;
        if (*count > 0) memcpy(*out, found->hits + place, *count * sizeof **out);
    }
    pthread_mutex_unlock(&snapshots->lock);
    if (found) return ST_OK;
    return err_param(err, ST_NOT_FOUND, "cursor",
                     "parameter 'cursor': it is over; a cursor lives %d minutes after its last use and ends with the "
                     "daemon; begin the search anew",
                     SNAPSHOT_IDLE_S / 60);
}
