/* Runs of five words as hashes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Words are runs of letters and digits, ASCII folded; bytes above 127 count as letters.  A text is known by a sample
 * of the hashes of its runs: those divisible by a power of two, so that two texts keep the same runs. */
#include "shingles.h"

#include "base/hash.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { RUN = 5, BYTES_A_WORD = 6 };

static bool is_word_byte(unsigned char c) {
    return c >= 0x80 || isalnum(c);
}

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static uint64_t hash_word(const char *text, size_t len) {
    char folded[64];
    if (len > sizeof folded) len = sizeof folded;
    for (size_t i = 0; i < len; i++)
        folded[i] = (char)tolower((unsigned char)text[i]);
    return hash64(folded, len);
}

void shingles_make(struct arena *arena, const char *text, size_t every, struct shingles *out) {
    uint64_t window[RUN] = {0};
    size_t words = 0, cap = 0, kept = 0;
    *out = (struct shingles){0};
    for (const char *at = text; *at;) {
        while (*at && !is_word_byte((unsigned char)*at))
            at++;
        const char *start = at;
        while (*at && is_word_byte((unsigned char)*at))
            at++;
        if (at == start) break;
        memmove(window, window + 1, sizeof window - sizeof *window);
        window[RUN - 1] = hash_word(start, (size_t)(at - start));
        if (++words < RUN) continue;
        uint64_t hash = hash64(window, sizeof window);
        if (hash % every != 0) continue;
        out->items = arena_grow(arena, out->items, kept, &cap, sizeof *out->items);
        out->items[kept++] = hash;
    }
    if (kept > 1) qsort(out->items, kept, sizeof *out->items, compare);
    for (size_t i = 0; i < kept; i++)
        if (out->count == 0 || out->items[i] != out->items[out->count - 1]) out->items[out->count++] = out->items[i];
}

double shingles_overlap(const struct shingles *a, const struct shingles *b) {
    size_t i = 0, j = 0, shared = 0, smaller = a->count < b->count ? a->count : b->count;
    if (smaller < SHINGLES_MIN) return 0;
    while (i < a->count && j < b->count) {
        if (a->items[i] == b->items[j]) shared++;
        if (a->items[i] <= b->items[j])
            i++, j += a->items[i - 1] == b->items[j];
        else
            j++;
    }
    return (double)shared / (double)smaller;
}

size_t shingles_every(size_t longest_bytes) {
    size_t every = 1;
    while (longest_bytes / BYTES_A_WORD / every > SHINGLES_KEPT)
        every *= 2;
    return every;
}
