/* Cuts a text into records, in whatever pieces it comes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A cutter only finds where records begin and end; a record that lies whole in the piece given is handed on in
 * place, without a copy.  Kept is at most the beginning of one record, up to the limit: of a longer one the rest
 * is passed over and the record is handed on as too long.  One thread at a time. */
#ifndef IMPORT_CUT_H
#define IMPORT_CUT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct place {
    uint64_t line;   /* from 1 */
    uint64_t column; /* in bytes, from 1 */
};

struct piece {          /* one record as it stands */
    const char *bytes;  /* borrowed; without the line's end or the form feed behind it */
    size_t len;         /* of a record that is too long: what was kept */
    struct place place; /* of its first byte */
    bool too_long;
    bool is_source;    /* it stood in a list of sources */
    const char *fault; /* not NULL: no record, but something wrong between records; static */
};
/* Anything but OK ends the file. */
typedef enum status (*cut_sink)(void *arg, const struct piece *piece, struct err *err);

/* What a cutter says of the bytes that it moved over. */
enum cut_event {
    CUT_BETWEEN, /* they belong to no record */
    CUT_PART,    /* the record goes on behind them */
    CUT_END,     /* the record ends with them */
    CUT_FAULT,   /* they belong to no record and are wrong there: cut->fault says why */
};

struct cutting;
struct cutter {
    /* Moves over the first bytes (none only for CUT_END, CUT_FAULT, or a change of state). */
    size_t (*scan)(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event);
    /* At the end of the file, behind the last record: what is still missing, or NULL. */
    const char *(*missing)(const struct cutting *cut);
    char terminator; /* ends a record and is no part of it; 0: none */
};

enum { CUT_DEPTH_MAX = 1024, CUT_KEY_MAX = 16 };

struct cut_json { /* the JSON cutter's memory */
    int state;
    bool string, escape;
    bool bundle;    /* inside {"articles": [ … ], … } */
    bool list;      /* inside a list of records */
    bool is_source; /* and it is one of sources */
    bool after_comma;
    int depth;                /* of open brackets in the record */
    char open[CUT_DEPTH_MAX]; /* which they are */
    size_t probe;             /* place in the pattern that begins a bundle, or in a member of a document */
    char key[CUT_KEY_MAX];
    size_t key_len;
};

struct cut_csv {       /* the CSV cutter's memory */
    bool inside;       /* a quoted field */
    bool behind_quote; /* in it, which ends it or stands for one */
    bool in_field;     /* behind a field's first byte */
    bool seen;         /* something that is not white space: the header has begun */
    size_t counts[3];  /* of possible separators in the header */
    char separator;    /* 0: still in the header */
};

struct cutting {
    const struct cutter *cutter;
    size_t record_max;
    struct buf carry; /* the record that has begun, as far as it is known */
    bool too_long;
    struct place next;  /* of the next byte */
    struct place begin; /* of the record that has begun */
    bool begun;
    const char *fault;
    struct cut_json json;
    struct cut_csv csv;
};

/* cut_jsonld: documents of JSON-LD, and the elements of a feed among them; cut_file: the file is one record. */
extern const struct cutter cut_lines, cut_pages, cut_file, cut_json, cut_jsonld, cut_csv;

/* The separator that a header has most of, in the order of preference; ends with NUL. */
extern const char csv_separators[];
char csv_separator(const size_t counts[3]);

void cut_init(struct cutting *cut, const struct cutter *cutter, size_t record_max);
void cut_free(struct cutting *cut);
enum status cut_feed(struct cutting *cut, const char *bytes, size_t len, cut_sink sink, void *arg, struct err *err);
enum status cut_end(struct cutting *cut, cut_sink sink, void *arg, struct err *err);

#endif
