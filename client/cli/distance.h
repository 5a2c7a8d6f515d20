/* Which known name a misspelt one may have meant.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_DISTANCE_H
#define CLI_DISTANCE_H

#include <stddef.h>

struct nearest {
    const char *name, *best; /* best: NULL while nothing is alike */
    size_t distance;         /* of best; what is not nearer is no suggestion */
};

void nearest_begin(struct nearest *nearest, const char *name);
void nearest_offer(struct nearest *nearest, const char *candidate);

/* Insertions, deletions, replacements and swaps of neighbours that turn one into the other; names of up to 63
 * bytes, longer ones count as far apart. */
size_t distance(const char *left, const char *right);

#endif
