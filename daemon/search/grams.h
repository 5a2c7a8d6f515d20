/* 4-grams of words, and their frequency in the archive.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A word w is read as _w_; if that has up to four bytes it is one gram, else each four bytes in a row are one. */
#ifndef SEARCH_GRAMS_H
#define SEARCH_GRAMS_H

#include "engine/engine.h"

#include <stddef.h>
#include <stdint.h>

enum { GRAMS_MAX = 64 };

/* The grams of a word, at most GRAMS_MAX; returns their number. */
size_t grams_of(const char *word, size_t len, uint32_t *out);

struct gram_table;
enum status gram_table_make(struct gram_table **out, struct engine_db *db, uint64_t documents, struct err *err);
void gram_table_free(struct gram_table *table);
uint64_t gram_table_documents(const struct gram_table *table); /* of the archive when it was made */
/* About how many documents have a gram: words are taken to be independent. */
double gram_documents(const struct gram_table *table, uint32_t gram);
/* ((occurrences + 1) / documents) ^ 0.5, as for words. */
double gram_burst(const struct gram_table *table, uint32_t gram);
double gram_average_length(const struct gram_table *table); /* grams in a document */

#endif
