/* What the tasks that change generations share.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_REINDEX_H
#define INDEX_REINDEX_H

#include "generation.h"
#include "tasks.h"

/* DISK_FULL when the file system of dir has less than `need` bytes. */
enum status space_check(const char *dir, uint64_t need, const char *what, struct err *err);
/* Brings a generation that is not served up to the change log and checks it against the store, which has *records. */
enum status generation_prepare(struct index *ix, struct task *task, struct generation *to, uint64_t *records,
                               struct err *err);
enum status lineage_maker(const char *store_dir, const struct schema *schema, char out[GENERATION_MAKER],
                          struct err *err);

#endif
