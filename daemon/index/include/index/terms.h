/* From words to the index's terms: the vocabulary that indexing, queries and highlighting share.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   exact term   prefix word            with positions, for phrases and unstemmed search
 *   stem         Z prefix stem          without positions, for ranked search; a language without a stemmer has
 *                                       the word itself
 *   value        prefix folded-value    for names and keywords
 *   TERMS_SECTION                       with positions, where sections begin in the general text
 *
 * A term of more than ENGINE_TERM_MAX bytes is cut at a character and gets 16 hex digits of its hash.  The
 * analyser's citations are removed before it sees a text.  One object a thread. */
#ifndef INDEX_TERMS_H
#define INDEX_TERMS_H

#include "base/buf.h"
#include "base/err.h"
#include "text/analyse.h"

#include <stddef.h>

/* Has a position where each section begins in the general text, and one behind the last; no word looks like it. */
#define TERMS_SECTION "\001s"

/* Grows whenever the same text could give other terms; an index made by another version needs a rebuild. */
enum { TERMS_VERSION = 2 };

struct terms;
enum status terms_open(struct terms **out, struct err *err);
void terms_close(struct terms *terms);
struct analyser *terms_analyser(struct terms *terms);

/* The stem of a folded word in a language (base tag; NULL or one without stemmer: the word itself).  Borrowed
 * until the cache is emptied, which terms_trim does; not NUL-terminated. */
const char *terms_stem(struct terms *terms, const char *language, const char *word, size_t len, unsigned flags,
                       size_t *out_len);
/* Forgets cached stems when there are many; call it between documents. */
void terms_trim(struct terms *terms);
/* Whether a language has a stemmer. */
bool terms_has_stemmer(struct terms *terms, const char *language);

/* prefix + word, or the hashed form of it, appended to out (cleared first). */
void terms_exact(struct buf *out, const char *prefix, const char *word, size_t len);
void terms_stemmed(struct buf *out, const char *prefix, const char *stem, size_t len);
/* The term of a whole value; folds unless exact_case. */
void terms_value(struct terms *terms, struct buf *out, const char *prefix, const char *value, size_t len,
                 bool exact_case);

#endif
