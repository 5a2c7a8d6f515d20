/* Entries of a bibliography as an article's `sources`.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#ifndef IMPORT_SOURCES_H
#define IMPORT_SOURCES_H

#include "archive/structure.h"
#include "base/json.h"

/* The article's list of sources, made if it has none. */
cJSON *sources_of(cJSON *record);
/* Adds one entry with what the reference has. */
void sources_add_reference(cJSON *record, const struct reference *reference);
void sources_add_references(cJSON *record, const struct reference *references, size_t count);

#endif
