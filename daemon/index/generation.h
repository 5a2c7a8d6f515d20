/* Generations: folders with the engine's databases of a whole index.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A struct generation does not change once it is served; all that ever were stay in memory until the index is
 * closed (a few kilobytes each), so that a reader may go on with the one it began with. */
#ifndef INDEX_GENERATION_H
#define INDEX_GENERATION_H

#include "index_internal.h"

enum { GENERATION_MAKER = 160 };

/* What makes an index what it is: versions of the terms and the card, the schema, the archive's lineage. */
void generation_maker(char out[GENERATION_MAKER], const struct schema *schema, const char *lineage);
/* Paths only; nothing is made. */
struct generation *generation_new(const char *data, uint64_t number);
void generation_free(struct generation *generation);

/* The generation to serve; makes an empty one, which fills from the change log, when the living one can't be
 * served.  `why` says what is wrong with one that is served all the same and wants a reindex; "" if nothing.
 * Removes what is neither this one nor the previous. */
enum status generation_open(struct generation **out, const char *data, const struct schema *configured,
                            const char *lineage, char *why, size_t size, struct err *err);
/* An empty generation, current at once. */
enum status generation_replace(struct generation **out, const char *data, uint64_t old, const struct schema *configured,
                               const char *lineage, struct err *err);
/* `current` or `previous`; 0: there is none. */
enum status generation_read_name(uint64_t *out, const char *data, const char *name, struct err *err);
enum status generation_write_name(const char *data, const char *name, uint64_t number, struct err *err);
/* A number that no folder has. */
uint64_t generation_next(const char *data, uint64_t current);
/* Removes the folders of all generations but two. */
void generation_sweep(const char *data, uint64_t keep, uint64_t also);
enum status generation_write_schema(const struct generation *generation, const struct schema *schema,
                                    const struct schema *configured, struct err *err);
enum status generation_copy_schema(const struct generation *from, const struct generation *to, struct err *err);
/* Whether the configured schema is still the one that was configured when the generation was made. */
bool generation_configured_is(const struct generation *generation, const struct schema *configured);
/* What makes a generation's databases unfit to be served under `maker`; "" when nothing does. */
enum status generation_unfit(const struct generation *generation, const char *maker, char *why, size_t size);
/* NULL when there is none that can be read. */
struct schema *generation_stored_schema(const struct generation *generation);
/* An empty database in place of what is there. */
enum status generation_fresh_database(const char *dir, const char *maker, uint64_t applied, struct err *err);

#endif
