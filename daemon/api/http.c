/* HTTP: paths to methods.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   GET  /v1/search?q=…&limit=…     POST /v1/METHOD  with the parameters as a JSON object
 *   GET  /v1/articles/ID            GET  /v1/sources/ID
 *   GET  /v1/claims:search?query=…  as Google's Fact Check Tools (also under /v1alpha1)
 *   GET  /health  /version  /metrics
 *
 * The answer is the bare result; an error is {"error": {…}} with the status that fits. */
#include "call.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool refuse(struct message *message, enum status status, const char *text) {
    struct err err = ERR_NONE;
    err_set(&err, status, "%s", text);
    message_refuse(message, &err);
    return false;
}

static bool make_call(struct message *message, const char *method, cJSON *take_params) {
    message->root = take_params;
    message->count = 1;
    message->calls = arena_alloc(message->arena, sizeof *message->calls);
    atomic_store(&message->open, 1);
    struct call *call = &message->calls[0];
    call->message = message;
    call_begin(call);
    call->params = take_params;
    call->method = method_find(method);
    if (!call->method) err_param(&call->err, ST_UNKNOWN_METHOD, "method", "there is no method '%.100s'", method);
    return true;
}

/* ---- query strings ---- */

static int hex(char c) {
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? (tolower((unsigned char)c) - 'a') + 10
                                        : -1;
}

/* Decodes %xx and + in place; false: not valid, or not UTF-8, or a NUL. */
static bool decode(char *text) {
    char *out = text;
    for (const char *at = text; *at; at++) {
        int high = 0, low = 0;
        if (*at == '+') {
            *out++ = ' ';
        } else if (*at == '%') {
            high = hex(at[1]);
            low = high < 0 ? -1 : hex(at[2]);
            if (low < 0 || high * 16 + low == 0) return false;
            *out++ = (char)(high * 16 + low);
            at += 2;
        } else {
            *out++ = *at;
        }
    }
    *out = '\0';
    size_t len = (size_t)(out - text);
    return utf8_valid(text, len) == len;
}

static bool is_number_param(const char *name) {
    static const char *const names[] = {"limit",    "offset",   "time_limit_ms", "min_revision",
                                        "revision", "pageSize", "maxAgeDays",    "fragments"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static bool is_bool_param(const char *name) {
    static const char *const names[] = {"exact_total", "explain", "prefix", "html", "via_sources"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* A value in the type that its parameter takes; what is no such value stays a string, and the method refuses it. */
static cJSON *typed(const char *name, const char *value) {
    char *end = NULL;
    if (is_number_param(name)) {
        double number = strtod(value, &end);
        if (end != value && !*end) return cJSON_CreateNumber(number);
    }
    if (is_bool_param(name)) {
        if (strcmp(value, "true") == 0 || strcmp(value, "1") == 0 || !*value) return cJSON_CreateTrue();
        if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0) return cJSON_CreateFalse();
    }
    return cJSON_CreateString(value);
}

/* A name that comes again makes a list. */
static void add_param(cJSON *params, const char *name, cJSON *value) {
    cJSON *old = cJSON_GetObjectItemCaseSensitive(params, name);
    if (!old) {
        cJSON_AddItemToObject(params, name, value);
    } else if (cJSON_IsArray(old)) {
        cJSON_AddItemToArray(old, value);
    } else {
        cJSON *list = cJSON_CreateArray();
        cJSON_AddItemToArray(list, cJSON_DetachItemViaPointer(params, old));
        cJSON_AddItemToArray(list, value);
        cJSON_AddItemToObject(params, name, list);
    }
}

static bool read_query(struct message *message, cJSON *params) {
    char *rest = NULL;
    char *query = arena_strdup(message->arena, message->request.query ? message->request.query : "");
    for (char *pair = strtok_r(query, "&", &rest); pair; pair = strtok_r(NULL, "&", &rest)) {
        char *value = strchr(pair, '=');
        if (value)
            *value++ = '\0';
        else
            value = pair + strlen(pair);
        if (!decode(pair) || !decode(value)) return false;
        const char *name = strcmp(pair, "q") == 0 ? "query" : pair;
        add_param(params, name, typed(name, value));
    }
    return true;
}

/* ---- routes ---- */

/* A record's own path.  NULL: it is none; what the path says can't be said in the query string too. */
static const char *record_route(cJSON *params, const char *path, const char **twice) {
    static const struct {
        const char *prefix, *kind;
    } routes[] = {{"/v1/articles/", "article"}, {"/v1/sources/", "source"}};
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        size_t len = strlen(routes[i].prefix);
        if (strncmp(path, routes[i].prefix, len) != 0 || !path[len]) continue;
        *twice = json_get(params, "id") ? "id" : json_get(params, "kind") ? "kind" : NULL;
        cJSON_AddStringToObject(params, "id", path + len);
        cJSON_AddStringToObject(params, "kind", routes[i].kind);
        return "get";
    }
    return NULL;
}

static bool refuse_twice(struct message *message, const char *name) {
    struct err err = ERR_NONE;
    err_param(&err, ST_INVALID_VALUE, name, "parameter '%s' stands in the path already", name);
    message_refuse(message, &err);
    return false;
}

static bool get_route(struct message *message, const char *path) {
    static const struct {
        const char *path, *method;
    } routes[] = {{"/v1/search", "search"},
                  {"/v1/claims:search", "claims_search"},
                  {"/v1alpha1/claims:search", "claims_search"},
                  {"/version", "version"},
                  {"/health", "health"},
                  {"/metrics", "metrics"}};
    cJSON *params = cJSON_CreateObject();
    const char *method = NULL, *twice = NULL;
    bool good = read_query(message, params);
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].path, path) == 0) method = routes[i].method;
    if (!method) method = record_route(params, path, &twice);
    if (good && method && !twice) return make_call(message, method, params);
    cJSON_Delete(params);
    if (!good) return refuse(message, ST_INVALID_VALUE, "the query string is not percent-encoded UTF-8");
    if (twice) return refuse_twice(message, twice);
    return refuse(message, ST_UNKNOWN_METHOD, "there is nothing at this path; see PROTOCOL.md");
}

static bool post_route(struct message *message, const char *path) {
    const struct config *config = message->api->config;
    struct json_limits limits = {
        .bytes = (size_t)config->max_line_bytes, .depth = (int)config->max_depth, .values = 4000000};
    struct err err = ERR_NONE;
    cJSON *params = NULL;
    if (strncmp(path, "/v1/", 4) != 0)
        return refuse(message, ST_UNKNOWN_METHOD, "there is nothing at this path; see PROTOCOL.md");
    if (message->request.len == 0)
        params = cJSON_CreateObject();
    else if (json_parse(&params, message->request.body, message->request.len, &limits, &err) != ST_OK) {
        message_refuse(message, &err);
        return false;
    }
    if (!cJSON_IsObject(params)) {
        cJSON_Delete(params);
        return refuse(message, ST_INVALID_REQUEST, "the body is an object with the method's parameters");
    }
    return make_call(message, path + 4, params);
}

bool http_route(struct api_worker *worker, struct message *message) {
    const struct api_request *request = &message->request;
    (void)worker;
    if (request->too_large) return refuse(message, ST_TOO_LARGE, "the body is above max_line_bytes");
    if (strcmp(request->method, "POST") == 0) return post_route(message, request->path);
    if (strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0)
        return get_route(message, request->path);
    return refuse(message, ST_INVALID_REQUEST, "only GET, HEAD and POST are served");
}
