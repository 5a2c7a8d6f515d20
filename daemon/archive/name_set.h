/* A set of short names with a number each: outlets, query parameters, host patterns.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Filled while rules are opened, then read-only: any thread.  Names are compared byte by byte; whoever wants
 * another comparison folds both sides first. */
#ifndef ARCHIVE_NAME_SET_H
#define ARCHIVE_NAME_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct name_set_slot {
    char *name; /* owned; NULL: free */
    uint32_t len;
    uint32_t number;
    uint64_t hash;
};

struct name_set {
    struct name_set_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

/* False when the name is there already; its number stays. */
bool name_set_add(struct name_set *set, const char *name, size_t len, uint32_t number);
/* The slot of a name, or NULL. */
const struct name_set_slot *name_set_find(const struct name_set *set, const char *name, size_t len);
void name_set_free(struct name_set *set);

#endif
