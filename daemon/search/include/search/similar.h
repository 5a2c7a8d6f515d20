/* More like this: records with a text like that of one record, or like a given text.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_SIMILAR_H
#define SEARCH_SIMILAR_H

#include "search/search.h"

enum { SIMILAR_WORDS_MAX = 40, SIMILAR_TEXT_BYTES_MAX = 1 << 20 };

struct similar_request {
    const char *id;       /* of the record; NULL: `text` is given */
    enum store_kind kind; /* of that record */
    const char *text;
    struct search_request search; /* what to search, filter, limit, and how hits are shown; its query is not used */
};

/* Writes hits like those of a search, each with `similarity`, the most alike first, and the words that were looked
 * for.  The record itself is none of them.  NOT_FOUND (it is not in the index), TIMEOUT, QUERY_SYNTAX (a filter). */
enum status search_similar(struct searcher *searcher, struct arena *arena, const struct similar_request *request,
                           struct buf *out, struct err *err);

#endif
