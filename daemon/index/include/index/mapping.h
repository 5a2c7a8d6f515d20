/* From a record to the engine's document, as the schema says.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Positions: the general text begins at 1; between two fields, two sections, and a heading and its text there is
 * a gap of POSITION_GAP, so that no phrase runs across. */
#ifndef INDEX_MAPPING_H
#define INDEX_MAPPING_H

#include "engine/engine.h"
#include "index/schema.h"
#include "index/terms.h"

enum { POSITION_GAP = 100 };

struct mapping; /* one a thread */
enum status mapping_open(struct mapping **out, const struct schema *schema, const struct rules *rules, struct err *err);
void mapping_close(struct mapping *mapping);

/* The document of a record as the store gives it; an article's citations come from `store`.  *text_bytes: how
 * much text was analysed, for batch limits.  CORRUPT when the record can't be read. */
enum status mapping_document(struct mapping *mapping, struct store *store, const struct record *record,
                             struct engine_doc **out, size_t *text_bytes, struct err *err);

#endif
