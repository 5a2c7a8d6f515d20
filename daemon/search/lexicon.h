/* The lexicon: the words of an index and how many documents have them, in memory, shared by all workers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Read-only once built; counted, so that a worker keeps the one it has begun with. */
#ifndef SEARCH_LEXICON_H
#define SEARCH_LEXICON_H

#include "base/err.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A word to which others are compared, by optimal string alignment in code points. */
enum { FUZZY_WORD_MAX = 64 };
struct fuzzy {
    uint32_t points[FUZZY_WORD_MAX];
    size_t count;
    uint32_t limit;
};
/* False for words that are too long. */
bool fuzzy_set(struct fuzzy *fuzzy, const char *word, size_t len, uint32_t limit);
/* Whether a word is within the limit, and at which distance.  Words with digits never are. */
bool fuzzy_fits(const struct fuzzy *fuzzy, const char *word, size_t len, uint32_t *distance);

struct lexicon;
typedef bool (*lexicon_fn)(void *arg, const char *word, size_t len, uint32_t documents);

/* Reads the words of the general text of an index; `stop` (may be NULL) set: CANCELED. */
enum status lexicon_make(struct lexicon **out, struct engine_db *db, bool (*stop)(void *arg), void *stop_arg,
                         struct err *err);
void lexicon_free(struct lexicon *lexicon);
size_t lexicon_count(const struct lexicon *lexicon);
/* Number of documents with a word; 0 if none. */
uint32_t lexicon_documents(const struct lexicon *lexicon, const char *word, size_t len);
/* Calls fn for the words that begin so, in byte order, until it returns false. */
void lexicon_beginning(const struct lexicon *lexicon, const char *prefix, size_t len, lexicon_fn fn, void *arg);
/* Calls fn for a set of words that has all that fuzzy_fits. */
void lexicon_alike(const struct lexicon *lexicon, const struct fuzzy *fuzzy, lexicon_fn fn, void *arg);

#endif
