/* Keeping the sets of filters: see filters.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One lock, which is never held while a set is made. */
#include "filters.h"

#include "base/mem.h"

#include <pthread.h>
#include <string.h>

struct entry {
    struct filter_key key;  /* its text is the entry's own; NULL: the entry is free */
    struct filter_set *set; /* holds one use; NULL: the filter has come once */
    uint64_t used;          /* the clock of its last use */
};

struct filters {
    pthread_mutex_t lock;
    struct entry entries[FILTERS_MAX];
    size_t bytes;
    uint64_t clock; /* counts uses */
};

struct filters *filters_new(void) {
    struct filters *filters = mem_alloc(sizeof *filters);
    pthread_mutex_init(&filters->lock, NULL);
    return filters;
}

/* The lock is held. */
static void let_go(struct filter_set *set) {
    if (!set || --set->users > 0) return;
    engine_set_free(set->set);
    mem_free(set);
}

static void drop(struct filters *filters, struct entry *entry) {
    if (entry->set) filters->bytes -= engine_set_bytes(entry->set->set);
    let_go(entry->set);
    mem_free((char *)entry->key.text);
    *entry = (struct entry){0};
}

void filters_clear(struct filters *filters) {
    pthread_mutex_lock(&filters->lock);
    for (size_t i = 0; i < FILTERS_MAX; i++)
        drop(filters, &filters->entries[i]);
    pthread_mutex_unlock(&filters->lock);
}

void filters_free(struct filters *filters) {
    if (!filters) return;
    filters_clear(filters);
    pthread_mutex_destroy(&filters->lock);
    mem_free(filters);
}

static bool same_words(const struct filter_key *a, const struct filter_key *b) {
    return a->kind == b->kind && a->words_version == b->words_version && a->synonyms == b->synonyms &&
           a->plain == b->plain && strcmp(a->text, b->text) == 0;
}

static bool same(const struct filter_key *a, const struct filter_key *b) {
    return a->schema == b->schema && a->generation == b->generation && a->revision == b->revision && same_words(a, b);
}

/* The lock is held. */
static struct entry *find(struct filters *filters, const struct filter_key *key) {
    for (size_t i = 0; i < FILTERS_MAX; i++)
        if (filters->entries[i].key.text && same(&filters->entries[i].key, key)) return &filters->entries[i];
    return NULL;
}

static struct entry *oldest(struct filters *filters) {
    struct entry *found = NULL;
    for (size_t i = 0; i < FILTERS_MAX; i++) {
        struct entry *entry = &filters->entries[i];
        if (entry->key.text && (!found || entry->used < found->used)) found = entry;
    }
    return found;
}

/* A free entry, when `bytes` more fit.  What is of the same filter and an older view goes. */
static struct entry *make_room(struct filters *filters, const struct filter_key *key, size_t bytes) {
    struct entry *free_one = NULL;
    for (size_t i = 0; i < FILTERS_MAX; i++) {
        struct entry *entry = &filters->entries[i];
        if (entry->key.text && same_words(&entry->key, key)) drop(filters, entry);
    }
    while (filters->bytes + bytes > FILTERS_BYTES_MAX && oldest(filters))
        drop(filters, oldest(filters));
    for (size_t i = 0; i < FILTERS_MAX && !free_one; i++)
        if (!filters->entries[i].key.text) free_one = &filters->entries[i];
    if (free_one) return free_one;
    free_one = oldest(filters);
    drop(filters, free_one);
    return free_one;
}

static void fill(struct filters *filters, struct entry *entry, const struct filter_key *key) {
    entry->key = *key;
    entry->key.text = mem_strdup(key->text);
    entry->used = ++filters->clock;
}

struct filter_set *filters_take(struct filters *filters, const struct filter_key *key, bool *make) {
    pthread_mutex_lock(&filters->lock);
    struct entry *entry = find(filters, key);
    struct filter_set *set = entry ? entry->set : NULL;
    *make = entry && !set;
    if (set) set->users++;
    if (entry)
        entry->used = ++filters->clock;
    else
        fill(filters, make_room(filters, key, 0), key);
    pthread_mutex_unlock(&filters->lock);
    return set;
}

struct filter_set *filters_add(struct filters *filters, const struct filter_key *key, struct engine_set *take_set) {
    struct filter_set *set = mem_alloc(sizeof *set);
    *set = (struct filter_set){.set = take_set, .users = 1};
    size_t bytes = engine_set_bytes(take_set);
    pthread_mutex_lock(&filters->lock);
    if (bytes <= FILTERS_BYTES_MAX) {
        struct entry *entry = make_room(filters, key, bytes);
        fill(filters, entry, key);
        entry->set = set;
        set->users++;
        filters->bytes += bytes;
    }
    pthread_mutex_unlock(&filters->lock);
    return set;
}

void filters_give(struct filters *filters, struct filter_set *set) {
    pthread_mutex_lock(&filters->lock);
    let_go(set);
    pthread_mutex_unlock(&filters->lock);
}
