/* JSON's only door: a strict check before cJSON reads, and a writer for answers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * cJSON accepts and alters invalid JSON (numbers, trailing text, duplicate keys, NUL), so every text
 * passes json_check first; then cJSON's tree is trusted.  Names are compared with their case.
 *
 * Numbers: nothing is altered in silence.  Refused are integers outside ±2^53, whole numbers with a
 * fraction or an exponent whose digits a double does not give back (9007199254740993.0; 1e16 is
 * fine), numbers that a double can only hold as infinity or as zero, and numbers of more than 63
 * bytes (cJSON's limit).  Other fractions become the nearest double. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;

struct json_limits {
    size_t bytes;  /* of the whole text; 0: no limit */
    int depth;     /* of nested arrays and objects; 0: 100; at most 1000 (cJSON's limit) */
    size_t values; /* scalars, arrays and objects together; 0: no limit.  A tree takes about 100 bytes for each,
                    * forty times the text of `0,0,…` */
};

/* Checks RFC 8259 and more: valid UTF-8, no lone surrogate, no \u0000, no duplicate key in an object,
 * integers within ±2^53, finite numbers, no text behind the value (white space is fine; a BOM in
 * front is not).  OK, PARSE, TOO_LARGE (bytes, depth), NO_MEMORY (for the keys of a huge object).
 * err->position is the offending byte, from 0 (the text's length when it ends too early), err->line and
 * err->column are the same place; a duplicate key is seen when its object ends. */
enum status json_check(const char *text, size_t len, const struct json_limits *limits, struct err *err);
/* json_check, then cJSON.  The tree is the caller's: cJSON_Delete.  PARSE, TOO_LARGE, NO_MEMORY. */
enum status json_parse(cJSON **out, const char *text, size_t len, const struct json_limits *limits, struct err *err);

/* Before any thread: from then on cJSON allocates as mem_alloc does.  By itself it drops a member in silence when the
 * system refuses memory. */
void json_setup(void);

const cJSON *json_get(const cJSON *object, const char *name);       /* NULL if absent; exact case */
const char *json_get_string(const cJSON *object, const char *name); /* NULL if absent or not a string */

/* The tree is freed with the arena. */
void json_defer(struct arena *arena, cJSON *take_tree);

/* Applies a JSON Merge Patch (RFC 7396): gives the merged tree, which replaces `take_target` (may be NULL). */
cJSON *json_merge_patch(cJSON *take_target, const cJSON *patch);

/* The writer appends to a buf; it puts the commas.  Nesting up to 64; misuse is an assertion. */
struct jw {
    struct buf *buf;
    uint64_t first; /* a bit a level: nothing written in it yet */
    int depth;
    bool after_key;
};
void jw_init(struct jw *jw, struct buf *buf);
void jw_object(struct jw *jw); /* { */
void jw_object_end(struct jw *jw);
void jw_array(struct jw *jw);
void jw_array_end(struct jw *jw);
void jw_key(struct jw *jw, const char *key);
void jw_string(struct jw *jw, const char *text);              /* NULL writes null */
void jw_stringn(struct jw *jw, const char *text, size_t len); /* invalid UTF-8 becomes U+FFFD */
void jw_int(struct jw *jw, int64_t value);
void jw_number(struct jw *jw, double value);              /* shortest that reads back equal */
void jw_fixed(struct jw *jw, double value, int decimals); /* NaN writes null */
void jw_bool(struct jw *jw, bool value);
void jw_null(struct jw *jw);
void jw_raw(struct jw *jw, const char *json, size_t len); /* one whole JSON value */
void jw_value(struct jw *jw, const cJSON *value);         /* a cJSON tree, numbers exact */
/* key + value in one call */
void jw_kstring(struct jw *jw, const char *key, const char *text);
void jw_ksome(struct jw *jw, const char *key, const char *text); /* nothing for NULL or an empty text */
void jw_kint(struct jw *jw, const char *key, int64_t value);
void jw_kbool(struct jw *jw, const char *key, bool value);

#endif
