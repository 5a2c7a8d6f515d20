/* The methods of long work: `reindex`, `rollback`, `compact`, `tasks`, `cancel`; and `refused`.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each starts a task.  `reindex` answers at once with its number; the others answer when the task is over, with its
 * result, unless `wait` is false.  A call that waits is finished on the tasks' thread. */
#include "call.h"

#include "index/tasks.h"

#include <inttypes.h>
#include <string.h>

bool method_reindex(struct api_worker *worker, struct call *call);
bool method_rollback(struct api_worker *worker, struct call *call);
bool method_compact(struct api_worker *worker, struct call *call);
bool method_schema(struct api_worker *worker, struct call *call);
bool method_tasks(struct api_worker *worker, struct call *call);
bool method_cancel(struct api_worker *worker, struct call *call);
bool method_refused(struct api_worker *worker, struct call *call);

static void write_result(struct call *call, uint64_t number, const char *result) {
    cJSON *members = cJSON_Parse(result);
    const cJSON *member = NULL;
    jw_object(&call->jw);
    jw_kint(&call->jw, "task", (int64_t)number);
    cJSON_ArrayForEach (member, members) {
        jw_key(&call->jw, member->string);
        jw_value(&call->jw, member);
    }
    jw_object_end(&call->jw);
    cJSON_Delete(members);
}

static void task_over(void *arg, uint64_t number, const char *result, const struct err *err) {
    struct call *call = arg;
    if (err->status == ST_OK)
        write_result(call, number, result);
    else
        call->err = *err;
    call_finish(call);
}

bool task_start(struct call *call, const char *type, const cJSON *params, bool wait) {
    const char *who = call->message->request.http ? "http" : "socket";
    uint64_t number = 0;
    /* A task may be over, and the call with it, before index_task_add returns. */
    enum status st = wait ? index_task_add(call->api->ix, &number, type, params, who, task_over, call, &call->err)
                          : index_task_add(call->api->ix, &number, type, params, who, NULL, NULL, &call->err);
    if (st == ST_OK && wait) return false;
    if (st == ST_OK) {
        jw_object(&call->jw);
        jw_kint(&call->jw, "task", (int64_t)number);
        jw_object_end(&call->jw);
    }
    return true;
}

static bool plain_task(struct call *call, const char *type) {
    static const char *const names[] = {"wait", NULL};
    bool wait = true;
    if (params_known(call, names) != ST_OK || param_bool(call, "wait", &wait) != ST_OK) return true;
    return task_start(call, type, NULL, wait);
}

bool method_rollback(struct api_worker *worker, struct call *call) {
    (void)worker;
    return plain_task(call, "rollback");
}

bool method_compact(struct api_worker *worker, struct call *call) {
    (void)worker;
    return plain_task(call, "compact");
}

/* {"changes": […]} before anything is done; with `dry_run` that is all. */
bool method_reindex(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"schema", "dry_run", "wait", NULL};
    const char *schema = NULL;
    bool dry_run = false, wait = false;
    struct buf changes;
    struct jw jw;
    uint64_t number = 0;
    (void)worker;
    if (params_known(call, names) != ST_OK || param_string(call, "schema", false, &schema) != ST_OK ||
        param_bool(call, "dry_run", &dry_run) != ST_OK || param_bool(call, "wait", &wait) != ST_OK)
        return true;
    buf_init(&changes, 0);
    jw_init(&jw, &changes);
    enum status st = index_schema_changes(call->api->ix, schema, &jw, &call->err);
    if (st == ST_OK && wait && !dry_run) {
        buf_free(&changes);
        return task_start(call, "reindex", call->params, true);
    }
    if (st == ST_OK && !dry_run)
        st = index_task_add(call->api->ix, &number, "reindex", call->params,
                            call->message->request.http ? "http" : "socket", NULL, NULL, &call->err);
    if (st == ST_OK) {
        jw_object(&call->jw);
        if (!dry_run) jw_kint(&call->jw, "task", (int64_t)number);
        jw_key(&call->jw, "changes");
        jw_raw(&call->jw, changes.data, changes.len);
        jw_object_end(&call->jw);
    }
    buf_free(&changes);
    return true;
}

static void answer_schema(struct api_worker *worker, struct call *call) {
    struct reader *reader = searcher_reader(worker->searcher);
    if (reader_begin(reader, &call->err) != ST_OK) return;
    const struct schema *schema = reader_schema(reader);
    cJSON *root = cJSON_ParseWithLength(schema->text, schema->text_len);
    jw_object(&call->jw);
    jw_kint(&call->jw, "generation", (int64_t)reader_generation(reader));
    jw_key(&call->jw, "schema");
    jw_value(&call->jw, root); /* on one line */
    jw_object_end(&call->jw);
    cJSON_Delete(root);
    reader_end(reader);
}

/* As text, a fault in the schema has a line and a column. */
bool method_schema(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"schema", NULL};
    const cJSON *given = json_get(call->params, "schema");
    if (params_known(call, names) != ST_OK) return true;
    if (!given) {
        answer_schema(worker, call);
        return true;
    }
    if (!cJSON_IsString(given) && !cJSON_IsObject(given)) {
        err_param(&call->err, ST_INVALID_VALUE, "schema", "parameter 'schema': expected an object, or its text");
        return true;
    }
    cJSON *params = cJSON_CreateObject();
    char *text = cJSON_IsObject(given) ? cJSON_Print(given) : NULL;
    cJSON_AddStringToObject(params, "schema", text ? text : given->valuestring);
    bool over = task_start(call, "schema", params, true);
    cJSON_Delete(params);
    cJSON_free(text);
    return over;
}

bool method_tasks(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {NULL};
    (void)worker;
    if (params_known(call, names) != ST_OK) return true;
    jw_object(&call->jw);
    jw_key(&call->jw, "tasks");
    index_tasks_write(call->api->ix, &call->jw);
    jw_object_end(&call->jw);
    return true;
}

bool method_cancel(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"task", NULL};
    int64_t number = 0;
    (void)worker;
    if (params_known(call, names) != ST_OK || param_number(call, "task", 1, 9007199254740992.0, &number) != ST_OK)
        return true;
    if (number == 0) {
        err_param(&call->err, ST_MISSING_FIELD, "task", "method 'cancel' needs the parameter 'task'");
        return true;
    }
    if (index_task_cancel(call->api->ix, (uint64_t)number, &call->err) != ST_OK) return true;
    jw_object(&call->jw);
    jw_kint(&call->jw, "task", number);
    jw_object_end(&call->jw);
    return true;
}

bool method_refused(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {NULL};
    (void)worker;
    if (params_known(call, names) != ST_OK) return true;
    jw_object(&call->jw);
    jw_key(&call->jw, "refused");
    index_refused_write(call->api->ix, &call->jw);
    jw_object_end(&call->jw);
    return true;
}
