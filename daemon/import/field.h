/* The fields of records that the importer knows: their names and what kind of value they hold.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Read-only: any thread. */
#ifndef IMPORT_FIELD_H
#define IMPORT_FIELD_H

enum field_kind {
    FIELD_UNKNOWN, /* kept as it is */
    FIELD_STRING,
    FIELD_ID, /* a string; an integer becomes one */
    FIELD_DATE,
    FIELD_STRINGS,  /* a list of strings; one string becomes a list */
    FIELD_OBJECTS,  /* a list of objects, whose own fields are known */
    FIELD_NUMBER,   /* of a source */
    FIELD_VERBATIM, /* known, and kept even when it is empty */
};

struct field {
    const char *name;
    enum field_kind kind;
    const struct field *members; /* of FIELD_OBJECTS, ended by a row without a name */
};

/* Of an article or a source record. */
extern const struct field record_fields[];
/* The field's row, or NULL. */
const struct field *field_find(const struct field *fields, const char *name);

#endif
