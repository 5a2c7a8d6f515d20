/* Dirty values of a record, put right or left out; the policies stand in import/clean.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One walk over the table of known fields.  What has one meaning:
 *
 *   a string        of a number, of true or false, of a list with one such, of the `name` of an object
 *   a list          of one such value; elements that can't be strings go, the others stay
 *   objects         of a single object; a text stands for {"text": …} in claims and sections
 *   n               of a string of digits
 *   a date          of whatever when_parse_loose reads
 *
 * Works on one record; any thread. */
#include "import/clean.h"

#include "base/utf8.h"
#include "field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAS_BYTES = 40, PATH_BYTES = 96, SOURCE_N_MAX = 9999, YEAR_MIN = 1000, YEAR_MAX = 9999 };

struct place {
    const char *list; /* NULL: the record itself */
    size_t index;
};

struct cleaner {
    const struct clean_rules *rules;
    cJSON *changes;
};

enum status clean_policy_named(enum clean_policy *out, const char *name, struct err *err) {
    static const char *const names[] = {[CLEAN_REJECT] = "reject", [CLEAN_COERCE] = "coerce", [CLEAN_DROP] = "drop"};
    *out = CLEAN_REJECT;
    if (!name) return ST_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) != 0) continue;
        *out = (enum clean_policy)i;
        return ST_OK;
    }
    return err_param(err, ST_INVALID_VALUE, "dirty",
                     "parameter 'dirty': expected \"reject\", \"coerce\" or \"drop\", got \"%.40s\"", name);
}

/* ---- what is told ---- */

static void tell(struct cleaner *cleaner, const struct place *place, const char *name, const char *action,
                 const cJSON *was) {
    char path[PATH_BYTES];
    if (place->list)
        snprintf(path, sizeof path, "%s[%zu]%s%s", place->list, place->index, *name ? "." : "", name);
    else
        snprintf(path, sizeof path, "%s", name);
    char *text = cJSON_PrintUnformatted(was);
    size_t len = strlen(text);
    if (len > WAS_BYTES) text[utf8_floor(text, len, WAS_BYTES)] = '\0';
    cJSON *change = cJSON_CreateObject();
    cJSON_AddStringToObject(change, "field", path);
    cJSON_AddStringToObject(change, "action", action);
    cJSON_AddStringToObject(change, "was", text);
    cJSON_AddItemToArray(cleaner->changes, change);
    cJSON_free(text);
}

/* ---- what a value may mean ---- */

/* Each gives a new value, or NULL. */
static cJSON *as_string(const cJSON *value) {
    if (cJSON_IsString(value)) return cJSON_CreateString(value->valuestring);
    if (cJSON_IsArray(value)) return value->child && !value->child->next ? as_string(value->child) : NULL;
    if (cJSON_IsObject(value)) {
        const char *name = json_get_string(value, "name");
        return name ? cJSON_CreateString(name) : NULL;
    }
    if (!cJSON_IsNumber(value) && !cJSON_IsBool(value)) return NULL;
    char *text = cJSON_PrintUnformatted(value);
    cJSON *string = cJSON_CreateString(text);
    cJSON_free(text);
    return string;
}

static cJSON *as_date(const struct cleaner *cleaner, const cJSON *value) {
    char date[32];
    cJSON *text = as_string(value);
    bool read = text && when_parse_loose(date, text->valuestring, cleaner->rules->date_order, NULL) == ST_OK;
    cJSON_Delete(text);
    return read ? cJSON_CreateString(date) : NULL;
}

static cJSON *as_number(const cJSON *value) {
    cJSON *text = as_string(value);
    size_t len = text ? strlen(text->valuestring) : 0;
    int n = len && len <= 4 && strspn(text->valuestring, "0123456789") == len ? atoi(text->valuestring) : 0;
    cJSON_Delete(text);
    return n >= 1 ? cJSON_CreateNumber(n) : NULL;
}

static cJSON *as_list(cJSON *take_element) {
    if (!take_element) return NULL;
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, take_element);
    return list;
}

static bool holds_texts(const struct field *field) {
    return strcmp(field->name, "claims") == 0 || strcmp(field->name, "sections") == 0;
}

static cJSON *as_object(const struct field *field, const cJSON *value) {
    if (cJSON_IsObject(value)) return cJSON_Duplicate(value, true);
    if (!cJSON_IsString(value) || !holds_texts(field)) return NULL;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "text", value->valuestring);
    return object;
}

static cJSON *meaning(const struct cleaner *cleaner, const struct field *field, const cJSON *value) {
    switch (field->kind) {
    case FIELD_DATE: return as_date(cleaner, value);
    case FIELD_NUMBER: return as_number(value);
    case FIELD_STRINGS: return as_list(as_string(value));
    case FIELD_OBJECTS: return as_list(as_object(field, value));
    default: return as_string(value);
    }
}

/* ---- what is wrong ---- */

static bool is_whole(const cJSON *value, double min, double max) {
    return cJSON_IsNumber(value) && value->valuedouble >= min && value->valuedouble <= max &&
           value->valuedouble == (double)(long long)value->valuedouble;
}

static bool is_date(const struct cleaner *cleaner, const cJSON *value) {
    int64_t seconds;
    if (cleaner->rules->loose_dates && is_whole(value, YEAR_MIN, YEAR_MAX)) return true;
    if (!cJSON_IsString(value)) return false;
    const char *text = value->valuestring;
    if (!text[strspn(text, " \t\r\n")]) return true;
    if (cleaner->rules->loose_dates)
        return when_parse_loose((char[32]){0}, text, cleaner->rules->date_order, NULL) == ST_OK;
    return when_parse(&seconds, text, NULL) == ST_OK;
}

static bool is_fine(const struct cleaner *cleaner, const struct field *field, const cJSON *value) {
    if (cJSON_IsNull(value)) return true;
    switch (field->kind) {
    case FIELD_DATE: return is_date(cleaner, value);
    case FIELD_NUMBER: return is_whole(value, 1, SOURCE_N_MAX);
    case FIELD_ID: return cJSON_IsString(value) || (cleaner->rules->loose_dates && is_whole(value, -9e15, 9e15));
    case FIELD_STRINGS: return cJSON_IsString(value) || cJSON_IsArray(value);
    case FIELD_OBJECTS:
        return cJSON_IsArray(value) || (cJSON_IsString(value) && cleaner->rules->loose_dates && !holds_texts(field));
    default: return cJSON_IsString(value);
    }
}

/* ---- the walk ---- */

/* A value that is not fine: `take_fixed`, if it is to be coerced and can be, stands in its place. */
static void mend(struct cleaner *cleaner, cJSON *parent, cJSON *value, const struct place *place, const char *name,
                 cJSON *take_fixed) {
    bool fixed = take_fixed && cleaner->rules->policy == CLEAN_COERCE;
    tell(cleaner, place, name, fixed ? "coerced" : "dropped", value);
    if (!fixed) {
        cJSON_Delete(take_fixed);
        cJSON_Delete(cJSON_DetachItemViaPointer(parent, value));
    } else if (value->string) {
        cJSON_ReplaceItemInObjectCaseSensitive(parent, name, take_fixed);
    } else {
        cJSON_ReplaceItemViaPointer(parent, value, take_fixed);
    }
}

/* A text that is no date says something all the same. */
static bool move_date(struct cleaner *cleaner, cJSON *parent, cJSON *value, const struct place *place) {
    char name[PATH_BYTES];
    snprintf(name, sizeof name, "%s_text", value->string);
    if (cleaner->rules->policy != CLEAN_COERCE || !cJSON_IsString(value) || json_get(parent, name)) return false;
    tell(cleaner, place, value->string, "moved", value);
    cJSON_AddStringToObject(parent, name, value->valuestring);
    cJSON_Delete(cJSON_DetachItemViaPointer(parent, value));
    return true;
}

static void clean_object(struct cleaner *cleaner, cJSON *object, const struct field *fields, const struct place *place);

static void clean_elements(struct cleaner *cleaner, cJSON *list, const struct field *field) {
    struct place place = {.list = field->name};
    cJSON *next;
    for (cJSON *element = list->child; element; element = next, place.index++) {
        next = element->next;
        if (field->kind == FIELD_STRINGS) {
            if (!cJSON_IsString(element)) mend(cleaner, list, element, &place, "", as_string(element));
        } else if (cJSON_IsObject(element)) {
            clean_object(cleaner, element, field->members, &place);
        } else if (!(cJSON_IsString(element) && cleaner->rules->loose_dates && !holds_texts(field))) {
            mend(cleaner, list, element, &place, "", as_object(field, element));
        }
    }
}

static void clean_object(struct cleaner *cleaner, cJSON *object, const struct field *fields,
                         const struct place *place) {
    cJSON *next;
    for (cJSON *value = object->child; value; value = next) {
        next = value->next;
        const struct field *field = field_find(fields, value->string);
        if (!field) continue;
        if (is_fine(cleaner, field, value)) {
            if (cJSON_IsArray(value)) clean_elements(cleaner, value, field);
            continue;
        }
        cJSON *fixed = meaning(cleaner, field, value);
        if (field->kind == FIELD_DATE && !fixed && move_date(cleaner, object, value, place)) continue;
        mend(cleaner, object, value, place, field->name, fixed);
    }
}

void clean_record(cJSON *record, const struct clean_rules *rules, cJSON *changes) {
    struct cleaner cleaner = {.rules = rules, .changes = changes};
    struct place place = {.list = NULL};
    if (rules->policy != CLEAN_REJECT) clean_object(&cleaner, record, record_fields, &place);
}
