/* Building a whole generation out of the record store, on all processors.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_BUILD_H
#define INDEX_BUILD_H

#include "generation.h"
#include "tasks.h"

struct build_plan {
    const char *store_dir; /* of the record store: the archive's own, or one that is to be restored */
    const char *maker;
};
/* Fills the folder of `to`, which must not be there, with what the store holds; its databases carry the seq that the
 * store had at the beginning, so that following the log from there makes up for what changed meanwhile. */
enum status build_run(struct index *ix, struct task *task, struct generation *to, const struct build_plan *plan,
                      struct err *err);

#endif
