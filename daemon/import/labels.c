/* A table from words to numbers; see labels.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Open addressing, at most half full.  One thread at a time. */
#include "labels.h"

#include "base/hash.h"

#include <string.h>

enum { FIRST_CAPACITY = 32 };

struct label_slot {
    const char *word; /* NULL: free */
    size_t len;
    uint32_t value;
};

void labels_init(struct labels *labels, struct arena *arena, bool fold) {
    *labels = (struct labels){.arena = arena, .fold = fold};
}

static const char *folded(const struct labels *labels, const char *word, size_t len) {
    if (!labels->fold) return word;
    char *copy = arena_strndup(labels->arena, word, len);
    for (char *c = copy; c < copy + len; c++)
        if (*c >= 'A' && *c <= 'Z') *c += 'a' - 'A';
    return copy;
}

/* Its slot, or the free one where it belongs. */
static struct label_slot *slot_of(const struct labels *labels, const char *word, size_t len) {
    size_t mask = labels->capacity - 1, i = (size_t)hash64(word, len) & mask;
    while (labels->slots[i].word && (labels->slots[i].len != len || memcmp(labels->slots[i].word, word, len) != 0))
        i = (i + 1) & mask;
    return &labels->slots[i];
}

uint32_t *labels_find(const struct labels *labels, const char *word, size_t len) {
    if (!labels->count) return NULL;
    struct label_slot *slot = slot_of(labels, folded(labels, word, len), len);
    return slot->word ? &slot->value : NULL;
}

static void grow(struct labels *labels) {
    struct label_slot *old = labels->slots;
    size_t capacity = labels->capacity;
    labels->capacity = capacity ? 2 * capacity : FIRST_CAPACITY;
    labels->slots = arena_alloc(labels->arena, labels->capacity * sizeof *labels->slots);
    for (size_t i = 0; i < capacity; i++)
        if (old[i].word) *slot_of(labels, old[i].word, old[i].len) = old[i];
}

void labels_add(struct labels *labels, const char *word, size_t len, uint32_t value) {
    if (2 * (labels->count + 1) > labels->capacity) grow(labels);
    const char *kept = labels->fold ? folded(labels, word, len) : arena_strndup(labels->arena, word, len);
    *slot_of(labels, kept, len) = (struct label_slot){kept, len, value};
    labels->count++;
}

bool labels_note(struct labels *labels, const char *word, size_t len) {
    if (labels_find(labels, word, len)) return false;
    labels_add(labels, word, len, 0);
    return true;
}
