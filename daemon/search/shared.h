/* What the searchers of all workers share: stop words and synonyms, lexicons, snapshots, filters.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_SHARED_H
#define SEARCH_SHARED_H

#include "cursor.h"
#include "filters.h"
#include "index/index.h"
#include "lexicon.h"
#include "stop.h"
#include "synonyms.h"

#include <pthread.h>

struct lexicons;
struct words_in_force;
struct searcher;

struct searcher_shared {
    const char *schema_dir;
    struct words_in_force *words;
    struct snapshots *snapshots;
    struct lexicons *lexicons;
    struct filters *filters;
};

/* ---- stop words and synonyms ---- */

struct wordlists { /* counted; read-only */
    struct stop_words *stop;
    struct synonyms *synonyms;
    uint64_t version, generation; /* of the store's lists; of the index */
    int users;
};
struct words_in_force {
    pthread_mutex_t lock;
    struct wordlists *newest; /* holds one use */
};
struct words_in_force *words_in_force_new(void);
/* The next request reads them anew. */
void words_in_force_forget(struct words_in_force *force);
void words_in_force_free(struct words_in_force *force);
/* Those of the searcher's view, read again if they have changed.  Give them back. */
enum status wordlists_take(struct searcher *searcher, struct wordlists **out, struct err *err);
void wordlists_give(struct words_in_force *force, struct wordlists *lists);
/* Whether the files of the folder can be read. */
enum status wordlists_check_files(const char *schema_dir, struct err *err);

/* ---- lexicons: the words of the index, made by a thread of their own ---- */

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
