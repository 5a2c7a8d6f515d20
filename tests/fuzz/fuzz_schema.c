/* Fuzz: schema files (index/schema.h).  One that is taken is the same schema when it is read again.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <string.h>

static void differs(void *arg, enum store_kind kind, const char *field, const char *change) {
    (void)kind;
    (void)field;
    (void)change;
    (*(int *)arg)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct schema *schema = NULL, *copy = NULL;
    struct err err = ERR_NONE;
    int differences = 0;
    if (schema_parse(&schema, (const char *)data, size, "schema.json", &err) != ST_OK) {
        ENSURE(!schema && err.status != ST_OK && err.text[0]);
        return 0;
    }
    ENSURE(schema_copy(&copy, schema, &err) == ST_OK);
    schema_compare(schema, copy, differs, &differences);
    ENSURE(differences == 0 && strcmp(schema->fingerprint, copy->fingerprint) == 0);
    schema_compare(fuzz_schema(), schema, differs, &differences);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++) {
        for (size_t i = 0; i < schema->kinds[kind].count; i++) {
            const char *name = schema->kinds[kind].items[i].name;
            ENSURE(schema_field(schema, (enum store_kind)kind, name, strlen(name)));
        }
    }
    schema_close(schema);
    schema_close(copy);
    return 0;
}
