/* Queries from real text with every operator put in at random, on several threads, while articles are written and
 * deleted: no error, and the hits among the articles that stay are those that the model says.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   test_storm [QUERIES]      default 10,000, over THREADS threads
 *
 * The seed is printed; $FOOTNOTE_SEED sets it. */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "archive.h"
#include "model.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 3, ARTICLES = 60, CHURN = 40, QUERY_MAX = 2000 };

static struct archive archive;
static struct schema *schema;
static uint64_t seed;
static int queries = 10000;
static atomic_int left;
static atomic_bool over;
static atomic_int checked, told_wrong;

/* cmocka's own failures jump, which only its own thread may. */
static void wrong(const char *query, const char *what, const char *id) {
    if (atomic_fetch_add(&told_wrong, 1) < 10) printf("WRONG  %s  %s %s\n", query, what, id);
}

struct searching {
    struct searcher *searcher;
    struct model model;
    struct rng rng;
};

static bool is_expanded_less(const cJSON *answer) {
    const cJSON *warning = NULL;
    cJSON_ArrayForEach (warning, json_get(answer, "warnings")) {
        const char *code = json_get_string(warning, "code");
        if (strcmp(code, "expansion_limit") == 0) return true;
    }
    return false;
}

static bool has_hit(const cJSON *answer, const char *id) {
    const cJSON *hit = NULL;
    cJSON_ArrayForEach (hit, json_get(answer, "hits"))
        if (strcmp(json_get_string(hit, "id"), id) == 0) return true;
    return false;
}

/* NULL: none.  They come again and again, so that they are taken from the cache. */
static const char *const filters[] = {NULL,
                                      NULL,
                                      NULL,
                                      "outlet:gauge",
                                      "tag:boats published:2018..",
                                      "lang:en -tag:food",
                                      "author:(quill ink) +cited:1..",
                                      "title:the OR tag:*"};

static bool passes(struct model *model, const char *filter, const struct made *made) {
    struct query query;
    if (!filter) return true;
    query_parse(model->arena, schema, filter, strlen(filter), &query);
    return model_matches(model, &query, made);
}

/* via: articles are found by what they cite, too, so that there may be more. */
static void check(struct searching *searching, const char *text, const char *filter, const cJSON *answer, bool via) {
    struct model *model = &searching->model;
    struct query query;
    arena_free(model->arena);
    model->arena = arena_new();
    query_parse(model->arena, schema, text, strlen(text), &query);
    if (!model_knows(model, &query) || is_expanded_less(answer)) return;
    atomic_fetch_add(&checked, 1);
    for (size_t i = 0; i < archive.made_count; i++) {
        const struct made *made = &archive.made[i];
        bool should = passes(model, filter, made) && model_matches(model, &query, made),
             does = has_hit(answer, made->id);
        if (should && !does) wrong(text, "does not find", made->id);
        if (!should && does && !via) wrong(text, "finds", made->id);
    }
}

static void search(struct searching *searching) {
    static const char *const rankings[] = {"default", "deep", "plain"};
    struct rng *rng = &searching->rng;
    struct err err = ERR_NONE;
    char query[QUERY_MAX];
    unsigned ranking = rng_below(rng, 8) ? rng_below(rng, 2) : 2;
    bool via = rng_below(rng, 4) == 0, typing = rng_below(rng, 16) == 0;
    const char *filter = filters[rng_below(rng, sizeof filters / sizeof *filters)];
    archive_query(&archive, rng, query, sizeof query);
    cJSON *params = cJSON_CreateObject();
    cJSON_AddStringToObject(params, "query", query);
    cJSON_AddNumberToObject(params, "limit", 1000);
    cJSON_AddBoolToObject(params, "via_sources", via);
    cJSON_AddFalseToObject(params, "synonyms");
    cJSON_AddStringToObject(params, "ranking", rankings[ranking]);
    if (filter) cJSON_AddStringToObject(params, "filter", filter);
    if (typing) cJSON_AddTrueToObject(params, "prefix");
    if (rng_below(rng, 4) == 0) cJSON_AddTrueToObject(params, "html");
    if (rng_below(rng, 8) == 0) cJSON_AddTrueToObject(params, "explain");
    if (rng_below(rng, 8) == 0) cJSON_AddStringToObject(params, "sort", rng_below(rng, 2) ? "published" : "outlet");
    if (rng_below(rng, 8) == 0) cJSON_AddStringToObject(params, "facet", "tag");
    if (rng_below(rng, 8) == 0) cJSON_AddNumberToObject(params, "fragments", 3);
    if (rng_below(rng, 8) == 0) cJSON_AddStringToObject(params, "decay", "published");
    cJSON *answer = archive_search(searching->searcher, params, &err);
    if (!answer)
        wrong(query, "is an error:", err.text);
    else if (ranking != 2 && !typing)
        check(searching, query, filter, answer, via);
    cJSON_Delete(answer);
    cJSON_Delete(params);
}

static void *run_searches(void *arg) {
    struct searching *searching = arg;
    while (atomic_fetch_sub(&left, 1) > 0)
        search(searching);
    return NULL;
}

static void *run_writes(void *arg) {
    struct rng rng = {.state = seed ^ 0x5bd1e995};
    (void)arg;
    while (!atomic_load(&over)) {
        struct arena *arena = arena_new();
        char id[32];
        snprintf(id, sizeof id, "w%u", rng_below(&rng, CHURN));
        if (rng_below(&rng, 3) == 0)
            archive_delete(&archive, id);
        else
            archive_put(&archive, archive_invent(&archive, &rng, arena, id));
        arena_free(arena);
        usleep(1000 * rng_below(&rng, 5)); /* a writer that leaves some time to the searches */
    }
    return NULL;
}

static void storm(void **state) {
    (void)state;
    struct searching searching[THREADS];
    pthread_t threads[THREADS], writer;
    struct err err = ERR_NONE;
    atomic_store(&left, queries);
    for (int i = 0; i < THREADS; i++) {
        searching[i].rng.state = seed + 7919u * (unsigned)(i + 1);
        model_open(&searching[i].model, &archive, schema);
        assert_int_equal(searcher_open(&searching[i].searcher, archive.ix, archive.shared, &err), ST_OK);
    }
    assert_int_equal(pthread_create(&writer, NULL, run_writes, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_searches, &searching[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    atomic_store(&over, true);
    pthread_join(writer, NULL);
    for (int i = 0; i < THREADS; i++) {
        searcher_close(searching[i].searcher);
        model_close(&searching[i].model);
    }
    printf("%d queries, %d of them checked by the model\n", queries, atomic_load(&checked));
    assert_int_equal(atomic_load(&told_wrong), 0);
    assert_true(atomic_load(&checked) > queries / 4);
}

static int setup(void **state) {
    struct err err = ERR_NONE;
    (void)state;
    seed = rng_seed();
    struct rng rng = {.state = seed};
    archive_open(&archive);
    archive_fill(&archive, &rng, ARTICLES);
    return schema_open(&schema, FOOTNOTE_SOURCE_DIR "/index-schema/schema.json", &err) == ST_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    archive_close(&archive);
    schema_close(schema);
    return 0;
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storm),
    };
    if (argc > 1) queries = atoi(argv[1]);
    return cmocka_run_group_tests(tests, setup, teardown);
}
