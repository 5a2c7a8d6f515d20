/* Whole searches, compared with each other: parts of scores, filters, facets, cursors.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "archive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARTICLES = 150, QUERY_MAX = 2000 };

static struct archive archive;
static struct searcher *searcher;
static struct rng rng;

static cJSON *query_params(const char *query) {
    cJSON *params = cJSON_CreateObject();
    cJSON_AddStringToObject(params, "query", query);
    cJSON_AddNumberToObject(params, "limit", 1000);
    return params;
}

static cJSON *search(cJSON *take_params) {
    struct err err = ERR_NONE;
    cJSON *answer = archive_search(searcher, take_params, &err);
    if (!answer) {
        char *text = cJSON_PrintUnformatted(take_params);
        fail_msg("%s: %s", text, err.text);
    }
    cJSON_Delete(take_params);
    return answer;
}

/* ---- explain ---- */

/* The parts of each hit's score add up to it, up to what is lost in four decimals. */
static size_t check_parts(const cJSON *answer, const char *query) {
    const cJSON *hit = NULL, *part = NULL;
    size_t scored = 0;
    cJSON_ArrayForEach (hit, json_get(answer, "hits")) {
        const cJSON *parts = json_get(json_get(hit, "explain"), "parts");
        double sum = 0, score = json_get(hit, "score")->valuedouble;
        assert_true(cJSON_IsArray(parts));
        cJSON_ArrayForEach (part, parts) {
            assert_non_null(json_get_string(part, "how"));
            sum += json_get(part, "score")->valuedouble;
        }
        scored += score > 0;
        if (fabs(sum - score) > 0.0001 * (cJSON_GetArraySize(parts) + 1)) {
            char *text = cJSON_Print(parts);
            fail_msg("%s: %s has %g, its parts %g: %s", query, json_get_string(hit, "id"), score, sum, text);
        }
    }
    return scored;
}

static void explained(void **state) {
    (void)state;
    static const char *const rankings[] = {"default", "deep", "plain"};
    size_t scored = 0;
    for (int round = 0; round < 1500; round++) {
        char query[QUERY_MAX];
        archive_query(&archive, &rng, query, sizeof query);
        cJSON *params = query_params(query);
        cJSON_AddTrueToObject(params, "explain");
        cJSON_AddStringToObject(params, "ranking", rankings[round % 3]);
        if (round % 4 == 1) cJSON_AddStringToObject(params, "decay", "published:1000");
        if (round % 4 == 2) cJSON_AddStringToObject(params, "boost", "cited:2:0.7");
        if (round % 5 == 1) cJSON_AddStringToObject(params, "in", "all");
        if (round % 7 == 1) cJSON_AddTrueToObject(params, "prefix");
        if (round % 9 == 1) cJSON_AddStringToObject(params, "filter", "outlet:gauge");
        cJSON *answer = search(params);
        scored += check_parts(answer, query);
        assert_non_null(json_get_string(json_get(answer, "explain"), "parsed"));
        cJSON_Delete(answer);
    }
    assert_true(scored > 5000);
}

/* ---- */

static int setup(void **state) {
    struct err err = ERR_NONE;
    (void)state;
    rng.state = rng_seed();
    archive_open(&archive);
    archive_fill(&archive, &rng, ARTICLES);
    return searcher_open(&searcher, archive.ix, archive.shared, &err) == ST_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    searcher_close(searcher);
    archive_close(&archive);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explained),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
