/* Reading the fields of a schema, with a diagnostic for each thing that can be wrong.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "schema_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 200, SLOT_MAX = 1000 };

struct place { /* where in the file a fault is: articles[3].type */
    const char *file, *kind;
    int number;
    char text[96];
};

static const char *const type_names[] = {
    [FIELD_TEXT] = "text", [FIELD_NAME] = "name",     [FIELD_KEYWORD] = "keyword",
    [FIELD_DATE] = "date", [FIELD_NUMBER] = "number",
};

static const struct {
    const char *name;
    enum field_origin origin;
} origins[] = {
    {"@id", ORIGIN_ID},
    {"@sections", ORIGIN_SECTIONS},
    {"@headings", ORIGIN_HEADINGS},
    {"@language", ORIGIN_LANGUAGE},
    {"@source_words", ORIGIN_SOURCE_WORDS},
    {"@source_keys", ORIGIN_SOURCE_KEYS},
    {"@source_domains", ORIGIN_SOURCE_DOMAINS},
    {"@source_count", ORIGIN_SOURCE_COUNT},
    {"@mention_count", ORIGIN_MENTION_COUNT},
    {"@domain", ORIGIN_DOMAIN},
    {"@url_words", ORIGIN_URL_WORDS},
    {"@status", ORIGIN_STATUS},
    {"@cited", ORIGIN_CITED},
    {"@address", ORIGIN_ADDRESS},
    {"@sentences", ORIGIN_SENTENCES},
    {"@cited_sentences", ORIGIN_CITED_SENTENCES},
    {"@coverage", ORIGIN_COVERAGE},
    {"@domains", ORIGIN_DOMAINS},
    {"@independent_sources", ORIGIN_INDEPENDENT},
    {"@single_source_sections", ORIGIN_SINGLE_SECTIONS},
    {"@uncited_sections", ORIGIN_UNCITED_SECTIONS},
    {"@oldest_source", ORIGIN_OLDEST_SOURCE},
    {"@newest_source", ORIGIN_NEWEST_SOURCE},
    {"@dead_sources", ORIGIN_DEAD_SOURCES},
    {"@retracted_sources", ORIGIN_RETRACTED_SOURCES},
};

static enum status fault(struct place *place, const char *member, const char *expected, struct err *err) {
    snprintf(place->text, sizeof place->text, "%s[%d].%s", place->kind, place->number, member);
    return schema_fault(err, place->file, place->text, expected);
}

static bool is_name(const char *text) {
    if (!islower((unsigned char)*text)) return false;
    for (const char *at = text; *at; at++)
        if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '_') return false;
    return strlen(text) <= 40;
}

static enum status read_bool(const cJSON *object, const char *key, bool *out, struct place *place, struct err *err) {
    const cJSON *value = json_get(object, key);
    if (value && !cJSON_IsBool(value)) return fault(place, key, "true or false", err);
    *out = value && cJSON_IsTrue(value);
    return ST_OK;
}

static enum status read_type(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    const char *name = json_get_string(object, "type");
    for (size_t i = 0; name && i < sizeof type_names / sizeof *type_names; i++) {
        if (strcmp(type_names[i], name) != 0) continue;
        field->type = (enum field_type)i;
        return ST_OK;
    }
    return fault(place, "type", "one of text, name, keyword, date, number", err);
}

static void read_path(struct field *field, const char *from) {
    size_t parts = 1;
    for (const char *at = from; *at; at++)
        parts += *at == '.';
    field->path = mem_alloc(parts * sizeof *field->path);
    while (field->path_len < parts) {
        size_t len = strcspn(from, ".");
        field->path[field->path_len++] = mem_strndup(from, len);
        from += len + 1;
    }
}

static enum status read_origin(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    const char *from = json_get(object, "from") ? json_get_string(object, "from") : field->name;
    if (!from || !*from) return fault(place, "from", "a path like claims.text or a computed value like @sections", err);
    if (*from != '@') {
        field->origin = ORIGIN_PATH;
        read_path(field, from);
        return ST_OK;
    }
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        if (strcmp(origins[i].name, from) != 0) continue;
        field->origin = origins[i].origin;
        return ST_OK;
    }
    return fault(place, "from", "a computed value that exists; index-schema/README.md lists them", err);
}

/* Q is the record's id; Z marks stems. */
static enum status read_prefix(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    const cJSON *value = json_get(object, "prefix");
    if (!value) return ST_OK;
    const char *prefix = cJSON_IsString(value) ? value->valuestring : "";
    size_t len = strlen(prefix);
    bool good = len >= 1 && len <= PREFIX_MAX && prefix[0] != 'Z' && (len == 1 || prefix[0] == 'X');
    for (size_t i = 0; i < len; i++)
        good = good && isupper((unsigned char)prefix[i]);
    if (!good) return fault(place, "prefix", "one capital except Z, or X and up to seven capitals", err);
    memcpy(field->prefix, prefix, len);
    return ST_OK;
}

static enum status read_slot(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    const cJSON *value = json_get(object, "slot");
    field->slot = FIELD_NO_SLOT;
    if (!value) return ST_OK;
    if (!cJSON_IsNumber(value) || value->valuedouble < 0 || value->valuedouble > SLOT_MAX ||
        value->valuedouble != (double)value->valueint)
        return fault(place, "slot", "a whole number from 0 to 1000", err);
    field->slot = (uint32_t)value->valueint;
    return ST_OK;
}

static enum status read_aliases(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    const cJSON *list = json_get(object, "aliases");
    if (!list) return ST_OK;
    if (!cJSON_IsArray(list)) return fault(place, "aliases", "a list of names", err);
    field->aliases = mem_alloc(((size_t)cJSON_GetArraySize(list) + 1) * sizeof *field->aliases);
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsString(item) || !is_name(item->valuestring))
            return fault(place, "aliases", "names of small letters, digits and _", err);
        field->aliases[field->alias_count++] = mem_strdup(item->valuestring);
    }
    return ST_OK;
}

static enum status read_weight(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    const cJSON *value = json_get(object, "weight");
    if (!value) return ST_OK;
    if (!cJSON_IsNumber(value) || value->valuedouble < 0 || value->valuedouble > 100)
        return fault(place, "weight", "a number from 0 to 100", err);
    field->weight = value->valuedouble;
    return ST_OK;
}

static enum status read_boost(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    const cJSON *boost = json_get(object, "boost"), *half = json_get(object, "half");
    bool is_date = field->type == FIELD_DATE;
    field->half = is_date ? 365 : 10;
    if (!boost && !half) return ST_OK;
    if (!is_date && field->type != FIELD_NUMBER)
        return fault(place, boost ? "boost" : "half", "none in a field of another type than date or number", err);
    if (!boost || !cJSON_IsNumber(boost) || boost->valuedouble < 0 || boost->valuedouble > 100)
        return fault(place, "boost", "a number from 0 to 100", err);
    if (half && (!cJSON_IsNumber(half) || half->valuedouble <= 0 || half->valuedouble > 1e12))
        return fault(place, "half", "a number above 0", err);
    field->boost = boost->valuedouble;
    if (half) field->half = half->valuedouble;
    return ST_OK;
}

/* What must hold between the members of one field. */
static enum status check_field(const struct field *field, struct place *place, struct err *err) {
    bool has_terms = field->type == FIELD_TEXT || field->type == FIELD_NAME || field->type == FIELD_KEYWORD;
    if (!has_terms && (field->prefix[0] || field->body || field->weight > 0))
        return fault(place, "prefix", "no prefix, body or weight in a field of type date or number", err);
    if (!has_terms && field->slot == FIELD_NO_SLOT)
        return fault(place, "slot", "a slot, since dates and numbers live in one", err);
    if ((field->facet || field->sort) && field->slot == FIELD_NO_SLOT)
        return fault(place, "slot", "a slot, since the field is a facet or sortable", err);
    if (field->sort && field->multi) return fault(place, "sort", "false in a field of several values", err);
    if (field->type == FIELD_TEXT && field->slot != FIELD_NO_SLOT)
        return fault(place, "slot", "no slot in a field of type text", err);
    if (has_terms && !field->prefix[0] && !field->body && field->slot == FIELD_NO_SLOT)
        return fault(place, "prefix", "a prefix, body or slot: the field could not be searched", err);
    if (field->weight > 0 && !field->prefix[0])
        return fault(place, "weight", "a prefix, since a weight needs own terms", err);
    return ST_OK;
}

static enum status check_members(const cJSON *object, struct place *place, struct err *err) {
    static const char *const known[] = {"name",  "from", "type",  "prefix",     "weight",  "body",  "slot",
                                        "facet", "sort", "multi", "exact_case", "aliases", "boost", "half"};
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, object) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || strcmp(known[i], member->string) == 0;
        if (!found) return fault(place, member->string, "no member of that name", err);
    }
    return ST_OK;
}

static enum status read_field(struct field *field, const cJSON *object, struct place *place, struct err *err) {
    if (!cJSON_IsObject(object)) return fault(place, "name", "an object", err);
    enum status st = check_members(object, place, err);
    const char *name = json_get_string(object, "name");
    if (st == ST_OK && (!name || !is_name(name)))
        st = fault(place, "name", "small letters, digits and _, beginning with a letter", err);
    if (st != ST_OK) return st;
    field->name = mem_strdup(name);
    st = read_type(field, object, place, err);
    if (st == ST_OK) st = read_origin(field, object, place, err);
    if (st == ST_OK) st = read_prefix(field, object, place, err);
    if (st == ST_OK) st = read_slot(field, object, place, err);
    if (st == ST_OK) st = read_aliases(field, object, place, err);
    if (st == ST_OK) st = read_weight(field, object, place, err);
    if (st == ST_OK) st = read_boost(field, object, place, err);
    if (st == ST_OK) st = read_bool(object, "body", &field->body, place, err);
    if (st == ST_OK) st = read_bool(object, "facet", &field->facet, place, err);
    if (st == ST_OK) st = read_bool(object, "sort", &field->sort, place, err);
    if (st == ST_OK) st = read_bool(object, "multi", &field->multi, place, err);
    if (st == ST_OK) st = read_bool(object, "exact_case", &field->exact_case, place, err);
    return st == ST_OK ? check_field(field, place, err) : st;
}

static bool same_name(const struct field *a, const struct field *b) {
    if (strcmp(a->name, b->name) == 0) return true;
    for (size_t i = 0; i < a->alias_count; i++) {
        if (strcmp(a->aliases[i], b->name) == 0) return true;
        for (size_t j = 0; j < b->alias_count; j++)
            if (strcmp(a->aliases[i], b->aliases[j]) == 0) return true;
    }
    for (size_t j = 0; j < b->alias_count; j++)
        if (strcmp(a->name, b->aliases[j]) == 0) return true;
    return false;
}

/* Names, prefixes and slots are each used once within a kind. */
static enum status check_unique(const struct fields *fields, struct place *place, struct err *err) {
    const struct field *last = &fields->items[fields->count - 1];
    for (size_t i = 0; i + 1 < fields->count; i++) {
        const struct field *other = &fields->items[i];
        if (same_name(other, last)) return fault(place, "name", "a name or alias that no field before it has", err);
        if (last->prefix[0] && strcmp(other->prefix, last->prefix) == 0)
            return fault(place, "prefix", "a prefix that no field before it has", err);
        if (last->slot != FIELD_NO_SLOT && other->slot == last->slot)
            return fault(place, "slot", "a slot that no field before it has", err);
    }
    return ST_OK;
}

enum status schema_fields_read(struct fields *out, const cJSON *root, const char *kind, const char *file,
                               struct err *err) {
    const cJSON *list = json_get(root, kind);
    int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (count < 1 || count > FIELDS_MAX) return schema_fault(err, file, kind, "a list of 1 to 200 fields");
    out->items = mem_alloc((size_t)count * sizeof *out->items);
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, list) {
        struct place place = {.file = file, .kind = kind, .number = (int)out->count};
        enum status st = read_field(&out->items[out->count++], item, &place, err);
        if (st == ST_OK) st = check_unique(out, &place, err);
        if (st != ST_OK) return st;
    }
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->items[i].prefix, "Q") == 0 && out->items[i].origin == ORIGIN_ID) return ST_OK;
    return schema_fault(err, file, kind, "a field from @id with prefix Q");
}

void schema_fields_free(struct fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        struct field *field = &fields->items[i];
        mem_free(field->name);
        for (size_t a = 0; a < field->alias_count; a++)
            mem_free(field->aliases[a]);
        for (size_t p = 0; p < field->path_len; p++)
            mem_free(field->path[p]);
        mem_free(field->aliases);
        mem_free(field->path);
    }
    mem_free(fields->items);
}

void schema_field_describe(const struct field *field, int kind, struct buf *out) {
    buf_printf(out, "\n%d %s %s %d %d %d %u %d", kind, type_names[field->type], field->prefix, (int)field->origin,
               field->body, field->multi, field->slot, field->exact_case);
    for (size_t i = 0; i < field->path_len; i++)
        buf_printf(out, ".%s", field->path[i]);
}
