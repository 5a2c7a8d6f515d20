/* Whole searches, compared with each other and with counting: parts of scores, filters, facets, collapsing, cursors,
 * fuzzy words, any bytes.
 * SPDX-License-Identifier: GPL-2.0-or-later
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

/* ---- filters ---- */

static const cJSON *find_hit(const cJSON *answer, const char *id) {
    const cJSON *hit = NULL;
    cJSON_ArrayForEach (hit, json_get(answer, "hits"))
        if (strcmp(json_get_string(hit, "id"), id) == 0) return hit;
    return NULL;
}

static int hits_of(const cJSON *answer) {
    return cJSON_GetArraySize(json_get(answer, "hits"));
}

static void expect_total(const cJSON *answer, int hits, const char *query) {
    const cJSON *total = json_get(answer, "total");
    if ((int)json_get(total, "value")->valuedouble == hits && strcmp(json_get_string(total, "relation"), "eq") == 0)
        return;
    fail_msg("%s: %d hits, a total of %s", query, hits, cJSON_Print(total));
}

/* A query that is well-formed, so that it may be a filter. */
static void clean_query(char *out, size_t size) {
    struct schema *schema = NULL;
    struct err err = ERR_NONE;
    assert_int_equal(schema_open(&schema, FOOTNOTE_SOURCE_DIR "/index-schema/schema.json", &err), ST_OK);
    for (bool good = false; !good;) {
        struct arena *arena = arena_new();
        struct query query;
        archive_query(&archive, &rng, out, size);
        query_parse(arena, schema, out, strlen(out), &query);
        good = query.warning_count == 0 && query.root->count > 0 && !query.pasted;
        arena_free(arena);
    }
    schema_close(schema);
}

static cJSON *plain_params(const char *query) {
    cJSON *params = query_params(query);
    cJSON_AddFalseToObject(params, "via_sources");
    return params;
}

static cJSON *search_filtered(const char *query, const char *filter) {
    cJSON *params = plain_params(query);
    cJSON_AddStringToObject(params, "filter", filter);
    return search(params);
}

/* A filter leaves those hits of the query that the filter as a query finds, too, with the scores that they had; it is
 * the same clause as one that must be there, without weight. */
static void filters(void **state) {
    (void)state;
    int seen = 0;
    for (int round = 0; round < 600; round++) {
        char query[QUERY_MAX], filter[QUERY_MAX], both[2 * QUERY_MAX + 16];
        const cJSON *hit = NULL;
        clean_query(query, sizeof query);
        clean_query(filter, sizeof filter);
        snprintf(both, sizeof both, "+(%s) +(%s)", query, filter);
        cJSON *filtered = search_filtered(query, filter), *all = search(plain_params(query)),
              *wanted = search(plain_params(filter));
        cJSON *must = search(plain_params(both));
        int expected = 0;
        cJSON_ArrayForEach (hit, json_get(all, "hits")) {
            const char *id = json_get_string(hit, "id");
            const cJSON *left = find_hit(filtered, id);
            bool in_both = find_hit(wanted, id) != NULL;
            expected += in_both;
            if (in_both != (left != NULL)) fail_msg("%s  filter %s: %s", query, filter, id);
            if (left && json_get(left, "score")->valuedouble != json_get(hit, "score")->valuedouble)
                fail_msg("%s  filter %s: %s has another score", query, filter, id);
            if (in_both != (find_hit(must, id) != NULL)) fail_msg("%s: %s", both, id);
        }
        assert_int_equal(hits_of(filtered), expected);
        assert_int_equal(hits_of(must), expected);
        expect_total(filtered, expected, query);
        for (int again = 0; again < 3; again++) { /* the second time makes a set of it, the third takes that */
            cJSON *same = search_filtered(query, filter);
            if (!cJSON_Compare(json_get(same, "hits"), json_get(filtered, "hits"), true))
                fail_msg("%s  filter %s: other hits when it comes again", query, filter);
            expect_total(same, expected, query);
            cJSON_Delete(same);
        }
        seen += expected;
        cJSON_Delete(filtered);
        cJSON_Delete(all);
        cJSON_Delete(wanted);
        cJSON_Delete(must);
    }
    assert_true(seen > 2000);
}

/* ---- facets ---- */

struct tally {
    char value[64];
    int count;
};

static void tally_add(struct tally *tallies, size_t *count, const char *value) {
    size_t len = 0, i = 0;
    const char *folded = analyser_fold(terms_analyser(archive.terms), value, strlen(value), &len);
    while (i < *count && strcmp(tallies[i].value, folded) != 0)
        i++;
    if (i == *count) snprintf(tallies[(*count)++].value, sizeof tallies->value, "%s", folded);
    tallies[i].count++;
}

static const struct made *made_of(const char *id) {
    for (size_t i = 0; i < archive.made_count; i++)
        if (strcmp(archive.made[i].id, id) == 0) return &archive.made[i];
    fail_msg("no article %s", id);
    return NULL;
}

static void tally_field(const struct made *made, int field, struct tally *tallies, size_t *count) {
    for (size_t i = 0; field == 0 && i < made->tag_count; i++)
        tally_add(tallies, count, made->tags[i]);
    for (size_t i = 0; field == 1 && i < made->author_count; i++)
        tally_add(tallies, count, made->authors[i]);
    for (size_t i = 0; field == 2 && i < made->domain_count; i++)
        tally_add(tallies, count, made->domains[i]);
    if (field == 3 && made->outlet) tally_add(tallies, count, made->outlet);
}

static void check_facet(const cJSON *list, const struct tally *tallies, size_t count, const char *query) {
    const cJSON *item = NULL;
    int before = INT32_MAX;
    if (cJSON_GetArraySize(list) != (int)count) fail_msg("%s: %s", query, cJSON_Print(list));
    cJSON_ArrayForEach (item, list) {
        size_t len = 0, i = 0;
        const char *value = json_get_string(item, "value");
        const char *folded = analyser_fold(terms_analyser(archive.terms), value, strlen(value), &len);
        int told = (int)json_get(item, "count")->valuedouble;
        while (i < count && strcmp(tallies[i].value, folded) != 0)
            i++;
        if (i == count || tallies[i].count != told) fail_msg("%s: %s is counted %d times", query, value, told);
        assert_true(told <= before);
        before = told;
    }
}

/* Facets are what counting the hits gives. */
static void facets(void **state) {
    (void)state;
    static const char *const fields[] = {"tag", "author", "domain", "outlet"};
    for (int round = 0; round < 500; round++) {
        char query[QUERY_MAX];
        const cJSON *hit = NULL;
        double cited = 0;
        archive_query(&archive, &rng, query, sizeof query);
        cJSON *params = query_params(query), *list = cJSON_AddArrayToObject(params, "facet");
        for (int f = 0; f < 4; f++)
            cJSON_AddItemToArray(list, cJSON_CreateString(fields[f]));
        cJSON_AddItemToArray(list, cJSON_CreateString("cited"));
        if (round % 3 == 0) cJSON_AddStringToObject(params, "filter", "published:2018..");
        cJSON *answer = search(params);
        expect_total(answer, hits_of(answer), query);
        assert_true(cJSON_IsTrue(json_get(answer, "facets_exact")));
        for (int f = 0; f < 4; f++) {
            struct tally tallies[32] = {0};
            size_t count = 0;
            cJSON_ArrayForEach (hit, json_get(answer, "hits"))
                tally_field(made_of(json_get_string(hit, "id")), f, tallies, &count);
            check_facet(json_get(json_get(answer, "facets"), fields[f]), tallies, count, query);
        }
        cJSON_ArrayForEach (hit, json_get(answer, "hits"))
            cited += (double)made_of(json_get_string(hit, "id"))->cited;
        const cJSON *figures = json_get(json_get(answer, "facet_stats"), "cited");
        assert_int_equal(json_get(figures, "count")->valuedouble, hits_of(answer));
        if (hits_of(answer) > 0)
            assert_float_equal(json_get(figures, "mean")->valuedouble, cited / hits_of(answer), 1e-9);
        cJSON_Delete(answer);
    }
}

/* One hit for each value: the first of it in the whole order; those behind it are counted. */
static void collapsed(void **state) {
    (void)state;
    for (int round = 0; round < 300; round++) {
        char query[QUERY_MAX];
        const cJSON *hit = NULL, *other = NULL;
        archive_query(&archive, &rng, query, sizeof query);
        cJSON *params = query_params(query), *all = search(query_params(query));
        cJSON_AddStringToObject(params, round % 2 ? "collapse" : "distinct", "outlet");
        cJSON *answer = search(params);
        int shown = 0;
        cJSON_ArrayForEach (hit, json_get(answer, "hits")) {
            const char *outlet = json_get_string(hit, "outlet");
            int same = 0;
            cJSON_ArrayForEach (other, json_get(all, "hits")) {
                const char *others = json_get_string(other, "outlet");
                bool is_same = outlet && others && strcmp(outlet, others) == 0;
                if (is_same && same == 0)
                    assert_float_equal(json_get(other, "score")->valuedouble, json_get(hit, "score")->valuedouble, 0);
                same += is_same;
            }
            int behind = outlet ? same - 1 : 0;
            if ((int)json_get(hit, "collapsed")->valuedouble != behind)
                fail_msg("%s: %s, %d behind it: %s", query, outlet ? outlet : "none", behind, cJSON_Print(hit));
            shown += 1 + behind;
        }
        assert_int_equal(shown, hits_of(all));
        expect_total(answer, hits_of(answer), query);
        cJSON_Delete(answer);
        cJSON_Delete(all);
    }
}

/* ---- cursors ---- */

static void add_ids(const cJSON *answer, char ids[][32], size_t *count) {
    const cJSON *hit = NULL;
    cJSON_ArrayForEach (hit, json_get(answer, "hits"))
        snprintf(ids[(*count)++], sizeof ids[0], "%s", json_get_string(hit, "id"));
}

/* Articles that nobody searches for until they are there. */
static void churn(int round) {
    struct arena *arena = arena_new();
    char id[32];
    snprintf(id, sizeof id, "w%u", rng_below(&rng, 20));
    if (round % 3 == 0)
        archive_delete(&archive, id);
    else
        archive_put(&archive, archive_invent(&archive, &rng, arena, id));
    archive_settle(&archive);
    arena_free(arena);
}

/* The pages of a query, one after the other. */
static size_t read_pages(const char *query, const char *sort, bool changes, char ids[][32]) {
    size_t count = 0;
    char cursor[8192] = "*";
    for (int page = 0; *cursor; page++) {
        cJSON *params = query_params(query);
        cJSON_ReplaceItemInObject(params, "limit", cJSON_CreateNumber(1 + rng_below(&rng, 20)));
        cJSON_AddStringToObject(params, "cursor", cursor);
        if (sort) cJSON_AddStringToObject(params, "sort", sort);
        cJSON *answer = search(params);
        const char *next = json_get_string(answer, "next_cursor");
        add_ids(answer, ids, &count);
        snprintf(cursor, sizeof cursor, "%s", next ? next : "");
        cJSON_Delete(answer);
        if (changes && page % 2 == 0) churn(page);
        assert_true(count < 900);
    }
    return count;
}

static size_t places_of(char ids[][32], size_t count, const char *id) {
    size_t places = 0;
    for (size_t i = 0; i < count; i++)
        places += strcmp(ids[i], id) == 0;
    return places;
}

static const char *const sorts[] = {NULL, "published", "outlet:asc"};

/* Pages by cursor are one large page. */
static void cursors(void **state) {
    (void)state;
    for (int round = 0; round < 150; round++) {
        char query[QUERY_MAX], ids[1000][32], whole[1000][32];
        size_t count = 0;
        archive_query(&archive, &rng, query, sizeof query);
        cJSON *params = query_params(query);
        if (sorts[round % 3]) cJSON_AddStringToObject(params, "sort", sorts[round % 3]);
        cJSON *answer = search(params);
        add_ids(answer, whole, &count);
        cJSON_Delete(answer);
        size_t paged = read_pages(query, sorts[round % 3], false, ids);
        if (paged != count) fail_msg("%s: %zu hits by pages, %zu at once", query, paged, count);
        for (size_t i = 0; i < count; i++)
            if (strcmp(ids[i], whole[i]) != 0) fail_msg("%s: hit %zu is %s, not %s", query, i, ids[i], whole[i]);
    }
}

/* While others come and go, what is there all the time comes once. */
static void cursors_amid_changes(void **state) {
    (void)state;
    for (int round = 0; round < 20; round++) {
        char query[QUERY_MAX], ids[1000][32];
        const cJSON *hit = NULL;
        do
            archive_query(&archive, &rng, query, sizeof query);
        while (strpbrk(query, "*~")); /* what they stand for changes with the words of others */
        size_t count = read_pages(query, sorts[round % 3], true, ids);
        cJSON *answer = search(query_params(query));
        int kept = 0;
        cJSON_ArrayForEach (hit, json_get(answer, "hits")) {
            const char *id = json_get_string(hit, "id");
            if (*id != 'm') continue;
            kept++;
            if (places_of(ids, count, id) != 1)
                fail_msg("%s: %s comes %zu times", query, id, places_of(ids, count, id));
        }
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(places_of(ids, count, ids[i]), 1);
            kept -= ids[i][0] == 'm';
        }
        if (kept != 0) fail_msg("%s: %d more or less", query, -kept);
        cJSON_Delete(answer);
    }
    for (int i = 0; i < 20; i++) {
        char id[32];
        snprintf(id, sizeof id, "w%d", i);
        archive_delete(&archive, id);
    }
    archive_settle(&archive);
}

/* ---- fuzzy words ---- */

static bool may_be_alike(const char *word) {
    for (const char *c = word; *c; c++)
        if (*c >= '0' && *c <= '9') return false;
    return true;
}

/* A fuzzy word stands for all words of the index within its distance, and for no others. */
static void fuzzy(void **state) {
    (void)state;
    for (int round = 0; round < 200; round++) {
        char query[QUERY_MAX];
        const struct made *made = &archive.made[rng_below(&rng, (unsigned)archive.made_count)];
        const struct chunk *chunk = &made->chunks[rng_below(&rng, (unsigned)made->chunk_count)];
        unsigned distance = 1 + rng_below(&rng, 2);
        if (chunk->count == 0) continue;
        const char *word = chunk->words[rng_below(&rng, (unsigned)chunk->count)].term;
        if (!may_be_alike(word) || strpbrk(word, ".'")) continue;
        snprintf(query, sizeof query, distance == 1 ? "%s~" : "%s~2", word);
        cJSON *params = plain_params(query);
        cJSON_AddTrueToObject(params, "explain");
        cJSON *answer = search(params);
        const cJSON *words =
                        json_get(cJSON_GetArrayItem(json_get(json_get(answer, "explain"), "expansions"), 0), "words"),
                    *item = NULL;
        int expected = 0;
        if (cJSON_GetArraySize(json_get(answer, "warnings")) > 0) { /* there were more than are searched */
            cJSON_Delete(answer);
            continue;
        }
        const char *seen[20000];
        size_t seen_count = 0;
        for (size_t m = 0; m < archive.made_count; m++)
            for (size_t c = 0; c < archive.made[m].chunk_count; c++)
                for (size_t i = 0; i < archive.made[m].chunks[c].count; i++) {
                    const char *said = archive.made[m].chunks[c].words[i].term;
                    size_t known = 0;
                    while (known < seen_count && strcmp(seen[known], said) != 0)
                        known++;
                    if (known < seen_count) continue;
                    seen[seen_count++] = said;
                    if (!may_be_alike(said) || model_distance(word, said) > distance) continue;
                    bool found = false;
                    expected++;
                    cJSON_ArrayForEach (item, words)
                        found = found || strcmp(json_get_string(item, "word"), said) == 0;
                    if (!found) fail_msg("%s does not stand for %s", query, said);
                }
        if (cJSON_GetArraySize(words) != expected) fail_msg("%s: %s", query, cJSON_Print(words));
        cJSON_Delete(answer);
    }
}

/* ---- any bytes ---- */

static void any_bytes(void **state) {
    (void)state;
    static const char *const params_of[] = {"query", "filter"};
    for (int round = 0; round < 3000; round++) {
        char text[200];
        size_t len = rng_below(&rng, sizeof text);
        struct err err = ERR_NONE;
        for (size_t i = 0; i < len; i++)
            text[i] = rng_below(&rng, 2) ? (char)(1 + rng_below(&rng, 255))
                                         : "()\"+-*~: ANDOR/.<>atheof"[rng_below(&rng, 24)];
        text[len] = '\0';
        cJSON *params = cJSON_CreateObject();
        cJSON_AddStringToObject(params, params_of[round % 2], text);
        cJSON *answer = archive_search(searcher, params, &err);
        bool refused = round % 2 && err.status == ST_QUERY_SYNTAX;
        if (!answer && !refused) fail_msg("%s: %s", text, err.text);
        cJSON_Delete(answer);
        cJSON_Delete(params);
    }
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
        cmocka_unit_test(explained), cmocka_unit_test(filters),   cmocka_unit_test(facets),
        cmocka_unit_test(collapsed), cmocka_unit_test(cursors),   cmocka_unit_test(cursors_amid_changes),
        cmocka_unit_test(fuzzy),     cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
