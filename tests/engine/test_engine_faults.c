/* Full disks, damaged and foreign files, missing descriptors, oversized data: a status for each, and
 * nothing lost that was committed.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "base/file.h"
#include "base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void limit(int resource, rlim_t value) {
    struct rlimit limits;
    assert_int_equal(getrlimit(resource, &limits), 0);
    limits.rlim_cur = value;
    assert_int_equal(setrlimit(resource, &limits), 0);
}

static void fill(struct engine_db *db, uint32_t first, uint32_t last) {
    char text[64];
    for (uint32_t i = first; i <= last; i++) {
        snprintf(text, sizeof text, "common word%u other%u", i, i * 7);
        fixture_put(db, i, text);
    }
}

/* Puts documents until one is refused or `last` is reached. */
static enum status fill_until(struct engine_db *db, uint32_t first, uint32_t last, struct err *err) {
    enum status status = ST_OK;
    char text[64];
    for (uint32_t i = first; i <= last && !status; i++) {
        snprintf(text, sizeof text, "common word%u other%u", i, i * 7);
        struct engine_doc *doc = fixture_doc(text);
        status = engine_replace(db, i, doc, err);
        engine_doc_free(doc);
    }
    return status;
}

/* After a failed change or commit the handle refuses, and a fresh one stands at the last commit. */
static void test_full_disk(void **state) {
    static const uint32_t lasts[] = {199, 3000}; /* fails in commit; in a change */
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof lasts / sizeof *lasts; i++) {
        const char *name = i ? "db1" : "db0";
        struct engine_db *db = fixture_open(state, name, ENGINE_WRITE);
        fill(db, 1, 100);
        assert_ok(engine_meta_set(db, "seq", "100", 3, &fixture_err));
        assert_ok(engine_commit(db, &fixture_err));

        limit(RLIMIT_FSIZE, 8 * 1024);
        enum status status = fill_until(db, 101, lasts[i], &fixture_err);
        if (i == 0) {
            assert_status(status, OK);
            status = engine_commit(db, &fixture_err);
        }
        assert_status(status, DISK_FULL);
        assert_status(engine_meta_set(db, "seq", "x", 1, &fixture_err), IO);
        assert_status(engine_delete(db, 1, &fixture_err), IO);
        assert_status(engine_commit(db, &fixture_err), IO);
        assert_status(engine_cancel(db, &fixture_err), IO);
        engine_close(db);
        limit(RLIMIT_FSIZE, RLIM_INFINITY);

        db = fixture_open(state, name, ENGINE_WRITE);
        struct engine_info info;
        assert_ok(engine_info(db, &info, &fixture_err));
        assert_int_equal(info.documents, 100);
        char *seq;
        size_t len;
        assert_ok(engine_meta_get(db, "seq", &seq, &len, &fixture_err));
        assert_string_equal(seq, "100");
        mem_free(seq);
        fill(db, 101, 300);
        assert_ok(engine_commit(db, &fixture_err));
        fixture_expect(db, fixture_term("word300"), "300");
        engine_close(db);
        char *path = fixture_path(state, name);
        assert_ok(engine_check(path, &fixture_err));
        mem_free(path);
    }
}

static void test_no_descriptor(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    fill(db, 1, 10);
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);
    char *path = fixture_path(state, "db");
    int lowest = dup(0);
    close(lowest);
    limit(RLIMIT_NOFILE, (rlim_t)lowest);
    enum status reading = engine_open(&db, path, ENGINE_READ, &fixture_err);
    enum status writing = engine_open(&db, path, ENGINE_WRITE, &fixture_err);
    limit(RLIMIT_NOFILE, 1024);
    assert_status(reading, NO_FILES);
    assert_status(writing, NO_FILES);
    mem_free(path);
}

static void test_oversized(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    size_t size = (64u << 20) + 1;
    char *data = mem_try_alloc(size);
    assert_non_null(data);
    memset(data, 'x', size);
    fill(db, 1, 3);
    struct engine_doc *doc = engine_doc_new();
    engine_doc_data(doc, data, size);
    assert_status(engine_replace(db, 4, doc, &fixture_err), INVALID_VALUE);
    engine_doc_free(doc);
    doc = engine_doc_new();
    engine_doc_value(doc, 0, data, (8u << 20) + 1);
    assert_status(engine_replace(db, 4, doc, &fixture_err), INVALID_VALUE);
    engine_doc_free(doc);
    doc = engine_doc_new();
    engine_doc_data(doc, data, size - 1);
    fixture_take(db, 5, doc);
    mem_free(data);
    assert_ok(engine_commit(db, &fixture_err));
    fixture_expect(db, engine_query_all(), "1 2 3 5");
    assert_ok(engine_data(db, 5, &data, &size, &fixture_err));
    assert_int_equal(size, 64u << 20);
    mem_free(data);
    engine_close(db);
}

/* Overwrites bytes of a file of the database. */
static void damage(void **state, const char *name, off_t at, const void *bytes, size_t len, bool truncated) {
    char *path = fixture_path(state, name);
    int file = open(path, O_WRONLY | (truncated ? O_TRUNC : 0));
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes, len, at), len);
    close(file);
    mem_free(path);
}

static void make(void **state, const char *name) {
    struct engine_db *db = fixture_open(state, name, ENGINE_WRITE);
    fill(db, 1, 3000);
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);
}

static enum status open_status(void **state, const char *name) {
    char *path = fixture_path(state, name);
    struct engine_db *db;
    enum status status = engine_open(&db, path, ENGINE_READ, &fixture_err);
    enum status writing = engine_open(&db, path, ENGINE_WRITE, &fixture_err);
    assert_int_equal(writing, status);
    mem_free(path);
    return status;
}

static void test_foreign_version_file(void **state) {
    make(state, "newer");
    damage(state, "newer/iamglass", 14, "\xff\xff", 2, false); /* behind the magic: the format's version */
    assert_status(open_status(state, "newer"), NEWER_FORMAT);
    make(state, "magic");
    damage(state, "magic/iamglass", 0, "SQLite format 3", 15, false);
    assert_status(open_status(state, "magic"), CORRUPT);
    make(state, "short");
    damage(state, "short/iamglass", 0, "\x0f\x0dX", 3, true);
    assert_status(open_status(state, "short"), CORRUPT);
}

/* In a child: a damaged table may crash the engine. */
static int in_child(void **state, int (*fn)(void **state)) {
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) _exit(fn(state));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int search_damaged(void **state) {
    char *path = fixture_path(state, "db");
    struct engine_db *db = NULL;
    struct engine_query *query = fixture_term("word1234");
    struct engine_search search = fixture_search(query);
    struct engine_result *result = NULL;
    enum status status = engine_open(&db, path, ENGINE_READ, &fixture_err);
    if (!status) status = engine_search(db, &search, &result, &fixture_err);
    return (int)status;
}

static int check_damaged(void **state) {
    char *path = fixture_path(state, "db");
    return (int)engine_check(path, &fixture_err);
}

static void test_damaged_table(void **state) {
    make(state, "db");
    char *path = fixture_path(state, "db/postlist.glass");
    char *zeros = NULL;
    size_t len;
    assert_ok(file_read(&zeros, &len, path, 1u << 30, &fixture_err));
    assert_true(len > 8192);
    memset(zeros, 0, len);
    damage(state, "db/postlist.glass", 0, zeros, len, false);
    mem_free(zeros);
    mem_free(path);
    assert_status((enum status)in_child(state, search_damaged), CORRUPT);
    assert_status((enum status)in_child(state, check_damaged), CORRUPT);
}

/* A lost table must not be taken for a database that is yet to be made. */
static void test_lost_file(void **state) {
    static const char *const names[] = {"iamglass", "postlist.glass", "termlist.glass"};
    for (size_t i = 0; i < 3; i++) {
        make(state, names[i]);
        char *dir = fixture_path(state, names[i]), file[4096];
        snprintf(file, sizeof file, "%s/%s", dir, names[i]);
        assert_int_equal(unlink(file), 0);
        struct engine_db *db;
        enum status status = engine_open(&db, dir, ENGINE_WRITE, &fixture_err);
        assert_true(status == ST_CORRUPT || status == ST_IO);
        if (i < 2) assert_status(engine_open(&db, dir, ENGINE_READ, &fixture_err), CORRUPT);
        mem_free(dir);
    }
    char *path = fixture_path(state, "absent");
    assert_status(engine_check(path, &fixture_err), NOT_FOUND);
    mem_free(path);
}

/* A process that dies while it creates a database leaves empty files; the next one begins again. */
static void test_unfinished_creation(void **state) {
    engine_close(fixture_open(state, "db", ENGINE_WRITE));
    damage(state, "db/iamglass", 0, "", 0, true);
    char *path = fixture_path(state, "db");
    struct engine_db *db;
    assert_status(engine_open(&db, path, ENGINE_READ, &fixture_err), NOT_FOUND);
    db = fixture_open(state, "db", ENGINE_WRITE);
    fill(db, 1, 3);
    assert_ok(engine_commit(db, &fixture_err));
    fixture_expect(db, engine_query_all(), "1 2 3");
    engine_close(db);
    mem_free(path);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_full_disk),           CASE(test_no_descriptor),
        CASE(test_oversized),           CASE(test_foreign_version_file),
        CASE(test_damaged_table),       CASE(test_lost_file),
        CASE(test_unfinished_creation),
    };
    engine_setup();
    return cmocka_run_group_tests_name("engine faults", tests, NULL, NULL);
}
