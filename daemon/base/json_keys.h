/* The keys of the objects that json_check has open: finds duplicates without quadratic time.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A stack of (hash, offset): the keys of inner objects lie above those of outer ones.  Keys are
 * compared after unescaping.  Small objects are compared pairwise, large ones sorted by hash and then
 * by content, so that chosen hash collisions cost no more than n log n comparisons. */
#ifndef BASE_JSON_KEYS_H
#define BASE_JSON_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_KEYS_INLINE = 64 };

struct json_key {
    uint32_t hash;
    uint32_t at; /* offset of the opening quote */
};

struct json_keys {
    const char *text;
    struct json_key *items;
    size_t count;
    size_t capacity;
    struct json_key room[JSON_KEYS_INLINE];
};

void json_keys_init(struct json_keys *keys, const char *text);
void json_keys_free(struct json_keys *keys);
/* A valid string of len bytes at text[at], quotes included.  False: memory was refused. */
bool json_keys_add(struct json_keys *keys, size_t at, size_t len);
/* Drops the keys from number `first` on (one object).  Offset of the first key that repeats an
 * earlier one, or SIZE_MAX. */
size_t json_keys_end_object(struct json_keys *keys, size_t first);

#endif
