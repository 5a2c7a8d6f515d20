/* Query trees: each operator, ranges, sticky faults, depth and size, clones.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

static struct engine_db *sample(void **state) {
    static const char *const texts[] = {"red apple pie", "apple red pie", "green apple", "red car",
                                        "pie in the red sky"};
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    for (uint32_t i = 0; i < 5; i++) {
        struct engine_doc *doc = fixture_doc(texts[i]);
        if (i != 3) engine_doc_number(doc, 0, (double)i - 2);
        if (i != 4) engine_doc_value(doc, 1, texts[i], strlen(texts[i]));
        fixture_take(db, i + 1, doc);
    }
    assert_ok(engine_commit(db, &fixture_err));
    return db;
}

/* The matching docids in ascending order: scores don't count here. */
static void expect_set(struct engine_db *db, struct engine_query *take_query, const char *docids) {
    fixture_expect(db, engine_query_scale(take_query, 0), docids);
}

static void test_operators(void **state) {
    struct engine_db *db = sample(state);
    expect_set(db, engine_query_all(), "1 2 3 4 5");
    expect_set(db, engine_query_none(), "");
    expect_set(db, fixture_words(ENGINE_AND, "red pie", 0), "1 2 5");
    expect_set(db, fixture_words(ENGINE_OR, "green car", 0), "3 4");
    expect_set(db, fixture_words(ENGINE_AND_NOT, "red pie car", 0), "");
    expect_set(db, fixture_words(ENGINE_AND_NOT, "apple green pie", 0), "");
    expect_set(db, fixture_words(ENGINE_AND_NOT, "red apple car", 0), "5");
    expect_set(db, fixture_words(ENGINE_AND_MAYBE, "apple green absent", 0), "1 2 3");
    expect_set(db, fixture_words(ENGINE_FILTER, "red pie apple", 0), "1 2");
    expect_set(db, fixture_words(ENGINE_PHRASE, "red apple", 2), "1");
    expect_set(db, fixture_words(ENGINE_PHRASE, "red pie", 3), "1 2");
    expect_set(db, fixture_words(ENGINE_NEAR, "red pie", 2), "2");
    expect_set(db, fixture_words(ENGINE_NEAR, "red pie", 4), "1 2 5");
    expect_set(db, fixture_words(ENGINE_SYNONYM, "green car", 0), "3 4");
    expect_set(db, fixture_words(ENGINE_MAX, "green car", 0), "3 4");
    struct engine_query *near[] = {fixture_term("red"), fixture_words(ENGINE_OR, "pie car", 0)};
    expect_set(db, engine_query_op(ENGINE_NEAR, near, 2, 2), "2 4");
    engine_close(db);
}

static void test_few_children(void **state) {
    struct engine_db *db = sample(state);
    for (int op = ENGINE_AND; op <= ENGINE_MAX; op++) {
        expect_set(db, engine_query_op((enum engine_op)op, NULL, 0, 1), "");
        expect_set(db, fixture_words((enum engine_op)op, "green", 1), "3");
    }
    struct engine_query *with_none[] = {fixture_term("red"), engine_query_none()};
    expect_set(db, engine_query_op(ENGINE_AND, with_none, 2, 0), "");
    struct engine_query *or_none[] = {fixture_term("red"), engine_query_none()};
    expect_set(db, engine_query_op(ENGINE_OR, or_none, 2, 0), "1 2 4 5");
    struct engine_query *not_none[] = {fixture_term("red"), engine_query_none()};
    expect_set(db, engine_query_op(ENGINE_AND_NOT, not_none, 2, 0), "1 2 4 5");
    struct engine_query *all_but[] = {engine_query_all(), fixture_term("red")};
    expect_set(db, engine_query_op(ENGINE_AND_NOT, all_but, 2, 0), "3");
    engine_close(db);
}

static void test_scores(void **state) {
    struct engine_db *db = sample(state);
    /* A filter's right side and a scale of 0 give nothing; a scale of 3 outweighs. */
    struct engine_query *parts[] = {engine_query_scale(fixture_term("car"), 3), fixture_term("green")};
    fixture_expect(db, engine_query_op(ENGINE_OR, parts, 2, 0), "4 3");
    struct engine_query *filtered[] = {engine_query_all(), fixture_term("car")};
    struct engine_query *query = engine_query_op(ENGINE_FILTER, filtered, 2, 0);
    struct engine_search search = fixture_search(query);
    struct engine_result *result = fixture_run(db, &search);
    assert_int_equal(result->count, 1);
    assert_true(result->hits[0].score == 0);
    engine_result_free(result);
    engine_query_free(query);
    engine_close(db);
}

static struct engine_query *numbers(double low, double high) {
    return engine_query_number_range(0, isnan(low) ? NULL : &low, isnan(high) ? NULL : &high);
}

static void test_ranges(void **state) {
    struct engine_db *db = sample(state); /* -2 -1 0 none 2 */
    expect_set(db, numbers(-1, 0), "2 3");
    expect_set(db, numbers(NAN, -1), "1 2");
    expect_set(db, numbers(-0.5, NAN), "3 5");
    expect_set(db, numbers(NAN, NAN), "1 2 3 5");
    expect_set(db, numbers(3, 2), "");
    expect_set(db, numbers(-INFINITY, INFINITY), "1 2 3 5");
    expect_set(db, engine_query_range(1, "apple", 5, "green apple", 11), "2 3");
    expect_set(db, engine_query_range(1, "red", 3, NULL, 0), "1 4");
    expect_set(db, engine_query_range(1, NULL, 0, "green", 5), "2");
    expect_set(db, engine_query_range(1, NULL, 0, NULL, 0), "1 2 3 4");
    expect_set(db, engine_query_range(77, NULL, 0, NULL, 0), "");
    struct engine_query *in[] = {fixture_term("red"), numbers(2, NAN)};
    expect_set(db, engine_query_op(ENGINE_FILTER, in, 2, 0), "5");
    engine_close(db);
}

static void refuse(struct engine_db *db, struct engine_query *take_query, enum status expected) {
    struct engine_search search = fixture_search(take_query);
    struct engine_result *result;
    enum status status = engine_search(db, &search, &result, &fixture_err);
    assert_string_equal(status_info(status)->name, status_info(expected)->name);
    assert_null(result);
    struct engine_query *clone = engine_query_clone(take_query);
    search.query = clone;
    assert_int_equal(engine_search(db, &search, &result, &fixture_err), expected);
    double score;
    assert_int_equal(engine_explain(db, &search, 1, NULL, NULL, &score, &fixture_err), expected);
    char *text;
    assert_int_equal(engine_query_describe(clone, &text, &fixture_err), expected);
    engine_query_free(clone);
    engine_query_free(take_query);
}

static struct engine_query *beside(struct engine_query *take_query) {
    struct engine_query *parts[] = {fixture_term("red"), take_query};
    return engine_query_op(ENGINE_OR, parts, 2, 0);
}

static void test_faults_are_sticky(void **state) {
    struct engine_db *db = sample(state);
    char term[ENGINE_TERM_MAX + 1];
    memset(term, 't', sizeof term);
    double nan = NAN;
    expect_set(db, engine_query_term(term, ENGINE_TERM_MAX, 1), "");
    refuse(db, engine_query_term(term, sizeof term, 1), ST_INVALID_VALUE);
    refuse(db, beside(engine_query_term(term, sizeof term, 1)), ST_INVALID_VALUE);
    refuse(db, beside(beside(engine_query_term("", 0, 1))), ST_INVALID_VALUE);
    refuse(db, beside(engine_query_term(NULL, 3, 1)), ST_INVALID_VALUE);
    refuse(db, beside(NULL), ST_INVALID_VALUE);
    refuse(db, engine_query_scale(fixture_term("red"), -1), ST_INVALID_VALUE);
    refuse(db, engine_query_scale(fixture_term("red"), NAN), ST_INVALID_VALUE);
    refuse(db, engine_query_scale(beside(NULL), 1), ST_INVALID_VALUE);
    refuse(db, engine_query_scale(NULL, 1), ST_INVALID_VALUE);
    refuse(db, engine_query_number_range(0, &nan, NULL), ST_INVALID_VALUE);
    struct engine_query *phrase[] = {fixture_term("red"), numbers(0, 1)};
    refuse(db, engine_query_op(ENGINE_PHRASE, phrase, 2, 2), ST_INVALID_VALUE);
    struct engine_search search = fixture_search(NULL);
    struct engine_result *result;
    assert_status(engine_search(db, &search, &result, &fixture_err), INVALID_VALUE);
    engine_close(db);
}

static struct engine_query *nested(unsigned depth) {
    struct engine_query *query = fixture_term("red");
    for (unsigned i = 1; i < depth; i++) {
        struct engine_query *parts[] = {i % 2 ? fixture_term("car") : fixture_term("pie"), query};
        query = engine_query_op(i % 2 ? ENGINE_OR : ENGINE_AND_MAYBE, parts, 2, 0);
    }
    return query;
}

static void test_deep_and_large(void **state) {
    struct engine_db *db = sample(state);
    expect_set(db, nested(999), "1 2 5"); /* and the scale around it */
    refuse(db, nested(1001), ST_TOO_COMPLEX);
    refuse(db, nested(200000), ST_TOO_COMPLEX);
    enum { MANY = 5000, TOO_MANY = MANY + 1 };
    struct engine_query **parts = mem_alloc(TOO_MANY * sizeof *parts);
    for (int i = 0; i < MANY; i++)
        parts[i] = fixture_term(i ? "absent" : "green");
    expect_set(db, engine_query_op(ENGINE_OR, parts, MANY, 0), "3");
    for (int i = 0; i < TOO_MANY; i++)
        parts[i] = fixture_term("absent");
    refuse(db, engine_query_op(ENGINE_OR, parts, TOO_MANY, 0), ST_TOO_COMPLEX);
    mem_free(parts);
    engine_close(db);
}

static void test_clone_and_describe(void **state) {
    struct engine_db *db = sample(state);
    double low = 0;
    struct engine_query *parts[] = {fixture_words(ENGINE_PHRASE, "red apple", 2),
                                    engine_query_number_range(0, &low, NULL),
                                    engine_query_scale(engine_query_all(), 0.5)};
    struct engine_query *query = engine_query_op(ENGINE_OR, parts, 3, 0), *clone = engine_query_clone(query);
    char *text, *clone_text;
    assert_ok(engine_query_describe(query, &text, &fixture_err));
    engine_query_free(query);
    assert_ok(engine_query_describe(clone, &clone_text, &fixture_err));
    assert_string_equal(text, clone_text);
    assert_non_null(strstr(text, "PHRASE"));
    mem_free(text);
    mem_free(clone_text);
    expect_set(db, clone, "1 2 3 4 5");
    expect_set(db, engine_query_clone(clone = engine_query_none()), "");
    engine_query_free(clone);
    engine_close(db);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_operators),
        CASE(test_few_children),
        CASE(test_scores),
        CASE(test_ranges),
        CASE(test_faults_are_sticky),
        CASE(test_deep_and_large),
        CASE(test_clone_and_describe),
    };
    engine_setup();
    return cmocka_run_group_tests_name("engine query", tests, NULL, NULL);
}
