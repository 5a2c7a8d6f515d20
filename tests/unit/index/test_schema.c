/* Schemas: the one that is installed, and a table of wrong ones with the place that each diagnostic names.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/schema.h"

#include <stdio.h>
#include <string.h>

#define ID           "{\"name\":\"id\",\"from\":\"@id\",\"type\":\"keyword\",\"prefix\":\"Q\"}"
#define WITH(fields) "{\"format\":1,\"articles\":[" ID "," fields "],\"sources\":[" ID "]}"

static void installed(void **state) {
    (void)state;
    struct schema *schema = NULL;
    struct err err = ERR_NONE;
    if (schema_open(&schema, FOOTNOTE_SOURCE_DIR "/index-schema/schema.json", &err) != ST_OK) fail_msg("%s", err.text);
    const struct field *author = schema_field(schema, STORE_ARTICLE, "authors", 7);
    assert_non_null(author);
    assert_string_equal(author->name, "author");
    assert_ptr_equal(author, schema_field(schema, STORE_ARTICLE, "author", 6));
    assert_null(schema_field(schema, STORE_ARTICLE, "autho", 5));
    assert_null(schema_field(schema, STORE_SOURCE, "author", 6));
    assert_int_equal(strlen(schema->fingerprint), 32);
    schema_close(schema);
    schema_close(NULL);
    assert_int_equal(schema_open(&schema, FOOTNOTE_SOURCE_DIR "/index-schema/none.json", &err), ST_NOT_FOUND);
}

/* What each of these says must have the place and what was expected there. */
static const struct {
    const char *json, *place, *expected;
} wrong[] = {
    {"", "t.json:1:1", ""},
    {"{\n \"format\": 1,,}", "t.json:2:", ""},
    {"[]", "the whole", "an object"},
    {"{}", "format", "1"},
    {"{\"format\":2}", "format", "1"},
    {"{\"format\":1,\"colour\":1}", "colour", "unknown member"},
    {"{\"format\":1,\"language\":5}", "language", "en"},
    {"{\"format\":1,\"language\":\"\"}", "language", "en"},
    {"{\"format\":1,\"ranking\":[]}", "ranking", "an object"},
    {"{\"format\":1,\"ranking\":{\"k9\":1}}", "k9", "unknown member"},
    {"{\"format\":1,\"ranking\":{\"b\":2}}", "ranking.b", "0 to 1"},
    {"{\"format\":1,\"ranking\":{\"k1\":\"x\"}}", "ranking.k1", "0 to 100"},
    {"{\"format\":1}", "articles", "1 to 200 fields"},
    {"{\"format\":1,\"articles\":[]}", "articles", "1 to 200 fields"},
    {"{\"format\":1,\"articles\":{}}", "articles", "1 to 200 fields"},
    {"{\"format\":1,\"articles\":[" ID "]}", "sources", "1 to 200 fields"},
    {"{\"format\":1,\"articles\":[{\"name\":\"t\",\"type\":\"text\",\"body\":true}],\"sources\":[" ID "]}", "articles",
     "@id with prefix Q"},
    {WITH("7"), "articles[1].name", "an object"},
    {WITH("{}"), "articles[1].name", "small letters"},
    {WITH("{\"name\":\"Title\",\"type\":\"text\"}"), "articles[1].name", "small letters"},
    {WITH("{\"name\":\"x\"}"), "articles[1].type", "text, name, keyword, date, number"},
    {WITH("{\"name\":\"x\",\"type\":\"words\"}"), "articles[1].type", "text, name, keyword, date, number"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"from\":\"@moon\"}"), "articles[1].from", "computed value"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"from\":\"\"}"), "articles[1].from", "a path"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"Z\"}"), "articles[1].prefix", "except Z"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"AB\"}"), "articles[1].prefix", "X and up to"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"x\"}"), "articles[1].prefix", "capital"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XABCDEFGH\"}"), "articles[1].prefix", "seven capitals"},
    {WITH("{\"name\":\"x\",\"type\":\"date\",\"slot\":-1}"), "articles[1].slot", "0 to 1000"},
    {WITH("{\"name\":\"x\",\"type\":\"date\",\"slot\":1.5}"), "articles[1].slot", "0 to 1000"},
    {WITH("{\"name\":\"x\",\"type\":\"date\"}"), "articles[1].slot", "dates and numbers"},
    {WITH("{\"name\":\"x\",\"type\":\"number\",\"slot\":1,\"prefix\":\"XA\"}"), "articles[1].prefix", "date or number"},
    {WITH("{\"name\":\"x\",\"type\":\"name\",\"prefix\":\"XA\",\"facet\":true}"), "articles[1].slot",
     "facet or sortable"},
    {WITH("{\"name\":\"x\",\"type\":\"name\",\"prefix\":\"XA\",\"slot\":1,\"sort\":true,\"multi\":true}"),
     "articles[1].sort", "several values"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XA\",\"slot\":1}"), "articles[1].slot", "type text"},
    {WITH("{\"name\":\"x\",\"type\":\"text\"}"), "articles[1].prefix", "could not be searched"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":true,\"weight\":1}"), "articles[1].weight", "own terms"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":true,\"weight\":-1}"), "articles[1].weight", "0 to 100"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":1}"), "articles[1].body", "true or false"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":true,\"aliases\":\"y\"}"), "articles[1].aliases", "a list"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":true,\"aliases\":[\"Y\"]}"), "articles[1].aliases",
     "small letters"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":true,\"size\":1}"), "articles[1].size", "no member"},
    {WITH("{\"name\":\"id\",\"type\":\"text\",\"body\":true}"), "articles[1].name", "no field before it has"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":true,\"aliases\":[\"id\"]}"), "articles[1].name",
     "no field before it has"},
    {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"Q\"}"), "articles[1].prefix", "no field before it has"},
    {WITH("{\"name\":\"x\",\"type\":\"date\",\"slot\":3},{\"name\":\"y\",\"type\":\"date\",\"slot\":3}"),
     "articles[2].slot", "no field before it has"},
};

static void diagnostics(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct schema *schema = NULL;
        struct err err = ERR_NONE;
        enum status st = schema_parse(&schema, wrong[i].json, strlen(wrong[i].json), "t.json", &err);
        if (st != ST_INVALID_SCHEMA) fail_msg("taken: %s", wrong[i].json);
        assert_null(schema);
        if (!strstr(err.text, wrong[i].place) || !strstr(err.text, wrong[i].expected) || !strstr(err.text, "t.json"))
            fail_msg("%s\n  got: %s\n  expected there: %s … %s", wrong[i].json, err.text, wrong[i].place,
                     wrong[i].expected);
    }
}

static struct schema *parse(const char *json) {
    struct schema *schema = NULL;
    struct err err = ERR_NONE;
    if (schema_parse(&schema, json, strlen(json), "t.json", &err) != ST_OK) fail_msg("%s in %s", err.text, json);
    return schema;
}

static void paths(void **state) {
    (void)state;
    struct schema *schema = parse(
        WITH("{\"name\":\"x\",\"from\":\"a.b.c\",\"type\":\"keyword\",\"prefix\":\"XABCDEFG\",\"exact_case\":true}"));
    const struct field *field = schema_field(schema, STORE_ARTICLE, "x", 1);
    assert_int_equal(field->origin, ORIGIN_PATH);
    assert_int_equal(field->path_len, 3);
    assert_string_equal(field->path[0], "a");
    assert_string_equal(field->path[2], "c");
    assert_string_equal(field->prefix, "XABCDEFG");
    assert_true(field->exact_case);
    assert_int_equal(field->slot, FIELD_NO_SLOT);
    schema_close(schema);
}

/* The fingerprint changes with what is indexed, and not with what only a search looks at. */
static void fingerprints(void **state) {
    (void)state;
    static const struct {
        const char *one, *other;
        bool same;
    } rows[] = {
        {WITH("{\"name\":\"x\",\"type\":\"text\",\"body\":true}"),
         WITH("{ \"type\": \"text\", \"name\": \"x\", \"body\": true }"), true},
        {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XA\",\"weight\":1}"),
         WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XA\",\"weight\":2}"), true},
        {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XA\"}"),
         WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XB\"}"), false},
        {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XA\"}"),
         WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XA\",\"body\":true}"), false},
        {WITH("{\"name\":\"x\",\"type\":\"name\",\"prefix\":\"XA\"}"),
         WITH("{\"name\":\"x\",\"type\":\"keyword\",\"prefix\":\"XA\"}"), false},
        {WITH("{\"name\":\"x\",\"type\":\"text\",\"prefix\":\"XA\"}"),
         WITH("{\"name\":\"x\",\"from\":\"y\",\"type\":\"text\",\"prefix\":\"XA\"}"), false},
        {WITH("{\"name\":\"x\",\"type\":\"date\",\"slot\":1}"), WITH("{\"name\":\"x\",\"type\":\"date\",\"slot\":2}"),
         false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct schema *one = parse(rows[i].one), *other = parse(rows[i].other);
        bool same = strcmp(one->fingerprint, other->fingerprint) == 0;
        if (same != rows[i].same) fail_msg("%s\n%s\n  are %s", rows[i].one, rows[i].other, same ? "the same" : "not");
        schema_close(one);
        schema_close(other);
    }
}

static void add_change(void *arg, enum store_kind kind, const char *field, const char *change) {
    char *text = arg;
    sprintf(text + strlen(text), "%d %s %s; ", kind, field, change);
}

static void comparing(void **state) {
    (void)state;
    char text[256] = "";
    struct schema *before = parse(
        WITH("{\"name\":\"gone\",\"type\":\"text\",\"body\":true},{\"name\":\"x\",\"type\":\"date\",\"slot\":1}"));
    struct schema *after =
        parse(WITH("{\"name\":\"x\",\"type\":\"date\",\"slot\":2},{\"name\":\"new\",\"type\":\"text\",\"body\":true}"));
    schema_compare(before, after, add_change, text);
    assert_string_equal(text, "1 gone removed; 1 x changed; 1 new added; ");
    text[0] = '\0';
    schema_compare(after, after, add_change, text);
    assert_string_equal(text, "");
    schema_close(before);
    schema_close(after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(installed),    cmocka_unit_test(diagnostics), cmocka_unit_test(paths),
        cmocka_unit_test(fingerprints), cmocka_unit_test(comparing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
