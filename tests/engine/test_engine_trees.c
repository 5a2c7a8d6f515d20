/* Trees of operators at random: what they match and how they score, compared with a model that knows only leaves.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The seed is $FOOTNOTE_SEED, else fixed; it is printed. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS = 200, WORDS = 8, TREES = 3000, DEPTH = 4 };

static uint64_t seed = 20251008;
static uint32_t docids[DOCUMENTS];
static char texts[DOCUMENTS][256];

static unsigned below(unsigned limit) { /* xorshift64* */
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (unsigned)((seed * 0x2545F4914F6CDD1DULL >> 33) % limit);
}

static struct engine_db *sample(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        char *text = texts[i];
        for (unsigned w = 1 + below(12); w > 0; w--)
            sprintf(text + strlen(text), "%s%c", *text ? " " : "", 'a' + (char)(below(WORDS) * below(WORDS) / WORDS));
        docids[i] = i + 1;
        fixture_put(db, i + 1, text);
    }
    assert_ok(engine_commit(db, &fixture_err));
    return db;
}

/* The scores of a query, -1 where it does not match. */
static void measure(struct engine_db *db, const struct engine_query *query, double *out) {
    struct engine_search search = fixture_search(query);
    assert_ok(engine_scores(db, &search, docids, DOCUMENTS, out, &fixture_err));
}

static struct engine_query *leaf(struct engine_db *db, double *model) {
    char words[4] = {(char)('a' + below(WORDS)), ' ', (char)('a' + below(WORDS)), 0};
    struct engine_query *query = NULL;
    if (words[0] == words[2] || below(2)) {
        words[1] = 0;
        query = fixture_term(words);
    } else {
        unsigned window = 2 + below(3);
        query = fixture_words(below(2) ? ENGINE_PHRASE : ENGINE_NEAR, words, window);
    }
    measure(db, query, model);
    return query;
}

static double join(enum engine_op op, double a, double b) {
    double sum = (a > 0 ? a : 0) + (b > 0 ? b : 0);
    switch (op) {
    case ENGINE_OR: return a < 0 && b < 0 ? -1 : sum;
    case ENGINE_AND: return a < 0 || b < 0 ? -1 : sum;
    case ENGINE_AND_NOT: return a < 0 || b >= 0 ? -1 : a;
    case ENGINE_FILTER: return a < 0 || b < 0 ? -1 : a;
    default: return a < 0 ? -1 : sum; /* AND_MAYBE */
    }
}

static struct engine_query *tree(struct engine_db *db, int depth, double *model) {
    static const enum engine_op ops[] = {ENGINE_OR,      ENGINE_OR,     ENGINE_AND,
                                         ENGINE_AND_NOT, ENGINE_FILTER, ENGINE_AND_MAYBE};
    double right[DOCUMENTS];
    if (depth == 0 || below(5) == 0) return leaf(db, model);
    enum engine_op op = ops[below(sizeof ops / sizeof *ops)];
    struct engine_query *both[2];
    both[0] = tree(db, depth - 1, model);
    both[1] = tree(db, depth - 1, right);
    for (size_t i = 0; i < DOCUMENTS; i++)
        model[i] = join(op, model[i], right[i]);
    return engine_query_op(op, both, 2, 0);
}

static void check(struct engine_db *db, const struct engine_query *query, const double *model) {
    struct engine_search search = fixture_search(query);
    double found[DOCUMENTS];
    search.limit = DOCUMENTS;
    struct engine_result *result = fixture_run(db, &search);
    for (size_t i = 0; i < DOCUMENTS; i++)
        found[i] = -1;
    for (size_t i = 0; i < result->count; i++)
        found[result->hits[i].docid - 1] = result->hits[i].score;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        if (found[i] - model[i] < 1e-9 && model[i] - found[i] < 1e-9) continue;
        char *text = NULL;
        assert_ok(engine_query_describe(query, &text, &fixture_err));
        fail_msg("document %u, %s, has %g, should have %g: %s", docids[i], texts[i], found[i], model[i], text);
    }
    engine_result_free(result);
}

static int greatest_first(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The first page has the best: what is passed over on the way could not have been on it. */
static void check_best(struct engine_db *db, const struct engine_query *query, double *model) {
    struct engine_search search = fixture_search(query);
    search.limit = 5;
    search.check_at_least = 5;
    struct engine_result *result = fixture_run(db, &search);
    qsort(model, DOCUMENTS, sizeof *model, greatest_first);
    for (size_t i = 0; i < result->count; i++) {
        char *text = NULL;
        if (result->hits[i].score - model[i] < 1e-9 && model[i] - result->hits[i].score < 1e-9) continue;
        assert_ok(engine_query_describe(query, &text, &fixture_err));
        fail_msg("hit %zu has %g, should have %g: %s", i, result->hits[i].score, model[i], text);
    }
    assert_true(result->count == 5 || model[result->count] < 0);
    engine_result_free(result);
}

static void test_trees(void **state) {
    const char *given = getenv("FOOTNOTE_SEED");
    if (given) seed = strtoull(given, NULL, 10);
    printf("FOOTNOTE_SEED=%llu\n", (unsigned long long)seed);
    struct engine_db *db = sample(state);
    for (int i = 0; i < TREES; i++) {
        double model[DOCUMENTS];
        struct engine_query *query = tree(db, DEPTH, model);
        check(db, query, model);
        check_best(db, query, model);
        engine_query_free(query);
    }
    engine_close(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_trees, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
