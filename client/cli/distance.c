/* Edit distance between names: see distance.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "distance.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { NAME_MAX_BYTES = 63 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t distance(const char *left, const char *right) {
    size_t n = strlen(left), m = strlen(right);
    size_t cost[NAME_MAX_BYTES + 1][NAME_MAX_BYTES + 1];
    if (n > NAME_MAX_BYTES || m > NAME_MAX_BYTES) return SIZE_MAX;
    for (size_t i = 0; i <= n; i++)
        cost[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            size_t replace = cost[i - 1][j - 1] + (left[i - 1] != right[j - 1]);
            cost[i][j] = least(replace, 1 + least(cost[i - 1][j], cost[i][j - 1]));
            bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped) cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[n][m];
}

void nearest_begin(struct nearest *nearest, const char *name) {
    /* A third of the letters wrong is still a misspelling; more is another word. */
    *nearest = (struct nearest){.name = name, .distance = strlen(name) / 3 + 2};
}

void nearest_offer(struct nearest *nearest, const char *candidate) {
    size_t d = distance(nearest->name, candidate);
    if (d >= nearest->distance) return;
    nearest->distance = d;
    nearest->best = candidate;
}
