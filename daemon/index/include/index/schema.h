/* The schema: which fields records have, and how each is indexed.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Read from index-schema/schema.json, whose README.md explains every member.  Read-only after opening: any
 * thread.  The fingerprint covers what decides the index's content; an index made by another needs a rebuild. */
#ifndef INDEX_SCHEMA_H
#define INDEX_SCHEMA_H

#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_type {
    FIELD_TEXT,    /* analysed: words, phrases, stems */
    FIELD_NAME,    /* the whole folded value is one term, and its words are searchable */
    FIELD_KEYWORD, /* the whole value is one term */
    FIELD_DATE,    /* a slot in seconds since 1970 */
    FIELD_NUMBER   /* a slot */
};

/* Where a field's values come from: a path in the record, or something computed from it. */
enum field_origin {
    ORIGIN_PATH,
    ORIGIN_ID,
    ORIGIN_SECTIONS,
    ORIGIN_HEADINGS,
    ORIGIN_LANGUAGE,
    ORIGIN_SOURCE_WORDS,
    ORIGIN_SOURCE_KEYS,
    ORIGIN_SOURCE_DOMAINS,
    ORIGIN_SOURCE_COUNT,
    ORIGIN_MENTION_COUNT,
    ORIGIN_DOMAIN,
    ORIGIN_URL_WORDS,
    ORIGIN_STATUS,
    ORIGIN_CITED,
    ORIGIN_ADDRESS,
    ORIGIN_SENTENCES,
    ORIGIN_CITED_SENTENCES,
    ORIGIN_COVERAGE,
    ORIGIN_DOMAINS,
    ORIGIN_INDEPENDENT,
    ORIGIN_SINGLE_SECTIONS,
    ORIGIN_UNCITED_SECTIONS,
    ORIGIN_OLDEST_SOURCE,
    ORIGIN_NEWEST_SOURCE,
    ORIGIN_DEAD_SOURCES,
    ORIGIN_RETRACTED_SOURCES
};

enum { FIELD_NO_SLOT = UINT32_MAX, PREFIX_MAX = 8 };

struct field {
    char *name;
    char **aliases;
    size_t alias_count;
    enum field_type type;
    enum field_origin origin;
    char **path; /* of ORIGIN_PATH */
    size_t path_len;
    char prefix[PREFIX_MAX + 1]; /* "" if none */
    double weight;               /* of the field's own score in a search without field; 0: none */
    bool body;                   /* its words are in the general text too */
    double boost;  /* of a date or number: what it adds to a score, as a share of the words'; 0: nothing */
    double half;   /* days from now, or the number, that are worth half of the boost */
    uint32_t slot; /* FIELD_NO_SLOT if none */
    bool facet, sort, multi;
    bool exact_case; /* keywords: not folded */
};

struct fields {
    struct field *items;
    size_t count;
};

struct ranking {
    double k1, b, k3;
    double burst; /* exponent of (occurrences + 1) / documents in a term's weight */
};

struct schema {
    struct fields kinds[3]; /* by enum store_kind */
    struct ranking ranking;
    char language[9]; /* of records that name none and whose text does not tell */
    char fingerprint[33];
    char *text; /* of the file that it was read from */
    size_t text_len;
};

/* INVALID_SCHEMA names the file, the place (articles[3].type) and what was expected; NOT_FOUND. */
enum status schema_open(struct schema **out, const char *path, struct err *err);
/* The same from text; `name` stands for the file in messages. */
enum status schema_parse(struct schema **out, const char *text, size_t len, const char *name, struct err *err);
enum status schema_copy(struct schema **out, const struct schema *schema, struct err *err);
void schema_close(struct schema *schema);
/* How two schemas differ in what they index: calls fn for each field that is added, removed or changed. */
void schema_compare(const struct schema *before, const struct schema *after,
                    void (*fn)(void *arg, enum store_kind kind, const char *field, const char *change), void *arg);
/* By name or alias; NULL if there is none. */
const struct field *schema_field(const struct schema *schema, enum store_kind kind, const char *name, size_t len);

#endif
