/* JSON Lines and JSON: records, faults with their place, and what a fault costs.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <string.h>

static const struct transcript_case lines[] = {
    {"a.jsonl", "{\"title\":\"A\"}\n{\"title\":\"B\"}\n", "1 {\"title\":\"A\"}\n2 {\"title\":\"B\"}\n"},
    {"a.jsonl", "{\"title\":\"A\"}\r\n\r\n  \n{\"title\":\"B\"}", "1 {\"title\":\"A\"}\n4 {\"title\":\"B\"}\n"},
    {"a.ndjson", "\xEF\xBB\xBF{\"title\":\"A\"}", "1 {\"title\":\"A\"}\n"},
    {"a.jsonl", "", ""},
    {"a.jsonl", "\n\n\r\n", ""},
    {"a.jsonl", "\xEF\xBB\xBF", ""},
    {"a.jsonl", "{\"title\":\"A\"}\n{\"title\" \"B\"}\n{\"title\":\"C\"}\n",
     "1 {\"title\":\"A\"}\n2:10 parse JSON: expected ':' behind a key, got '\"' <\"B\"}>\n3 {\"title\":\"C\"}\n"},
    {"a.jsonl", "{\"title\":\"A\"", "1:13 parse JSON: expected ',' or '}' in an object, got the end of the text <>\n"},
    {"a.jsonl", "  {\"a\":01}\n", "1:9 parse JSON: expected no digit behind a leading zero, got '1' <1}>\n"},
    {"a.jsonl", "7\n[{\"title\":\"A\"}]\n",
     "1:1 invalid_record expected an object, got a number\n2:1 invalid_record expected an object, got a list\n"},
    {"a.jsonl", "{\"title\":\"caf\xE9\"}\n{\"title\":\"B\"}\n",
     "1:14 parse JSON: expected valid UTF-8, got byte 0xe9 <\xE9\"}>\n2 {\"title\":\"B\"}\n"},
    {"a.jsonl", "{\"title\":\"\\ud800\"}\n", "1:11 parse JSON: expected no lone surrogate <\\ud800\"}>\n"},
    {"a.jsonl", "{\"id\":1,\"id\":2}\n", "1:9 parse JSON: duplicate key 'id' <\"id\":2}>\n"},
};

static const struct transcript_case values[] = {
    {"a.json", "{\"title\":\"A\"}", "1 {\"title\":\"A\"}\n"},
    {"a.json", "\n {\n  \"title\": \"A\"\n }\n", "2 {\"title\":\"A\"}\n"},
    {"a.json", "[]", ""},
    {"a.json", " ", ""},
    {"a.json", "[\n {\"title\":\"A\"},\n {\"title\":\"B\"}\n]\n", "2 {\"title\":\"A\"}\n3 {\"title\":\"B\"}\n"},
    {"a.json", "[{\"title\":\"[{]},\\\"\"},{\"title\":\"B\\\\\"}]",
     "1 {\"title\":\"[{]},\\\"\"}\n1 {\"title\":\"B\\\\\"}\n"},
    {"a.json", "{\"title\":\"A\"}\n{\"title\":\"B\"}\n[{\"title\":\"C\"}]",
     "1 {\"title\":\"A\"}\n2 {\"title\":\"B\"}\n3 {\"title\":\"C\"}\n"},
    /* A fault stays in its record. */
    {"a.json", "[{\"title\":\"A\"},\n {\"title\":tru},\n {\"title\":\"C\"}]",
     "1 {\"title\":\"A\"}\n2:14 parse JSON: expected true, false or null, got '}' <}>\n3 {\"title\":\"C\"}\n"},
    {"a.json", "[{\"a\":[1},{\"title\":\"B\"}]",
     "1:9 parse JSON: expected ',' or ']' in an array, got '}' <}>\n1 {\"title\":\"B\"}\n"},
    {"a.json", "[{\"a\":1]},\n{\"title\":\"B\"}]",
     "1:8 parse JSON: expected ',' or '}' in an object, got the end of the text <>\n"
     "1:9 invalid_format expected a record, got a closing bracket\n"
     "1:10 invalid_format expected a record, got ','\n2 {\"title\":\"B\"}\n"
     "2:14 invalid_format expected a record, got a closing bracket\n"},
    {"a.json", "[{\"title\":\"A\n\"},{\"title\":\"B\"}]",
     "1:13 parse JSON: expected control characters to be escaped in a string, got byte 0x0a <\n\"}>\n"
     "2 {\"title\":\"B\"}\n"},
    {"a.json", "[{\"title\":\"A\"} {\"title\":\"B\"}]",
     "1 {\"title\":\"A\"}\n1:16 invalid_format expected ',' between two records\n1 {\"title\":\"B\"}\n"},
    {"a.json", "[{\"title\":\"A\"},]", "1 {\"title\":\"A\"}\n1:16 invalid_format expected a record behind ','\n"},
    {"a.json", "[{\"title\":\"A\"},,{\"title\":\"B\"}]",
     "1 {\"title\":\"A\"}\n1:16 invalid_format expected a record, got ','\n1 {\"title\":\"B\"}\n"},
    {"a.json", "[1, \"a,b\", null, {\"title\":\"B\"}]",
     "1:2 invalid_record expected an object, got a number\n1:5 invalid_record expected an object, got a string\n"
     "1:12 invalid_record expected an object, got null\n1 {\"title\":\"B\"}\n"},
    {"a.json", "[{\"title\":\"A\"}",
     "1 {\"title\":\"A\"}\n1:15 invalid_format expected ']' behind the last record, got the end of the file\n"},
    {"a.json", "[{\"title\":\"A\"},{\"title\":\"B\"",
     "1 {\"title\":\"A\"}\n1:28 parse JSON: expected ',' or '}' in an object, got the end of the text <>\n"},
};

/* {"articles": […], "sources": […]} is read element by element. */
static const struct transcript_case bundles[] = {
    {"a.json", "{\"articles\":[{\"title\":\"A\"},{\"title\":\"B\"}],\"sources\":[{\"url\":\"https://a.example/\"}]}",
     "1 {\"title\":\"A\"}\n1 {\"title\":\"B\"}\n1 {\"url\":\"https://a.example/\",\"kind\":\"source\"}\n"},
    {"a.json", "{ \"articles\" : [ ] , \"made\": {\"by\":[\"}\"]}, \"n\": 12 , \"sources\":[]}\n{\"title\":\"A\"}",
     "2 {\"title\":\"A\"}\n"},
    {"a.json", "{\"articles\":\"none\",\"title\":\"A\"}", "1 {\"articles\":\"none\",\"title\":\"A\"}\n"},
    {"a.json", "{\"artikel\":\"none\",\"title\":\"A\"}", "1 {\"artikel\":\"none\",\"title\":\"A\"}\n"},
    {"a.json", "{\"articles\":[{\"title\":\"A\"}] \"x\"}",
     "1 {\"title\":\"A\"}\n1:29 invalid_format expected ',' or '}' behind a list of records; the rest of the file is "
     "not "
     "read\n"},
    {"a.json", "{\"articles\":[{\"title\":\"A\"}],\"sources\":{}}",
     "1 {\"title\":\"A\"}\n1:39 invalid_format expected a list of records behind this key; the rest of the file is not "
     "read\n"},
    {"a.json", "{\"articles\":[{\"title\":\"A\"}]",
     "1 {\"title\":\"A\"}\n1:28 invalid_format expected '}' behind the lists of records, got the end of the file\n"},
};

static const struct transcript_case detected[] = {
    {NULL, "{\"title\":\"A\"}\n{\"title\":\"B\"}\n", "1 {\"title\":\"A\"}\n2 {\"title\":\"B\"}\n"},
    {NULL, "{\"title\":\"A\"}\nnonsense\n{\"title\":\"B\"}\n",
     "1 {\"title\":\"A\"}\n2:2 parse JSON: expected true, false or null, got 'o' <onsense>\n3 {\"title\":\"B\"}\n"},
    {"data.bin", "{\n\"title\":\"A\"}", "1 {\"title\":\"A\"}\n"},
    {"-", " [ {\"title\":\"A\"}]", "1 {\"title\":\"A\"}\n"},
    {"dir.d/stdin", "{\"articles\":[{\"title\":\"A\"}]}", "1 {\"title\":\"A\"}\n"},
    {"A.JSON", "[{\"title\":\"A\"}]", "1 {\"title\":\"A\"}\n"},
    {"/tmp/x.jsonl.gz", "{\"title\":\"A\"}", "1 {\"title\":\"A\"}\n"}, /* the name says .gz, the bytes decide */
};

static void test_lines(void **state) {
    (void)state;
    transcript_check(lines, sizeof lines / sizeof *lines);
}

static void test_values(void **state) {
    (void)state;
    transcript_check(values, sizeof values / sizeof *values);
}

static void test_bundles(void **state) {
    (void)state;
    transcript_check(bundles, sizeof bundles / sizeof *bundles);
}

static void test_detected(void **state) {
    (void)state;
    transcript_check(detected, sizeof detected / sizeof *detected);
}

/* A NUL ends nothing here: it is a wrong byte like others. */
static void test_nul(void **state) {
    (void)state;
    struct import_options options = test_options();
    static const char text[] = "[x\0y, \0,{\"title\":\"A\"}]";
    options.name = "a.json";
    for (size_t chunk = 0; chunk < sizeof text; chunk++) {
        char *found = transcript(&options, text, sizeof text - 1, chunk);
        assert_string_equal(found, "1:2 parse JSON: expected a value, got 'x' <x>\n"
                                   "1:7 parse JSON: expected a value, got byte 0x00 <>\n1 {\"title\":\"A\"}\n");
        mem_free(found);
    }
}

static void test_unknown_format(void **state) {
    (void)state;
    struct import_options options = test_options();
    struct importer *importer;
    struct err err = ERR_NONE;
    options.format = "docx";
    assert_int_equal(importer_open(&importer, test_rules(), &options, &err), ST_INVALID_VALUE);
    assert_string_equal(err.param, "format");
    assert_string_equal(err.text, "format: expected one of jsonld, jsonl, json, markdown, html, csv, text, "
                                  "auto, got \"docx\"");
    assert_null(importer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),    cmocka_unit_test(test_values),         cmocka_unit_test(test_bundles),
        cmocka_unit_test(test_detected), cmocka_unit_test(test_unknown_format), cmocka_unit_test(test_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
