/* A table from words to numbers, for labels and URLs within one text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lives in an arena.  One thread at a time. */
#ifndef IMPORT_LABELS_H
#define IMPORT_LABELS_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct labels {
    struct arena *arena;
    struct label_slot *slots;
    size_t count, capacity; /* a power of two */
    bool fold;              /* the case of ASCII letters makes no difference */
};

void labels_init(struct labels *labels, struct arena *arena, bool fold);
/* The place of the word's number, NULL if it is not there. */
uint32_t *labels_find(const struct labels *labels, const char *word, size_t len);
/* Adds a word that is not there. */
void labels_add(struct labels *labels, const char *word, size_t len, uint32_t value);
/* Adds the word unless it is there; true: it is new. */
bool labels_note(struct labels *labels, const char *word, size_t len);

#endif
