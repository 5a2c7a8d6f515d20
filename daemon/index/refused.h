/* Records that the engine could not take: a list by generation.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread.  A record leaves the list when it is indexed or deleted.  The list is in memory; it is made again when
 * a generation is opened from the file `refused` in its folder, one line of JSON an entry. */
#ifndef INDEX_REFUSED_H
#define INDEX_REFUSED_H

#include "base/json.h"
#include "index_internal.h"

struct refused;
struct refused *refused_new(const char *data);
void refused_free(struct refused *refused);
/* Reads the generation's file; what can't be read is left out. */
void refused_load(struct refused *refused, uint64_t generation);
/* id may be NULL. */
void refused_add(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid, const char *id,
                 const struct err *why);
void refused_remove(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid);
bool refused_has(struct refused *refused, uint64_t generation, enum store_kind kind, uint32_t docid);
/* What one generation could not take another made of it can't either. */
void refused_copy(struct refused *refused, uint64_t from, uint64_t to);
size_t refused_count(struct refused *refused, uint64_t generation, enum store_kind kind);
void refused_write(struct refused *refused, uint64_t generation, struct jw *jw);

#endif
