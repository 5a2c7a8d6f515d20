/* The word lists of the index that is served, kept fresh off the path of requests.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One thread, started by the first request that wants a list, with a reader of its own.  It makes a list when one is
 * asked for, but rests REST_FACTOR times as long as the making took, so that steady writing does not keep a
 * processor busy.  Whoever took a list keeps it until it is given back. */
#include "shared.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { REST_FACTOR = 20, REST_LEAST_US = 200000 };

struct lexicons {
    pthread_mutex_t lock;
    pthread_cond_t asked;
    struct index *ix;
    struct shared_lexicon *newest[3]; /* by enum store_kind; each holds one use */
    bool wanted[3];
    atomic_bool ending;
    pthread_t thread;
    bool runs;
};

struct lexicons *lexicons_new(void) {
    struct lexicons *lexicons = mem_alloc(sizeof *lexicons);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&lexicons->lock, NULL);
    pthread_cond_init(&lexicons->asked, &attr);
    pthread_condattr_destroy(&attr);
    return lexicons;
}

/* The lock is held. */
static void let_go(struct shared_lexicon *lexicon) {
    if (!lexicon || --lexicon->users > 0) return;
    lexicon_free(lexicon->lexicon);
    mem_free(lexicon);
}

void lexicons_give(struct lexicons *lexicons, struct shared_lexicon *lexicon) {
    if (!lexicon) return;
    pthread_mutex_lock(&lexicons->lock);
    let_go(lexicon);
    pthread_mutex_unlock(&lexicons->lock);
}

static bool is_ending(void *arg) {
    return atomic_load(&((struct lexicons *)arg)->ending);
}

static void make(struct lexicons *lexicons, struct reader *reader, enum store_kind kind) {
    struct err err = ERR_NONE;
    struct shared_lexicon *made = mem_alloc(sizeof *made);
    int64_t began_us = when_mono_us();
    enum status st = reader_begin(reader, &err);
    if (st == ST_OK) {
        made->kind = kind;
        made->users = 1;
        made->generation = reader_generation(reader);
        made->revision = reader_revision(reader);
        st = lexicon_make(&made->lexicon, reader_engine(reader, kind), is_ending, lexicons, &err);
        reader_end(reader);
    }
    made->made_us = when_mono_us();
    made->took_us = made->made_us - began_us;
    if (st != ST_OK && st != ST_CANCELED) log_warning("lexicon", "code=%s", status_info(st)->code);
    if (st != ST_OK) {
        mem_free(made);
        return;
    }
    pthread_mutex_lock(&lexicons->lock);
    let_go(lexicons->newest[kind]);
    lexicons->newest[kind] = made;
    pthread_mutex_unlock(&lexicons->lock);
}

/* When a list may be made; the lock is held. */
static int64_t due_us(const struct lexicons *lexicons, enum store_kind kind) {
    const struct shared_lexicon *old = lexicons->newest[kind];
    if (!old) return 0;
    int64_t rest_us = REST_FACTOR * old->took_us;
    return old->made_us + (rest_us > REST_LEAST_US ? rest_us : REST_LEAST_US);
}

/* Waits for the next list to make; 0 at the end. */
static int next(struct lexicons *lexicons) {
    int found = 0;
    pthread_mutex_lock(&lexicons->lock);
    while (!found && !atomic_load(&lexicons->ending)) {
        int64_t soonest_us = INT64_MAX, now_us = when_mono_us();
        for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
            if (!lexicons->wanted[kind]) continue;
            int64_t at_us = due_us(lexicons, (enum store_kind)kind);
            if (at_us <= now_us) found = kind;
            if (at_us < soonest_us) soonest_us = at_us;
        }
        if (found) break;
        struct timespec until = {.tv_sec = soonest_us / 1000000, .tv_nsec = soonest_us % 1000000 * 1000};
        if (soonest_us == INT64_MAX)
            pthread_cond_wait(&lexicons->asked, &lexicons->lock);
        else
            pthread_cond_timedwait(&lexicons->asked, &lexicons->lock, &until);
    }
    lexicons->wanted[found] = false;
    pthread_mutex_unlock(&lexicons->lock);
    return found;
}

static void *run(void *arg) {
    struct lexicons *lexicons = arg;
    struct reader *reader = NULL;
    struct err err = ERR_NONE;
    int kind = 0;
    if (reader_open(&reader, lexicons->ix, &err) != ST_OK) log_warning("lexicon", "reason=\"%s\"", err.text);
    while (reader && (kind = next(lexicons)) > 0)
        make(lexicons, reader, (enum store_kind)kind);
    reader_close(reader);
    return NULL;
}

struct shared_lexicon *lexicons_take(struct lexicons *lexicons, struct index *ix, enum store_kind kind,
                                     uint64_t generation, uint64_t revision) {
    pthread_mutex_lock(&lexicons->lock);
    struct shared_lexicon *found = lexicons->newest[kind];
    if (!found || found->generation != generation || found->revision != revision) {
        lexicons->wanted[kind] = true;
        if (!lexicons->runs) {
            lexicons->ix = ix; /* before the thread, which reads it without the lock */
            lexicons->runs = pthread_create(&lexicons->thread, NULL, run, lexicons) == 0;
        }
        pthread_cond_signal(&lexicons->asked);
    }
    if (found && found->generation != generation) found = NULL;
    if (found) found->users++;
    pthread_mutex_unlock(&lexicons->lock);
    return found;
}

void lexicons_free(struct lexicons *lexicons) {
    if (!lexicons) return;
    pthread_mutex_lock(&lexicons->lock);
    atomic_store(&lexicons->ending, true);
    pthread_cond_signal(&lexicons->asked);
    pthread_mutex_unlock(&lexicons->lock);
    if (lexicons->runs) pthread_join(lexicons->thread, NULL);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++)
        let_go(lexicons->newest[kind]);
    pthread_cond_destroy(&lexicons->asked);
    pthread_mutex_destroy(&lexicons->lock);
    mem_free(lexicons);
}
