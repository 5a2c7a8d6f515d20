/* Reading a schema file.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "schema_internal.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "text/language.h"

#include <stdio.h>
#include <string.h>

enum { SCHEMA_FORMAT = 1, SCHEMA_BYTES_MAX = 1 << 20 };

enum status schema_fault(struct err *err, const char *file, const char *place, const char *expected) {
    return err_param(err, ST_INVALID_SCHEMA, place, "%s: %s: expected %s", file, place, expected);
}

static enum status read_number(const cJSON *object, const char *key, const char *file, double low, double high,
                               double *out, struct err *err) {
    const cJSON *value = json_get(object, key);
    char place[64], expected[64];
    if (!value) return ST_OK;
    snprintf(place, sizeof place, "ranking.%s", key);
    snprintf(expected, sizeof expected, "a number from %g to %g", low, high);
    if (!cJSON_IsNumber(value) || value->valuedouble < low || value->valuedouble > high)
        return schema_fault(err, file, place, expected);
    *out = value->valuedouble;
    return ST_OK;
}

static enum status read_ranking(struct ranking *ranking, const cJSON *root, const char *file, struct err *err) {
    *ranking = (struct ranking){.k1 = 1.2, .b = 0.6, .k3 = 5, .burst = 0.5};
    const cJSON *object = json_get(root, "ranking");
    if (!object) return ST_OK;
    if (!cJSON_IsObject(object)) return schema_fault(err, file, "ranking", "an object");
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, object) {
        const char *key = member->string;
        if (strcmp(key, "k1") && strcmp(key, "b") && strcmp(key, "k3") && strcmp(key, "burst"))
            return err_param(err, ST_INVALID_SCHEMA, "ranking", "%s: ranking: unknown member '%s'", file, key);
    }
    enum status st = read_number(object, "k1", file, 0, 100, &ranking->k1, err);
    if (st == ST_OK) st = read_number(object, "b", file, 0, 1, &ranking->b, err);
    if (st == ST_OK) st = read_number(object, "k3", file, 0, 1000, &ranking->k3, err);
    if (st == ST_OK) st = read_number(object, "burst", file, 0, 2, &ranking->burst, err);
    return st;
}

static enum status check_members(const cJSON *root, const char *file, struct err *err) {
    static const char *const known[] = {"format", "language", "ranking", "articles", "sources"};
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, root) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || strcmp(known[i], member->string) == 0;
        if (!found)
            return err_param(err, ST_INVALID_SCHEMA, member->string, "%s: unknown member '%s'", file, member->string);
    }
    const cJSON *format = json_get(root, "format");
    if (!cJSON_IsNumber(format) || format->valueint != SCHEMA_FORMAT)
        return schema_fault(err, file, "format", "1, the format that this footnote reads");
    return ST_OK;
}

/* What an index contains depends on the fields; weights and ranking only on the search. */
static void fingerprint(struct schema *schema) {
    struct buf text;
    buf_init(&text, 0);
    buf_str(&text, schema->language);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        const struct fields *fields = &schema->kinds[kind];
        for (size_t i = 0; i < fields->count; i++)
            schema_field_describe(&fields->items[i], kind, &text);
    }
    hash128_hex(schema->fingerprint, text.data, text.len);
    buf_free(&text);
}

static enum status read_root(struct schema *schema, const cJSON *root, const char *file, struct err *err) {
    if (!cJSON_IsObject(root)) return schema_fault(err, file, "the whole", "an object");
    enum status st = check_members(root, file, err);
    const cJSON *language = json_get(root, "language");
    if (st == ST_OK && language && !cJSON_IsString(language))
        st = schema_fault(err, file, "language", "a language tag like \"en\"");
    if (st == ST_OK) {
        language_base(schema->language, language ? language->valuestring : "en");
        if (!schema->language[0]) st = schema_fault(err, file, "language", "a language tag like \"en\"");
    }
    if (st == ST_OK) st = read_ranking(&schema->ranking, root, file, err);
    if (st == ST_OK) st = schema_fields_read(&schema->kinds[STORE_ARTICLE], root, "articles", file, err);
    if (st == ST_OK) st = schema_fields_read(&schema->kinds[STORE_SOURCE], root, "sources", file, err);
    return st;
}

static void place_of(const char *text, size_t len, long position, struct err *err) {
    err->line = 1;
    err->column = 1;
    for (size_t i = 0; i < len && (long)i < position; i++) {
        err->column = text[i] == '\n' ? 1 : err->column + 1;
        err->line += text[i] == '\n';
    }
}

enum status schema_parse(struct schema **out, const char *text, size_t len, const char *name, struct err *err) {
    *out = NULL;
    cJSON *root = NULL;
    struct err fault = ERR_NONE;
    enum status st = json_parse(&root, text, len, NULL, &fault);
    if (st == ST_NO_MEMORY) return err_set(err, st, "%s: %s", name, fault.text);
    if (st != ST_OK) {
        place_of(text, len, fault.position, &fault);
        err_set(err, ST_INVALID_SCHEMA, "%s:%ld:%ld: %s", name, fault.line, fault.column, fault.text);
        err->line = fault.line;
        err->column = fault.column;
        return ST_INVALID_SCHEMA;
    }
    struct schema *schema = mem_alloc(sizeof *schema);
    st = read_root(schema, root, name, err);
    cJSON_Delete(root);
    if (st != ST_OK) {
        schema_close(schema);
        return st;
    }
    fingerprint(schema);
    schema->text = mem_strndup(text, len);
    schema->text_len = len;
    *out = schema;
    return ST_OK;
}

enum status schema_open(struct schema **out, const char *path, struct err *err) {
    char *text = NULL;
    size_t len = 0;
    *out = NULL;
    enum status st = file_read(&text, &len, path, SCHEMA_BYTES_MAX, err);
    if (st == ST_OK) st = schema_parse(out, text, len, path, err);
    mem_free(text);
    return st;
}

enum status schema_copy(struct schema **out, const struct schema *schema, struct err *err) {
    return schema_parse(out, schema->text, schema->text_len, "schema", err);
}

void schema_close(struct schema *schema) {
    if (!schema) return;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++)
        schema_fields_free(&schema->kinds[kind]);
    mem_free(schema->text);
    mem_free(schema);
}

static const struct field *find_named(const struct fields *fields, const char *name) {
    for (size_t i = 0; i < fields->count; i++)
        if (strcmp(fields->items[i].name, name) == 0) return &fields->items[i];
    return NULL;
}

static bool same_field(const struct field *one, const struct field *other, enum store_kind kind) {
    struct buf texts[2];
    buf_init(&texts[0], 0);
    buf_init(&texts[1], 0);
    schema_field_describe(one, kind, &texts[0]);
    schema_field_describe(other, kind, &texts[1]);
    bool same = texts[0].len == texts[1].len && memcmp(texts[0].data, texts[1].data, texts[0].len) == 0;
    buf_free(&texts[0]);
    buf_free(&texts[1]);
    return same;
}

void schema_compare(const struct schema *before, const struct schema *after,
                    void (*fn)(void *arg, enum store_kind kind, const char *field, const char *change), void *arg) {
    for (enum store_kind kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        const struct fields *old = &before->kinds[kind], *new = &after->kinds[kind];
        for (size_t i = 0; i < old->count; i++) {
            const struct field *field = find_named(new, old->items[i].name);
            if (!field)
                fn(arg, kind, old->items[i].name, "removed");
            else if (!same_field(&old->items[i], field, kind))
                fn(arg, kind, field->name, "changed");
        }
        for (size_t i = 0; i < new->count; i++)
            if (!find_named(old, new->items[i].name)) fn(arg, kind, new->items[i].name, "added");
    }
}

const struct field *schema_field(const struct schema *schema, enum store_kind kind, const char *name, size_t len) {
    const struct fields *fields = &schema->kinds[kind];
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        if (strlen(field->name) == len && memcmp(field->name, name, len) == 0) return field;
        for (size_t a = 0; a < field->alias_count; a++)
            if (strlen(field->aliases[a]) == len && memcmp(field->aliases[a], name, len) == 0) return field;
    }
    return NULL;
}
