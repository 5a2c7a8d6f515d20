/* The cache of filters: what is kept for which view, how much of it, and on many threads at once.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/file.h"
#include "filters.h"

#include <pthread.h>
#include <unistd.h>

enum { THREADS = 4, TURNS = 3000 };

static char dir[64];
static struct engine_db *db;

/* A database whose last number makes each set as large as is asked. */
static void make_database(uint32_t last) {
    struct err err = ERR_NONE;
    struct engine_db *writer = NULL;
    struct engine_doc *doc = engine_doc_new();
    engine_doc_term(doc, "a", 1, 1);
    engine_close(db);
    db = NULL;
    assert_int_equal(file_remove_tree(dir, &err), ST_OK);
    assert_int_equal(engine_open(&writer, dir, ENGINE_WRITE, &err), ST_OK);
    assert_int_equal(engine_replace(writer, last, doc, &err), ST_OK);
    assert_int_equal(engine_commit(writer, &err), ST_OK);
    engine_doc_free(doc);
    engine_close(writer);
    assert_int_equal(engine_open(&db, dir, ENGINE_READ, &err), ST_OK);
}

static struct engine_set *make_set(void) {
    struct err err = ERR_NONE;
    struct engine_set *set = NULL;
    struct engine_query *query = engine_query_term("a", 1, 1);
    assert_int_equal(engine_set_make(&set, db, query, 0, &err), ST_OK);
    engine_query_free(query);
    return set;
}

static struct filter_key key_of(const char *text, uint64_t revision) {
    return (struct filter_key){.kind = STORE_ARTICLE, .generation = 1, .revision = revision, .text = text};
}

/* Comes once, twice: then there is a set. */
static bool bring(struct filters *filters, const char *text, uint64_t revision) {
    struct filter_key key = key_of(text, revision);
    bool make = false;
    struct filter_set *set = filters_take(filters, &key, &make);
    bool had = set != NULL;
    assert_false(had && make);
    if (make) set = filters_add(filters, &key, make_set());
    filters_give(filters, set);
    return had;
}

static void views(void **state) {
    (void)state;
    struct filters *filters = filters_new();
    make_database(5);
    assert_false(bring(filters, "x", 1));
    assert_false(bring(filters, "x", 1));
    assert_true(bring(filters, "x", 1));
    assert_false(bring(filters, "y", 1));
    assert_true(bring(filters, "x", 1));
    assert_false(bring(filters, "x", 2)); /* another view */
    assert_false(bring(filters, "x", 2));
    assert_true(bring(filters, "x", 2));
    filters_clear(filters);
    assert_false(bring(filters, "x", 2));
    filters_free(filters);
}

/* What goes first is what was used longest ago; a set in use outlives its place. */
static void room(void **state) {
    (void)state;
    struct filters *filters = filters_new();
    char text[32];
    make_database(8u * FILTERS_BYTES_MAX / 10);
    struct filter_key key = key_of("kept", 1);
    struct filter_set *kept = filters_add(filters, &key, make_set());
    for (int i = 0; i < 30; i++) {
        snprintf(text, sizeof text, "f%d", i);
        bring(filters, text, 1);
        bring(filters, text, 1);
    }
    bool make = false;
    assert_null(filters_take(filters, &key, &make));
    assert_int_equal(engine_set_count(kept->set), 1);
    filters_give(filters, kept);
    assert_true(bring(filters, "f29", 1));
    int kept_count = 0;
    for (int i = 0; i < 30; i++) {
        snprintf(text, sizeof text, "f%d", i);
        key = key_of(text, 1);
        struct filter_set *set = filters_take(filters, &key, &make);
        kept_count += set != NULL;
        filters_give(filters, set);
    }
    assert_in_range(kept_count, 5, 9);
    filters_free(filters);
}

static void *turns(void *arg) {
    struct filters *filters = arg;
    for (int i = 0; i < TURNS; i++) {
        char text[8];
        snprintf(text, sizeof text, "%d", i * 7 % 20);
        struct filter_key key = key_of(text, (uint64_t)i / 500);
        bool make = false;
        struct filter_set *set = filters_take(filters, &key, &make);
        if (set && engine_set_count(set->set) != 1) abort();
        filters_give(filters, set);
        if (!make) continue;
        struct err err = ERR_NONE;
        struct engine_db *own = NULL; /* a database belongs to one thread */
        struct engine_set *made = NULL;
        struct engine_query *query = engine_query_term("a", 1, 1);
        if (engine_open(&own, dir, ENGINE_READ, &err) || engine_set_make(&made, own, query, 0, &err)) abort();
        engine_query_free(query);
        engine_close(own);
        filters_give(filters, filters_add(filters, &key, made));
    }
    return NULL;
}

static void many_threads(void **state) {
    (void)state;
    struct filters *filters = filters_new();
    pthread_t threads[THREADS];
    make_database(5);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, turns, filters), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    filters_free(filters);
}

static int setup(void **state) {
    (void)state;
    engine_setup();
    snprintf(dir, sizeof dir, "/tmp/fn-filters-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    engine_close(db);
    return file_remove_tree(dir, NULL) == ST_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views),
        cmocka_unit_test(room),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
