/* Reading the parameters of a search.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "search/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TIME_LIMIT_MS_MAX = 3600000 };

struct reading {
    const struct schema *schema;
    struct search_request *out;
    struct err *err;
};

static enum status wrong(struct reading *reading, const char *name, const char *expected) {
    return err_param(reading->err, ST_INVALID_VALUE, name, "parameter '%s': expected %s", name, expected);
}

static enum status read_string(struct reading *reading, const cJSON *value, const char **out) {
    if (cJSON_IsNull(value)) return ST_OK;
    if (!cJSON_IsString(value)) return wrong(reading, value->string, "a string");
    if (strlen(value->valuestring) > SEARCH_QUERY_BYTES_MAX)
        return err_param(reading->err, ST_TOO_LARGE, value->string,
                         "parameter '%s': %zu bytes are above the limit of %d", value->string,
                         strlen(value->valuestring), SEARCH_QUERY_BYTES_MAX);
    *out = value->valuestring;
    return ST_OK;
}

static enum status read_bool(struct reading *reading, const cJSON *value, bool *out) {
    if (!cJSON_IsBool(value)) return wrong(reading, value->string, "true or false");
    *out = cJSON_IsTrue(value);
    return ST_OK;
}

static enum status read_count(struct reading *reading, const cJSON *value, uint32_t max, uint32_t *out) {
    double number = value->valuedouble;
    if (!cJSON_IsNumber(value) || number < 0 || number > max || number != floor(number))
        return err_param(reading->err, ST_INVALID_VALUE, value->string,
                         "parameter '%s': expected a whole number from 0 to %u", value->string, max);
    *out = (uint32_t)number;
    return ST_OK;
}

static enum status read_in(struct reading *reading, const cJSON *value) {
    const char *in = cJSON_IsString(value) ? value->valuestring : "";
    bool all = strcmp(in, "all") == 0;
    reading->out->articles = all || strcmp(in, "articles") == 0;
    reading->out->sources = all || strcmp(in, "sources") == 0;
    if (reading->out->articles || reading->out->sources) return ST_OK;
    return wrong(reading, "in", "\"articles\", \"sources\" or \"all\"");
}

/* A field that the schema has for one of the kinds asked for, and that can do what is wanted of it. */
static enum status check_field(struct reading *reading, const char *param, const char *name, size_t len, bool facet) {
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        const struct field *field = schema_field(reading->schema, (enum store_kind)kind, name, len);
        if (field && (facet ? field->facet : field->sort)) return ST_OK;
    }
    return err_param(reading->err, ST_INVALID_VALUE, param, "parameter '%s': '%.*s' is not a %s of the schema", param,
                     (int)len, name, facet ? "facet" : "sortable field");
}

/* "outlet", "outlet:20", "outlet:20:value", "outlet:value" */
static enum status add_facet(struct reading *reading, const cJSON *value) {
    struct search_request *out = reading->out;
    char *text = cJSON_IsString(value) ? value->valuestring : NULL;
    if (!text) return wrong(reading, "facet", "field names, each with an optional number: \"outlet\", \"outlet:20\"");
    if (out->facet_count == SEARCH_FACETS_MAX) return wrong(reading, "facet", "at most 16 fields");
    struct facet_request *facet = &out->facets[out->facet_count++];
    *facet = (struct facet_request){.field = text, .limit = SEARCH_FACET_LIMIT_DEFAULT};
    char *colon = strchr(text, ':');
    if (colon) *colon++ = '\0';
    char *order = colon ? strchr(colon, ':') : NULL;
    if (order) *order++ = '\0';
    if (colon && !order && (strcmp(colon, "value") == 0 || strcmp(colon, "count") == 0)) {
        order = colon;
        colon = NULL;
    }
    if (order && strcmp(order, "value") != 0 && strcmp(order, "count") != 0)
        return wrong(reading, "facet", "count or value as a facet's order");
    facet->by_value = order && strcmp(order, "value") == 0;
    if (colon) {
        char *end = NULL;
        long number = strtol(colon, &end, 10);
        if (end == colon || *end || number < 1 || number > SEARCH_FACET_LIMIT_MAX)
            return wrong(reading, "facet", "a number from 1 to 1000 behind the colon");
        facet->limit = (uint32_t)number;
    }
    return check_field(reading, "facet", text, strlen(text), true);
}

/* "published", "published:asc"; dates and numbers begin with the largest unless told otherwise. */
static enum status add_sort(struct reading *reading, const cJSON *value) {
    struct search_request *out = reading->out;
    char *text = cJSON_IsString(value) ? value->valuestring : NULL;
    if (!text) return wrong(reading, "sort", "field names, each with an optional direction: \"published:desc\"");
    if (out->sort_count == SEARCH_SORTS_MAX) return wrong(reading, "sort", "at most 4 fields");
    struct sort_request *sort = &out->sorts[out->sort_count++];
    char *colon = strchr(text, ':');
    if (colon && strcmp(colon, ":asc") != 0 && strcmp(colon, ":desc") != 0)
        return wrong(reading, "sort", "asc or desc behind the colon");
    size_t len = colon ? (size_t)(colon - text) : strlen(text);
    const struct field *field = schema_field(reading->schema, STORE_ARTICLE, text, len);
    if (!field) field = schema_field(reading->schema, STORE_SOURCE, text, len);
    bool largest_first = field && (field->type == FIELD_DATE || field->type == FIELD_NUMBER);
    *sort = (struct sort_request){.field = text, .descending = colon ? strcmp(colon, ":desc") == 0 : largest_first};
    enum status st = check_field(reading, "sort", text, len, false);
    if (colon) *colon = '\0';
    return st;
}

/* One string or a list of them. */
static enum status each(struct reading *reading, const cJSON *value,
                        enum status (*add)(struct reading *, const cJSON *)) {
    if (!cJSON_IsArray(value)) return add(reading, value);
    enum status st = ST_OK;
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, value) {
        if (st == ST_OK) st = add(reading, item);
    }
    return st;
}

static enum status read_collapse(struct reading *reading, const cJSON *value) {
    enum status st = read_string(reading, value, &reading->out->collapse);
    const char *name = reading->out->collapse;
    if (st != ST_OK || !name) return st;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        const struct field *field = schema_field(reading->schema, (enum store_kind)kind, name, strlen(name));
        if (field && field->slot != FIELD_NO_SLOT && !field->multi) return ST_OK;
    }
    return wrong(reading, "collapse", "a field with one value and a slot, like outlet or domain");
}

/* ---- boosts ---- */

static bool read_share(const char *text, double max, double *out) {
    char *end = NULL;
    if (!text || !*text) return false;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out) && *out > 0 && *out <= max;
}

/* "FIELD", "FIELD:PIVOT", "FIELD:PIVOT:WEIGHT": the field's type tells a date's decay from a number's size. */
static enum status add_boost(struct reading *reading, const cJSON *value, const char *param, bool decay) {
    struct search_request *out = reading->out;
    const char *expected = decay ? "a date field, with days until half and a weight if wanted: \"published:365:0.5\""
                                 : "a number field, with what is worth half and a weight if wanted: \"cited:10:0.5\"";
    char *text = cJSON_IsString(value) ? value->valuestring : NULL;
    if (!text || out->boost_count == SEARCH_BOOSTS_MAX) return wrong(reading, param, expected);
    struct boost_request *boost = &out->boosts[out->boost_count++];
    *boost = (struct boost_request){.field = text, .decay = decay, .pivot = decay ? 365 : 10, .weight = 0.3};
    char *pivot = strchr(text, ':'), *weight = NULL;
    if (pivot) *pivot++ = '\0';
    if (pivot && (weight = strchr(pivot, ':'))) *weight++ = '\0';
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        const struct field *field = schema_field(reading->schema, (enum store_kind)kind, text, strlen(text));
        if (!field || field->slot == FIELD_NO_SLOT || field->type != (decay ? FIELD_DATE : FIELD_NUMBER)) continue;
        if (pivot && !read_share(pivot, 1e12, &boost->pivot)) break;
        if (weight && !read_share(weight, 100, &boost->weight)) break;
        return ST_OK;
    }
    return wrong(reading, param, expected);
}

static enum status add_decay(struct reading *reading, const cJSON *value) {
    return add_boost(reading, value, "decay", true);
}

static enum status add_size(struct reading *reading, const cJSON *value) {
    return add_boost(reading, value, "boost", false);
}

static enum status add_highlight(struct reading *reading, const cJSON *value) {
    struct search_request *out = reading->out;
    static const char *const names[] = {"title", "section", "text"};
    bool good = false;
    for (size_t i = 0; cJSON_IsString(value) && i < sizeof names / sizeof *names; i++)
        good = good || strcmp(value->valuestring, names[i]) == 0;
    if (!good || out->highlight_count == SEARCH_FIELDS_MAX)
        return wrong(reading, "highlight", "\"title\", \"section\", \"text\" or a list of them");
    out->highlight[out->highlight_count++] = value->valuestring;
    return ST_OK;
}

static enum status read_cursor(struct reading *reading, const cJSON *value) {
    enum status st = read_string(reading, value, &reading->out->cursor);
    if (st == ST_OK && reading->out->cursor && strcmp(reading->out->cursor, "*") == 0) reading->out->cursor = NULL;
    return st;
}

static enum status read_ranking(struct reading *reading, const cJSON *value) {
    static const char *const names[] = {
        [RANKING_PLAIN] = "plain", [RANKING_DEFAULT] = "default", [RANKING_DEEP] = "deep"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!cJSON_IsString(value) || strcmp(names[i], value->valuestring) != 0) continue;
        reading->out->ranking = (enum search_ranking)i;
        return ST_OK;
    }
    return wrong(reading, "ranking", "\"default\", \"deep\" or \"plain\"");
}

static enum status read_member(struct reading *reading, const cJSON *value) {
    struct search_request *out = reading->out;
    const char *name = value->string;
    if (strcmp(name, "query") == 0) return read_string(reading, value, &out->query);
    if (strcmp(name, "filter") == 0) return read_string(reading, value, &out->filter);
    if (strcmp(name, "in") == 0) return read_in(reading, value);
    if (strcmp(name, "facet") == 0) return each(reading, value, add_facet);
    if (strcmp(name, "sort") == 0) return each(reading, value, add_sort);
    if (strcmp(name, "collapse") == 0 || strcmp(name, "distinct") == 0) return read_collapse(reading, value);
    if (strcmp(name, "cursor") == 0) return read_cursor(reading, value);
    if (strcmp(name, "decay") == 0) return each(reading, value, add_decay);
    if (strcmp(name, "boost") == 0) return each(reading, value, add_size);
    if (strcmp(name, "highlight") == 0) return each(reading, value, add_highlight);
    if (strcmp(name, "fragments") == 0) return read_count(reading, value, SEARCH_FRAGMENTS_MAX, &out->fragments);
    if (strcmp(name, "synonyms") == 0) return read_bool(reading, value, &out->synonyms);
    if (strcmp(name, "via_sources") == 0) return read_bool(reading, value, &out->via_sources);
    if (strcmp(name, "ranking") == 0) return read_ranking(reading, value);
    if (strcmp(name, "limit") == 0) return read_count(reading, value, SEARCH_LIMIT_MAX, &out->limit);
    if (strcmp(name, "offset") == 0) return read_count(reading, value, SEARCH_OFFSET_MAX, &out->offset);
    if (strcmp(name, "exact_total") == 0) return read_bool(reading, value, &out->exact_total);
    if (strcmp(name, "explain") == 0) return read_bool(reading, value, &out->explain);
    if (strcmp(name, "prefix") == 0) return read_bool(reading, value, &out->prefix);
    if (strcmp(name, "html") == 0) return read_bool(reading, value, &out->html);
    if (strcmp(name, "time_limit_ms") == 0) {
        if (!cJSON_IsNumber(value) || !(value->valuedouble >= 0 && value->valuedouble <= TIME_LIMIT_MS_MAX))
            return wrong(reading, name, "a number of milliseconds from 0 to 3600000");
        out->time_limit_us = (int64_t)ceil(value->valuedouble * 1000);
        return ST_OK;
    }
    if (strcmp(name, "min_revision") == 0) return ST_OK; /* taken care of before */
    return err_param(reading->err, ST_UNKNOWN_FIELD, name, "method 'search' has no parameter '%s'", name);
}

enum status search_request_read(const struct schema *schema, const cJSON *params, struct search_request *out,
                                struct err *err) {
    struct reading reading = {.schema = schema, .out = out, .err = err};
    *out = (struct search_request){.articles = true,
                                   .ranking = RANKING_DEFAULT,
                                   .limit = SEARCH_LIMIT_DEFAULT,
                                   .schema_boosts = true,
                                   .via_sources = true,
                                   .synonyms = true};
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, params) {
        enum status st = read_member(&reading, member);
        if (strcmp(member->string, "decay") == 0 || strcmp(member->string, "boost") == 0) out->schema_boosts = false;
        if (st != ST_OK) return st;
    }
    if (out->cursor && (out->offset > 0 || out->facet_count > 0))
        return err_param(err, ST_INVALID_VALUE, out->offset > 0 ? "offset" : "facet",
                         "parameter '%s': it goes with the first page only, not with a cursor",
                         out->offset > 0 ? "offset" : "facet");
    return ST_OK;
}
