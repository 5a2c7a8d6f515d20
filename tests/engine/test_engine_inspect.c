/* Walking terms, postings and positions; statistics; document data.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "base/buf.h"
#include "base/mem.h"

#include <string.h>

struct walk {
    struct buf got;
    unsigned stop_after; /* 0: never */
    unsigned seen;
};

static bool go_on(struct walk *walk) {
    return ++walk->seen != walk->stop_after;
}

static bool on_term(void *arg, const char *term, size_t len, uint32_t documents) {
    struct walk *walk = arg;
    buf_printf(&walk->got, "%.*s:%u ", (int)len, term, documents);
    return go_on(walk);
}

static bool on_doc_term(void *arg, const char *term, size_t len, uint32_t wdf, uint32_t documents) {
    struct walk *walk = arg;
    buf_printf(&walk->got, "%.*s:%u/%u ", (int)len, term, wdf, documents);
    return go_on(walk);
}

static bool on_posting(void *arg, uint32_t docid, uint32_t wdf) {
    struct walk *walk = arg;
    buf_printf(&walk->got, "%u:%u ", docid, wdf);
    return go_on(walk);
}

static void begin(struct walk *walk, unsigned stop_after) {
    *walk = (struct walk){.stop_after = stop_after};
    buf_init(&walk->got, 0);
    buf_str(&walk->got, "");
}

static void expect(struct walk *walk, const char *text) {
    assert_string_equal(walk->got.data ? walk->got.data : "", text);
    buf_free(&walk->got);
}

static struct engine_db *sample(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    fixture_put(db, 2, "cat car cat dog");
    fixture_put(db, 4, "cat");
    fixture_put(db, 9, "car cow cat cat cat");
    assert_ok(engine_commit(db, &fixture_err));
    return db;
}

static void test_terms(void **state) {
    struct engine_db *db = sample(state);
    struct walk walk;
    begin(&walk, 0);
    assert_ok(engine_terms(db, "", 0, on_term, &walk, &fixture_err));
    expect(&walk, "car:2 cat:3 cow:1 dog:1 ");
    begin(&walk, 0);
    assert_ok(engine_terms(db, "ca", 2, on_term, &walk, &fixture_err));
    expect(&walk, "car:2 cat:3 ");
    begin(&walk, 1);
    assert_ok(engine_terms(db, "ca", 2, on_term, &walk, &fixture_err));
    expect(&walk, "car:2 ");
    begin(&walk, 0);
    assert_ok(engine_terms(db, "x", 1, on_term, &walk, &fixture_err));
    expect(&walk, "");
    engine_close(db);
}

static void test_doc_terms(void **state) {
    struct engine_db *db = sample(state);
    struct walk walk;
    begin(&walk, 0);
    assert_ok(engine_doc_terms(db, 2, "", 0, on_doc_term, &walk, &fixture_err));
    expect(&walk, "car:1/2 cat:2/3 dog:1/1 ");
    begin(&walk, 0);
    assert_ok(engine_doc_terms(db, 9, "c", 1, on_doc_term, &walk, &fixture_err));
    expect(&walk, "car:1/2 cat:3/3 cow:1/1 ");
    begin(&walk, 2);
    assert_ok(engine_doc_terms(db, 9, "", 0, on_doc_term, &walk, &fixture_err));
    expect(&walk, "car:1/2 cat:3/3 ");
    assert_status(engine_doc_terms(db, 3, "", 0, on_doc_term, &walk, &fixture_err), NOT_FOUND);
    assert_status(engine_doc_terms(db, 0, "", 0, on_doc_term, &walk, &fixture_err), INVALID_VALUE);
    engine_close(db);
}

static void test_postings(void **state) {
    struct engine_db *db = sample(state);
    struct walk walk;
    begin(&walk, 0);
    assert_ok(engine_postings(db, "cat", 3, 0, on_posting, &walk, &fixture_err));
    expect(&walk, "2:2 4:1 9:3 ");
    begin(&walk, 0);
    assert_ok(engine_postings(db, "cat", 3, 2, on_posting, &walk, &fixture_err));
    expect(&walk, "4:1 9:3 ");
    begin(&walk, 0);
    assert_ok(engine_postings(db, "cat", 3, 3, on_posting, &walk, &fixture_err));
    expect(&walk, "4:1 9:3 ");
    begin(&walk, 1);
    assert_ok(engine_postings(db, NULL, 0, 2, on_posting, &walk, &fixture_err));
    expect(&walk, "4:1 ");
    begin(&walk, 0);
    assert_ok(engine_postings(db, "cat", 3, UINT32_MAX, on_posting, &walk, &fixture_err));
    assert_ok(engine_postings(db, "absent", 6, 0, on_posting, &walk, &fixture_err));
    expect(&walk, "");
    engine_close(db);
}

static void test_statistics(void **state) {
    struct engine_db *db = sample(state);
    char longest[300] = {0};
    uint32_t documents;
    uint64_t occurrences;
    assert_ok(engine_term_stats(db, "cat", 3, &documents, &occurrences, &fixture_err));
    assert_int_equal(documents, 3);
    assert_int_equal(occurrences, 6);
    assert_ok(engine_term_stats(db, "absent", 6, &documents, &occurrences, &fixture_err));
    assert_int_equal(documents + occurrences, 0);
    assert_ok(engine_term_stats(db, longest, sizeof longest, &documents, &occurrences, &fixture_err));
    assert_int_equal(documents + occurrences, 0);
    assert_ok(engine_term_stats(db, "", 0, &documents, &occurrences, &fixture_err));
    assert_int_equal(documents + occurrences, 0);
    engine_close(db);
}

static void test_positions(void **state) {
    struct engine_db *db = sample(state);
    uint32_t *found;
    size_t count;
    assert_ok(engine_positions(db, 9, "cat", 3, &found, &count, &fixture_err));
    assert_int_equal(count, 3);
    assert_int_equal(found[0], 3);
    assert_int_equal(found[2], 5);
    mem_free(found);
    assert_ok(engine_positions(db, 9, "dog", 3, &found, &count, &fixture_err));
    assert_int_equal(count, 0);
    assert_null(found);
    assert_ok(engine_positions(db, 3, "cat", 3, &found, &count, &fixture_err));
    assert_int_equal(count, 0);
    engine_close(db);
}

/* Positions may come in any order and repeat; frequencies add up. */
static void test_postings_in_any_order(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    struct engine_doc *doc = engine_doc_new();
    struct walk walk;
    uint32_t *found;
    size_t count;
    engine_doc_posting(doc, "b", 1, 7, 2);
    engine_doc_posting(doc, "a", 1, 1, 1);
    engine_doc_posting(doc, "b", 1, 3, 0);
    engine_doc_posting(doc, "b", 1, 7, 1);
    engine_doc_term(doc, "b", 1, 4);
    engine_doc_term(doc, "filter", 6, 0);
    fixture_take(db, 1, doc);
    begin(&walk, 0);
    assert_ok(engine_doc_terms(db, 1, "", 0, on_doc_term, &walk, &fixture_err));
    expect(&walk, "a:1/1 b:7/1 filter:0/1 ");
    assert_ok(engine_positions(db, 1, "b", 1, &found, &count, &fixture_err));
    assert_int_equal(count, 2);
    assert_int_equal(found[0], 3);
    assert_int_equal(found[1], 7);
    mem_free(found);
    engine_close(db);
}

static void test_data(void **state) {
    struct engine_db *db = sample(state);
    char *data;
    size_t len;
    assert_ok(engine_data(db, 4, &data, &len, &fixture_err));
    assert_string_equal(data, "cat");
    assert_int_equal(len, 3);
    mem_free(data);
    assert_status(engine_data(db, 3, &data, &len, &fixture_err), NOT_FOUND);
    assert_null(data);
    assert_status(engine_data(db, 0, &data, &len, &fixture_err), NOT_FOUND);
    engine_close(db);
}

static void test_doc_bytes(void **state) {
    (void)state;
    struct engine_doc *doc = engine_doc_new();
    size_t empty = engine_doc_bytes(doc);
    char data[1000] = {0};
    engine_doc_data(doc, data, sizeof data);
    engine_doc_value(doc, 1, data, sizeof data);
    assert_true(engine_doc_bytes(doc) >= empty + 2000);
    size_t before = engine_doc_bytes(doc);
    engine_doc_posting(doc, "word", 4, 1, 1);
    engine_doc_posting(doc, "word", 4, 2, 1);
    assert_true(engine_doc_bytes(doc) > before + 4);
    engine_doc_free(doc);
}

/* Many terms and long position lists: the hash table grows and nothing goes missing. */
static void test_large_document(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    struct engine_doc *doc = engine_doc_new();
    struct buf word;
    buf_init(&word, 0);
    for (uint32_t i = 0; i < 50000; i++) {
        buf_clear(&word);
        buf_printf(&word, "w%u", i % 5000);
        engine_doc_posting(doc, word.data, word.len, i + 1, 1);
    }
    buf_free(&word);
    fixture_take(db, 1, doc);
    assert_ok(engine_commit(db, &fixture_err));
    struct walk walk;
    begin(&walk, 0);
    assert_ok(engine_terms(db, "w", 1, on_term, &walk, &fixture_err));
    assert_int_equal(walk.seen, 5000);
    buf_free(&walk.got);
    uint32_t *found;
    size_t count;
    assert_ok(engine_positions(db, 1, "w4999", 5, &found, &count, &fixture_err));
    assert_int_equal(count, 10);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(found[i], 5000 * (i + 1));
    mem_free(found);
    engine_close(db);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_terms),      CASE(test_doc_terms), CASE(test_postings),
        CASE(test_statistics), CASE(test_positions), CASE(test_postings_in_any_order),
        CASE(test_data),       CASE(test_doc_bytes), CASE(test_large_document),
    };
    engine_setup();
    return cmocka_run_group_tests_name("engine inspect", tests, NULL, NULL);
}
