/* Refusing a message that nobody has time to read.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs in the loop's thread, when the queue is full: no parsing, one pass over the first mebibyte.  It looks for the
 * ids, so that a client that has many requests open learns which were refused:
 *
 *   { … "id": value … }                    one answer
 *   [ { … "id": value … }, … ]             a list of answers, one for each request that has an id
 *
 * Text that is no JSON may be seen here; what is not surely an id is none, and without any the answer's id is null. */
#include "call.h"

#include <string.h>

enum { SCAN_BYTES = 1 << 20, ID_BYTES = 1000 };

struct scan {
    const char *at, *end;
    int depth, wanted; /* nesting now; nesting at which members are a request's */
    cJSON *ids;        /* an array */
    int limit;
};

/* Behind the string that begins here; the end when it does not end. */
static const char *string_end(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\') at++;
    return at < end ? at + 1 : end;
}

static const char *skip_space(const char *at, const char *end) {
    while (at < end && strchr(" \t\r\n", *at))
        at++;
    return at;
}

static const char *value_end(const char *at, const char *end) {
    if (at < end && *at == '"') return string_end(at, end);
    while (at < end && strchr("+-.0123456789eE", *at))
        at++;
    return at;
}

static void add_id(struct scan *scan, const char *from, const char *to) {
    struct json_limits limits = {.bytes = ID_BYTES, .depth = 1};
    struct err err = ERR_NONE;
    cJSON *id = NULL;
    if (to == from || cJSON_GetArraySize(scan->ids) == scan->limit) return;
    if (json_parse(&id, from, (size_t)(to - from), &limits, &err) == ST_OK) cJSON_AddItemToArray(scan->ids, id);
}

/* A string: a key when a colon follows. */
static void take_string(struct scan *scan) {
    const char *key = scan->at;
    scan->at = string_end(scan->at, scan->end);
    const char *colon = skip_space(scan->at, scan->end);
    if (scan->depth != scan->wanted || colon == scan->end || *colon != ':') return;
    if (scan->at - key != 4 || memcmp(key, "\"id\"", 4) != 0) return;
    const char *value = skip_space(colon + 1, scan->end);
    scan->at = value_end(value, scan->end);
    add_id(scan, value, scan->at);
}

static void find_ids(struct scan *scan) {
    while (scan->at < scan->end) {
        char c = *scan->at;
        if (c == '"') {
            take_string(scan);
            continue;
        }
        scan->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        scan->at++;
    }
}

void message_refuse_unread(struct message *message, const struct err *err) {
    const struct api_request *request = &message->request;
    size_t len = request->len < SCAN_BYTES ? request->len : SCAN_BYTES;
    struct scan scan = {.limit = (int)message->api->config->max_batch};
    bool rpc = !request->http || message_is_rpc(message);
    if (rpc && request->body) {
        scan.end = request->body + len;
        scan.at = skip_space(request->body, scan.end);
        message->is_batch = scan.at < scan.end && *scan.at == '[';
        scan.wanted = message->is_batch ? 2 : 1;
        scan.ids = message->root = cJSON_CreateArray();
        find_ids(&scan);
    }
    int count = cJSON_GetArraySize(scan.ids);
    if (count == 0 || (count > 1 && !message->is_batch)) {
        message_refuse(message, err);
        return;
    }
    message_set_calls(message, (size_t)count);
    for (int i = 0; i < count; i++) {
        message->calls[i].id = cJSON_GetArrayItem(scan.ids, i);
        message->calls[i].err = *err;
    }
    message_finish(message);
}
