/* Opening and reading: formats, damage, order, views of readers beside a writer, bodies of all sizes.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <sqlite3.h>

/* A statement from outside. */
static void run_sql(const char *sql) {
    char path[96];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/records.sqlite", world.dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

static void opening(void **state) {
    (void)state;
    struct store *store = NULL;
    struct err err = ERR_NONE;
    char none[96];
    snprintf(none, sizeof none, "%s/none", world.dir);
    assert_int_equal(store_open(&store, none, STORE_READ, &err), ST_NOT_FOUND);
    assert_null(store);
    assert_int_not_equal(store_open(&store, none, STORE_WRITE, &err), ST_OK);
    store_close(world.store);
    world.store = NULL;
    run_sql("PRAGMA user_version=9999");
    assert_int_equal(store_open(&store, world.dir, STORE_WRITE, &err), ST_NEWER_FORMAT);
    assert_non_null(strstr(err.text, "9999"));
    assert_int_equal(store_open(&store, world.dir, STORE_READ, &err), ST_NEWER_FORMAT);
    store_close(NULL);
}

static void no_database(void **state) {
    (void)state;
    struct store *store = NULL;
    struct err err = ERR_NONE;
    char path[96];
    store_close(world.store);
    world.store = NULL;
    snprintf(path, sizeof path, "%s/records.sqlite", world.dir);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database ", file);
    fclose(file);
    assert_int_equal(store_open(&store, world.dir, STORE_WRITE, &err), ST_CORRUPT);
    assert_int_equal(store_open(&store, world.dir, STORE_READ, &err), ST_CORRUPT);
}

static void damaged_bodies(void **state) {
    (void)state;
    static const char *const damages[] = {"UPDATE article SET body=x''",
                                          "UPDATE article SET body=x'02'||substr(body,2)",
                                          "UPDATE article SET body=x'01'",
                                          "UPDATE article SET body=x'01FFFFFFFFFFFFFFFFFF7F'||substr(body,3)",
                                          "UPDATE article SET body=x'01FFFFFFFF0F'||substr(body,3)",
                                          "UPDATE article SET body=substr(body,1,length(body)-4)",
                                          "UPDATE article SET body=substr(body,1,12)||x'FF'||substr(body,14)",
                                          "UPDATE article SET hash=hash+1"};
    struct record record;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        put(STORE_ARTICLE,
            i % 2 ? "{\"id\":\"d\",\"title\":\"odd title of it\"}" : "{\"id\":\"d\",\"title\":\"even title of it\"}");
        run_sql(damages[i]);
        if (get(STORE_ARTICLE, "d", 0, &record) != ST_CORRUPT) fail_msg("not noticed: %s", damages[i]);
        assert_non_null(strstr(world.err.text, "'d'"));
    }
}

static void bodies(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 100, 4095, 8192, 100000, 3000000};
    struct record record;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *json = mem_alloc(sizes[i] + 64);
        size_t len = (size_t)sprintf(json, "{\"id\":\"s%zu\",\"title\":\"", i);
        for (size_t c = 0; c < sizes[i]; c++)
            json[len++] = (char)('a' + random_below(26));
        strcpy(json + len, i % 2 ? "é\"}" : ".\"}");
        put(STORE_ARTICLE, json);
        char id[24];
        snprintf(id, sizeof id, "s%zu", i);
        OK(get(STORE_ARTICLE, id, 0, &record));
        assert_int_equal(record.len, strlen(json));
        assert_string_equal(record.json, json);
        mem_free(json);
    }
}

static void scanning(void **state) {
    (void)state;
    struct record *records = NULL;
    size_t count = 0, total = 0;
    uint32_t after = 0, docid = 0;
    for (int i = 0; i < 25; i++) {
        char json[128];
        snprintf(json, sizeof json,
                 "{\"id\":\"r%02d\",\"title\":\"t\",\"text\":\"x [1]\",\"sources\":[{\"url\":\"https://e.org/%d\"}]}",
                 i, i / 2);
        put(STORE_ARTICLE, json);
    }
    do {
        OK(store_scan(world.store, world.arena, STORE_ARTICLE, after, 7, 1 << 20, &records, &count, &world.err));
        for (size_t i = 0; i < count; i++) {
            char id[8];
            snprintf(id, sizeof id, "r%02zu", total++);
            assert_string_equal(records[i].id, id);
            assert_true(records[i].docid > after);
            after = records[i].docid;
        }
    } while (count > 0);
    assert_int_equal(total, 25);
    OK(store_scan(world.store, world.arena, STORE_ARTICLE, 0, 100, 1, &records, &count, &world.err));
    assert_int_equal(count, 1); /* a page of bytes has one record at least */
    OK(store_scan(world.store, world.arena, STORE_SOURCE, 0, 100, 1 << 20, &records, &count, &world.err));
    assert_int_equal(count, 13);
    assert_int_equal(records[0].cited, 2);
    OK(store_last_docid(world.store, STORE_ARTICLE, &docid, &world.err));
    assert_int_equal(docid, after);
    OK(store_next_docid(world.store, STORE_ARTICLE, docid, &docid, &world.err));
    assert_int_equal(docid, 0);
}

/* A reader sees the last commit, and one state between begin and commit. */
static void views(void **state) {
    (void)state;
    struct store *reader = NULL;
    struct store_counts counts;
    struct store_outcome out;
    OK(store_open(&reader, world.dir, STORE_READ, &world.err));
    OK(store_begin(world.store, &world.err));
    OK(put_in(STORE_ARTICLE, "{\"id\":\"v\",\"title\":\"V\"}", STORE_ANY_REVISION, &out));
    OK(store_counts(reader, &counts, &world.err));
    assert_int_equal(counts.articles, 0);
    OK(store_commit(world.store, &world.err));
    OK(store_counts(reader, &counts, &world.err));
    assert_int_equal(counts.articles, 1);
    OK(store_begin(reader, &world.err));
    OK(store_counts(reader, &counts, &world.err));
    put(STORE_ARTICLE, "{\"id\":\"w\",\"title\":\"W\"}");
    OK(store_counts(reader, &counts, &world.err));
    assert_int_equal(counts.articles, 1);
    OK(store_commit(reader, &world.err));
    OK(store_counts(reader, &counts, &world.err));
    assert_int_equal(counts.articles, 2);
    assert_int_equal(strlen(counts.uuid), 32);
    store_close(reader);
}

static bool never(void *arg) {
    (void)arg;
    return false;
}

static void copies(void **state) {
    (void)state;
    char dir[96];
    struct store *copy = NULL, *reader = NULL;
    struct store_counts counts;
    put(STORE_ARTICLE, "{\"id\":\"c\",\"title\":\"C\"}");
    snprintf(dir, sizeof dir, "%s/copy", world.dir);
    OK(file_make_dir(dir, 0700, &world.err));
    OK(store_open(&reader, world.dir, STORE_READ, &world.err));
    OK(store_copy(reader, dir, never, NULL, &world.err));
    store_close(reader);
    put(STORE_ARTICLE, "{\"id\":\"later\",\"title\":\"L\"}");
    OK(store_open(&copy, dir, STORE_READ, &world.err));
    OK(store_counts(copy, &counts, &world.err));
    assert_int_equal(counts.articles, 1);
    store_close(copy);
    OK(store_bring_in(world.store, dir, &world.err));
    assert_counts(1, 0, 0, 1);
    assert_sound();
}

static int seeded(void **state) {
    random_start();
    return rules_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opening, world_open, world_close),
        cmocka_unit_test_setup_teardown(no_database, world_open, world_close),
        cmocka_unit_test_setup_teardown(damaged_bodies, world_open, world_close),
        cmocka_unit_test_setup_teardown(bodies, world_open, world_close),
        cmocka_unit_test_setup_teardown(scanning, world_open, world_close),
        cmocka_unit_test_setup_teardown(views, world_open, world_close),
        cmocka_unit_test_setup_teardown(copies, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, seeded, rules_teardown);
}
