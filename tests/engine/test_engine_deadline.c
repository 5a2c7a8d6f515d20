/* The deadline of a search: that it stops, and what a partial answer is.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * No test waits for luck: the caller's decide spins, at a known document, until the deadline is over. */
#include "fixture.h"

#include "base/buf.h"
#include "base/when.h"

#include <stdio.h>
#include <string.h>

enum { DOCUMENTS = 4000, STOP_AT = 1000, CLOCK_EVERY = 64 };

static struct engine_db *sample(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    for (uint32_t i = 1; i <= DOCUMENTS; i++) {
        struct engine_doc *doc = fixture_doc(i % 3 ? "common phrase here" : "common rare rare phrase");
        char value[16];
        int len = snprintf(value, sizeof value, "v%u", i % 7);
        engine_doc_value(doc, 0, value, (size_t)len);
        engine_doc_number(doc, 1, i % 13);
        fixture_take(db, i, doc);
    }
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);
    return fixture_open(state, "db", ENGINE_READ);
}

struct spin {
    int64_t deadline_us;
    uint32_t stop_at; /* spins here */
    uint32_t last;    /* the last document asked about */
};

static bool spin_at(void *arg, uint32_t docid) {
    struct spin *spin = arg;
    spin->last = docid;
    while (docid == spin->stop_at && when_mono_us() < spin->deadline_us)
        continue;
    return true;
}

static bool up_to(void *arg, uint32_t docid) {
    return docid <= *(uint32_t *)arg;
}

enum { KINDS = 5 };

static struct engine_query *query_of(int kind) {
    switch (kind % KINDS) {
    case 0: return fixture_words(ENGINE_OR, "common rare", 0);
    case 1: return fixture_words(ENGINE_AND, "common phrase", 0);
    case 2: return fixture_words(ENGINE_PHRASE, "phrase here", 2);
    case 3: return fixture_words(ENGINE_AND_NOT, "common rare", 0);
    default: return engine_query_all();
    }
}

static void begin(struct engine_search *search, struct spin *spin) {
    *spin = (struct spin){.deadline_us = when_mono_us() + 30000, .stop_at = STOP_AT};
    search->deadline_us = spin->deadline_us;
    search->decide = spin_at;
    search->decide_arg = spin;
}

static void test_timeout(void **state) {
    struct engine_db *db = sample(state);
    for (int kind = 0; kind < KINDS; kind++) {
        struct engine_query *query = query_of(kind);
        struct engine_search search = fixture_search(query);
        struct spin spin;
        begin(&search, &spin);
        struct engine_result *result;
        assert_status(engine_search(db, &search, &result, &fixture_err), TIMEOUT);
        assert_null(result);
        assert_in_range(spin.last, STOP_AT, STOP_AT + 2 * CLOCK_EVERY);
        engine_query_free(query);
    }
    engine_close(db);
}

static void same_facets(const struct engine_facet_result *a, const struct engine_facet_result *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) /* both were met in the same order */
        assert_int_equal(a->counts[i].count, b->counts[i].count);
    assert_int_equal(a->numbers, b->numbers);
    assert_true(a->sum == b->sum);
}

/* A partial answer is the exact answer over the documents up to the last one seen. */
static void test_partial(void **state) {
    struct engine_db *db = sample(state);
    for (int kind = 0; kind < 2 * KINDS; kind++) {
        struct engine_query *query = query_of(kind);
        struct engine_search search = fixture_search(query);
        struct spin spin;
        if (kind >= KINDS) search.sort[search.sorts++] = (struct engine_sort){1, kind % 2};
        search.facets[0] = (struct engine_facet){.slot = 0};
        search.facets[1] = (struct engine_facet){.slot = 1, .number = true};
        search.facet_count = 2;
        search.partial = true;
        begin(&search, &spin);
        struct engine_result *partial = fixture_run(db, &search);
        assert_true(partial->timed_out);
        assert_in_range(spin.last, STOP_AT, STOP_AT + 2 * CLOCK_EVERY);
        assert_true(partial->total_upper > partial->total_lower);

        search.deadline_us = 0;
        search.decide = up_to;
        search.decide_arg = &spin.last;
        struct engine_result *whole = fixture_run(db, &search);
        assert_false(whole->timed_out);
        assert_int_equal(partial->total_lower, whole->total_lower);
        assert_int_equal(partial->count, whole->count);
        for (size_t i = 0; i < whole->count; i++) {
            assert_int_equal(partial->hits[i].docid, whole->hits[i].docid);
            assert_true(partial->hits[i].score == whole->hits[i].score);
        }
        same_facets(&partial->facets[0], &whole->facets[0]);
        same_facets(&partial->facets[1], &whole->facets[1]);
        engine_result_free(partial);
        engine_result_free(whole);
        engine_query_free(query);
    }
    engine_close(db);
}

static void test_deadline_before_the_start(void **state) {
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_term("common");
    struct engine_search search = fixture_search(query);
    struct engine_result *result;
    search.deadline_us = 1;
    assert_status(engine_search(db, &search, &result, &fixture_err), TIMEOUT);
    search.partial = true;
    result = fixture_run(db, &search);
    assert_true(result->timed_out);
    assert_int_equal(result->count, 0);
    engine_result_free(result);
    engine_query_free(query);
    engine_close(db);
}

/* Large enough to be watched without a decide. */
static void test_large_query(void **state) {
    enum { TERMS = 600 };
    struct engine_db *db = sample(state);
    struct engine_query *terms[TERMS];
    for (int i = 0; i < TERMS; i++)
        terms[i] = fixture_term(i % 2 ? "rare" : "common");
    struct engine_query *query = engine_query_op(ENGINE_OR, terms, TERMS, 0);
    struct engine_search search = fixture_search(query);
    struct engine_result *without = fixture_run(db, &search);
    search.deadline_us = when_mono_us() + 60 * 1000000LL;
    struct engine_result *with = fixture_run(db, &search);
    assert_int_equal(with->total_lower, DOCUMENTS);
    assert_int_equal(with->total_upper, without->total_upper);
    for (size_t i = 0; i < without->count; i++) {
        assert_int_equal(with->hits[i].docid, without->hits[i].docid);
        assert_true(with->hits[i].score == without->hits[i].score);
    }
    engine_result_free(without);
    engine_result_free(with);
    struct engine_result *result;
    search.deadline_us = when_mono_us() + 100; /* far less than it takes */
    assert_status(engine_search(db, &search, &result, &fixture_err), TIMEOUT);
    engine_query_free(query);
    engine_close(db);
}

static void test_deadline_that_is_kept(void **state) {
    struct engine_db *db = sample(state);
    for (int kind = 0; kind < KINDS; kind++) {
        struct engine_query *query = query_of(kind);
        struct engine_search search = fixture_search(query);
        struct engine_result *without = fixture_run(db, &search);
        search.deadline_us = when_mono_us() + 60 * 1000000LL;
        search.partial = kind % 2;
        struct engine_result *with = fixture_run(db, &search);
        assert_false(with->timed_out);
        assert_int_equal(with->total_lower, without->total_lower);
        assert_int_equal(with->total_upper, without->total_upper);
        for (size_t i = 0; i < without->count; i++)
            assert_int_equal(with->hits[i].docid, without->hits[i].docid);
        engine_result_free(without);
        engine_result_free(with);
        engine_query_free(query);
    }
    engine_close(db);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_timeout),
        CASE(test_partial),
        CASE(test_deadline_before_the_start),
        CASE(test_deadline_that_is_kept),
        CASE(test_large_query),
    };
    engine_setup();
    return cmocka_run_group_tests_name("engine deadline", tests, NULL, NULL);
}
