/* Source identity by hand: what a person has said to be the same, or not the same.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   key -> other            every citation of the source `key` counts for `other`
 *   "url:" + url -> other   an address, spelled exactly so, is `other` and not what the rules make of it
 *
 * Kept beside the records, so it holds for whatever is imported later.  A chain is followed when it is said: `other`
 * never stands for another one itself. */
#ifndef STORE_SAME_H
#define STORE_SAME_H

#include "store/store.h"

struct same {
    const char *key, *other, *note; /* note may be NULL */
};
/* The writer, inside begin/commit.  CONFLICT when a source would stand for itself. */
enum status store_same_set(struct store *store, struct arena *arena, const char *key, const char *other,
                           const char *note, struct err *err);
/* NOT_FOUND when nothing was said. */
enum status store_same_remove(struct store *store, struct arena *arena, const char *key, struct err *err);
/* What stands for an address or a key: *out NULL when nothing was said.  `url` may be NULL. */
enum status store_same_find(struct store *store, struct arena *arena, const char *url, const char *key,
                            const char **out, struct err *err);
/* Whether just that, with the same note, has been said. */
enum status store_same_said(struct store *store, const char *key, const char *other, const char *note, bool *out,
                            struct err *err);
/* All of it, by key. */
enum status store_same_list(struct store *store, struct arena *arena, struct same **out, size_t *count,
                            struct err *err);

/* Begins a step of the log that is no write of a record: a further seq. */
uint64_t store_step_seq(struct store *store);
/* Reads the article's citations into the edges again, as a part of the step begun. */
enum status store_recite(struct store *store, uint32_t docid, const struct article *article, struct err *err);

#endif
