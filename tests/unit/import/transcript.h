/* An import as a text that a test can compare: a line for each item that the sink is given.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *     3 {"title":"A"}                              a record that begins in line 3
 *     4:17 parse expected a value, got '}' <}]>    an error, its code and what stands at its position
 *     ! invalid_format gzip: …                     what ended the file */
#ifndef TEST_TRANSCRIPT_H
#define TEST_TRANSCRIPT_H

#include "import/import.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct rules *test_rules(void);           /* of index-schema/; opened once, closed at exit */
struct import_options test_options(void); /* wide limits */
/* Feeds `bytes` in pieces of `chunk` (0: all at once); the caller frees with mem_free. */
char *transcript(const struct import_options *options, const char *bytes, size_t len, size_t chunk);

/* A record from a text: exactly one, without error. */
cJSON *import_one(const struct import_options *options, const char *text);

struct transcript_case {
    const char *name; /* of the file, NULL: none */
    const char *text;
    const char *expected;
};
/* Compares, in one piece and in pieces of every size up to 9 bytes. */
void transcript_check(const struct transcript_case *cases, size_t count);

/* Checks member by member that `actual` has what the JSON text says. */
void assert_json(const cJSON *actual, const char *expected);

#endif
