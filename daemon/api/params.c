/* Reading a call's parameters.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include <math.h>
#include <string.h>

enum { STRINGS_MAX = 10000 };

enum status params_known(struct call *call, const char *const *names) {
    const cJSON *member = NULL;
    if (!call->params) return ST_OK;
    cJSON_ArrayForEach (member, call->params) {
        bool known = strcmp(member->string, "min_revision") == 0 && strcmp(call->method->scope, "search") == 0;
        for (size_t i = 0; names[i] && !known; i++)
            known = strcmp(names[i], member->string) == 0;
        if (!known)
            return err_param(&call->err, ST_UNKNOWN_FIELD, member->string, "method '%s' has no parameter '%s'",
                             call->method->name, member->string);
    }
    return ST_OK;
}

static enum status missing(struct call *call, const char *name) {
    return err_param(&call->err, ST_MISSING_FIELD, name, "method '%s' needs the parameter '%s'", call->method->name,
                     name);
}

enum status param_string(struct call *call, const char *name, bool required, const char **out) {
    const cJSON *value = json_get(call->params, name);
    *out = NULL;
    if (!value || cJSON_IsNull(value)) return required ? missing(call, name) : ST_OK;
    if (!cJSON_IsString(value))
        return err_param(&call->err, ST_INVALID_VALUE, name, "parameter '%s': expected a string", name);
    *out = value->valuestring;
    return ST_OK;
}

enum status param_text(struct call *call, const char *name, size_t max, const char **out) {
    enum status st = param_string(call, name, true, out);
    if (st != ST_OK || !*out || strlen(*out) <= max) return st;
    return err_param(&call->err, ST_TOO_LARGE, name, "parameter '%s': %zu bytes are above the limit of %zu", name,
                     strlen(*out), max);
}

enum status param_bool(struct call *call, const char *name, bool *out) {
    const cJSON *value = json_get(call->params, name);
    if (!value || cJSON_IsNull(value)) return ST_OK;
    if (!cJSON_IsBool(value))
        return err_param(&call->err, ST_INVALID_VALUE, name, "parameter '%s': expected true or false", name);
    *out = cJSON_IsTrue(value);
    return ST_OK;
}

enum status param_number(struct call *call, const char *name, double min, double max, int64_t *out) {
    const cJSON *value = json_get(call->params, name);
    if (!value || cJSON_IsNull(value)) return ST_OK;
    double number = value->valuedouble;
    if (!cJSON_IsNumber(value) || number != floor(number) || number < min || number > max)
        return err_param(&call->err, ST_INVALID_VALUE, name,
                         "parameter '%s': expected a whole number from %.0f to %.0f", name, min, max);
    *out = (int64_t)number;
    return ST_OK;
}

enum status param_strings(struct call *call, const char *name, const char ***out, size_t *count) {
    const cJSON *value = json_get(call->params, name);
    *count = 0;
    if (!value || cJSON_IsNull(value)) return ST_OK;
    int size = cJSON_IsArray(value) ? cJSON_GetArraySize(value) : 1;
    if (size > STRINGS_MAX)
        return err_param(&call->err, ST_TOO_LARGE, name, "parameter '%s': %d strings are above the limit of %d", name,
                         size, STRINGS_MAX);
    *out = arena_alloc(call->arena, ((size_t)size + 1) * sizeof **out);
    for (const cJSON *item = cJSON_IsArray(value) ? value->child : value; item; item = item->next) {
        if (!cJSON_IsString(item))
            return err_param(&call->err, ST_INVALID_VALUE, name,
                             "parameter '%s': expected a string or a list of strings", name);
        (*out)[(*count)++] = item->valuestring;
        if (item == value) break;
    }
    return ST_OK;
}

enum status param_kind(struct call *call, enum store_kind *out) {
    const char *name = NULL;
    *out = STORE_ARTICLE;
    if (param_string(call, "kind", false, &name) != ST_OK) return call->err.status;
    if (!name || strcmp(name, "article") == 0) return ST_OK;
    *out = STORE_SOURCE;
    if (strcmp(name, "source") == 0) return ST_OK;
    return err_param(&call->err, ST_INVALID_VALUE, "kind",
                     "parameter 'kind': expected \"article\" or \"source\", got \"%.40s\"", name);
}
