/* Calls: from their start to their end.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * admit (lane, stop, min_revision) -> handler -> finish.  Where a call waits, it is handed over by a callback and
 * comes back to a worker as a task. */
#include "call.h"

#include "base/log.h"
#include "base/when.h"

#include <math.h>
#include <string.h>

void call_begin(struct call *call) {
    struct message *message = call->message;
    call->api = message->api;
    call->err = ERR_NONE;
    call->arena = arena_new();
    buf_init(&call->result, (size_t)call->api->config->max_reply_bytes);
    jw_init(&call->jw, &call->result);
    call->deadline_us = message->request.received_us + call->api->config->request_timeout * 1000;
}

void error_members(struct jw *jw, const struct err *err) {
    const struct status_info *info = status_info(err->status);
    jw_kstring(jw, "code", info->code);
    jw_kstring(jw, "type", info->type);
    if (err->param[0]) jw_kstring(jw, "param", err->param);
    if (err->position >= 0) jw_kint(jw, "position", err->position);
    if (err->line > 0) jw_kint(jw, "line", err->line);
    if (err->column > 0) jw_kint(jw, "column", err->column);
    if (info->retry) jw_kbool(jw, "retry", true);
}

void error_write(struct jw *jw, const struct err *err) {
    int number = -32000;
    switch (err->status) {
    case ST_PARSE: number = -32700; break;
    case ST_INVALID_REQUEST: number = -32600; break;
    case ST_UNKNOWN_METHOD: number = -32601; break;
    case ST_UNKNOWN_FIELD:
    case ST_MISSING_FIELD:
    case ST_INVALID_VALUE: number = -32602; break;
    case ST_INTERNAL: number = -32603; break;
    default: break;
    }
    jw_object(jw);
    jw_kint(jw, "code", number);
    jw_kstring(jw, "message", err->text);
    jw_key(jw, "data");
    jw_object(jw);
    error_members(jw, err);
    jw_object_end(jw);
    jw_object_end(jw);
}

static void log_slow(const struct call *call, int64_t took_us) {
    if (took_us < call->api->config->slow_query * 1000) return;
    stats_add(STAT_SLOW_REQUESTS, 1);
    log_notice("slow", "method=%s ms=%.1f code=%s", call->method->name, (double)took_us / 1000,
               status_info(call->err.status)->code);
}

void call_finish(struct call *call) {
    struct message *message = call->message;
    int64_t took_us = when_mono_us() - message->request.received_us;
    if (call->err.status == ST_OK && !buf_ok(&call->result))
        err_set(&call->err, ST_TOO_LARGE, "the answer is above %zu bytes (max_reply_bytes)", call->result.max);
    if (call->method) {
        stats_add(STAT_REQUESTS, 1);
        stats_observe_us(STATS_REQUEST_TIME, took_us);
        if (call->err.status == ST_TIMEOUT) stats_add(STAT_TIMEOUTS, 1);
        log_slow(call, took_us);
    }
    if (call->err.status == ST_INTERNAL || call->err.status == ST_CORRUPT)
        log_error("request", "method=%s code=%s reason=\"%s\"", call->method ? call->method->name : "-",
                  status_info(call->err.status)->code, call->err.text);
    if (atomic_fetch_sub(&message->open, 1) == 1) message_finish(message);
}

bool call_resume(struct call *call) {
    struct api_task *task = task_of_call(call);
    if (call->api->host.submit(call->api->host.arg, call->method->lane, task, true)) return true;
    mem_free(task);
    return false;
}

void call_start(struct api_worker *worker, struct call *call) {
    struct api *api = call->api;
    if (call->err.status == ST_OK && call->method->lane == API_BULK) {
        struct api_task *task = task_of_call(call);
        if (api->host.submit(api->host.arg, API_BULK, task, false)) return;
        mem_free(task);
        if (atomic_load(&api->stopping))
            err_set(&call->err, ST_SHUTTING_DOWN, "the daemon is about to stop");
        else
            err_set(&call->err, ST_BUSY, "too much long work waits already");
    }
    if (call->err.status == ST_OK)
        call_run(worker, call);
    else
        call_finish(call);
}

/* ---- min_revision ---- */

static void revision_reached(void *arg, enum status status) {
    struct call *call = arg;
    call->waited = true;
    if (status == ST_TIMEOUT)
        err_set(&call->err, ST_TIMEOUT, "revision min_revision was not reached in time");
    else if (status != ST_OK)
        err_set(&call->err, status, "the daemon is about to stop");
    if (status == ST_OK && call_resume(call)) return;
    if (status == ST_OK) err_set(&call->err, ST_SHUTTING_DOWN, "the daemon is about to stop");
    call_finish(call);
}

/* True when the call waits for a revision and will come back. */
static bool waits(struct call *call) {
    const cJSON *value = json_get(call->params, "min_revision");
    if (!value || call->waited) return false;
    double number = value->valuedouble;
    if (!cJSON_IsNumber(value) || number < 0 || number != floor(number) || number > 9007199254740992.0) {
        err_param(&call->err, ST_INVALID_VALUE, "min_revision",
                  "parameter 'min_revision': expected a revision, a whole number");
        return false;
    }
    if (index_applied(call->api->ix) >= (uint64_t)number) return false;
    index_wait(call->api->ix, (uint64_t)number, call->deadline_us, revision_reached, call);
    return true;
}

void call_run(struct api_worker *worker, struct call *call) {
    if (call->err.status == ST_OK && atomic_load(&call->api->stopping))
        err_set(&call->err, ST_SHUTTING_DOWN, "the daemon is about to stop");
    if (call->err.status == ST_OK && when_mono_us() > call->deadline_us)
        err_set(&call->err, ST_TIMEOUT, "the request waited longer than request_timeout (%lld ms)",
                (long long)call->api->config->request_timeout);
    if (call->err.status == ST_OK && waits(call)) return;
    if (call->err.status != ST_OK && call->abandon) call->abandon(call);
    if (call->err.status != ST_OK || call->method->handler(worker, call)) call_finish(call);
}
