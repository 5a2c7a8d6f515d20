/* Reading a record's members: types, dates, numbers, with every fault told at once.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A path is `name` or `list[index].name`, counted from 0.  What does not fit in an error's line is counted, not
 * dropped in silence.  Any thread. */
#include "record_reader.h"

#include "base/utf8.h"
#include "base/when.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_BYTES = 40, MORE_BYTES = 32 };

void faults_init(struct faults *faults) {
    *faults = (struct faults){.status = ST_INVALID_RECORD};
    buf_init(&faults->text, 0);
}

static void path_print(char *out, size_t size, const struct place *place, const char *name) {
    if (!place->list)
        snprintf(out, size, "%s", name);
    else if (!*name)
        snprintf(out, size, "%s[%zu]", place->list, place->index);
    else
        snprintf(out, size, "%s[%zu].%s", place->list, place->index, name);
}

void fault_at(struct faults *faults, const struct place *place, const char *name, const char *format, ...) {
    char path[sizeof faults->first], text[sizeof((struct err *)0)->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    path_print(path, sizeof path, place, name);
    if (faults->count++ == 0) memcpy(faults->first, path, sizeof path);
    size_t room = sizeof text - MORE_BYTES, needed = strlen(path) + strlen(text) + 4;
    if (faults->text.len + needed > room && faults->told > 0) return;
    buf_printf(&faults->text, "%s%s: %s", faults->told ? "; " : "", path, text);
    faults->told++;
}

enum status faults_end(struct faults *faults, struct err *err) {
    enum status status = ST_OK;
    if (faults->count > faults->told) buf_printf(&faults->text, "; and %zu more", faults->count - faults->told);
    if (faults->count > 0) status = err_param(err, faults->status, faults->first, "%s", faults->text.data);
    buf_free(&faults->text);
    return status;
}

const char *value_shown(struct arena *arena, const cJSON *value) {
    if (cJSON_IsNumber(value)) return arena_printf(arena, "%.17g", value->valuedouble);
    if (cJSON_IsBool(value)) return cJSON_IsTrue(value) ? "true" : "false";
    if (cJSON_IsArray(value)) return "an array";
    if (cJSON_IsObject(value)) return "an object";
    if (!cJSON_IsString(value)) return "null";
    const char *text = value->valuestring;
    size_t len = strlen(text), cut = utf8_floor(text, len, len < SHOWN_BYTES ? len : SHOWN_BYTES);
    char *shown = arena_printf(arena, "\"%.*s%s\"", (int)cut, text, cut < len ? "…" : "");
    for (char *c = shown; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F) *c = ' ';
    return shown;
}

const cJSON *read_member(const struct place *place, const char *name) {
    const cJSON *value = json_get(place->object, name);
    return cJSON_IsNull(value) ? NULL : value;
}

static void wrong_type(struct record_reader *reader, const struct place *place, const char *name, const char *expected,
                       const cJSON *value) {
    fault_at(&reader->faults, place, name, "expected %s, got %s", expected, value_shown(reader->arena, value));
}

const char *read_string(struct record_reader *reader, const struct place *place, const char *name) {
    const cJSON *value = read_member(place, name);
    if (!value) return NULL;
    if (!cJSON_IsString(value)) {
        wrong_type(reader, place, name, "a string", value);
        return NULL;
    }
    return *value->valuestring ? value->valuestring : NULL;
}

const char *read_date(struct record_reader *reader, const struct place *place, const char *name) {
    const cJSON *value = read_member(place, name);
    if (!value || (cJSON_IsString(value) && !*value->valuestring)) return NULL;
    int64_t seconds;
    if (cJSON_IsString(value) && when_parse(&seconds, value->valuestring, NULL) == ST_OK) return value->valuestring;
    wrong_type(reader, place, name, "a date like 2025-10-08", value);
    return NULL;
}

size_t read_strings(struct record_reader *reader, const struct place *place, const char *name, const char ***out) {
    const cJSON *value = read_member(place, name), *item;
    size_t count = 0, index = 0;
    *out = NULL;
    if (!value || (cJSON_IsString(value) && !*value->valuestring)) return 0;
    if (cJSON_IsString(value)) {
        *out = arena_alloc(reader->arena, sizeof **out);
        (*out)[0] = value->valuestring;
        return 1;
    }
    if (!cJSON_IsArray(value)) {
        wrong_type(reader, place, name, "a list of strings", value);
        return 0;
    }
    *out = arena_alloc(reader->arena, (size_t)cJSON_GetArraySize(value) * sizeof **out + 1);
    cJSON_ArrayForEach (item, value) {
        struct place element = {.object = item, .list = name, .index = index++};
        if (!cJSON_IsString(item))
            wrong_type(reader, &element, "", "a string", item);
        else if (*item->valuestring)
            (*out)[count++] = item->valuestring;
    }
    return count;
}

bool read_integer(struct record_reader *reader, const struct place *place, const char *name, int64_t min, int64_t max,
                  int64_t *out) {
    const cJSON *value = read_member(place, name);
    if (!value) return false;
    double number = cJSON_IsNumber(value) ? value->valuedouble : NAN;
    if (number >= (double)min && number <= (double)max && floor(number) == number) {
        *out = (int64_t)number;
        return true;
    }
    fault_at(&reader->faults, place, name, "expected an integer from %lld to %lld, got %s", (long long)min,
             (long long)max, value_shown(reader->arena, value));
    return false;
}

const cJSON *read_objects(struct record_reader *reader, const struct place *place, const char *name) {
    const cJSON *value = read_member(place, name), *item;
    size_t index = 0;
    if (!value) return NULL;
    if (!cJSON_IsArray(value)) {
        wrong_type(reader, place, name, "a list of objects", value);
        return NULL;
    }
    cJSON_ArrayForEach (item, value) {
        struct place element = {.object = item, .list = name, .index = index++};
        if (!cJSON_IsObject(item)) wrong_type(reader, &element, "", "an object", item);
    }
    return value;
}

static bool has_control(const char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F) return true;
    return false;
}

const char *read_id(struct record_reader *reader, const struct place *place, size_t max) {
    const cJSON *value = read_member(place, "id");
    if (!value) return NULL;
    if (!cJSON_IsString(value)) {
        wrong_type(reader, place, "id", "a string", value);
        return NULL;
    }
    const char *id = value->valuestring;
    size_t len = strlen(id);
    if (len == 0 || len > max)
        fault_at(&reader->faults, place, "id", "expected 1 to %zu bytes, got %zu", max, len);
    else if (utf8_valid(id, len) < len)
        fault_at(&reader->faults, place, "id", "invalid UTF-8 at byte %zu", utf8_valid(id, len));
    else if (has_control(id))
        fault_at(&reader->faults, place, "id", "control characters are not allowed, got %s",
                 value_shown(reader->arena, value));
    return id;
}
