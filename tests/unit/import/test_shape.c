/* Values brought into shape: dates, ids, lists, empty fields, places of links, titles.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct shape_case {
    enum when_order order;
    const char *prefix, *record, *expected;
};

static const struct shape_case cases[] = {
    /* Dates. */
    {WHEN_MDY, NULL, "{\"published\":\"10/8/2025\",\"updated\":\"Oct. 9, 2025\"}",
     "{\"published\":\"2025-10-08\",\"updated\":\"2025-10-09\"}"},
    {WHEN_DMY, NULL, "{\"published\":\"10-8-2025\",\"when\":\"10-8-2025\"}",
     "{\"published\":\"2025-08-10\",\"when\":\"10-8-2025\"}"},
    {WHEN_ISO, NULL, "{\"published\":\"2025-7-4\",\"updated\":\"2025-07-04T10:00:00Z\"}",
     "{\"published\":\"2025-07-04\",\"updated\":\"2025-07-04T10:00:00Z\"}"},
    {WHEN_DMY, NULL,
     "{\"claims\":[{\"text\":\"c\",\"date\":\"1 May 2020\"}],\"sources\":[{\"n\":4,\"published\":2019}]}",
     "{\"claims\":[{\"text\":\"c\",\"date\":\"2020-05-01\"}],\"sources\":[{\"n\":4,\"published\":\"2019\"}]}"},
    /* Ids. */
    {WHEN_MDY, NULL, "{\"id\":17}", "{\"id\":\"17\"}"},
    {WHEN_MDY, "set:", "{\"id\":17}", "{\"id\":\"set:17\"}"},
    {WHEN_MDY, "set:", "{\"id\":\"a\"}", "{\"id\":\"set:a\"}"},
    {WHEN_MDY, "set:", "{\"title\":\"a\"}", "{\"title\":\"a\"}"},
    {WHEN_MDY, NULL, "{\"id\":1.5}", "{\"id\":1.5}"}, /* for the archive to refuse */
    /* Empty fields of ours go, others stay. */
    {WHEN_MDY, NULL, "{\"title\":\"\",\"summary\":null,\"authors\":\"\",\"published\":\" \",\"x\":\"\",\"y\":null}",
     "{\"x\":\"\",\"y\":null}"},
    {WHEN_MDY, NULL, "{\"sections\":[{\"heading\":\"\",\"text\":\"\"}],\"claims\":[{\"text\":\"\",\"id\":\"\"}]}",
     "{\"sections\":[{\"text\":\"\"}],\"claims\":[{\"id\":\"\"}]}"},
    /* Lists. */
    {WHEN_MDY, NULL, "{\"authors\":\"A\",\"tags\":\"b, c\"}", "{\"authors\":[\"A\"],\"tags\":[\"b, c\"]}"},
    {WHEN_MDY, NULL, "{\"sources\":[\"https://a.example/\",{\"url\":\"https://b.example/\",\"n\":7},\"c\"]}",
     "{\"sources\":[{\"url\":\"https://a.example/\",\"n\":1},{\"url\":\"https://b.example/\",\"n\":7},"
     "{\"url\":\"c\",\"n\":3}]}"},
    {WHEN_MDY, NULL, "{\"sources\":\"https://a.example/\"}",
     "{\"sources\":[{\"url\":\"https://a.example/\",\"n\":1}]}"},
    {WHEN_MDY, NULL, "{\"sources\":{\"url\":\"u\"},\"authors\":[{}]}",
     "{\"sources\":{\"url\":\"u\"},\"authors\":[{}]}"},
    /* Links: characters, not bytes. */
    {WHEN_MDY, NULL, "{\"text\":\"äöü\",\"sources\":[{\"n\":1,\"start\":1,\"end\":3}]}",
     "{\"text\":\"äöü\",\"sources\":[{\"n\":1,\"start\":1,\"end\":3}]}"},
    {WHEN_MDY, NULL, "{\"text\":\"äöü\",\"sources\":[{\"n\":1,\"start\":1,\"end\":4},{\"n\":2,\"start\":2,\"end\":1}]}",
     "{\"text\":\"äöü\",\"sources\":[{\"n\":1,\"place\":{\"start\":1,\"end\":4}},{\"n\":2,\"place\":{\"start\":2,"
     "\"end\":1}}]}"},
    {WHEN_MDY, NULL, "{\"title\":\"A\",\"sources\":[{\"n\":1,\"start\":0,\"end\":0}]}",
     "{\"title\":\"A\",\"sources\":[{\"n\":1,\"place\":{\"start\":0,\"end\":0}}]}"},
    /* A record without title and text. */
    {WHEN_MDY, NULL, "{\"url\":\"https://a.example/who-was-it\",\"text\":\"\"}",
     "{\"url\":\"https://a.example/who-was-it\",\"title\":\"https://a.example/who-was-it\"}"},
    {WHEN_MDY, NULL, "{\"url\":\"https://a.example/\",\"text\":\"A\"}",
     "{\"url\":\"https://a.example/\",\"text\":\"A\"}"},
    {WHEN_MDY, NULL, "{\"kind\":\"source\",\"url\":\"https://a.example/\",\"status_since\":\"May 2, 2024\"}",
     "{\"kind\":\"source\",\"url\":\"https://a.example/\",\"status_since\":\"2024-05-02\"}"},
};

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_options options = test_options();
        options.name = "a.jsonl";
        options.date_order = cases[i].order;
        options.id_prefix = cases[i].prefix;
        cJSON *record = import_one(&options, cases[i].record);
        assert_json(record, cases[i].expected);
        cJSON_Delete(record);
    }
}

/* Each costs its record only, and all faults of a record are told. */
static const struct transcript_case faults[] = {
    {"a.jsonl", "{\"published\":\"yesterday\"}\n{\"title\":\"A\"}\n",
     "1:1 invalid_record published: expected a date like 2025-10-08, got \"yesterday\"\n2 {\"title\":\"A\"}\n"},
    {"a.jsonl", "{\"published\":\"x\",\"updated\":\"2025-02-30\",\"sources\":[{},{\"published\":\"y\"}]}",
     "1:1 invalid_record published: expected a date like 2025-10-08, got \"x\"; updated: expected a date like "
     "2025-10-08, got \"2025-02-30\"; sources[1].published: expected a date like 2025-10-08, got \"y\"\n"},
    {"a.json", "[\n  {\"claims\":[{\"date\":\"soon, or later, or never in all of the days to come\"}]}]",
     "2:3 invalid_record claims[0].date: expected a date like 2025-10-08, got \"soon, or later, or never in all of the "
     "d"
     "…\"\n"},
};

static void test_faults(void **state) {
    (void)state;
    transcript_check(faults, sizeof faults / sizeof *faults);
}

/* More faults than a line can hold are counted. */
static void test_many_faults(void **state) {
    (void)state;
    struct import_options options = test_options();
    struct buf text;
    buf_init(&text, 0);
    buf_str(&text, "{\"claims\":[");
    for (int i = 0; i < 50; i++)
        buf_printf(&text, "%s{\"date\":\"never ever\"}", i ? "," : "");
    buf_str(&text, "]}");
    options.name = "a.jsonl";
    char *found = transcript(&options, text.data, text.len, 0);
    const char *more = strstr(found, "; and ");
    assert_non_null(more);
    int told = 0;
    for (const char *at = found; (at = strstr(at, "never ever")); at++)
        told++;
    assert_int_equal(atoi(more + 6) + told, 50);
    mem_free(found);
    buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_faults),
                                       cmocka_unit_test(test_many_faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
