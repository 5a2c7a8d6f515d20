/* What the searchers of all workers share: stop words, word lists, snapshots.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_SHARED_H
#define SEARCH_SHARED_H

#include "cursor.h"
#include "index/index.h"
#include "lexicon.h"
#include "stop.h"

struct lexicons;

struct searcher_shared {
    struct stop_words *stop;
    struct snapshots *snapshots;
    struct lexicons *lexicons;
};

/* ---- word lists, made by a thread of their own ---- */

struct lexicons *lexicons_new(void);
void lexicons_free(struct lexicons *lexicons); /* ends the thread */

struct shared_lexicon { /* counted */
    struct lexicon *lexicon;
    enum store_kind kind;
    uint64_t generation, revision;
    int64_t took_us, made_us;
    int users;
};
/* The newest list of a kind; NULL when there is none of this generation yet.  Asks for a newer one when it is not of
 * this view.  Give it back. */
struct shared_lexicon *lexicons_take(struct lexicons *lexicons, struct index *ix, enum store_kind kind,
                                     uint64_t generation, uint64_t revision);
void lexicons_give(struct lexicons *lexicons, struct shared_lexicon *lexicon);

#endif
