/* Inside the reading of schemas.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_SCHEMA_INTERNAL_H
#define INDEX_SCHEMA_INTERNAL_H

#include "base/json.h"
#include "index/schema.h"

enum status schema_fault(struct err *err, const char *file, const char *place, const char *expected);
enum status schema_fields_read(struct fields *out, const cJSON *root, const char *kind, const char *file,
                               struct err *err);
void schema_fields_free(struct fields *fields);
/* A line of what decides the field's terms and slots, for the fingerprint. */
void schema_field_describe(const struct field *field, int kind, struct buf *out);

#endif
