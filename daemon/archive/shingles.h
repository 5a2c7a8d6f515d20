/* Runs of five words as hashes, to tell whether two texts are one.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ARCHIVE_SHINGLES_H
#define ARCHIVE_SHINGLES_H

#include "base/mem.h"

#include <stdint.h>

struct shingles { /* ascending, each once */
    uint64_t *items;
    size_t count;
};
/* Keeps one in `every` (a power of two), the same ones in every text. */
void shingles_make(struct arena *arena, const char *text, size_t every, struct shingles *out);
/* Share of the smaller set that is in the other; 0 when it has fewer than SHINGLES_MIN. */
enum { SHINGLES_MIN = 12, SHINGLES_KEPT = 4096 };
double shingles_overlap(const struct shingles *a, const struct shingles *b);
/* The power of two that keeps the longest of texts at about SHINGLES_KEPT. */
size_t shingles_every(size_t longest_bytes);

#endif
