/* Import: bytes of a file, in whatever pieces they come, to records.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An importer reads one file: it unpacks gzip, finds the format, cuts the stream into records, maps field names,
 * and hands each record to the sink as a JSON object shaped like an article (or a source: it has "kind":
 * "source").  A bad record costs that record only: the sink gets its error, with line and column, and its raw
 * bytes.  Formats: text, markdown, html, json (one record, or an array of them), jsonl, jsonld, csv; by name, by file
 * name, else by content (CSV never).  A record's text is not understood here beyond that; archive/ does it.
 *
 * Text: UTF-8, with or without its byte order mark, or UTF-16 with one; anything else is an error that names the
 * record's first invalid byte.  gzip is known by its bytes, in any number of members.
 *   jsonl     a record a line
 *   json      values one behind the other; of an array, and of {"articles": […], "sources": […]} (in this order), each
 *             element is a record, and none waits for the next
 *   text      a record a file, or several between form feeds; its parts are found by archive/structure.h
 *   markdown  the same; front matter, headings, notes and links as read_markdown.c has it
 *   html      a record a file, in any character set that the page names; read_html.c has what is made of it
 *   jsonld    schema.org's ClaimReviews and articles, also those of a feed; schema_org.h has their members.  In json and
 *             jsonl, values of schema.org are read so too
 *   csv       a record a line below the header; cut_csv.c has the grammar, lists have a separator of their own
 * What is made of a record's values beside --map stands in shape.h: empty fields of ours are left out, dates are
 * normalised, sources numbered, an article without title and text gets its URL for a title.
 *
 * Memory is bounded by the largest record (max_record_bytes), however large the file.  One thread at a time. */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "archive/rules.h"
#include "base/err.h"
#include "base/json.h"
#include "base/when.h"
#include "import/clean.h"

#include <stdbool.h>
#include <stdint.h>

struct import_options {
    const char *format;         /* NULL or "auto": found */
    const char *name;           /* of the file, for its format and for messages; may be NULL */
    const char *map;            /* `theirs=ours,…`; dots reach inside: `sources.cached_url=sources.archived_url`,
                                  `claim=claims.text`; an empty right side drops the field; NULL: none */
    const char *id_prefix;      /* put before every id; NULL: none */
    const char *list_separator; /* between the elements of a list in a field of CSV; NULL: "|" */
    enum clean_policy dirty;    /* values of the wrong type */
    enum when_order date_order; /* how dates that are not ISO are read */
    size_t max_record_bytes;
    int max_depth;
    double max_ratio; /* of gzip: unpacked to packed bytes, e.g. 1000; beyond: TOO_LARGE */
};

struct import_item {
    cJSON *take_record;   /* NULL: an error; otherwise the sink's to delete */
    struct err err;       /* an error: line and column in the file; position: a byte of raw, or -1 */
    const cJSON *changes; /* of the record's dirty values (import/clean.h), borrowed; NULL: none */
    uint64_t line;        /* of the record's first byte, from 1 */
    const char *raw;      /* the record's bytes, borrowed during the call; for errors and --errors-to; of a
                                  record that is too long the first max_record_bytes */
    size_t raw_len;
};
/* False stops the import. */
typedef bool (*import_sink)(void *arg, struct import_item *item);

struct importer;
/* INVALID_VALUE: an unknown format, a wrong map (param and place named). */
enum status importer_open(struct importer **out, const struct rules *rules, const struct import_options *options,
                          struct err *err);
/* Takes the next bytes.  OK, or what ends the file: INVALID_FORMAT (damaged gzip), TOO_LARGE, CANCELED (sink). */
enum status importer_feed(struct importer *importer, const char *bytes, size_t len, import_sink sink, void *arg,
                          struct err *err);
/* The file has ended: the last record, or its error. */
enum status importer_end(struct importer *importer, import_sink sink, void *arg, struct err *err);
void importer_close(struct importer *importer);
/* Records handed out so far, good and bad. */
uint64_t importer_read(const struct importer *importer);

#endif
