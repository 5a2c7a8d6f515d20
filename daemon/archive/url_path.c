/* Rules for paths: escapes, dot segments, slashes, endings and beginnings that name no other page.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   percent         {"path": "…", "query": "…"}         bytes whose escape is decoded, beside the unreserved ones
 *   dots            {}                                  RFC 3986, 5.2.4
 *   slashes         {}                                  runs become one, but not behind a colon (https://)
 *   path_suffix     {"suffixes": […], "to": "…"}        ASCII case and slashes behind are ignored; repeated; never
 *                                                       takes all that stands behind the last slash left
 *   path_prefix     {"prefixes": […], "to": "…", "digit": true}   "digit": only when a digit follows
 *   path_cut        {"markers": […]}                    from the first marker to the end; ASCII case is ignored
 *   trailing_slash  {}                                  every one at the end, except the root's
 * Any thread; memory is the arena's. */
#include "url.h"

#include <ctype.h>

struct percent {
    bool path[256];
    bool query[256];
};

static enum status read_bytes(bool set[256], const struct rules_file *file, const cJSON *json, const char *field,
                              struct err *err) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, field);
    if (!cJSON_IsString(value)) {
        return rules_file_fault(file, value ? value : json, err, "field '%s': expected a string", field);
    }
    for (const char *at = value->valuestring; *at; at++) {
        if (!strchr("!$'()*,;:@/?", *at)) {
            return rules_file_fault(file, value, err, "field '%s': '%c' can't be decoded safely", field, *at);
        }
        set[(unsigned char)*at] = true;
    }
    return ST_OK;
}

static enum status compile_percent(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                   struct err *err) {
    struct percent *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    enum status status = read_bytes(parameters->path, file, json, "path", err);
    if (status == ST_OK && parameters->path['/']) {
        status = rules_file_fault(file, json, err, "field 'path': an escaped '/' is no separator");
    }
    if (status == ST_OK && parameters->path['?']) {
        status = rules_file_fault(file, json, err, "field 'path': an escaped '?' begins no query");
    }
    return status == ST_OK ? read_bytes(parameters->query, file, json, "query", err) : status;
}

static bool same(struct slice a, struct slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static enum url_flow apply_percent(struct url_work *work, const struct url_rule *rule) {
    const struct percent *parameters = rule->parameters;
    struct url *url = &work->url;
    struct slice path = url_normalise(work->arena, url->path, parameters->path, false);
    struct slice fragment = url_normalise(work->arena, url->fragment, parameters->query, false);
    bool changed = !same(path, url->path) || !same(fragment, url->fragment);
    url->path = path;
    url->fragment = fragment;
    for (size_t i = 0; i < url->param_count; i++) {
        struct url_param *param = &url->params[i];
        struct slice text = {param->text, param->len};
        bool broken = url->query_malformed && url_malformed(text);
        struct slice normal =
            broken ? url_escape(work->arena, text) : url_normalise(work->arena, text, parameters->query, true);
        changed |= !same(normal, text);
        const char *equals = memchr(normal.at, '=', normal.len);
        param->text = normal.at;
        param->len = (uint32_t)normal.len;
        param->name_len = (uint32_t)(equals ? (size_t)(equals - normal.at) : normal.len);
    }
    return changed ? URL_CHANGED : URL_SAME;
}

/* Writes path without dot segments to `to`; returns its length. */
static size_t remove_dots(char *to, struct slice path) {
    size_t len = 0;
    for (size_t at = 0; at < path.len;) {
        size_t end = at + 1;
        while (end < path.len && path.at[end] != '/')
            end++;
        size_t segment = end - at - 1;
        const char *name = path.at + at + 1;
        bool one = segment == 1 && name[0] == '.';
        bool two = segment == 2 && name[0] == '.' && name[1] == '.';
        if (two) {
            while (len && to[--len] != '/')
                continue;
        }
        if (!one && !two) {
            memcpy(to + len, path.at + at, end - at);
            len += end - at;
        } else if (end == path.len) {
            to[len++] = '/';
        }
        at = end;
    }
    return len;
}

static enum url_flow apply_dots(struct url_work *work, const struct url_rule *rule) {
    (void)rule;
    struct slice *path = &work->url.path;
    if (!memmem(path->at, path->len, "/.", 2)) return URL_SAME;
    char *to = arena_alloc(work->arena, path->len + 1);
    struct slice result = {to, remove_dots(to, *path)};
    if (same(result, *path)) return URL_SAME;
    *path = result.len ? result : (struct slice){"/", 1};
    return URL_CHANGED;
}

static enum url_flow apply_slashes(struct url_work *work, const struct url_rule *rule) {
    (void)rule;
    struct slice *path = &work->url.path;
    if (!memmem(path->at, path->len, "//", 2)) return URL_SAME;
    char *to = arena_alloc(work->arena, path->len + 1);
    size_t len = 0;
    for (size_t i = 0; i < path->len; i++) {
        bool repeated = path->at[i] == '/' && len && to[len - 1] == '/';
        bool scheme = len > 1 && to[len - 2] == ':';
        if (!repeated || scheme) to[len++] = path->at[i];
    }
    struct slice result = {to, len};
    if (same(result, *path)) return URL_SAME;
    *path = result;
    return URL_CHANGED;
}

struct replace {
    struct string_list list;
    char *to;
    bool digit;
};

static void close_replace(void *memory) {
    struct replace *parameters = memory;
    string_list_free(&parameters->list);
    mem_free(parameters->to);
}

static enum status compile_replace(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                   const char *field, struct err *err) {
    struct replace *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    enum status status = string_list_read(&parameters->list, file, json, field, true, err);
    if (status != ST_OK) return status;
    const cJSON *to = cJSON_GetObjectItemCaseSensitive(json, "to");
    if (to && !cJSON_IsString(to)) return rules_file_fault(file, to, err, "field 'to': expected a string");
    parameters->to = mem_strdup(to ? to->valuestring : "");
    for (size_t i = 0; i < parameters->list.count; i++) {
        if (strlen(parameters->to) < parameters->list.items[i].len) continue;
        return rules_file_fault(file, to ? to : json, err, "field 'to': expected a string shorter than '%s'",
                                parameters->list.items[i].at);
    }
    const cJSON *digit = cJSON_GetObjectItemCaseSensitive(json, "digit");
    if (digit && !cJSON_IsBool(digit))
        return rules_file_fault(file, digit, err, "field 'digit': expected true or false");
    parameters->digit = cJSON_IsTrue(digit);
    return ST_OK;
}

static enum status compile_suffix(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                  struct err *err) {
    return compile_replace(rule, file, json, "suffixes", err);
}

static enum status compile_prefix(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                  struct err *err) {
    return compile_replace(rule, file, json, "prefixes", err);
}

static size_t without_slashes(struct slice path) {
    while (path.len > 1 && path.at[path.len - 1] == '/')
        path.len--;
    return path.len;
}

static enum url_flow apply_suffix(struct url_work *work, const struct url_rule *rule) {
    const struct replace *parameters = rule->parameters;
    struct slice *path = &work->url.path;
    char *copy = NULL;
    for (;;) {
        struct slice end = {path->at, without_slashes(*path)};
        const struct slice *suffix = string_list_suffix(&parameters->list, end);
        if (!suffix) break;
        size_t kept = end.len - suffix->len, to = strlen(parameters->to);
        /* "/amp" alone or "/.amp" is a page of that name, unless what is put in its place says more. */
        if (to == 0 && (kept == 0 || path->at[kept - 1] == '/')) break;
        if (!copy) copy = arena_strndup(work->arena, end.at, end.len);
        memcpy(copy + kept, parameters->to, to); /* fits: it is shorter than every suffix */
        *path = (struct slice){copy, kept + to};
    }
    return copy ? URL_CHANGED : URL_SAME;
}

static enum url_flow apply_prefix(struct url_work *work, const struct url_rule *rule) {
    const struct replace *parameters = rule->parameters;
    struct slice *path = &work->url.path;
    const struct slice *prefix = string_list_prefix(&parameters->list, *path);
    if (!prefix || prefix->len == path->len) return URL_SAME;
    if (parameters->digit && !isdigit((unsigned char)path->at[prefix->len])) return URL_SAME;
    char *text =
        arena_printf(work->arena, "%s%.*s", parameters->to, (int)(path->len - prefix->len), path->at + prefix->len);
    *path = (struct slice){text, strlen(text)};
    return URL_CHANGED;
}

static enum status compile_cut(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                               struct err *err) {
    return compile_replace(rule, file, json, "markers", err);
}

static enum url_flow apply_cut(struct url_work *work, const struct url_rule *rule) {
    const struct replace *parameters = rule->parameters;
    struct slice *path = &work->url.path;
    for (size_t i = 0; i < parameters->list.count; i++) {
        struct slice marker = parameters->list.items[i];
        const char *end = path->at + path->len, *at = path->at;
        while ((at = memchr(at + 1, marker.at[0], (size_t)(end - at - 1))) && (size_t)(end - at) >= marker.len) {
            if (strncasecmp(at, marker.at, marker.len) != 0) continue;
            path->len = (size_t)(at - path->at);
            return URL_CHANGED;
        }
    }
    return URL_SAME;
}

static enum url_flow apply_trailing_slash(struct url_work *work, const struct url_rule *rule) {
    (void)rule;
    struct slice *path = &work->url.path;
    size_t len = without_slashes(*path);
    if (len == path->len) return URL_SAME;
    path->len = len;
    return URL_CHANGED;
}

const struct url_rule_type URL_PERCENT = {.name = "percent",
                                          .stage = URL_STAGE_PAGE,
                                          .fields = "path query",
                                          .compile = compile_percent,
                                          .apply = apply_percent};
const struct url_rule_type URL_DOTS = {.name = "dots", .stage = URL_STAGE_PAGE, .fields = "", .apply = apply_dots};
const struct url_rule_type URL_SLASHES = {
    .name = "slashes", .stage = URL_STAGE_PAGE, .fields = "", .apply = apply_slashes};
const struct url_rule_type URL_PATH_SUFFIX = {.name = "path_suffix",
                                              .stage = URL_STAGE_PAGE,
                                              .fields = "suffixes to",
                                              .compile = compile_suffix,
                                              .apply = apply_suffix,
                                              .close = close_replace};
const struct url_rule_type URL_PATH_PREFIX = {.name = "path_prefix",
                                              .stage = URL_STAGE_PAGE,
                                              .fields = "prefixes to digit",
                                              .compile = compile_prefix,
                                              .apply = apply_prefix,
                                              .close = close_replace};
const struct url_rule_type URL_PATH_CUT = {.name = "path_cut",
                                           .stage = URL_STAGE_PAGE,
                                           .fields = "markers",
                                           .compile = compile_cut,
                                           .apply = apply_cut,
                                           .close = close_replace};
const struct url_rule_type URL_TRAILING_SLASH = {
    .name = "trailing_slash", .stage = URL_STAGE_PAGE, .fields = "", .apply = apply_trailing_slash};
