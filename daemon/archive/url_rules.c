/* index-schema/url-rules.json: read, checked and compiled.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   {"version": 1, "rules": [{"name": "…", "type": "…", "note": "…", "hosts": […], "except": […], parameters}, …]}
 *
 * Rules are applied in the order of the file; url.h says what types and stages are, each type's file its parameters.
 * Runs on the thread that opens the rules; what it makes is read-only afterwards.  Never reads the network: the
 * Public Suffix List is the newer of the one built into libpsl and the one of the system. */
#include "base/json.h"
#include "url.h"

#include <ctype.h>

static const struct url_rule_type *const TYPES[] = {
    &URL_TRIM,       &URL_REPLACE_PREFIX, &URL_DOI,         &URL_ISBN,        &URL_PARSE,          &URL_HOST,
    &URL_UNWRAP,     &URL_RESOLVE,        &URL_DOTS,        &URL_HOST_PREFIX, &URL_HOST_LABEL,     &URL_PERCENT,
    &URL_SLASHES,    &URL_PATH_SUFFIX,    &URL_PATH_PREFIX, &URL_PATH_CUT,    &URL_TRAILING_SLASH, &URL_QUERY_FORM,
    &URL_QUERY_DROP, &URL_QUERY_SORT,     &URL_FRAGMENT,
};

enum { TYPE_COUNT = sizeof TYPES / sizeof *TYPES };

enum status string_list_read(struct string_list *out, const struct rules_file *file, const cJSON *rule,
                             const char *field, bool lower, struct err *err) {
    *out = (struct string_list){0};
    const cJSON *list = json_get(rule, field);
    if (!list) return ST_OK;
    if (!cJSON_IsArray(list)) return rules_file_fault(file, list, err, "field '%s': expected a list of strings", field);
    out->items = mem_alloc(((size_t)cJSON_GetArraySize(list) + 1) * sizeof *out->items);
    for (const cJSON *item = list->child; item; item = item->next) {
        if (!cJSON_IsString(item) || !item->valuestring[0]) {
            return rules_file_fault(file, item, err, "field '%s': expected a string that is not empty", field);
        }
        char *text = mem_strdup(item->valuestring);
        for (char *at = text; lower && *at; at++)
            *at = (char)tolower((unsigned char)*at);
        out->items[out->count++] = (struct slice){text, strlen(text)};
    }
    return ST_OK;
}

void string_list_free(struct string_list *list) {
    for (size_t i = 0; i < list->count; i++)
        mem_free((char *)list->items[i].at);
    mem_free(list->items);
    *list = (struct string_list){0};
}

/* The bytes at both ends of an item are compared first: nearly always that is all. */
static bool equal_folded(struct slice item, const char *text) {
    return tolower((unsigned char)text[0]) == item.at[0] &&
           tolower((unsigned char)text[item.len - 1]) == item.at[item.len - 1] &&
           strncasecmp(text, item.at, item.len) == 0;
}

const struct slice *string_list_prefix(const struct string_list *list, struct slice text) {
    for (size_t i = 0; i < list->count; i++) {
        const struct slice *item = &list->items[i];
        if (item->len <= text.len && equal_folded(*item, text.at)) return item;
    }
    return NULL;
}

const struct slice *string_list_suffix(const struct string_list *list, struct slice text) {
    for (size_t i = 0; i < list->count; i++) {
        const struct slice *item = &list->items[i];
        if (item->len <= text.len && equal_folded(*item, text.at + text.len - item->len)) return item;
    }
    return NULL;
}

static bool is_pattern(const char *text) {
    size_t len = strlen(text);
    size_t good = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
    if (text[0] == '.' || len > URL_HOST_MAX) return false;
    if (good == len) return len > 1 && text[len - 1] != '.';
    return good > 1 && good + 1 == len && text[good] == '*' && text[good - 1] == '.' && !memchr(text, '.', good - 1);
}

static void add_pattern(struct url_rules *rules, struct slice pattern, int scope) {
    const struct name_set_slot *slot = name_set_find(&rules->patterns, pattern.at, pattern.len);
    size_t number = slot ? slot->number : rules->patterns.count;
    if (!slot) {
        name_set_add(&rules->patterns, pattern.at, pattern.len, (uint32_t)number);
        rules->pattern_scopes = mem_realloc(rules->pattern_scopes, (number + 1) * sizeof *rules->pattern_scopes);
        memset(rules->pattern_scopes[number], 0, sizeof *rules->pattern_scopes);
    }
    rules->pattern_scopes[number][scope / 64] |= (uint64_t)1 << (scope % 64);
}

static enum status read_scope(int *out, struct url_rules *rules, const struct rules_file *file, const cJSON *json,
                              const char *field, struct err *err) {
    *out = -1;
    const cJSON *value = json_get(json, field);
    if (!value) return ST_OK;
    if (rules->scope_count == URL_SCOPES_MAX) {
        return rules_file_fault(file, value, err, "more than %d fields 'hosts' and 'except'", URL_SCOPES_MAX);
    }
    *out = rules->scope_count++;
    struct string_list list;
    enum status status = string_list_read(&list, file, json, field, false, err);
    for (size_t i = 0; i < list.count && status == ST_OK; i++) {
        if (is_pattern(list.items[i].at)) {
            add_pattern(rules, list.items[i], *out);
        } else {
            status =
                rules_file_fault(file, cJSON_GetArrayItem(value, (int)i), err,
                                 "field '%s': expected a domain in lower case, got \"%s\"", field, list.items[i].at);
        }
    }
    string_list_free(&list);
    return status;
}

static const struct url_rule_type *find_type(const char *name) {
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (strcmp(TYPES[i]->name, name) == 0) return TYPES[i];
    }
    return NULL;
}

static enum status check_stage(const struct url_rules *rules, const struct url_rule_type *type,
                               const struct rules_file *file, const cJSON *json, struct err *err) {
    enum url_stage last = rules->count ? rules->rules[rules->count - 1].type->stage : URL_STAGE_TEXT;
    bool once = type->stage == URL_STAGE_PARSE || type->stage == URL_STAGE_HOST;
    if (type->stage < last || (once && type->stage == last)) {
        return rules_file_fault(file, json, err, "a rule of type '%s' can't stand behind one of type '%s'", type->name,
                                rules->rules[rules->count - 1].type->name);
    }
    if (type->stage > URL_STAGE_PARSE && last < URL_STAGE_PARSE) {
        return rules_file_fault(file, json, err, "a rule of type '%s' needs one of type 'parse' before it", type->name);
    }
    if (type->stage > URL_STAGE_HOST && last < URL_STAGE_HOST) {
        return rules_file_fault(file, json, err, "a rule of type '%s' needs one of type 'host' before it", type->name);
    }
    return ST_OK;
}

static enum status compile_rule(struct url_rules *rules, const struct rules_file *file, const cJSON *json,
                                struct err *err) {
    const char *name = json_get_string(json, "name"), *type_name = json_get_string(json, "type");
    if (!name || !*name) return rules_file_fault(file, json, err, "field 'name': expected a string");
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->rules[i].name, name) != 0) continue;
        return rules_file_fault(file, json, err, "field 'name': a rule '%s' stands above", name);
    }
    const struct url_rule_type *type = type_name ? find_type(type_name) : NULL;
    if (!type) {
        return rules_file_fault(file, json, err, "rule '%s': unknown type '%s'", name, type_name ? type_name : "");
    }
    bool scoped = type->stage >= URL_STAGE_UNWRAP;
    char fields[160];
    snprintf(fields, sizeof fields, "name type note %s%s", scoped ? "hosts except " : "", type->fields);
    enum status status = rules_file_keys(file, json, fields, err);
    if (status == ST_OK) status = check_stage(rules, type, file, json, err);
    if (status != ST_OK) return status;
    struct url_rule *rule = &rules->rules[rules->count++];
    *rule = (struct url_rule){.type = type, .name = mem_strdup(name), .hosts = -1, .except = -1};
    if (scoped) status = read_scope(&rule->hosts, rules, file, json, "hosts", err);
    if (scoped && status == ST_OK) status = read_scope(&rule->except, rules, file, json, "except", err);
    return status == ST_OK && type->compile ? type->compile(rule, file, json, err) : status;
}

static enum status compile(struct url_rules *rules, const struct rules_file *file, struct err *err) {
    enum status status = rules_file_keys(file, file->tree, "version about rules", err);
    if (status != ST_OK) return status;
    const cJSON *version = json_get(file->tree, "version");
    if (!cJSON_IsNumber(version) || version->valuedouble != 1) {
        return rules_file_fault(file, version, err, "field 'version': expected 1");
    }
    const cJSON *list = json_get(file->tree, "rules");
    if (!cJSON_IsArray(list)) return rules_file_fault(file, list, err, "field 'rules': expected a list");
    rules->rules = mem_alloc(((size_t)cJSON_GetArraySize(list) + 1) * sizeof *rules->rules);
    for (const cJSON *json = list->child; json && status == ST_OK; json = json->next) {
        status = cJSON_IsObject(json) ? compile_rule(rules, file, json, err)
                                      : rules_file_fault(file, json, err, "expected an object");
    }
    if (status == ST_OK && (!rules->count || rules->rules[rules->count - 1].type->stage < URL_STAGE_HOST)) {
        status = rules_file_fault(file, list, err, "field 'rules': expected rules of type 'parse' and 'host'");
    }
    return status;
}

enum status url_rules_open(struct url_rules **out, const char *path, struct err *err) {
    *out = NULL;
    struct rules_file file;
    enum status status = rules_file_open(&file, path, err);
    if (status != ST_OK) return status;
    struct url_rules *rules = mem_alloc(sizeof *rules);
    status = compile(rules, &file, err);
    rules_file_close(&file);
    if (status == ST_OK) {
        rules->psl = psl_latest(NULL);
        if (!rules->psl) status = err_set(err, ST_NOT_FOUND, "no Public Suffix List on this system");
    }
    if (status == ST_OK) {
        *out = rules;
    } else {
        url_rules_close(rules);
    }
    return status;
}

void url_rules_close(struct url_rules *rules) {
    if (!rules) return;
    for (size_t i = 0; i < rules->count; i++) {
        struct url_rule *rule = &rules->rules[i];
        if (rule->parameters && rule->type->close) rule->type->close(rule->parameters);
        mem_free(rule->parameters);
        mem_free(rule->name);
    }
    mem_free(rules->rules);
    name_set_free(&rules->patterns);
    mem_free(rules->pattern_scopes);
    psl_free(rules->psl);
    mem_free(rules);
}
