/* The list of tasks and the thread that does them, one after the other.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * data/tasks.json, replaced whenever a task is added, begins or ends:
 *
 *   {"format": 1, "next": 8, "tasks": [{"task": 7, "type": "reindex", "status": "succeeded", "who": "…",
 *    "created_ms": …, "started_ms": …, "ended_ms": …, "done": …, "total": …, "params": {…}, "result": {…},
 *    "code": "…", "message": "…"}]}
 *
 * The list in memory counts: where the file can't be written (a full disk), the log says so and work goes on. */
#include "tasks.h"

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    TASKS_FORMAT = 1,
    TASKS_KEPT = 100,
    TASKS_WAITING = 50,
    FILE_MAX = 16 << 20,
    HEAL_PAUSE_US = 60000000,
    TASK_NICE = 10
};

static const struct task_type types[] = {
    {"reindex", reindex_run, true}, {"compact", compact_run, true}, {"rollback", rollback_run, false},
    {"verify", verify_run, false},  {"backup", backup_run, false},  {"restore", restore_run, false},
    {"schema", schema_run, false},
};

static const char *const state_names[] = {[TASK_ENQUEUED] = "enqueued",
                                          [TASK_PROCESSING] = "processing",
                                          [TASK_SUCCEEDED] = "succeeded",
                                          [TASK_FAILED] = "failed",
                                          [TASK_CANCELED] = "canceled"};

struct tasks {
    pthread_mutex_t lock;
    pthread_cond_t added;
    struct task *first;
    uint64_t next;
    int64_t healed_us;
    bool stopping, runs;
    pthread_t thread;
    char *path;
};

static const struct task_type *find_type(const char *name) {
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0) return &types[i];
    return NULL;
}

static bool is_over(const struct task *task) {
    return task->state > TASK_PROCESSING;
}

static void task_free(struct task *task) {
    cJSON_Delete(task->params);
    buf_free(&task->result);
    mem_free(task->who);
    mem_free(task);
}

static struct task *task_new(uint64_t number, const struct task_type *type) {
    struct task *task = mem_alloc(sizeof *task);
    task->number = number;
    task->type = type;
    task->err = ERR_NONE;
    buf_init(&task->result, 0);
    atomic_store(&task->stage, "waiting");
    return task;
}

/* ---- the file ---- */

static void write_stored(struct jw *jw, const struct task *task) {
    jw_object(jw);
    jw_kint(jw, "task", (int64_t)task->number);
    jw_kstring(jw, "type", task->type->name);
    jw_kstring(jw, "status", state_names[task->state]);
    jw_kstring(jw, "who", task->who);
    jw_kint(jw, "created_ms", task->created_ms);
    jw_kint(jw, "started_ms", task->started_ms);
    jw_kint(jw, "ended_ms", task->ended_ms);
    jw_kint(jw, "done", (int64_t)atomic_load(&task->done));
    jw_kint(jw, "total", (int64_t)atomic_load(&task->total));
    if (task->params) {
        jw_key(jw, "params");
        jw_value(jw, task->params);
    }
    if (task->state == TASK_SUCCEEDED && task->result.len > 0) {
        jw_key(jw, "result");
        jw_raw(jw, task->result.data, task->result.len);
    }
    if (task->err.status != ST_OK) {
        jw_kstring(jw, "code", status_info(task->err.status)->code);
        jw_kstring(jw, "message", task->err.text);
    }
    jw_object_end(jw);
}

/* Drops the oldest that are over, but not `stays`.  The lock is held. */
static void trim(struct tasks *tasks, const struct task *stays) {
    size_t over = 0;
    for (struct task *task = tasks->first; task; task = task->next)
        over += is_over(task);
    for (struct task **link = &tasks->first; *link && over > TASKS_KEPT;) {
        struct task *task = *link;
        if (!is_over(task) || task == stays) {
            link = &task->next;
            continue;
        }
        *link = task->next;
        task_free(task);
        over--;
    }
}

/* The lock is held. */
static void save(struct tasks *tasks) {
    struct buf text;
    struct jw jw;
    struct err err = ERR_NONE;
    buf_init(&text, 0);
    jw_init(&jw, &text);
    jw_object(&jw);
    jw_kint(&jw, "format", TASKS_FORMAT);
    jw_kint(&jw, "next", (int64_t)tasks->next);
    jw_key(&jw, "tasks");
    jw_array(&jw);
    for (const struct task *task = tasks->first; task; task = task->next)
        write_stored(&jw, task);
    jw_array_end(&jw);
    jw_object_end(&jw);
    if (file_replace(tasks->path, text.data, text.len, &err) != ST_OK)
        log_warning("tasks", "reason=\"%s\" action=\"the list is not kept until it changes again\"", err.text);
    buf_free(&text);
}

static double number_of(const cJSON *object, const char *name) {
    const cJSON *value = json_get(object, name);
    return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

static enum task_state state_of(const char *name) {
    for (size_t i = 0; name && i < sizeof state_names / sizeof *state_names; i++)
        if (strcmp(state_names[i], name) == 0) return (enum task_state)i;
    return TASK_FAILED;
}

/* What ran when the daemon ended begins anew, or has failed. */
static void settle(struct task *task) {
    if (task->state != TASK_PROCESSING) return;
    if (task->type->restarts) {
        task->state = TASK_ENQUEUED;
        atomic_store(&task->done, 0);
        log_notice("task", "task=%" PRIu64 " type=%s action=\"begins anew\"", task->number, task->type->name);
        return;
    }
    task->state = TASK_FAILED;
    task->ended_ms = when_now_ms();
    err_set(&task->err, ST_SHUTTING_DOWN, "the daemon ended while the task ran");
}

static struct task *read_stored(const cJSON *item) {
    const struct task_type *type = find_type(json_get_string(item, "type"));
    if (!type) return NULL;
    struct task *task = task_new((uint64_t)number_of(item, "task"), type);
    const char *who = json_get_string(item, "who"), *code = json_get_string(item, "code");
    task->who = mem_strdup(who ? who : "");
    task->state = state_of(json_get_string(item, "status"));
    task->created_ms = (int64_t)number_of(item, "created_ms");
    task->started_ms = (int64_t)number_of(item, "started_ms");
    task->ended_ms = (int64_t)number_of(item, "ended_ms");
    atomic_store(&task->done, (uint64_t)number_of(item, "done"));
    atomic_store(&task->total, (uint64_t)number_of(item, "total"));
    if (json_get(item, "params")) task->params = cJSON_Duplicate(json_get(item, "params"), true);
    if (code) {
        const char *message = json_get_string(item, "message");
        err_set(&task->err, status_from_code(code), "%s", message ? message : code);
    }
    if (json_get(item, "result")) {
        struct jw jw;
        jw_init(&jw, &task->result);
        jw_value(&jw, json_get(item, "result"));
    }
    settle(task);
    return task;
}

/* A list that can't be read costs the list only. */
static void load(struct tasks *tasks) {
    char *text = NULL;
    size_t len = 0;
    struct err err = ERR_NONE;
    cJSON *root = NULL;
    enum status st = file_read(&text, &len, tasks->path, FILE_MAX, &err);
    if (st == ST_OK) st = json_parse(&root, text, len, NULL, &err);
    if (st == ST_OK && number_of(root, "format") != TASKS_FORMAT)
        st = err_set(&err, ST_NEWER_FORMAT, "%s is of another format", tasks->path);
    struct task **last = &tasks->first;
    const cJSON *item = NULL;
    if (st == ST_OK) {
        tasks->next = (uint64_t)number_of(root, "next");
        cJSON_ArrayForEach (item, json_get(root, "tasks")) {
            *last = read_stored(item);
            if (*last) last = &(*last)->next;
        }
        trim(tasks, NULL);
    } else if (st != ST_NOT_FOUND) {
        log_warning("tasks", "reason=\"%s\" action=\"the list begins anew\"", err.text);
    }
    if (tasks->next == 0) tasks->next = 1;
    cJSON_Delete(root);
    mem_free(text);
}

/* ---- the thread ---- */

enum status task_check(struct index *ix, struct task *task, struct err *err) {
    pthread_mutex_lock(&ix->tasks->lock);
    bool stopping = ix->tasks->stopping;
    pthread_mutex_unlock(&ix->tasks->lock);
    if (atomic_load(&task->cancel)) return err_set(err, ST_CANCELED, "the task was canceled");
    if (stopping) return err_set(err, ST_SHUTTING_DOWN, "the daemon is about to stop");
    return ST_OK;
}

void task_stage(struct task *task, const char *stage, uint64_t total) {
    atomic_store(&task->stage, stage);
    atomic_store(&task->stage_us, when_mono_us());
    atomic_store(&task->done, 0);
    atomic_store(&task->total, total);
}

static struct task *next_task(struct tasks *tasks) {
    struct task *task = NULL;
    pthread_mutex_lock(&tasks->lock);
    while (!tasks->stopping) {
        for (task = tasks->first; task && task->state != TASK_ENQUEUED;)
            task = task->next;
        if (task) break;
        pthread_cond_wait(&tasks->added, &tasks->lock);
    }
    if (tasks->stopping) task = NULL;
    if (task) {
        task->state = TASK_PROCESSING;
        task->started_ms = when_now_ms();
        task->started_us = when_mono_us();
        atomic_store(&task->stage_us, task->started_us);
        save(tasks);
    }
    pthread_mutex_unlock(&tasks->lock);
    return task;
}

/* Who waits for a task is told outside the lock. */
static void tell(struct task *task, task_ended ended, void *arg) {
    struct err err = task->err;
    if (ended) ended(arg, task->number, task->result.len > 0 ? task->result.data : "{}", &err);
}

static enum task_state state_after(const struct task *task, enum status st) {
    if (st == ST_OK) return TASK_SUCCEEDED;
    if (st == ST_CANCELED) return TASK_CANCELED;
    return st == ST_SHUTTING_DOWN && task->type->restarts ? TASK_ENQUEUED : TASK_FAILED;
}

static void end_task(struct tasks *tasks, struct task *task, const struct err *err) {
    char quoted[700];
    pthread_mutex_lock(&tasks->lock);
    task->state = state_after(task, err->status);
    task->ended_ms = when_now_ms();
    task->err = *err;
    task_ended ended = task->ended;
    task->ended = NULL;
    trim(tasks, task);
    save(tasks);
    pthread_mutex_unlock(&tasks->lock);
    log_notice("task", "task=%" PRIu64 " type=%s status=%s ms=%" PRId64 " reason=%s", task->number, task->type->name,
               state_names[task->state], (when_mono_us() - task->started_us) / 1000,
               log_quote(quoted, sizeof quoted, err->status == ST_OK ? "" : err->text));
    tell(task, ended, task->arg);
}

static void *tasks_thread(void *arg) {
    struct index *ix = arg;
    struct task *task = NULL;
    /* Searches come first; on Linux this is the thread's own, and its children's. */
    setpriority(PRIO_PROCESS, (id_t)gettid(), TASK_NICE);
    while ((task = next_task(ix->tasks))) {
        struct err err = ERR_NONE;
        log_notice("task", "task=%" PRIu64 " type=%s status=processing who=\"%s\"", task->number, task->type->name,
                   task->who);
        if (task->type->run(ix, task, &err) == ST_OK) err = ERR_NONE;
        end_task(ix->tasks, task, &err);
    }
    return NULL;
}

void tasks_open(struct index *ix) {
    struct tasks *tasks = mem_alloc(sizeof *tasks);
    size_t size = strlen(ix->data) + sizeof "/tasks.json";
    ix->tasks = tasks;
    pthread_mutex_init(&tasks->lock, NULL);
    pthread_cond_init(&tasks->added, NULL);
    tasks->path = mem_alloc(size);
    snprintf(tasks->path, size, "%s/tasks.json", ix->data);
    load(tasks);
}

enum status tasks_start(struct index *ix, struct err *err) {
    struct tasks *tasks = ix->tasks;
    tasks->runs = pthread_create(&tasks->thread, NULL, tasks_thread, ix) == 0;
    if (tasks->runs) return ST_OK;
    return err_set(err, ST_NO_MEMORY, "the thread of the tasks can't be started");
}

void index_tasks_stop(struct index *ix) {
    struct tasks *tasks = ix->tasks;
    if (!tasks) return;
    struct err err = ERR_NONE;
    err_set(&err, ST_SHUTTING_DOWN, "the daemon is about to stop");
    pthread_mutex_lock(&tasks->lock);
    tasks->stopping = true;
    pthread_cond_signal(&tasks->added);
    for (struct task *task = tasks->first; task; task = task->next) {
        task_ended ended = task->ended;
        if (!ended || task->state != TASK_ENQUEUED) continue;
        task->ended = NULL;
        ended(task->arg, task->number, NULL, &err);
    }
    pthread_mutex_unlock(&tasks->lock);
}

void tasks_close(struct index *ix) {
    struct tasks *tasks = ix->tasks;
    if (!tasks) return;
    index_tasks_stop(ix);
    if (tasks->runs) pthread_join(tasks->thread, NULL);
    while (tasks->first) {
        struct task *task = tasks->first;
        tasks->first = task->next;
        task_free(task);
    }
    pthread_cond_destroy(&tasks->added);
    pthread_mutex_destroy(&tasks->lock);
    mem_free(tasks->path);
    mem_free(tasks);
    ix->tasks = NULL;
}

/* ---- from other threads ---- */

enum status index_task_add(struct index *ix, uint64_t *number, const char *type, const cJSON *params, const char *who,
                           task_ended ended, void *arg, struct err *err) {
    struct tasks *tasks = ix->tasks;
    struct task *task = task_new(0, find_type(type));
    enum status st = ST_OK;
    size_t waiting = 0;
    task->params = params ? cJSON_Duplicate(params, true) : NULL;
    task->who = mem_strdup(who);
    task->created_ms = when_now_ms();
    task->ended = ended;
    task->arg = arg;
    pthread_mutex_lock(&tasks->lock);
    struct task **last = &tasks->first;
    for (; *last; last = &(*last)->next)
        waiting += (*last)->state == TASK_ENQUEUED;
    if (tasks->stopping) st = err_set(err, ST_SHUTTING_DOWN, "the daemon is about to stop");
    if (st == ST_OK && waiting >= TASKS_WAITING)
        st = err_set(err, ST_BUSY, "%zu tasks wait already (limit %d)", waiting, TASKS_WAITING);
    if (st == ST_OK) {
        *number = task->number = tasks->next++;
        *last = task;
        save(tasks);
        pthread_cond_signal(&tasks->added);
    }
    pthread_mutex_unlock(&tasks->lock);
    if (st != ST_OK) task_free(task);
    return st;
}

enum status index_task_cancel(struct index *ix, uint64_t number, struct err *err) {
    struct tasks *tasks = ix->tasks;
    struct err canceled = ERR_NONE;
    task_ended ended = NULL;
    void *arg = NULL;
    enum status st = ST_OK;
    err_set(&canceled, ST_CANCELED, "the task was canceled");
    pthread_mutex_lock(&tasks->lock);
    struct task *task = tasks->first;
    while (task && task->number != number)
        task = task->next;
    if (!task) {
        st = err_param(err, ST_NOT_FOUND, "task", "there is no task %" PRIu64, number);
    } else if (is_over(task)) {
        st = err_param(err, ST_CONFLICT, "task", "task %" PRIu64 " is over: %s", number, state_names[task->state]);
    } else if (task->state == TASK_PROCESSING) {
        atomic_store(&task->cancel, true);
    } else {
        task->state = TASK_CANCELED;
        task->ended_ms = when_now_ms();
        task->err = canceled;
        ended = task->ended;
        arg = task->arg;
        task->ended = NULL;
        save(tasks);
    }
    pthread_mutex_unlock(&tasks->lock);
    if (ended) ended(arg, number, NULL, &canceled);
    return st;
}

static void write_time(struct jw *jw, const char *key, int64_t ms) {
    char text[32];
    if (ms == 0) return;
    when_format(text, ms / 1000);
    jw_kstring(jw, key, text);
}

static void write_progress(struct jw *jw, const struct task *task) {
    uint64_t done = atomic_load(&task->done), total = atomic_load(&task->total);
    double seconds = (double)(when_mono_us() - atomic_load(&task->stage_us)) / 1e6;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    jw_kint(jw, "done", (int64_t)done);
    jw_kint(jw, "total", (int64_t)total);
    if (task->state != TASK_PROCESSING) return;
    jw_kstring(jw, "stage", atomic_load(&task->stage));
    jw_key(jw, "rate");
    jw_fixed(jw, rate, 1);
    jw_key(jw, "eta_seconds");
    if (rate > 0 && total >= done)
        jw_fixed(jw, (double)(total - done) / rate, 1);
    else
        jw_null(jw);
}

static void write_task(struct jw *jw, const struct task *task) {
    jw_object(jw);
    jw_kint(jw, "task", (int64_t)task->number);
    jw_kstring(jw, "type", task->type->name);
    jw_kstring(jw, "status", state_names[task->state]);
    jw_kstring(jw, "who", task->who);
    write_time(jw, "created", task->created_ms);
    write_time(jw, "started", task->started_ms);
    write_time(jw, "ended", task->ended_ms);
    write_progress(jw, task);
    if (task->params) {
        jw_key(jw, "params");
        jw_value(jw, task->params);
    }
    if (task->state == TASK_SUCCEEDED && task->result.len > 0) {
        jw_key(jw, "result");
        jw_raw(jw, task->result.data, task->result.len);
    }
    jw_key(jw, "error");
    if (is_over(task) && task->err.status != ST_OK) {
        jw_object(jw);
        jw_kstring(jw, "code", status_info(task->err.status)->code);
        jw_kstring(jw, "message", task->err.text);
        jw_object_end(jw);
    } else {
        jw_null(jw);
    }
    jw_object_end(jw);
}

void index_tasks_write(struct index *ix, struct jw *jw) {
    pthread_mutex_lock(&ix->tasks->lock);
    jw_array(jw);
    for (const struct task *task = ix->tasks->first; task; task = task->next)
        write_task(jw, task);
    jw_array_end(jw);
    pthread_mutex_unlock(&ix->tasks->lock);
}

void tasks_heal(struct index *ix, const char *why) {
    struct tasks *tasks = ix->tasks;
    struct err err = ERR_NONE;
    uint64_t number = 0;
    char quoted[700];
    pthread_mutex_lock(&tasks->lock);
    bool due = tasks->healed_us == 0 || when_mono_us() - tasks->healed_us > HEAL_PAUSE_US;
    for (const struct task *task = tasks->first; task && due; task = task->next)
        due = is_over(task) || task->type->run != reindex_run;
    if (due) tasks->healed_us = when_mono_us();
    pthread_mutex_unlock(&tasks->lock);
    if (!due || index_task_add(ix, &number, "reindex", NULL, "footnote", NULL, NULL, &err) != ST_OK) return;
    log_notice("rebuild", "task=%" PRIu64 " reason=%s", number, log_quote(quoted, sizeof quoted, why));
}
