/* Stop words: words of a query that say little.  They are left out of a ranked search, never out of the index.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_STOP_H
#define SEARCH_STOP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { STOP_LANGUAGE_MAX = 8 }; /* letters of a language's name */

struct stop_words;
/* Reads dir/stopwords/<language>.txt: one folded word a line, # begins a comment.  Absent: none.  INVALID_FORMAT. */
enum status stop_open(struct stop_words **out, const char *dir, struct err *err);
void stop_close(struct stop_words *stop);
/* Replaces a language's list by a text of the same form.  TOO_LARGE: too many languages, or too long a name. */
enum status stop_set(struct stop_words *stop, const char *language, const char *text, struct err *err);
/* Whether a folded word is one in any of the languages. */
bool stop_has(const struct stop_words *stop, const char *const *languages, size_t count, const char *word, size_t len);

#endif
