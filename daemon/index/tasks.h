/* Inside the index: a task as the one who does it sees it.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_TASKS_INTERNAL_H
#define INDEX_TASKS_INTERNAL_H

#include "index/tasks.h"
#include "index_internal.h"

struct task;

struct task_type {
    const char *name;
    enum status (*run)(struct index *ix, struct task *task, struct err *err);
    bool restarts; /* begins anew after a restart of the daemon */
};

enum task_state { TASK_ENQUEUED, TASK_PROCESSING, TASK_SUCCEEDED, TASK_FAILED, TASK_CANCELED };

struct task {
    uint64_t number;
    const struct task_type *type;
    cJSON *params;
    char *who;
    int64_t created_ms;
    _Atomic uint64_t done, total; /* of whatever it counts; total 0: not known */
    const char *_Atomic stage;
    _Atomic int64_t stage_us; /* when the stage began, for the rate */
    atomic_bool cancel;
    struct buf result; /* JSON, by the type's run */
    /* under the lock of the tasks */
    enum task_state state;
    int64_t started_ms, ended_ms, started_us;
    struct err err;
    task_ended ended;
    void *arg;
    struct task *next;
};

void tasks_open(struct index *ix);                          /* reads the list */
enum status tasks_start(struct index *ix, struct err *err); /* begins with it; the applier must run */
void tasks_close(struct index *ix);                         /* after index_tasks_stop */
/* CANCELED or SHUTTING_DOWN when the task should stop: asked between its steps. */
enum status task_check(struct index *ix, struct task *task, struct err *err);
void task_stage(struct task *task, const char *stage, uint64_t total);
/* Starts a reindex by itself, because the index is not what it should be; once in a while at most. */
void tasks_heal(struct index *ix, const char *why);

enum status reindex_run(struct index *ix, struct task *task, struct err *err);
enum status schema_run(struct index *ix, struct task *task, struct err *err);
enum status compact_run(struct index *ix, struct task *task, struct err *err);
enum status rollback_run(struct index *ix, struct task *task, struct err *err);
enum status verify_run(struct index *ix, struct task *task, struct err *err);
enum status backup_run(struct index *ix, struct task *task, struct err *err);
enum status restore_run(struct index *ix, struct task *task, struct err *err);

#endif
