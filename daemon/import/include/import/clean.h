/* Values of the wrong type, or dates and numbers that can't be read: refused, put right, or left out.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Only fields of ours are looked at.  Whatever is done is told.  Works on one record; any thread. */
#ifndef IMPORT_CLEAN_H
#define IMPORT_CLEAN_H

#include "base/err.h"
#include "base/json.h"
#include "base/when.h"

#include <stdbool.h>

enum clean_policy {
    CLEAN_REJECT, /* nothing is done: such a value costs its record */
    CLEAN_COERCE, /* what has one meaning is put right, a date that can't be read is kept as `…_text`; the rest goes */
    CLEAN_DROP,   /* such a value is left out */
};

struct clean_rules {
    enum clean_policy policy;
    enum when_order date_order;
    bool loose_dates; /* `March 2, 2024` is as good as 2024-03-02: it will be read later */
};

/* "reject" (also NULL), "coerce", "drop"; INVALID_VALUE. */
enum status clean_policy_named(enum clean_policy *out, const char *name, struct err *err);
/* Appends to the array `changes`, for each value:
 * {"field": "sources[2].n", "action": "coerced"|"moved"|"dropped", "was": "…"}. */
void clean_record(cJSON *record, const struct clean_rules *rules, cJSON *changes);

#endif
