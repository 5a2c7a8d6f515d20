/* Tasks: long work on the archive, one at a time, on a thread of its own.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The list is kept in data/tasks.json and survives a restart: what can begin anew (reindex, compact) does so, what
 * can't is told as failed.  Types and their parameters:
 *
 *   reindex   {"schema"?: FILE}   compact {}      rollback {}     verify {"repair"?: bool}
 *   backup    {"dir": DIR}        restore {"dir": DIR}
 */
#ifndef INDEX_TASKS_H
#define INDEX_TASKS_H

#include "base/json.h"
#include "index/index.h"

/* How a task ended: `result` is JSON, NULL unless it succeeded.  On the tasks' thread; must not block. */
typedef void (*task_ended)(void *arg, uint64_t number, const char *result, const struct err *err);

/* Puts a task at the end of the list.  `params` is copied, `who` says who asked for it; `ended` may be NULL.
 * BUSY: too many wait already; SHUTTING_DOWN. */
enum status index_task_add(struct index *ix, uint64_t *number, const char *type, const cJSON *params, const char *who,
                           task_ended ended, void *arg, struct err *err);
/* A task that waits is gone at once, one that runs stops soon.  NOT_FOUND, CONFLICT (it is over). */
enum status index_task_cancel(struct index *ix, uint64_t number, struct err *err);
/* Writes the tasks as a JSON array, the newest last. */
void index_tasks_write(struct index *ix, struct jw *jw);
/* No more tasks: the one that runs stops soon, those that somebody waits for are told SHUTTING_DOWN. */
void index_tasks_stop(struct index *ix);

/* What a reindex with this schema file would change: a JSON array, empty when nothing would. */
enum status index_schema_changes(struct index *ix, const char *path, struct jw *jw, struct err *err);
/* What the child process does that footnoted starts to check a generation's database: says on stderr what is wrong and
 * gives the exit code. */
int index_check_main(const char *dir);
/* Records that the engine could not take, as a JSON array. */
void index_refused_write(struct index *ix, struct jw *jw);

#endif
