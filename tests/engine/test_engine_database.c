/* Opening, changing, committing; what a reader sees; the batch that a bad document must not cost.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void test_open_absent(void **state) {
    char *path = fixture_path(state, "absent");
    struct engine_db *db;
    assert_status(engine_open(&db, path, ENGINE_READ, &fixture_err), NOT_FOUND);
    assert_null(db);
    assert_non_null(strstr(fixture_err.text, path));
    mkdir(path, 0755);
    assert_status(engine_open(&db, path, ENGINE_READ, &fixture_err), NOT_FOUND);
    mem_free(path);
}

static void test_second_writer_is_locked_out(void **state) {
    char *path = fixture_path(state, "db");
    struct engine_db *first = fixture_open(state, "db", ENGINE_WRITE), *second;
    assert_status(engine_open(&second, path, ENGINE_WRITE, &fixture_err), LOCKED);
    assert_null(second);
    engine_close(first);
    assert_ok(engine_open(&second, path, ENGINE_WRITE, &fixture_err));
    engine_close(second);
    mem_free(path);
}

static void test_writer_where_no_folder_can_be(void **state) {
    char *file = fixture_path(state, "file"), *path = fixture_path(state, "file/db");
    struct engine_db *db;
    fclose(fopen(file, "w"));
    assert_status(engine_open(&db, path, ENGINE_WRITE, &fixture_err), IO);
    mem_free(file);
    mem_free(path);
}

static void expect_documents(struct engine_db *db, uint64_t documents) {
    struct engine_info info;
    assert_ok(engine_info(db, &info, &fixture_err));
    assert_int_equal(info.documents, documents);
}

static void test_commit_cancel_close(void **state) {
    struct engine_db *writer = fixture_open(state, "db", ENGINE_WRITE);
    struct engine_db *reader = fixture_open(state, "db", ENGINE_READ);
    bool changed = true;
    assert_ok(engine_reopen(reader, &changed, &fixture_err));
    assert_false(changed);
    fixture_put(writer, 1, "one");
    expect_documents(writer, 1);
    assert_ok(engine_reopen(reader, &changed, &fixture_err));
    assert_false(changed);
    assert_ok(engine_commit(writer, &fixture_err));
    expect_documents(reader, 0);
    assert_ok(engine_reopen(reader, &changed, &fixture_err));
    assert_true(changed);
    expect_documents(reader, 1);

    fixture_put(writer, 2, "two");
    assert_ok(engine_cancel(writer, &fixture_err));
    fixture_put(writer, 3, "three");
    assert_ok(engine_commit(writer, &fixture_err));
    fixture_put(writer, 4, "four");
    engine_close(writer); /* drops 4 */
    assert_ok(engine_reopen(reader, NULL, &fixture_err));
    expect_documents(reader, 2);
    fixture_expect(reader, fixture_term("three"), "3");
    fixture_expect(reader, fixture_term("two"), "");
    fixture_expect(reader, fixture_term("four"), "");
    engine_close(reader);
}

static void test_info(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    struct engine_info before, after;
    assert_ok(engine_info(db, &before, &fixture_err));
    assert_int_equal(before.documents, 0);
    fixture_put(db, 5, "a b c");
    fixture_put(db, 9, "a");
    assert_ok(engine_commit(db, &fixture_err));
    assert_ok(engine_info(db, &after, &fixture_err));
    assert_int_equal(after.documents, 2);
    assert_int_equal(after.last_docid, 9);
    assert_float_equal(after.average_length, 2.0, 1e-9);
    assert_true(after.revision > before.revision);
    assert_int_equal(strlen(after.uuid), 36);
    assert_ok(engine_commit(db, &fixture_err)); /* nothing pending: no new revision */
    assert_ok(engine_info(db, &before, &fixture_err));
    assert_int_equal(before.revision, after.revision);
    engine_close(db);
}

static void test_replace_and_delete(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    fixture_put(db, 1, "old words");
    fixture_put(db, 1, "new words");
    fixture_put(db, 2, "other");
    assert_ok(engine_commit(db, &fixture_err));
    fixture_expect(db, fixture_term("old"), "");
    fixture_expect(db, fixture_term("new"), "1");
    fixture_put(db, 3, "third");
    assert_ok(engine_delete(db, 77, &fixture_err)); /* absent: costs nothing pending */
    assert_ok(engine_delete(db, 2, &fixture_err));
    assert_ok(engine_commit(db, &fixture_err));
    fixture_expect(db, engine_query_all(), "1 3");
    assert_status(engine_delete(db, 0, &fixture_err), INVALID_VALUE);
    engine_close(db);
}

static void refuse_doc(struct engine_db *db, struct engine_doc *take_doc) {
    assert_status(engine_replace(db, 50, take_doc, &fixture_err), INVALID_VALUE);
    engine_doc_free(take_doc);
}

static void test_bad_document_costs_nothing(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    char term[300], nuls[ENGINE_TERM_MAX];
    memset(term, 'x', sizeof term);
    memset(nuls, 0, sizeof nuls);
    fixture_put(db, 1, "kept");
    assert_ok(engine_meta_set(db, "seq", "17", 2, &fixture_err));

    struct engine_doc *doc = fixture_doc("good");
    engine_doc_term(doc, term, ENGINE_TERM_MAX + 1, 1);
    refuse_doc(db, doc);
    doc = fixture_doc("good");
    engine_doc_term(doc, nuls, sizeof nuls / 2 + 1, 0); /* counts twice */
    refuse_doc(db, doc);
    doc = engine_doc_new();
    engine_doc_term(doc, "", 0, 1);
    engine_doc_term(doc, "fine", 4, 1); /* the fault stays */
    refuse_doc(db, doc);
    doc = engine_doc_new();
    engine_doc_posting(doc, "x", 1, 0, 1);
    refuse_doc(db, doc);
    doc = engine_doc_new();
    engine_doc_term(doc, "x", 1, UINT32_MAX);
    engine_doc_term(doc, "y", 1, 1);
    refuse_doc(db, doc);
    doc = engine_doc_new();
    engine_doc_number(doc, 0, 0.0 / 0.0);
    refuse_doc(db, doc);
    doc = fixture_doc("fine");
    assert_status(engine_replace(db, 0, doc, &fixture_err), INVALID_VALUE);
    engine_doc_free(doc);
    assert_status(engine_meta_set(db, "", "x", 1, &fixture_err), INVALID_VALUE);
    assert_status(engine_meta_set(db, term, "x", 1, &fixture_err), INVALID_VALUE);

    doc = engine_doc_new(); /* at the limit */
    engine_doc_term(doc, term, ENGINE_TERM_MAX, 1);
    engine_doc_term(doc, nuls, sizeof nuls / 2, 0);
    fixture_take(db, 2, doc);
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);

    db = fixture_open(state, "db", ENGINE_READ);
    fixture_expect(db, engine_query_all(), "1 2");
    fixture_expect(db, engine_query_term(nuls, sizeof nuls / 2, 1), "2");
    engine_close(db);
}

static void expect_meta(struct engine_db *db, const char *key, const char *value, size_t len) {
    char *got;
    size_t got_len;
    assert_ok(engine_meta_get(db, key, &got, &got_len, &fixture_err));
    assert_int_equal(got_len, len);
    assert_memory_equal(got, value, len);
    mem_free(got);
}

static void test_metadata(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    char key[201] = {0};
    memset(key, 'k', 200);
    expect_meta(db, "absent", "", 0);
    assert_ok(engine_meta_set(db, "seq", "a\0b", 3, &fixture_err));
    assert_ok(engine_meta_set(db, key, "long", 4, &fixture_err));
    assert_ok(engine_commit(db, &fixture_err));
    assert_ok(engine_meta_set(db, "seq", "lost", 4, &fixture_err));
    assert_ok(engine_cancel(db, &fixture_err));
    engine_close(db);
    db = fixture_open(state, "db", ENGINE_READ);
    expect_meta(db, "seq", "a\0b", 3);
    expect_meta(db, key, "long", 4);
    engine_close(db);
}

static void test_reader_refuses_changes(void **state) {
    engine_close(fixture_open(state, "db", ENGINE_WRITE));
    struct engine_db *db = fixture_open(state, "db", ENGINE_READ);
    struct engine_doc *doc = fixture_doc("x");
    assert_status(engine_replace(db, 1, doc, &fixture_err), READ_ONLY);
    assert_status(engine_delete(db, 1, &fixture_err), READ_ONLY);
    assert_status(engine_meta_set(db, "k", "v", 1, &fixture_err), READ_ONLY);
    assert_status(engine_commit(db, &fixture_err), READ_ONLY);
    assert_status(engine_cancel(db, &fixture_err), READ_ONLY);
    engine_doc_free(doc);
    engine_close(db);
}

/* A reader's blocks are overwritten by the second commit after it; it must answer all the same. */
static void test_reader_across_commits(void **state) {
    struct engine_db *writer = fixture_open(state, "db", ENGINE_WRITE);
    for (uint32_t i = 1; i <= 500; i++)
        fixture_put(writer, i, "common words of every document");
    assert_ok(engine_commit(writer, &fixture_err));
    struct engine_db *reader = fixture_open(state, "db", ENGINE_READ);
    for (int round = 0; round < 6; round++) {
        for (uint32_t i = 1; i <= 500; i += 2)
            fixture_put(writer, i, round % 2 ? "common odd" : "common even more words than before");
        assert_ok(engine_commit(writer, &fixture_err));
        if (round % 3 != 2) continue;
        struct engine_query *query = fixture_term("common");
        struct engine_search search = fixture_search(query);
        search.want_data = true;
        struct engine_result *result = fixture_run(reader, &search);
        assert_int_equal(result->total_estimate, 500);
        engine_result_free(result);
        engine_query_free(query);
        char *data;
        size_t len;
        assert_ok(engine_data(reader, 1, &data, &len, &fixture_err));
        mem_free(data);
    }
    engine_close(reader);
    engine_close(writer);
}

static void test_null_is_fine(void **state) {
    (void)state;
    engine_close(NULL);
    engine_doc_free(NULL);
    engine_query_free(NULL);
    engine_result_free(NULL);
    engine_stemmer_close(NULL);
    assert_true(engine_version()[0] >= '1');
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_open_absent),
        CASE(test_second_writer_is_locked_out),
        CASE(test_writer_where_no_folder_can_be),
        CASE(test_commit_cancel_close),
        CASE(test_info),
        CASE(test_replace_and_delete),
        CASE(test_bad_document_costs_nothing),
        CASE(test_metadata),
        CASE(test_reader_refuses_changes),
        CASE(test_reader_across_commits),
        CASE(test_null_is_fine),
    };
    engine_setup();
    return cmocka_run_group_tests_name("engine database", tests, NULL, NULL);
}
