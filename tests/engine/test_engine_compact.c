/* Merging segments with their document numbers kept, and what is refused.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "base/mem.h"

#include <string.h>
#include <sys/stat.h>

static void make(void **state, const char *name, uint32_t first, uint32_t last, const char *text) {
    struct engine_db *db = fixture_open(state, name, ENGINE_WRITE);
    for (uint32_t docid = first; docid <= last; docid++) {
        struct engine_doc *doc = fixture_doc(text);
        engine_doc_data(doc, name, strlen(name));
        engine_doc_number(doc, 0, docid);
        fixture_take(db, docid, doc);
    }
    assert_ok(engine_meta_set(db, "segment", name, strlen(name), &fixture_err));
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);
}

static enum status compact(void **state, const char *const *names, size_t count, const char *into) {
    char *paths[8], *target = fixture_path(state, into);
    for (size_t i = 0; i < count; i++)
        paths[i] = fixture_path(state, names[i]);
    enum status status = engine_compact((const char *const *)paths, count, target, &fixture_err);
    for (size_t i = 0; i < count; i++)
        mem_free(paths[i]);
    mem_free(target);
    return status;
}

static bool there(void **state, const char *name) {
    struct stat info;
    char *path = fixture_path(state, name);
    bool found = stat(path, &info) == 0;
    mem_free(path);
    return found;
}

static void test_merge(void **state) {
    static const char *const names[] = {"late", "early", "empty", "middle"};
    make(state, "early", 1, 3, "alpha beta");
    make(state, "middle", 10, 11, "alpha gamma");
    make(state, "late", 100, 102, "gamma beta alpha");
    make(state, "empty", 1, 0, "");
    assert_ok(compact(state, names, 4, "merged"));
    struct engine_db *db = fixture_open(state, "merged", ENGINE_READ);
    struct engine_info info;
    assert_ok(engine_info(db, &info, &fixture_err));
    assert_int_equal(info.documents, 8);
    assert_int_equal(info.last_docid, 102);
    fixture_expect(db, fixture_words(ENGINE_PHRASE, "alpha beta", 2), "1 2 3");
    fixture_expect(db, engine_query_scale(fixture_term("gamma"), 0), "10 11 100 101 102");
    double low = 11, high = 100;
    fixture_expect(db, engine_query_number_range(0, &low, &high), "11 100");
    char *data;
    size_t len;
    assert_ok(engine_data(db, 101, &data, &len, &fixture_err));
    assert_string_equal(data, "late");
    mem_free(data);
    assert_ok(engine_meta_get(db, "segment", &data, &len, &fixture_err));
    assert_true(len > 0);
    mem_free(data);
    engine_close(db);

    /* It is an ordinary database, to be written on. */
    db = fixture_open(state, "merged", ENGINE_WRITE);
    fixture_put(db, 50, "inserted");
    assert_ok(engine_commit(db, &fixture_err));
    fixture_expect(db, fixture_term("inserted"), "50");
    engine_close(db);
    char *path = fixture_path(state, "merged");
    assert_ok(engine_check(path, &fixture_err));
    mem_free(path);
}

static void test_single(void **state) {
    static const char *const names[] = {"one"};
    make(state, "one", 5, 6, "alpha");
    assert_ok(compact(state, names, 1, "compacted"));
    struct engine_db *db = fixture_open(state, "compacted", ENGINE_READ);
    fixture_expect(db, engine_query_all(), "5 6");
    engine_close(db);
}

static void test_refused(void **state) {
    static const char *const overlapping[] = {"a", "b"}, *const absent[] = {"a", "absent"};
    make(state, "a", 1, 10, "alpha");
    make(state, "b", 10, 20, "alpha");
    assert_status(compact(state, overlapping, 2, "overlap"), INVALID_VALUE);
    assert_false(there(state, "overlap"));
    assert_int_not_equal(compact(state, absent, 2, "from-absent"), ST_OK);
    assert_false(there(state, "from-absent"));
    assert_status(compact(state, overlapping, 1, "b"), EXISTS);
    assert_true(there(state, "b"));
    assert_status(compact(state, overlapping, 0, "nothing"), INVALID_VALUE);
    struct engine_db *db = fixture_open(state, "b", ENGINE_READ);
    fixture_expect(db, fixture_term("absent"), "");
    engine_close(db);
}

/* Positions of terms that count nothing are no fault; the document is there. */
static void test_check_without_length(void **state) {
    struct engine_db *db = fixture_open(state, "short", ENGINE_WRITE);
    struct engine_doc *doc = engine_doc_new();
    engine_doc_posting(doc, "Uaddress", 8, 1, 0);
    fixture_take(db, 7, doc);
    fixture_put(db, 8, "some words");
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);
    char *path = fixture_path(state, "short");
    assert_ok(engine_check(path, &fixture_err));
    mem_free(path);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {CASE(test_merge), CASE(test_single), CASE(test_refused),
                                       CASE(test_check_without_length)};
    engine_setup();
    return cmocka_run_group_tests_name("engine compact", tests, NULL, NULL);
}
