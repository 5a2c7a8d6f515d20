/* The formats that are read: one row, and one file with its reader, a format.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rows are asked in order: a file's name decides, else the first row that takes the content for its own.  To add a
 * format, add its row to format.c and its reader below.  Read-only: any thread. */
#ifndef IMPORT_FORMAT_H
#define IMPORT_FORMAT_H

#include "archive/rules.h"
#include "base/json.h"
#include "base/mem.h"
#include "cut.h"
#include "import/import.h"
#include "labels.h"
#include "map.h"

struct file_memory { /* what a reader keeps from one record of a file to the next */
    struct arena *arena;
    const char **columns; /* of CSV: the header's names */
    size_t column_count;
    char separator;        /* 0: the header has not come */
    struct labels reviews; /* of JSON-LD: hashes of the pages that have given their address for an id, 8 bytes each */
};

struct reading { /* what a reader may look at */
    const struct rules *rules;
    const struct import_options *options;
    struct arena *arena; /* of this record */
    struct file_memory *memory;
    const char *file; /* name without its folders; NULL if it has none */
};

/* One record of the format as an object, whose names are mapped and values are shaped later; a list of such objects,
 * where a piece may hold several (JSON-LD); NULL, where it holds none (a header).  err->line and err->column count from
 * the piece's first byte; 0 when the fault has no place.  err->position is a byte of it. */
typedef enum status (*format_read)(const struct reading *reading, const struct piece *piece, cJSON **out,
                                   struct err *err);

struct format {
    const char *name;
    const char *suffixes;                     /* of file names, each with a dot in front and a space behind */
    bool (*is)(const char *head, size_t len); /* the content, by its first FORMAT_HEAD bytes; NULL: never */
    const struct cutter *cutter;
    format_read read;
    const char *aliases; /* names of fields that are usual in this format, as --map has them; NULL: none */
};

enum { FORMAT_HEAD = 64 * 1024 };

/* By the format's own name; NULL: there is none. */
const struct format *format_named(const char *name);
/* By the name of a file, `.gz` left aside; NULL: it says nothing. */
const struct format *format_of_file(const char *file_name);
/* By content; never NULL: what looks like nothing else is text. */
const struct format *format_of_content(const char *head, size_t len);
/* All names, for messages. */
void format_names(struct buf *out);

enum status read_json(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err);
enum status read_text(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err);
enum status read_markdown(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err);
enum status read_html(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err);
enum status read_jsonld(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err);
enum status read_csv(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err);

#endif
