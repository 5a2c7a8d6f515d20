/* One writer and three readers: every answer is one commit's, whole, and no error but `modified`.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each commit rewrites all documents with its own number, so that a reader that saw two commits at once
 * would find two numbers.  As in the daemon, nothing is written behind a commit before all readers of the one before it
 * have left: the blocks that they read would be written over under their eyes, which the engine notices only most of
 * the time.  Runs under ThreadSanitizer too (label threads). */
#include "fixture.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { READERS = 3, DOCUMENTS = 300, COMMITS = 60 };

struct shared {
    char *path;
    pthread_rwlock_t view; /* held by readers from reopening to the end of a search */
    pthread_mutex_t turn;  /* so that readers who come don't overtake the writer that waits */
    atomic_bool done;
    atomic_uint answers, modified, faults;
};

/* cmocka's assertions belong to the main thread; here faults are counted and the first is printed. */
static void fault(struct shared *shared, const char *what, const struct err *err) {
    if (atomic_fetch_add(&shared->faults, 1) == 0) fprintf(stderr, "%s: %s\n", what, err ? err->text : "");
}

static bool put_all(struct engine_db *db, uint32_t commit, struct err *err) {
    for (uint32_t docid = 1; docid <= DOCUMENTS; docid++) {
        struct engine_doc *doc = fixture_doc("common words in every document");
        char own[24];
        int len = snprintf(own, sizeof own, "commit%u", commit);
        engine_doc_posting(doc, own, (size_t)len, 9, 1);
        engine_doc_data(doc, own, (size_t)len);
        engine_doc_value(doc, 0, own, (size_t)len);
        enum status status = engine_replace(db, docid, doc, err);
        engine_doc_free(doc);
        if (status) return false;
    }
    return engine_commit(db, err) == ST_OK;
}

static void enter(struct shared *shared) {
    pthread_mutex_lock(&shared->turn);
    pthread_rwlock_rdlock(&shared->view);
    pthread_mutex_unlock(&shared->turn);
}

static void wait_for_readers(struct shared *shared) {
    pthread_mutex_lock(&shared->turn);
    pthread_rwlock_wrlock(&shared->view);
    pthread_rwlock_unlock(&shared->view);
    pthread_mutex_unlock(&shared->turn);
}

static void *write_all(void *arg) {
    struct shared *shared = arg;
    struct engine_db *db;
    struct err err = ERR_NONE;
    if (engine_open(&db, shared->path, ENGINE_WRITE, &err)) fault(shared, "open", &err);
    for (uint32_t commit = 2; db && commit <= COMMITS; commit++) {
        wait_for_readers(shared);
        if (!put_all(db, commit, &err)) fault(shared, "write", &err);
    }
    engine_close(db);
    atomic_store(&shared->done, true);
    return NULL;
}

static void check_answer(struct shared *shared, const struct engine_result *result) {
    const struct engine_facet_result *facet = &result->facets[0];
    if (result->total_lower != DOCUMENTS || facet->count != 1 || facet->counts[0].count != DOCUMENTS)
        fault(shared, "an answer of more than one commit", NULL);
    for (size_t i = 0; i < result->count; i++) {
        const struct engine_bytes *data = &result->hits[i].data;
        if (data->len != facet->counts[0].len || memcmp(data->at, facet->counts[0].value, data->len) != 0)
            fault(shared, "data of another commit", NULL);
    }
}

static void search_once(struct shared *shared, struct engine_db *db) {
    struct engine_query *query = fixture_words(ENGINE_AND, "common every", 0);
    struct engine_search search = fixture_search(query);
    struct engine_result *result;
    struct err err = ERR_NONE;
    search.want_data = true;
    search.facets[0].slot = 0;
    search.facet_count = 1;
    enum status status = engine_search(db, &search, &result, &err);
    if (status == ST_OK) {
        check_answer(shared, result);
        atomic_fetch_add(&shared->answers, 1);
    } else if (status == ST_MODIFIED) {
        atomic_fetch_add(&shared->modified, 1);
    } else {
        fault(shared, "search", &err);
    }
    engine_result_free(result);
    engine_query_free(query);
}

static void *read_all(void *arg) {
    struct shared *shared = arg;
    struct engine_db *db;
    struct err err = ERR_NONE;
    if (engine_open(&db, shared->path, ENGINE_READ, &err)) fault(shared, "open", &err);
    while (db && !atomic_load(&shared->done)) {
        enter(shared);
        if (engine_reopen(db, NULL, &err) && err.status != ST_MODIFIED) fault(shared, "reopen", &err);
        search_once(shared, db);
        pthread_rwlock_unlock(&shared->view);
    }
    engine_close(db);
    return NULL;
}

static void test_writer_and_readers(void **state) {
    struct shared shared = {
        .path = fixture_path(state, "db"), .view = PTHREAD_RWLOCK_INITIALIZER, .turn = PTHREAD_MUTEX_INITIALIZER};
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    assert_true(put_all(db, 1, &fixture_err));
    engine_close(db);
    pthread_t writer, readers[READERS];
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_all, &shared), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_all, &shared), 0);
    pthread_join(writer, NULL);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    print_message("%u answers, %u times modified too fast\n", shared.answers, shared.modified);
    assert_int_equal(shared.faults, 0);
    assert_true(shared.answers > shared.modified);
    mem_free(shared.path);
}

static void *build_doc(void *arg) {
    (void)arg;
    struct engine_doc *doc = fixture_doc("built on another thread");
    engine_doc_number(doc, 0, 7);
    return doc;
}

static void *build_query(void *arg) {
    (void)arg;
    return fixture_words(ENGINE_AND, "another thread", 0);
}

/* Objects may be handed over whole. */
static void test_handed_over(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    pthread_t thread;
    void *made;
    assert_int_equal(pthread_create(&thread, NULL, build_doc, NULL), 0);
    pthread_join(thread, &made);
    fixture_take(db, 1, made);
    assert_ok(engine_commit(db, &fixture_err));
    assert_int_equal(pthread_create(&thread, NULL, build_query, NULL), 0);
    pthread_join(thread, &made);
    fixture_expect(db, made, "1");
    engine_close(db);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {CASE(test_writer_and_readers), CASE(test_handed_over)};
    engine_setup();
    return cmocka_run_group_tests_name("engine threads", tests, NULL, NULL);
}
