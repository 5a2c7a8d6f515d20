/* Renaming of fields: what a map does to a record; the rules stand in map.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A rule's values are taken out of the record as matches, in the record's order, each with its place in the
 * outermost list on the way; then all are put.  Lists are walked along with the matches, never searched by index.
 * Works on one record; any thread. */
#include "field.h"
#include "map_rules.h"

#include "base/mem.h"

#include <string.h>

struct match {
    cJSON *value; /* owned until it is put */
    long index;   /* in the outermost list on the way; -1: none */
};

struct matches {
    struct match *items;
    size_t count, capacity;
};

static void add_match(struct matches *matches, cJSON *value, long index) {
    if (matches->count == matches->capacity) {
        matches->capacity = matches->capacity ? 2 * matches->capacity : 8;
        matches->items = mem_realloc(matches->items, matches->capacity * sizeof *matches->items);
    }
    matches->items[matches->count++] = (struct match){value, index};
}

static void free_matches(struct matches *matches, size_t rules) {
    for (size_t i = 0; i < rules; i++) {
        for (size_t j = 0; j < matches[i].count; j++)
            cJSON_Delete(matches[i].items[j].value);
        mem_free(matches[i].items);
    }
    mem_free(matches);
}

/* Takes what path[at…] names out of `node`, or copies it. */
static void take(struct matches *matches, cJSON *node, const struct map_path *path, size_t at, long index, bool copy) {
    if (cJSON_IsArray(node)) {
        long place = 0;
        for (cJSON *element = node->child; element; element = element->next, place++)
            if (cJSON_IsObject(element)) take(matches, element, path, at, index < 0 ? place : index, copy);
        return;
    }
    cJSON *child = cJSON_GetObjectItemCaseSensitive(node, path->names[at]);
    if (!child) return;
    if (at + 1 < path->count) {
        take(matches, child, path, at + 1, index, copy);
        if (!copy && cJSON_IsObject(child) && !child->child) cJSON_Delete(cJSON_DetachItemViaPointer(node, child));
        return;
    }
    add_match(matches, copy ? cJSON_Duplicate(child, true) : cJSON_DetachItemViaPointer(node, child), index);
}

static bool is_empty(const cJSON *value) {
    return cJSON_IsNull(value) || (cJSON_IsString(value) && !*value->valuestring);
}

static enum status conflict(const struct map_rule *rule, struct err *err) {
    return err_param(err, ST_INVALID_RECORD, rule->ours.text,
                     "%s: expected no value beside '%s', which the map puts there", rule->ours.text, rule->theirs.text);
}

/* Puts a value under a name of an object; an empty one never replaces another. */
static enum status put_member(cJSON *object, const char *name, cJSON **value, const struct map_rule *rule,
                              struct err *err) {
    cJSON *old = cJSON_GetObjectItemCaseSensitive(object, name);
    if (old && is_empty(*value)) return ST_OK;
    if (old && !is_empty(old)) return conflict(rule, err);
    if (old) cJSON_Delete(cJSON_DetachItemViaPointer(object, old));
    cJSON_AddItemToObject(object, name, *value);
    *value = NULL;
    return ST_OK;
}

/* The list under a name, made when there is none; one value becomes the first of a list. */
static cJSON *list_of(cJSON *record, const char *name) {
    cJSON *old = cJSON_GetObjectItemCaseSensitive(record, name);
    if (cJSON_IsArray(old)) return old;
    cJSON *list = cJSON_CreateArray();
    if (old) {
        old = cJSON_DetachItemViaPointer(record, old);
        if (is_empty(old))
            cJSON_Delete(old);
        else
            cJSON_AddItemToArray(list, old);
    }
    cJSON_AddItemToObject(record, name, list);
    return list;
}

static void append(cJSON *list, cJSON **value) {
    if (is_empty(*value)) return;
    if (!cJSON_IsArray(*value)) {
        cJSON_AddItemToArray(list, *value);
        *value = NULL;
        return;
    }
    while ((*value)->child)
        cJSON_AddItemToArray(list, cJSON_DetachItemViaPointer(*value, (*value)->child));
}

/* `theirs=ours`. */
static enum status put_field(struct matches *matches, cJSON *record, const struct map_rule *rule, struct err *err) {
    const char *name = rule->ours.names[0];
    const struct field *field = field_find(record_fields, name);
    bool list = field && (field->kind == FIELD_STRINGS || field->kind == FIELD_OBJECTS);
    if (!list && matches->count == 1) return put_member(record, name, &matches->items[0].value, rule, err);
    if (!list && cJSON_GetObjectItemCaseSensitive(record, name)) return conflict(rule, err);
    cJSON *into = list_of(record, name);
    for (size_t i = 0; i < matches->count; i++)
        append(into, &matches->items[i].value);
    return ST_OK;
}

/* The object at a list's element; a string there is a source's URL. */
static cJSON *object_at(cJSON *list, cJSON *element) {
    if (!element) {
        element = cJSON_CreateObject();
        cJSON_AddItemToArray(list, element);
    } else if (cJSON_IsString(element)) {
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "url", element->valuestring);
        cJSON_ReplaceItemViaPointer(list, element, object);
        element = object;
    }
    return element;
}

/* A list's values each go to the object of their place: they become matches with an index. */
static void spread(struct matches *matches) {
    if (matches->count != 1 || matches->items[0].index >= 0 || !cJSON_IsArray(matches->items[0].value)) return;
    cJSON *list = matches->items[0].value;
    matches->count = 0;
    for (long index = 0; list->child; index++)
        add_match(matches, cJSON_DetachItemViaPointer(list, list->child), index);
    cJSON_Delete(list);
}

/* `theirs=ours.member` into a list of objects. */
static enum status put_elements(struct matches *matches, cJSON *record, const struct map_rule *rule, struct err *err) {
    cJSON *list = list_of(record, rule->ours.names[0]);
    spread(matches);
    cJSON *element = object_at(list, list->child);
    long place = 0;
    for (size_t i = 0; i < matches->count; i++) {
        for (; place < matches->items[i].index; place++)
            element = object_at(list, element->next);
        if (!cJSON_IsObject(element))
            return err_param(err, ST_INVALID_RECORD, rule->ours.text, "%s[%ld]: expected an object to put '%s' into",
                             rule->ours.names[0], place, rule->theirs.text);
        enum status status = put_member(element, rule->ours.names[1], &matches->items[i].value, rule, err);
        if (status) return status;
    }
    return ST_OK;
}

static enum status put_nested(struct matches *matches, cJSON *record, const struct map_rule *rule, struct err *err) {
    const struct field *field = field_find(record_fields, rule->ours.names[0]);
    cJSON *parent = cJSON_GetObjectItemCaseSensitive(record, rule->ours.names[0]);
    if ((field && field->kind == FIELD_OBJECTS) || cJSON_IsArray(parent))
        return put_elements(matches, record, rule, err);
    if (!parent) parent = cJSON_AddObjectToObject(record, rule->ours.names[0]);
    if (!cJSON_IsObject(parent) || matches->count > 1) return conflict(rule, err);
    return put_member(parent, rule->ours.names[1], &matches->items[0].value, rule, err);
}

enum status map_apply(const struct map *map, cJSON *record, struct err *err) {
    if (!map || map->count == 0) return ST_OK;
    struct matches *matches = mem_alloc(map->count * sizeof *matches);
    enum status status = ST_OK;
    for (size_t i = 0; i < map->count; i++)
        take(&matches[i], record, &map->rules[i].theirs, 0, -1, map->rules[i].copy);
    for (size_t i = 0; i < map->count && !status; i++) {
        const struct map_rule *rule = &map->rules[i];
        if (matches[i].count == 0 || rule->ours.count == 0) continue;
        status = rule->ours.count == 1 ? put_field(&matches[i], record, rule, err)
                                       : put_nested(&matches[i], record, rule, err);
    }
    free_matches(matches, map->count);
    return status;
}

void map_apply_aliases(const struct map *map, cJSON *record) {
    for (size_t i = 0; map && i < map->count; i++) {
        const struct map_rule *rule = &map->rules[i];
        cJSON *value = cJSON_GetObjectItemCaseSensitive(record, rule->theirs.names[0]);
        if (!value || cJSON_GetObjectItemCaseSensitive(record, rule->ours.names[0])) continue;
        cJSON_AddItemToObject(record, rule->ours.names[0], cJSON_DetachItemViaPointer(record, value));
    }
}
