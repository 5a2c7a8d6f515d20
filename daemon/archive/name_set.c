/* A set of short names: open addressing, at most half full.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Never grows after the rules are opened. */
#include "name_set.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

static struct name_set_slot *seek(const struct name_set *set, const char *name, size_t len, uint64_t hash) {
    size_t mask = set->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct name_set_slot *slot = &set->slots[i];
        if (!slot->name) return slot;
        if (slot->hash == hash && slot->len == len && memcmp(slot->name, name, len) == 0) return slot;
    }
}

static void grow(struct name_set *set) {
    struct name_set old = *set;
    set->capacity = old.capacity ? old.capacity * 2 : 16;
    set->slots = mem_alloc(set->capacity * sizeof *set->slots);
    for (size_t i = 0; i < old.capacity; i++) {
        const struct name_set_slot *slot = &old.slots[i];
        if (slot->name) *seek(set, slot->name, slot->len, slot->hash) = *slot;
    }
    mem_free(old.slots);
}

bool name_set_add(struct name_set *set, const char *name, size_t len, uint32_t number) {
    if (set->count * 2 >= set->capacity) grow(set);
    uint64_t hash = hash64(name, len);
    struct name_set_slot *slot = seek(set, name, len, hash);
    if (slot->name) return false;
    *slot =
        (struct name_set_slot){.name = mem_strndup(name, len), .len = (uint32_t)len, .number = number, .hash = hash};
    set->count++;
    return true;
}

const struct name_set_slot *name_set_find(const struct name_set *set, const char *name, size_t len) {
    if (!set->count) return NULL;
    const struct name_set_slot *slot = seek(set, name, len, hash64(name, len));
    return slot->name ? slot : NULL;
}

void name_set_free(struct name_set *set) {
    for (size_t i = 0; i < set->capacity; i++)
        mem_free(set->slots[i].name);
    mem_free(set->slots);
    *set = (struct name_set){0};
}
