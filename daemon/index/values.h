/* The values that a record has for a field.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_VALUES_H
#define INDEX_VALUES_H

#include "archive/article.h"
#include "archive/profile.h"
#include "index/schema.h"

struct view { /* a record, parsed for indexing */
    const struct record *record;
    const struct article *article; /* or NULL */
    const struct source *source;   /* or NULL */
    const char *language;          /* base tag; never NULL */
    const struct rules *rules;
    const struct profile *profile; /* of the article, or NULL */
    struct arena *arena;
};

/* Calls fn for each text value, in order.  Values are borrowed from the record or the arena. */
void values_texts(const struct view *view, const struct field *field,
                  void (*fn)(void *arg, const char *text, size_t len), void *arg);
/* The value of a date (seconds) or number field; false when there is none. */
bool values_number(const struct view *view, const struct field *field, double *out);

#endif
