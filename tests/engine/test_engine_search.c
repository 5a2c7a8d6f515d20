/* Searching: ranking, totals, order, collapsing, facets, fetched values, decide, explain.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "base/buf.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SLOT_YEAR, SLOT_OUTLET, SLOT_TAGS };

struct article {
    const char *text;
    double year; /* NAN: none */
    const char *outlet;
    const char *tags; /* separated by blanks */
};

static const struct article ARTICLES[] = {
    {"alpha beta", 2020, "bbc", "war press"},
    {"alpha alpha alpha", 2018, "ap", "press"},
    {"alpha gamma delta", NAN, "", ""},
    {"beta alpha", 2020, "ap", "war war-zone"},
    {"alpha beta beta", -44, "bbc", "press war sport"},
    {"omega", 1999, "ap", "sport"},
};
enum { ARTICLE_COUNT = sizeof ARTICLES / sizeof *ARTICLES };

static void put_article(struct engine_db *db, uint32_t docid, const struct article *article) {
    struct engine_doc *doc = fixture_doc(article->text);
    struct buf tags;
    buf_init(&tags, 0);
    for (const char *at = article->tags; *at;) {
        size_t len = strcspn(at, " ");
        buf_lstr(&tags, at, len);
        at += len + (at[len] == ' ');
    }
    engine_doc_data(doc, article->text, strlen(article->text));
    if (!isnan(article->year)) engine_doc_number(doc, SLOT_YEAR, article->year);
    engine_doc_value(doc, SLOT_OUTLET, article->outlet, strlen(article->outlet));
    if (tags.len) engine_doc_value(doc, SLOT_TAGS, tags.data, tags.len);
    buf_free(&tags);
    fixture_take(db, docid, doc);
}

static struct engine_db *sample(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    for (uint32_t i = 0; i < ARTICLE_COUNT; i++)
        put_article(db, i + 1, &ARTICLES[i]);
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);
    return fixture_open(state, "db", ENGINE_READ);
}

static void test_ranking_and_pages(void **state) {
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_term("alpha");
    struct engine_search search = fixture_search(query);
    fixture_expect_search(db, &search, "2 1 4 3 5"); /* equal scores: by docid */
    search.offset = 1;
    search.limit = 2;
    fixture_expect_search(db, &search, "1 4");
    search.offset = 4294967290u;
    search.limit = 100;
    fixture_expect_search(db, &search, "");
    search.offset = 0;
    search.limit = UINT32_MAX;
    fixture_expect_search(db, &search, "2 1 4 3 5");
    engine_query_free(query);
    engine_close(db);
}

static void test_weight(void **state) {
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_term("alpha");
    struct engine_search search = fixture_search(query);
    search.weight.k1 = 0; /* frequency and length don't count */
    fixture_expect_search(db, &search, "1 2 3 4 5");
    static const struct engine_weight refused[] = {
        {.k1 = -1, .b = 0.5}, {.k1 = NAN, .b = 0.5}, {.k1 = 1, .b = 1.5}, {.k1 = 1, .b = NAN}, {.k1 = 1, .k3 = -1}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct engine_result *result;
        search.weight = refused[i];
        assert_status(engine_search(db, &search, &result, &fixture_err), INVALID_VALUE);
    }
    engine_query_free(query);
    engine_close(db);
}

static void test_totals(void **state) {
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_words(ENGINE_OR, "alpha omega", 0);
    struct engine_search search = fixture_search(query);
    for (search.limit = 0; search.limit < 3; search.limit++) {
        struct engine_result *result = fixture_run(db, &search);
        assert_int_equal(result->count, search.limit);
        assert_int_equal(result->total_lower, 6);
        assert_int_equal(result->total_estimate, 6);
        assert_int_equal(result->total_upper, 6);
        assert_false(result->timed_out);
        engine_result_free(result);
    }
    search.limit = 1;
    search.check_at_least = 0;
    struct engine_result *result = fixture_run(db, &search);
    assert_true(result->total_lower <= 6 && result->total_upper >= 6);
    engine_result_free(result);
    engine_query_free(query);
    engine_close(db);
}

static void expect_sorted(struct engine_db *db, struct engine_sort first, struct engine_sort second, size_t sorts,
                          const char *docids) {
    struct engine_query *query = engine_query_all();
    struct engine_search search = fixture_search(query);
    search.sort[0] = first;
    search.sort[1] = second;
    search.sorts = sorts;
    fixture_expect_search(db, &search, docids);
    engine_query_free(query);
}

static void test_sort(void **state) {
    struct engine_db *db = sample(state);
    struct engine_sort up = {SLOT_YEAR, false}, down = {SLOT_YEAR, true}, none = {0};
    struct engine_sort outlet_up = {SLOT_OUTLET, false}, outlet_down = {SLOT_OUTLET, true};
    expect_sorted(db, up, none, 1, "5 6 2 1 4 3"); /* no value: last, both ways */
    expect_sorted(db, down, none, 1, "1 4 2 6 5 3");
    expect_sorted(db, outlet_up, up, 2, "6 2 4 5 1 3");
    expect_sorted(db, outlet_up, down, 2, "4 2 6 1 5 3");
    expect_sorted(db, outlet_down, up, 2, "5 1 6 2 4 3");
    expect_sorted(db, down, outlet_up, 2, "4 1 2 6 5 3");
    struct engine_query *query = fixture_term("beta"); /* equal years: by score */
    struct engine_search search = fixture_search(query);
    search.sort[0] = outlet_down;
    search.sorts = 1;
    fixture_expect_search(db, &search, "5 1 4");
    search.sorts = ENGINE_SORT_MAX + 1;
    struct engine_result *result;
    assert_status(engine_search(db, &search, &result, &fixture_err), INVALID_VALUE);
    engine_query_free(query);
    engine_close(db);
}

/* No value runs into the next key: "a" + "b" is not "ab", and zeros inside values keep their order. */
static void test_sort_keys_are_apart(void **state) {
    static const struct {
        const char *first;
        size_t len;
        const char *second;
    } rows[] = {{"ab", 2, "a"}, {"a", 1, "c"}, {"a", 1, "b"}, {"a\0", 2, "a"}, {"a\0\xff", 3, "a"}, {"a\xff", 2, "a"}};
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    for (uint32_t i = 0; i < 6; i++) {
        struct engine_doc *doc = engine_doc_new();
        engine_doc_value(doc, 0, rows[i].first, rows[i].len);
        engine_doc_value(doc, 1, rows[i].second, strlen(rows[i].second));
        fixture_take(db, i + 1, doc);
    }
    assert_ok(engine_commit(db, &fixture_err));
    struct engine_sort up = {0, false}, down = {0, true}, second = {1, false};
    expect_sorted(db, up, second, 2, "3 2 4 5 1 6");
    expect_sorted(db, down, second, 2, "6 1 5 4 3 2");
    engine_close(db);
}

static void test_collapse(void **state) {
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_term("alpha");
    struct engine_search search = fixture_search(query);
    search.collapse = true;
    search.collapse_slot = SLOT_OUTLET;
    struct engine_result *result = fixture_run(db, &search);
    assert_int_equal(result->count, 3); /* ap, bbc, and the one without outlet */
    assert_int_equal(result->hits[0].docid, 2);
    assert_int_equal(result->hits[0].collapsed, 1);
    assert_int_equal(result->hits[1].docid, 1);
    assert_int_equal(result->hits[1].collapsed, 1);
    assert_int_equal(result->hits[2].docid, 3);
    assert_int_equal(result->hits[2].collapsed, 0);
    assert_int_equal(result->total_estimate, 3);
    engine_result_free(result);
    engine_query_free(query);
    engine_close(db);
}

static uint64_t count_of(const struct engine_facet_result *facet, const char *value) {
    for (size_t i = 0; i < facet->count; i++)
        if (facet->counts[i].len == strlen(value) && !memcmp(facet->counts[i].value, value, facet->counts[i].len))
            return facet->counts[i].count;
    return 0;
}

static void test_facets(void **state) {
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_words(ENGINE_OR, "alpha beta", 0);
    struct engine_search search = fixture_search(query);
    search.limit = 0;
    search.facets[0] = (struct engine_facet){.slot = SLOT_OUTLET};
    search.facets[1] = (struct engine_facet){.slot = SLOT_TAGS, .multi = true};
    search.facets[2] = (struct engine_facet){.slot = SLOT_YEAR, .number = true};
    search.facets[3] = (struct engine_facet){.slot = 99, .number = true};
    search.facet_count = 4;
    struct engine_result *result = fixture_run(db, &search);
    assert_int_equal(result->facets[0].count, 2);
    assert_int_equal(count_of(&result->facets[0], "ap"), 2);
    assert_int_equal(count_of(&result->facets[0], "bbc"), 2);
    assert_int_equal(result->facets[1].count, 4);
    assert_int_equal(count_of(&result->facets[1], "war"), 3);
    assert_int_equal(count_of(&result->facets[1], "press"), 3);
    assert_int_equal(count_of(&result->facets[1], "sport"), 1);
    assert_int_equal(count_of(&result->facets[1], "war-zone"), 1);
    assert_int_equal(result->facets[2].numbers, 4);
    assert_true(result->facets[2].min == -44);
    assert_true(result->facets[2].max == 2020);
    assert_true(result->facets[2].sum == 2020 + 2018 + 2020 - 44);
    assert_int_equal(result->facets[2].count, 3); /* 2020 twice */
    assert_int_equal(result->facets[3].numbers, 0);
    assert_int_equal(result->facets[3].count, 0);
    engine_result_free(result);
    search.facet_count = ENGINE_FACET_MAX + 1;
    assert_status(engine_search(db, &search, &result, &fixture_err), INVALID_VALUE);
    engine_query_free(query);
    engine_close(db);
}

static void test_facets_of_many_values(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    for (uint32_t i = 1; i <= 3000; i++) {
        struct engine_doc *doc = engine_doc_new();
        char value[16];
        int len = snprintf(value, sizeof value, "v%u", i % 1000);
        engine_doc_value(doc, 3, value, (size_t)len);
        fixture_take(db, i, doc);
    }
    assert_ok(engine_commit(db, &fixture_err));
    struct engine_query *query = engine_query_all();
    struct engine_search search = fixture_search(query);
    search.facets[0].slot = 3;
    search.facet_count = 1;
    struct engine_result *result = fixture_run(db, &search);
    assert_int_equal(result->facets[0].count, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(result->facets[0].counts[i].count, 3);
    engine_result_free(result);
    engine_query_free(query);
    engine_close(db);
}

static void test_damaged_facet_value(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    struct engine_doc *doc = engine_doc_new();
    engine_doc_value(doc, 0,
                     "\x05"
                     "ab",
                     3);
    fixture_take(db, 1, doc);
    assert_ok(engine_commit(db, &fixture_err));
    struct engine_query *query = engine_query_all();
    struct engine_search search = fixture_search(query);
    search.facets[0].multi = true;
    search.facet_count = 1;
    struct engine_result *result;
    assert_status(engine_search(db, &search, &result, &fixture_err), CORRUPT);
    engine_query_free(query);
    engine_close(db);
}

static void test_fetched(void **state) {
    static const uint32_t slots[] = {SLOT_OUTLET, 98, SLOT_YEAR};
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_term("delta");
    struct engine_search search = fixture_search(query);
    struct engine_result *result = fixture_run(db, &search);
    assert_null(result->hits[0].data.at);
    assert_null(result->hits[0].values);
    assert_true(result->hits[0].score > 0);
    engine_result_free(result);
    search.want_data = true;
    search.value_slots = slots;
    search.value_count = 3;
    engine_query_free(query);
    search.query = query = fixture_term("omega");
    result = fixture_run(db, &search);
    assert_int_equal(result->hits[0].data.len, 5);
    assert_memory_equal(result->hits[0].data.at, "omega", 5);
    assert_int_equal(result->hits[0].values[0].len, 2);
    assert_memory_equal(result->hits[0].values[0].at, "ap", 2);
    assert_int_equal(result->hits[0].values[1].len, 0);
    assert_true(result->hits[0].values[2].len > 0);
    engine_result_free(result);
    engine_query_free(query);
    engine_close(db);
}

static bool is_even(void *arg, uint32_t docid) {
    ++*(unsigned *)arg;
    return docid % 2 == 0;
}

static void test_decide(void **state) {
    struct engine_db *db = sample(state);
    unsigned asked = 0;
    struct engine_query *query = fixture_term("alpha");
    struct engine_search search = fixture_search(query);
    search.decide = is_even;
    search.decide_arg = &asked;
    search.facets[0].slot = SLOT_OUTLET;
    search.facet_count = 1;
    struct engine_result *result = fixture_run(db, &search);
    assert_int_equal(asked, 5);
    assert_int_equal(result->count, 2);
    assert_int_equal(result->total_lower, 2);
    assert_int_equal(result->total_upper, 2);
    assert_int_equal(count_of(&result->facets[0], "ap"), 2);
    assert_int_equal(count_of(&result->facets[0], "bbc"), 0);
    engine_result_free(result);
    engine_query_free(query);
    search.query = query = engine_query_all();
    fixture_expect_search(db, &search, "2 4 6");
    engine_query_free(query);
    engine_close(db);
}

struct told {
    struct buf terms;
    bool more;
};

static bool on_match(void *arg, const char *term, size_t len, uint32_t wdf, uint32_t documents) {
    struct told *told = arg;
    buf_printf(&told->terms, "%.*s:%u/%u ", (int)len, term, wdf, documents);
    return told->more;
}

static void expect_explained(struct engine_db *db, const struct engine_search *search, uint32_t docid, bool more,
                             const char *terms, double expected) {
    struct told told = {.more = more};
    double score = -1;
    buf_init(&told.terms, 0);
    buf_str(&told.terms, "");
    assert_ok(engine_explain(db, search, docid, on_match, &told, &score, &fixture_err));
    assert_string_equal(told.terms.data ? told.terms.data : "", terms);
    assert_float_equal(score, expected, 1e-9);
    buf_free(&told.terms);
}

static void test_explain(void **state) {
    struct engine_db *db = sample(state);
    struct engine_query *query = fixture_words(ENGINE_OR, "beta alpha omega", 0);
    struct engine_search search = fixture_search(query);
    struct engine_result *result = fixture_run(db, &search);
    for (size_t i = 0; i < result->count; i++) {
        if (result->hits[i].docid == 5)
            expect_explained(db, &search, 5, true, "alpha:1/5 beta:2/3 ", result->hits[i].score);
        if (result->hits[i].docid == 6) expect_explained(db, &search, 6, true, "omega:1/1 ", result->hits[i].score);
        if (result->hits[i].docid == 1) expect_explained(db, &search, 1, false, "alpha:1/5 ", result->hits[i].score);
    }
    uint32_t docids[] = {1, 2, 5, 6, 77};
    double scores[5];
    assert_ok(engine_scores(db, &search, docids, 5, scores, &fixture_err));
    for (size_t d = 0; d < 5; d++) {
        double expected = -1;
        for (size_t i = 0; i < result->count; i++)
            if (result->hits[i].docid == docids[d]) expected = result->hits[i].score;
        assert_float_equal(scores[d], expected, 1e-9);
    }
    docids[1] = 1;
    assert_status(engine_scores(db, &search, docids, 5, scores, &fixture_err), INVALID_VALUE);
    engine_result_free(result);
    expect_explained(db, &search, 77, true, "", 0);
    double score;
    assert_status(engine_explain(db, &search, 0, NULL, NULL, &score, &fixture_err), INVALID_VALUE);
    engine_query_free(query);
    search.query = query = fixture_words(ENGINE_AND, "alpha omega", 0);
    expect_explained(db, &search, 1, true, "", 0);
    engine_query_free(query);
    engine_close(db);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_ranking_and_pages),   CASE(test_weight),   CASE(test_totals), CASE(test_sort),
        CASE(test_sort_keys_are_apart), CASE(test_collapse), CASE(test_facets), CASE(test_facets_of_many_values),
        CASE(test_damaged_facet_value), CASE(test_fetched),  CASE(test_decide), CASE(test_explain),
    };
    engine_setup();
    return cmocka_run_group_tests_name("engine search", tests, NULL, NULL);
}
