/* What the tests of the engine share: a temporary folder, documents from a line of words, searches.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every helper asserts success, so that a test says only what it is about. */
#ifndef TESTS_ENGINE_FIXTURE_H
#define TESTS_ENGINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/engine.h"

#define assert_status(expression, expected) assert_string_equal(status_info(expression)->name, #expected)
#define assert_ok(expression)               fixture_ok((expression), &fixture_err, #expression)

extern struct err fixture_err; /* pass it to the calls that assert_ok wraps */
extern const struct engine_weight FIXTURE_WEIGHT;

void fixture_ok(enum status status, const struct err *err, const char *expression);

/* cmocka's set-up and tear-down: *state is the path of a fresh folder. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
/* `name` inside the folder; the caller frees with mem_free. */
char *fixture_path(void **state, const char *name);

struct engine_db *fixture_open(void **state, const char *name, enum engine_mode mode);
/* A document of the words of `text`, at positions from 1 on. */
struct engine_doc *fixture_doc(const char *text);
void fixture_put(struct engine_db *db, uint32_t docid, const char *text);
void fixture_take(struct engine_db *db, uint32_t docid, struct engine_doc *take_doc);
struct engine_query *fixture_term(const char *word);
/* op over words separated by blanks. */
struct engine_query *fixture_words(enum engine_op op, const char *words, uint32_t window);
/* BM25, ten hits, exact totals. */
struct engine_search fixture_search(const struct engine_query *query);
struct engine_result *fixture_run(struct engine_db *db, const struct engine_search *search);
/* The hits' docids as "3 1 2"; takes the query. */
void fixture_expect(struct engine_db *db, struct engine_query *take_query, const char *docids);
void fixture_expect_search(struct engine_db *db, const struct engine_search *search, const char *docids);

#endif
