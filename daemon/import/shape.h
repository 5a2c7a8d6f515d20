/* A record's values in the shape that articles and sources have.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is changed, and nothing else:
 *   - of known fields, null and strings of nothing but white space are left out;
 *   - an id that is an integer becomes a string, and the prefix goes in front;
 *   - one string where a list of strings belongs (authors, tags) becomes a list of one, or of its parts (CSV);
 *   - a string in `sources` becomes {"url": …}; a source without `n` gets its place in the list, from 1;
 *   - dates become YYYY-MM-DD or RFC 3339;
 *   - `start` and `end` of a source that lie outside `text`, or without a text, are moved into its `place`, so that
 *     a wrong link costs no article;
 *   - an article without title and any text gets its `url` for a title, so that it can be found.
 * Unknown fields are kept as they are.  Works on one record; any thread. */
#ifndef IMPORT_SHAPE_H
#define IMPORT_SHAPE_H

#include "base/err.h"
#include "base/json.h"
#include "base/when.h"

struct shape_rules {
    const char *id_prefix; /* NULL: none */
    enum when_order date_order;
    const char *list_separator; /* where a list of strings is one text: what stands between; NULL: it is one element */
};

/* INVALID_RECORD: dates that can't be read, all of them told with their path. */
enum status shape_record(cJSON *record, const struct shape_rules *rules, struct err *err);

#endif
