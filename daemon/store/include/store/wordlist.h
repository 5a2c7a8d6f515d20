/* The archive's own word lists, which stand for the files of the schema's folder: synonyms, stop words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The store keeps texts under names and knows nothing of what they mean.  A change gives the list the next version,
 * which no list of the archive ever had, so the largest version tells whether anything has changed. */
#ifndef STORE_WORDLIST_H
#define STORE_WORDLIST_H

#include "store/store.h"

struct wordlist {
    const char *name;
    uint64_t version; /* 0: never changed */
    const char *text; /* NULL: the file's is in force */
};
/* The largest version of all; 0 when no list was ever changed. */
enum status store_wordlists_version(struct store *store, uint64_t *out, struct err *err);
/* All that were ever changed, by name, in the arena. */
enum status store_wordlists(struct store *store, struct arena *arena, struct wordlist **out, size_t *count,
                            struct err *err);
/* One list; version 0 and no text when it was never changed. */
enum status store_wordlist(struct store *store, struct arena *arena, const char *name, struct wordlist *out,
                           struct err *err);
/* The writer, inside begin/commit: a new text, or NULL for the file's; *changed: it was another.  CONFLICT when the list's
 * version is not `if_version` (STORE_ANY_REVISION: whatever it is). */
enum status store_wordlist_set(struct store *store, struct arena *arena, const char *name, const char *text,
                               int64_t if_version, bool *changed, struct err *err);

#endif
