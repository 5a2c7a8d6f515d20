/* Completion and correction, from the archive's own words, titles, sources and tags.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_SUGGEST_H
#define SEARCH_SUGGEST_H

#include "search/search.h"

enum { SUGGEST_LIMIT_MAX = 100, SUGGEST_BYTES_MAX = 1000 };

/* Types of suggestions, as bits. */
enum { SUGGEST_TERM = 1, SUGGEST_TITLE = 2, SUGGEST_TAG = 4, SUGGEST_SOURCE = 8, SUGGEST_ALL = 15 };

/* Writes [{text, type, count}], best first, each type in turn; empty below two letters.  The reader must be begun. */
enum status suggest_run(struct searcher *searcher, struct arena *arena, const char *prefix, unsigned types,
                        uint32_t limit, int64_t deadline_us, struct jw *jw, struct err *err);

/* Writes the members `corrected` (null when nothing is wrong) and `words` [{word, count, suggestions [{text, count,
 * distance}]}] for those that are unknown or much rarer than one that is alike. */
enum status spell_run(struct searcher *searcher, struct arena *arena, const char *text, int64_t deadline_us,
                      struct jw *jw, struct err *err);

#endif
