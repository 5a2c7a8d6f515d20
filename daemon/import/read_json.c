/* Reads one JSON object; one of schema.org, told by its context, as JSON-LD, whose members stand in schema_org.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread; the limits are those of the import. */
#include "format.h"
#include "schema_org.h"

#include <string.h>

static const char *type_name(const cJSON *value) {
    if (cJSON_IsArray(value)) return "a list";
    if (cJSON_IsString(value)) return "a string";
    if (cJSON_IsNumber(value)) return "a number";
    return cJSON_IsNull(value) ? "null" : "true or false";
}

/* The check names bytes of its text; people are told line and column, which stand beside the message. */
static void drop_offset(struct err *err) {
    char *at = strstr(err->text, " at byte ");
    while (at && strspn(at + 9, "0123456789") != strlen(at + 9))
        at = strstr(at + 1, " at byte ");
    if (at) *at = '\0';
}

static enum status parse(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err) {
    struct json_limits limits = {.bytes = 0, .depth = reading->options->max_depth};
    enum status status = json_parse(out, piece->bytes, piece->len, &limits, err);
    if (status) drop_offset(err);
    return status;
}

/* A record for each ClaimReview and article in it. */
static enum status take_records(const struct reading *reading, cJSON *take_root, cJSON **out, struct err *err) {
    *out = schema_org_read(reading, take_root);
    cJSON_Delete(take_root);
    return *out ? ST_OK : err_set(err, ST_INVALID_RECORD, "expected a ClaimReview or an article of schema.org");
}

enum status read_jsonld(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err) {
    cJSON *root;
    enum status status = parse(reading, piece, &root, err);
    return status ? status : take_records(reading, root, out, err);
}

enum status read_json(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err) {
    enum status status = parse(reading, piece, out, err);
    if (status) return status;
    if (schema_org_is_document(*out)) return take_records(reading, *out, out, err);
    if (cJSON_IsObject(*out)) return ST_OK;
    err_set(err, ST_INVALID_RECORD, "expected an object, got %s", type_name(*out));
    cJSON_Delete(*out);
    *out = NULL;
    return ST_INVALID_RECORD;
}
