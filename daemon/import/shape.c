/* A record's values in the shape that articles and sources have; the rules stand in shape.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One walk over the record's members with the table of known fields.  Works on one record; any thread. */
#include "shape.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "field.h"

#include <stdio.h>
#include <string.h>

enum { FAULT_ROOM = 360, SHOWN_BYTES = 40 };

struct shape {
    const struct shape_rules *rules;
    struct buf faults; /* of dates; freed when told */
    size_t untold;
    char first[64];
    bool has_links; /* a source has `start` or `end` */
};

static const struct field section_fields[] = {
    {"heading", FIELD_STRING, NULL}, {"text", FIELD_VERBATIM, NULL}, {NULL, FIELD_UNKNOWN, NULL}};
static const struct field claim_fields[] = {{"text", FIELD_STRING, NULL},
                                            {"claimant", FIELD_STRING, NULL},
                                            {"date", FIELD_DATE, NULL},
                                            {NULL, FIELD_UNKNOWN, NULL}};
static const struct field source_fields[] = {{"n", FIELD_NUMBER, NULL},       {"url", FIELD_STRING, NULL},
                                             {"title", FIELD_STRING, NULL},   {"outlet", FIELD_STRING, NULL},
                                             {"published", FIELD_DATE, NULL}, {"archived_url", FIELD_STRING, NULL},
                                             {"text", FIELD_STRING, NULL},    {NULL, FIELD_UNKNOWN, NULL}};

const struct field record_fields[] = {
    {"id", FIELD_ID, NULL},
    {"url", FIELD_STRING, NULL},
    {"title", FIELD_STRING, NULL},
    {"text", FIELD_STRING, NULL},
    {"summary", FIELD_STRING, NULL},
    {"sections", FIELD_OBJECTS, section_fields},
    {"published", FIELD_DATE, NULL},
    {"updated", FIELD_DATE, NULL},
    {"language", FIELD_STRING, NULL},
    {"outlet", FIELD_STRING, NULL},
    {"authors", FIELD_STRINGS, NULL},
    {"tags", FIELD_STRINGS, NULL},
    {"verdict", FIELD_STRING, NULL},
    {"claims", FIELD_OBJECTS, claim_fields},
    {"sources", FIELD_OBJECTS, source_fields},
    {"domain", FIELD_STRING, NULL},
    {"kind", FIELD_STRING, NULL},
    {"archived_url", FIELD_STRING, NULL},
    {"status", FIELD_STRING, NULL},
    {"status_since", FIELD_DATE, NULL},
    {"note", FIELD_STRING, NULL},
    {NULL, FIELD_UNKNOWN, NULL},
};

const struct field *field_find(const struct field *fields, const char *name) {
    for (; fields->name; fields++) {
        if (strcmp(fields->name, name) == 0) return fields;
    }
    return NULL;
}

struct where {
    const char *list; /* NULL: the record itself */
    size_t index;
};

static bool is_blank(const cJSON *value) {
    return cJSON_IsNull(value) ||
           (cJSON_IsString(value) && value->valuestring[strspn(value->valuestring, " \t\r\n")] == '\0');
}

static void set_string(cJSON *value, const char *text) {
    cJSON *string = cJSON_CreateString(text);
    /* cJSON replaces items only in their parent; exchanging the value keeps the place in it. */
    cJSON_free(value->valuestring);
    value->type = cJSON_String;
    value->valuestring = string->valuestring;
    string->valuestring = NULL;
    cJSON_Delete(string);
}

static void wrong_date(struct shape *shape, const struct where *where, const char *name, const char *text) {
    char path[64];
    if (where->list)
        snprintf(path, sizeof path, "%s[%zu].%s", where->list, where->index, name);
    else
        snprintf(path, sizeof path, "%s", name);
    if (!shape->first[0]) memcpy(shape->first, path, sizeof path);
    if (shape->faults.len > FAULT_ROOM) {
        shape->untold++;
        return;
    }
    size_t len = strlen(text), shown = utf8_floor(text, len, len < SHOWN_BYTES ? len : SHOWN_BYTES);
    buf_printf(&shape->faults, "%s%s: expected a date like 2025-10-08, got \"%.*s%s\"", shape->faults.len ? "; " : "",
               path, (int)shown, text, shown < len ? "…" : "");
}

static void shape_date(struct shape *shape, cJSON *value, const struct where *where, const char *name) {
    char date[32];
    if (cJSON_IsNumber(value)) {
        char year[16];
        snprintf(year, sizeof year, "%.0f", value->valuedouble);
        if (value->valuedouble >= 1000 && value->valuedouble <= 9999) set_string(value, year);
        return;
    }
    if (!cJSON_IsString(value)) return;
    if (when_parse_loose(date, value->valuestring, shape->rules->date_order, NULL) != ST_OK)
        wrong_date(shape, where, name, value->valuestring);
    else if (strcmp(date, value->valuestring) != 0)
        set_string(value, date);
}

static void shape_id(cJSON *value) {
    char id[32];
    if (!cJSON_IsNumber(value)) return;
    snprintf(id, sizeof id, "%.0f", value->valuedouble);
    if (value->valuedouble == (double)(long long)value->valuedouble) set_string(value, id);
}

static void add_trimmed(cJSON *list, const char *text, size_t len) {
    while (len && strchr(" \t\r\n", *text))
        text++, len--;
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    char *copy = mem_strndup(text, len);
    if (len) cJSON_AddItemToArray(list, cJSON_CreateString(copy));
    mem_free(copy);
}

static void add_parts(cJSON *list, const char *text, const char *separator) {
    for (const char *end; (end = strstr(text, separator)); text = end + strlen(separator))
        add_trimmed(list, text, (size_t)(end - text));
    add_trimmed(list, text, strlen(text));
}

/* A single value where a list of strings belongs, or a map's list of such. */
static cJSON *shape_strings(const struct shape *shape, cJSON *object, cJSON *value) {
    const char *separator = shape->rules->list_separator;
    const cJSON *first = cJSON_IsArray(value) && separator ? value->child : value;
    if (!cJSON_IsString(first)) return value;
    cJSON *list = cJSON_CreateArray();
    if (!separator) cJSON_AddItemToArray(list, cJSON_CreateString(value->valuestring));
    for (const cJSON *one = separator ? first : NULL; one; one = one == value ? NULL : one->next)
        if (cJSON_IsString(one)) add_parts(list, one->valuestring, separator);
    cJSON_ReplaceItemInObjectCaseSensitive(object, value->string, list);
    return list;
}

/* A string among a list's objects is a source's URL. */
static cJSON *shape_url(cJSON *list, cJSON *element) {
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "url", element->valuestring);
    cJSON_ReplaceItemViaPointer(list, element, entry);
    return entry;
}

static void shape_object(struct shape *shape, cJSON *object, const struct field *fields, const struct where *where);

static void shape_objects(struct shape *shape, cJSON *list, const struct field *field) {
    struct where where = {.list = field->name};
    bool sources = field->members == source_fields;
    for (cJSON *element = list->child; element; element = element->next, where.index++) {
        if (sources && cJSON_IsString(element)) element = shape_url(list, element);
        if (!cJSON_IsObject(element)) continue;
        shape_object(shape, element, field->members, &where);
        if (!sources) continue;
        if (!cJSON_GetObjectItemCaseSensitive(element, "n"))
            cJSON_AddNumberToObject(element, "n", (double)where.index + 1);
        shape->has_links = shape->has_links || cJSON_GetObjectItemCaseSensitive(element, "start") ||
                           cJSON_GetObjectItemCaseSensitive(element, "end");
    }
}

/* Shapes one known field; returns what stands in its place now. */
static cJSON *shape_value(struct shape *shape, cJSON *object, cJSON *value, const struct field *field,
                          const struct where *where) {
    switch (field->kind) {
    case FIELD_ID: shape_id(value); break;
    case FIELD_DATE: shape_date(shape, value, where, field->name); break;
    case FIELD_STRINGS: return shape_strings(shape, object, value);
    case FIELD_OBJECTS:
        if (field->members == source_fields) value = shape_strings(shape, object, value);
        if (cJSON_IsArray(value)) shape_objects(shape, value, field);
        break;
    default: break;
    }
    return value;
}

static void shape_object(struct shape *shape, cJSON *object, const struct field *fields, const struct where *where) {
    cJSON *next;
    for (cJSON *value = object->child; value; value = next) {
        next = value->next;
        const struct field *field = field_find(fields, value->string);
        if (!field) continue;
        if (is_blank(value) && field->kind != FIELD_VERBATIM) {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, value));
            continue;
        }
        next = shape_value(shape, object, value, field, where)->next;
    }
}

static bool fits(const cJSON *start, const cJSON *end, size_t chars) {
    if (!start || !end || !cJSON_IsNumber(start) || !cJSON_IsNumber(end)) return true; /* its type is judged later */
    double from = start->valuedouble, to = end->valuedouble;
    return from >= 0 && to >= from && to <= (double)chars;
}

static void shape_links(cJSON *record) {
    cJSON *sources = cJSON_GetObjectItemCaseSensitive(record, "sources");
    const char *text = json_get_string(record, "text");
    size_t chars = text ? utf8_count(text, strlen(text)) : 0;
    for (cJSON *entry = sources->child; entry; entry = entry->next) {
        cJSON *start = cJSON_GetObjectItemCaseSensitive(entry, "start");
        cJSON *end = cJSON_GetObjectItemCaseSensitive(entry, "end");
        if ((!start && !end) || (text && fits(start, end, chars))) continue;
        if (cJSON_GetObjectItemCaseSensitive(entry, "place")) continue;
        cJSON *place = cJSON_AddObjectToObject(entry, "place");
        if (start) cJSON_AddItemToObject(place, "start", cJSON_DetachItemViaPointer(entry, start));
        if (end) cJSON_AddItemToObject(place, "end", cJSON_DetachItemViaPointer(entry, end));
    }
}

static void shape_title(cJSON *record) {
    static const char *const any[] = {"title", "text", "summary", "sections"};
    const char *url = json_get_string(record, "url"), *kind = json_get_string(record, "kind");
    if (!url || (kind && strcmp(kind, "source") == 0)) return;
    for (size_t i = 0; i < sizeof any / sizeof *any; i++) {
        if (cJSON_GetObjectItemCaseSensitive(record, any[i])) return;
    }
    cJSON_AddStringToObject(record, "title", url);
}

static void prefix_id(cJSON *record, const char *prefix) {
    cJSON *id = cJSON_GetObjectItemCaseSensitive(record, "id");
    if (!prefix || !*prefix || !cJSON_IsString(id)) return;
    size_t len = strlen(prefix) + strlen(id->valuestring) + 1;
    char *text = mem_alloc(len);
    snprintf(text, len, "%s%s", prefix, id->valuestring);
    set_string(id, text);
    mem_free(text);
}

enum status shape_record(cJSON *record, const struct shape_rules *rules, struct err *err) {
    struct shape shape = {.rules = rules};
    struct where where = {.list = NULL};
    buf_init(&shape.faults, 0);
    shape_object(&shape, record, record_fields, &where);
    if (shape.has_links) shape_links(record);
    shape_title(record);
    prefix_id(record, rules->id_prefix);
    enum status status = ST_OK;
    if (shape.untold) buf_printf(&shape.faults, "; and %zu more", shape.untold);
    if (shape.faults.len) status = err_param(err, ST_INVALID_RECORD, shape.first, "%s", shape.faults.data);
    buf_free(&shape.faults);
    return status;
}
