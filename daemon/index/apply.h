/* Applying: from the change log to the databases of one generation.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Belongs to one thread: the applier's for the generation that is served, the tasks' for one that is being built. */
#ifndef INDEX_APPLY_H
#define INDEX_APPLY_H

#include "index_internal.h"

struct apply {
    struct index *ix;
    const struct generation *generation;
    struct store *store;
    struct mapping *mapping;
    struct engine_db *dbs[3];
    uint64_t reached; /* last seq whose changes are pending or applied */
    size_t text_bytes, operations;
    int64_t first_us; /* when the oldest pending change was made; 0: nothing pending */
    /* Called before the first change after a commit; NULL: nobody reads. */
    void (*before)(struct apply *apply);
};

enum status apply_open(struct apply *apply, struct index *ix, const struct generation *generation, struct err *err);
/* What is not committed is lost; a struct apply that was never opened is fine. */
void apply_close(struct apply *apply);
/* Applies the next changes of the log, whole seqs, until there is enough for a commit; *more says whether there
 * were any. */
enum status apply_some(struct apply *apply, bool *more, struct err *err);
/* Enough for a commit, though the log has more. */
bool apply_is_full(const struct apply *apply);
enum status apply_commit(struct apply *apply, struct err *err);
/* Maps one record into a database; one that the engine or the mapping refuses costs itself only and is listed. */
enum status apply_record(struct index *ix, uint64_t generation, struct mapping *mapping, struct store *store,
                         struct engine_db *db, const struct record *record, size_t *text_bytes, struct err *err);

#endif
