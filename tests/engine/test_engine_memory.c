/* Refused memory: the n-th allocation of each operation fails, for every n, until the operation succeeds.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The program's own malloc stands before libc's, and so before operator new of the engine.  (mem_alloc
 * takes calloc and stops the process by contract; it is left alone.)  Not built with sanitizers, which
 * need malloc for themselves. */
#include "fixture.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);

static long countdown; /* 0: off; 1: the next one fails */
static bool fired;

void *malloc(size_t size) {
    if (countdown && --countdown == 0) {
        fired = true;
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

/* Runs fn with the n-th allocation failing, n from 1 on, until none was left to fail. */
static void exhaust(enum status (*fn)(void *arg), void *arg) {
    long n = 1;
    for (fired = true; fired; n++) {
        fired = false;
        countdown = n;
        enum status status = fn(arg);
        countdown = 0;
        if (fired && status != ST_NO_MEMORY && status != ST_OK)
            fail_msg("allocation %ld: %s: %s", n, status_info(status)->name, fixture_err.text);
        if (!fired) assert_status(status, OK);
    }
    assert_true(n > 5);
    print_message("%ld allocations failed\n", n - 2);
}

static void fill(struct engine_db *db, uint32_t first, uint32_t last) {
    char text[64];
    for (uint32_t i = first; i <= last; i++) {
        snprintf(text, sizeof text, "common word%u", i);
        struct engine_doc *doc = fixture_doc(text);
        engine_doc_value(doc, 0, text, strlen(text));
        engine_doc_number(doc, 1, i % 7);
        engine_doc_data(doc, text, strlen(text));
        fixture_take(db, i, doc);
    }
    assert_ok(engine_commit(db, &fixture_err));
}

static enum status run_open(void *arg) {
    struct engine_db *db;
    enum status status = engine_open(&db, arg, ENGINE_READ, &fixture_err);
    engine_close(db);
    return status;
}

static enum status run_build(void *arg) {
    char term[64];
    struct engine_doc *doc = engine_doc_new();
    memset(term, 'x', sizeof term);
    for (uint32_t i = 1; i < 200; i++) {
        snprintf(term, sizeof term, "a term that is too long to be stored inside a string %u", i);
        engine_doc_posting(doc, term, strlen(term), i, 1);
    }
    engine_doc_data(doc, term, strlen(term));
    engine_doc_value(doc, 1, term, strlen(term));
    enum status status = engine_replace(arg, 0, doc, &fixture_err); /* number 0: refused after the document's faults */
    engine_doc_free(doc);
    return status == ST_INVALID_VALUE ? ST_OK : status;
}

static enum status run_query(void *arg) {
    struct engine_query *parts[] = {fixture_words(ENGINE_PHRASE, "common word7", 2),
                                    engine_query_range(0, "a", 1, "common word3", 12), engine_query_all()};
    struct engine_query *query = engine_query_op(ENGINE_OR, parts, 3, 0), *clone = engine_query_clone(query);
    char *text;
    enum status status = engine_query_describe(clone, &text, &fixture_err);
    (void)arg;
    mem_free(text);
    engine_query_free(query);
    engine_query_free(clone);
    return status;
}

static enum status run_search(void *arg) {
    static const uint32_t slots[] = {0, 1};
    struct engine_query *query = fixture_words(ENGINE_OR, "common word7 word9", 0);
    struct engine_search search = fixture_search(query);
    struct engine_result *result;
    search.want_data = true;
    search.value_slots = slots;
    search.value_count = 2;
    search.sort[0] = (struct engine_sort){1, false};
    search.sorts = 1;
    search.collapse = true;
    search.collapse_slot = 1;
    search.facets[0] = (struct engine_facet){.slot = 0};
    search.facets[1] = (struct engine_facet){.slot = 1, .number = true};
    search.facet_count = 2;
    enum status status = engine_search(arg, &search, &result, &fixture_err);
    if (!status) assert_int_equal(result->count, 7);
    engine_result_free(result);
    engine_query_free(query);
    return status;
}

static bool on_term(void *arg, const char *term, size_t len, uint32_t documents) {
    (void)arg;
    (void)term;
    (void)len;
    return documents > 0;
}

static enum status run_inspect(void *arg) {
    char *data = NULL;
    size_t len, count;
    uint32_t *positions = NULL, documents;
    uint64_t occurrences;
    enum status status = engine_terms(arg, "word", 4, on_term, NULL, &fixture_err);
    if (!status) status = engine_data(arg, 7, &data, &len, &fixture_err);
    if (!status) status = engine_positions(arg, 7, "word7", 5, &positions, &count, &fixture_err);
    if (!status) status = engine_term_stats(arg, "word7", 5, &documents, &occurrences, &fixture_err);
    mem_free(data);
    mem_free(positions);
    return status;
}

static void test_reading(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    char *path = fixture_path(state, "db");
    fill(db, 1, 50);
    exhaust(run_build, db);
    engine_close(db);
    exhaust(run_open, path);
    exhaust(run_query, NULL);
    db = fixture_open(state, "db", ENGINE_READ);
    exhaust(run_search, db);
    exhaust(run_inspect, db);
    engine_close(db);
    mem_free(path);
}

static enum status run_write(void *arg) {
    struct engine_db *db = NULL;
    enum status status = engine_open(&db, arg, ENGINE_WRITE, &fixture_err);
    for (uint32_t i = 1; i <= 3 && !status; i++) {
        struct engine_doc *doc = fixture_doc("common other");
        engine_doc_number(doc, 1, i);
        status = engine_replace(db, i, doc, &fixture_err);
        engine_doc_free(doc);
    }
    if (!status) status = engine_meta_set(db, "seq", "2", 1, &fixture_err);
    if (!status) status = engine_commit(db, &fixture_err);
    engine_close(db);
    return status;
}

/* Whatever fails, the database is the old one or the new one. */
static void test_writing(void **state) {
    char *path = fixture_path(state, "db");
    long n = 1;
    for (fired = true; fired; n++) {
        struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
        assert_ok(engine_meta_set(db, "seq", "1", 1, &fixture_err));
        fill(db, 1, 3);
        engine_close(db);
        fired = false;
        countdown = n;
        enum status status = run_write(path);
        countdown = 0;
        if (!fired) assert_status(status, OK);
        db = fixture_open(state, "db", ENGINE_READ);
        char *seq;
        size_t len;
        assert_ok(engine_meta_get(db, "seq", &seq, &len, &fixture_err));
        bool changed = seq[0] == '2';
        mem_free(seq);
        if (!status) assert_true(changed);
        fixture_expect(db, engine_query_scale(fixture_term("other"), 0), changed ? "1 2 3" : "");
        fixture_expect(db, engine_query_all(), "1 2 3");
        engine_close(db);
    }
    mem_free(path);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {CASE(test_reading), CASE(test_writing)};
    engine_setup();
    return cmocka_run_group_tests_name("engine memory", tests, NULL, NULL);
}
