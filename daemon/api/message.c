/* Messages: JSON-RPC 2.0 requests and batches, and the replies to them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   request  = {"jsonrpc"?: "2.0", "id"?: string | number | null, "method": string, "params"?: object}
 *   batch    = [ request, … ]
 *   reply    = {"jsonrpc": "2.0", "id": …, "result": …} or {"jsonrpc": "2.0", "id": …, "error": {…}}
 *
 * A request without an id is a notification: it is carried out and not answered.  The calls of a batch run side by
 * side; its reply has the answers in the order of the requests. */
#include "call.h"

#include <string.h>

enum { VALUES_MAX = 4000000 };

static const char json_type[] = "application/json";

static void send_reply(struct message *message, int http_status, const char *type, struct buf *take_body) {
    struct api_request request = message->request;
    cJSON_Delete(message->root);
    for (size_t i = 0; i < message->count; i++) {
        buf_free(&message->calls[i].result);
        arena_free(message->calls[i].arena);
    }
    arena_free(message->arena);
    request.reply(request.arg, http_status, type, take_body);
}

/* ---- replies ---- */

static void write_envelope(struct buf *out, const struct call *call) {
    struct jw jw;
    jw_init(&jw, out);
    jw_object(&jw);
    jw_kstring(&jw, "jsonrpc", "2.0");
    jw_key(&jw, "id");
    if (call->id)
        jw_value(&jw, call->id);
    else
        jw_null(&jw);
    if (call->err.status == ST_OK) {
        jw_key(&jw, "result");
        jw_raw(&jw, call->result.data, call->result.len);
    } else {
        jw_key(&jw, "error");
        error_write(&jw, &call->err);
    }
    jw_object_end(&jw);
}

static void write_bare(struct buf *out, const struct call *call) {
    struct jw jw;
    if (call->err.status == ST_OK) {
        buf_add(out, call->result.data, call->result.len);
        return;
    }
    jw_init(&jw, out);
    jw_object(&jw);
    jw_key(&jw, "error");
    jw_object(&jw);
    jw_kstring(&jw, "message", call->err.text);
    error_members(&jw, &call->err);
    jw_object_end(&jw);
    jw_object_end(&jw);
}

/* A notification: well formed, without an id, whatever became of it. */
static bool is_silent(const struct call *call) {
    return !call->id && (call->method || call->err.status == ST_UNKNOWN_METHOD);
}

static void write_batch(struct buf *out, const struct message *message) {
    bool any = false;
    for (size_t i = 0; i < message->count; i++) {
        const struct call *call = &message->calls[i];
        if (is_silent(call)) continue;
        buf_char(out, any ? ',' : '[');
        write_envelope(out, call);
        any = true;
    }
    if (any) buf_char(out, ']');
}

void message_finish(struct message *message) {
    const struct call *first = &message->calls[0];
    const struct status_info *info = status_info(first->err.status);
    const char *type = message->content_type && first->err.status == ST_OK ? message->content_type : json_type;
    struct buf out;
    buf_init(&out, (size_t)message->api->config->max_reply_bytes);
    int http_status = 200;
    if (message->is_bare) {
        write_bare(&out, first);
        http_status = info->http;
    } else if (message->is_batch) {
        write_batch(&out, message);
    } else if (!is_silent(first)) {
        write_envelope(&out, first);
    }
    if (out.len == 0 && message->request.http) http_status = 204;
    if (!buf_ok(&out)) {
        struct call *call = &message->calls[0];
        buf_free(&out);
        buf_init(&out, 0);
        err_set(&call->err, ST_TOO_LARGE, "the answer is above %lld bytes (max_reply_bytes)",
                (long long)message->api->config->max_reply_bytes);
        http_status = message->is_bare ? 413 : 200;
        if (message->is_bare)
            write_bare(&out, call);
        else
            write_envelope(&out, call);
    }
    send_reply(message, http_status, type, &out);
}

/* ---- from bytes to calls ---- */

void message_set_calls(struct message *message, size_t count) {
    message->count = count;
    message->calls = arena_alloc(message->arena, count * sizeof *message->calls);
    atomic_store(&message->open, count);
    for (size_t i = 0; i < count; i++) {
        message->calls[i].message = message;
        call_begin(&message->calls[i]);
    }
}

bool message_is_rpc(const struct message *message) {
    const struct api_request *request = &message->request;
    return request->path && strcmp(request->path, "/rpc") == 0 && strcmp(request->method, "POST") == 0;
}

/* Answers the whole message with one error. */
void message_refuse(struct message *message, const struct err *err) {
    message_set_calls(message, 1);
    message->is_batch = false;
    message->is_bare = message->request.http && !message_is_rpc(message);
    message->calls[0].err = *err;
    message_finish(message);
}

static bool is_id(const cJSON *id) {
    return !id || cJSON_IsString(id) || cJSON_IsNumber(id) || cJSON_IsNull(id);
}

static enum status read_members(struct call *call, const cJSON *request) {
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, request) {
        const char *name = member->string;
        if (strcmp(name, "id") == 0 || strcmp(name, "method") == 0 || strcmp(name, "params") == 0) continue;
        if (strcmp(name, "jsonrpc") == 0 && cJSON_IsString(member) && strcmp(member->valuestring, "2.0") == 0) continue;
        if (strcmp(name, "jsonrpc") == 0)
            return err_param(&call->err, ST_INVALID_REQUEST, "jsonrpc", "member 'jsonrpc': expected \"2.0\"");
        return err_param(&call->err, ST_UNKNOWN_FIELD, name, "a request has no member '%s'", name);
    }
    return ST_OK;
}

static void read_call(struct call *call, const cJSON *request) {
    if (!cJSON_IsObject(request)) {
        err_set(&call->err, ST_INVALID_REQUEST, "a request is an object with 'method', 'params' and 'id'");
        return;
    }
    const cJSON *id = json_get(request, "id"), *params = json_get(request, "params");
    const char *name = json_get_string(request, "method");
    if (is_id(id)) call->id = id;
    if (!is_id(id))
        err_param(&call->err, ST_INVALID_REQUEST, "id", "member 'id': expected a string, a number or null");
    else if (!name)
        err_param(&call->err, ST_INVALID_REQUEST, "method", "member 'method': expected the name of a method");
    else if (params && !cJSON_IsObject(params))
        err_param(&call->err, ST_INVALID_REQUEST, "params", "member 'params': expected an object");
    else if (read_members(call, request) == ST_OK && !(call->method = method_find(name)))
        err_param(&call->err, ST_UNKNOWN_METHOD, "method", "there is no method '%.100s'", name);
    call->params = params;
}

static enum status parse(struct message *message, struct err *err) {
    const struct config *config = message->api->config;
    struct json_limits limits = {
        .bytes = (size_t)config->max_line_bytes, .depth = (int)config->max_depth, .values = VALUES_MAX};
    if (message->request.too_large)
        return err_set(err, ST_TOO_LARGE, "the message is above %lld bytes (max_line_bytes)",
                       (long long)config->max_line_bytes);
    enum status st = json_parse(&message->root, message->request.body, message->request.len, &limits, err);
    if (st != ST_OK) return st;
    message->is_batch = cJSON_IsArray(message->root);
    if (!message->is_batch) return ST_OK;
    int count = cJSON_GetArraySize(message->root);
    if (count == 0) return err_set(err, ST_INVALID_REQUEST, "a batch has at least one request");
    if (count > config->max_batch)
        return err_set(err, ST_TOO_LARGE, "the batch has %d requests; the limit is %lld (max_batch)", count,
                       (long long)config->max_batch);
    return ST_OK;
}

static void read_calls(struct message *message) {
    message_set_calls(message, message->is_batch ? (size_t)cJSON_GetArraySize(message->root) : 1);
    const cJSON *item = message->is_batch ? message->root->child : message->root;
    for (size_t i = 0; i < message->count; i++, item = item->next)
        read_call(&message->calls[i], item);
}

static void start_calls(struct api_worker *worker, struct message *message) {
    /* The message may be gone as soon as the last call has been started. */
    struct call *calls = message->calls;
    size_t count = message->count;
    for (size_t i = 1; i < count; i++) {
        bool quick = calls[i].err.status == ST_OK && calls[i].method->lane == API_QUICK;
        if (!quick || !call_resume(&calls[i])) call_start(worker, &calls[i]);
    }
    call_start(worker, &calls[0]);
}

void message_begin(struct api_worker *worker, struct message *message) {
    struct err err = ERR_NONE;
    if (message->request.http && strcmp(message->request.path, "/rpc") != 0) {
        message->is_bare = true;
        if (http_route(worker, message)) call_start(worker, &message->calls[0]);
        return;
    }
    if (message->request.http && !message_is_rpc(message)) {
        err_set(&err, ST_INVALID_REQUEST, "/rpc takes POST");
        message_refuse(message, &err);
        return;
    }
    if (parse(message, &err) != ST_OK) {
        message_refuse(message, &err);
        return;
    }
    read_calls(message);
    start_calls(worker, message);
}
