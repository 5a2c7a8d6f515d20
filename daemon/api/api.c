/* Opening and closing the api; tasks.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include "base/log.h"
#include "base/when.h"
#include "import_session.h"
#include "index/tasks.h"

#define FOOTNOTE_METHOD(name, lane, scope, sentence) bool method_##name(struct api_worker *worker, struct call *call);
#include <footnote/methods.def>
#undef FOOTNOTE_METHOD

#include <string.h>

const struct method methods[] = {
#define FOOTNOTE_METHOD(name, lane, scope, sentence) {#name, API_##lane, #scope, sentence, method_##name},
#include <footnote/methods.def>
#undef FOOTNOTE_METHOD
};
const size_t method_count = sizeof methods / sizeof *methods;

const struct method *method_find(const char *name) {
    for (size_t i = 0; i < method_count; i++)
        if (strcmp(methods[i].name, name) == 0) return &methods[i];
    return NULL;
}

struct api_task { /* a message that has come, or a call that goes on */
    struct message *message;
    struct call *call;
};

enum status api_open(struct api **out, const struct config *config, const char *schema_dir, const struct api_host *host,
                     struct err *err) {
    struct api *api = mem_alloc(sizeof *api);
    api->host = *host;
    api->config = config;
    api->started_ms = when_now_ms();
    api->imports = imports_new();
    enum status st = searcher_shared_open(&api->shared, schema_dir, err);
    if (st == ST_OK) st = index_open(&api->ix, config, schema_dir, err);
    if (st != ST_OK) {
        api_close(api);
        api = NULL;
    }
    *out = api;
    return st;
}

void api_close(struct api *api) {
    if (!api) return;
    searcher_shared_close(api->shared); /* a thread of its own reads the index */
    index_close(api->ix);               /* writes that are under way belong to imports still */
    imports_free(api->imports);
    mem_free(api);
}

void api_reload(struct api *api) {
    struct err err = ERR_NONE;
    if (searcher_shared_reload(api->shared, &err) == ST_OK)
        log_notice("reload", "what=words");
    else
        log_warning("reload", "reason=\"%s\" action=\"the words in force stay\"", err.text);
}

void api_stop(struct api *api) {
    atomic_store(&api->stopping, true);
    index_tasks_stop(api->ix);
    index_wait_end(api->ix);
}

enum status api_worker_open(struct api_worker **out, struct api *api, struct err *err) {
    struct api_worker *worker = mem_alloc(sizeof *worker);
    worker->api = api;
    enum status st = searcher_open(&worker->searcher, api->ix, api->shared, err);
    if (st != ST_OK) {
        mem_free(worker);
        worker = NULL;
    }
    *out = worker;
    return st;
}

void api_worker_close(struct api_worker *worker) {
    if (!worker) return;
    searcher_close(worker->searcher);
    mem_free(worker);
}

struct api_task *api_accept(struct api *api, const struct api_request *request) {
    struct arena *arena = arena_new();
    struct message *message = arena_alloc(arena, sizeof *message);
    message->api = api;
    message->arena = arena;
    message->request = *request;
    struct api_task *task = mem_alloc(sizeof *task);
    task->message = message;
    return task;
}

struct api_task *task_of_call(struct call *call) {
    struct api_task *task = mem_alloc(sizeof *task);
    task->call = call;
    return task;
}

void api_refuse(struct api *api, struct api_task *take_task) {
    struct err err = ERR_NONE;
    size_t waiting = (size_t)api->config->max_queue;
    err_set(&err, ST_BUSY, "%zu requests wait already (max_queue)", waiting);
    message_refuse_unread(take_task->message, &err);
    mem_free(take_task);
}

void api_run(struct api *api, struct api_worker *worker, struct api_task *take_task) {
    struct api_task task = *take_task;
    (void)api;
    mem_free(take_task);
    if (task.message)
        message_begin(worker, task.message);
    else
        call_run(worker, task.call);
}
