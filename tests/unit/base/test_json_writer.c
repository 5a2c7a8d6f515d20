/* The JSON writer: commas, escapes, numbers that read back equal.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct buf buf;
static struct jw jw;

static int setup(void **state) {
    (void)state;
    buf_init(&buf, 0);
    jw_init(&jw, &buf);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    buf_free(&buf);
    return 0;
}

static void puts_commas_and_colons(void **state) {
    (void)state;
    jw_object(&jw);
    jw_kint(&jw, "a", -12);
    jw_key(&jw, "b");
    jw_array(&jw);
    jw_array(&jw);
    jw_array_end(&jw);
    jw_object(&jw);
    jw_object_end(&jw);
    jw_raw(&jw, "{\"x\":1}", 7);
    jw_null(&jw);
    jw_array_end(&jw);
    jw_kbool(&jw, "c", true);
    jw_kstring(&jw, "d", NULL);
    jw_kstring(&jw, "e", "x");
    jw_key(&jw, "f");
    jw_fixed(&jw, 1.0 / 3, 3);
    jw_key(&jw, "g");
    jw_fixed(&jw, NAN, 3);
    jw_object_end(&jw);
    assert_string_equal(buf.data, "{\"a\":-12,\"b\":[[],{},{\"x\":1},null],\"c\":true,\"d\":null,\"e\":\"x\","
                                  "\"f\":0.333,\"g\":null}");
    assert_int_equal(json_check(buf.data, buf.len, NULL, NULL), ST_OK);
}

static void nests_to_its_limit(void **state) {
    (void)state;
    for (int i = 0; i < 64; i++)
        jw_array(&jw);
    jw_int(&jw, 1);
    jw_int(&jw, 2);
    for (int i = 0; i < 64; i++)
        jw_array_end(&jw);
    jw_int(&jw, 3); /* a second value at the top is the caller's matter: lines of JSON */
    assert_memory_equal(buf.data + 64, "1,2]", 4);
    assert_int_equal(buf.len, 64 + 3 + 64 + 1);
}

static void escapes_what_json_wants(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *json;
    } rows[] = {
        {"", "\"\""},
        {"plain words that are longer than eight bytes", "\"plain words that are longer than eight bytes\""},
        {"\"quoted\" \\ /", "\"\\\"quoted\\\" \\\\ /\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x0B\x1F\x7F", "\"\\u0001\\u000b\\u001f\x7F\""},
        {"0123456789\n0123456789", "\"0123456789\\n0123456789\""},
        {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\""},
        {"a\xFF"
         "b\xC3",
         "\"a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        buf_clear(&buf);
        jw_string(&jw, rows[i].text);
        assert_string_equal(buf.data, rows[i].json);
        assert_int_equal(json_check(buf.data, buf.len, NULL, NULL), ST_OK);
    }
}

static void every_byte_at_every_place_reads_back(void **state) {
    (void)state;
    for (int c = 0x01; c < 0x80; c++) {
        for (size_t place = 0; place < 20; place++) {
            char text[21];
            memset(text, 'x', 20);
            text[20] = '\0';
            text[place] = (char)c;
            buf_clear(&buf);
            jw_string(&jw, text);
            cJSON *tree = NULL;
            assert_int_equal(json_parse(&tree, buf.data, buf.len, NULL, NULL), ST_OK);
            assert_string_equal(cJSON_GetStringValue(tree), text);
            cJSON_Delete(tree);
        }
    }
}

static void numbers_are_short(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *json;
    } rows[] = {
        {0, "0"},
        {-0.0, "-0.0"},
        {1, "1"},
        {-17, "-17"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.5, "1.5"},
        {1e15, "1000000000000000"},
        {9007199254740991.0, "9007199254740991"},
        {1e21, "1e+21"},
        {9007199254740994.0, "9007199254740994.0"},
        {-1e16, "-1e+16"},
        {1e300, "1e+300"},
        {5e-324, "5e-324"},
        {12.3, "12.3"},
        {NAN, "null"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        buf_clear(&buf);
        jw_number(&jw, rows[i].value);
        assert_string_equal(buf.data, rows[i].json);
    }
}

static void numbers_read_back_equal(void **state) {
    (void)state;
    srandom(42);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ (uint64_t)random();
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) continue;
        buf_clear(&buf);
        jw_number(&jw, value);
        struct err err = ERR_NONE;
        if (strtod(buf.data, NULL) != value || json_check(buf.data, buf.len, NULL, &err) != ST_OK)
            fail_msg("%s: %s", buf.data, err.text);
    }
}

static void trees_are_written_as_they_were_read(void **state) {
    (void)state;
    static const char *const texts[] = {
        "null",
        "[]",
        "{}",
        "[[],{},[{}]]",
        "{\"a\":{\"b\":[1,2.5,{\"c\":\"\\n\"}],\"d\":null},\"e\":true,\"f\":false}",
        "[9007199254740991,0.1,-0.0,1e+21]",
    };
    for (size_t i = 0; i < ROWS(texts); i++) {
        cJSON *tree = NULL;
        buf_clear(&buf);
        assert_int_equal(json_parse(&tree, texts[i], strlen(texts[i]), NULL, NULL), ST_OK);
        jw_value(&jw, tree);
        assert_string_equal(buf.data, texts[i]);
        cJSON_Delete(tree);
    }
}

static void a_member_is_written_without_its_name(void **state) {
    (void)state;
    cJSON *tree = NULL;
    const char *text = "{\"a\":[1,{\"b\":2}],\"c\":3}";
    assert_int_equal(json_parse(&tree, text, strlen(text), NULL, NULL), ST_OK);
    jw_array(&jw);
    jw_value(&jw, json_get(tree, "a"));
    jw_value(&jw, json_get(tree, "c"));
    jw_value(&jw, NULL);
    jw_array_end(&jw);
    assert_string_equal(buf.data, "[[1,{\"b\":2}],3,null]");
    /* A member that moves into an array keeps its name in cJSON, not in the text. */
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, cJSON_DetachItemFromObject(tree, "c"));
    buf_clear(&buf);
    jw_init(&jw, &buf);
    jw_value(&jw, list);
    assert_string_equal(buf.data, "[3]");
    cJSON_Delete(list);
    cJSON_Delete(tree);
}

static void a_record_may_be_deeper_than_an_answer(void **state) {
    (void)state;
    char text[2001];
    struct json_limits limits = {.depth = 1000};
    memset(text, '[', 1000);
    memset(text + 1000, ']', 1000);
    text[2000] = '\0';
    cJSON *tree = NULL;
    assert_int_equal(json_parse(&tree, text, 2000, &limits, NULL), ST_OK);
    jw_value(&jw, tree);
    assert_string_equal(buf.data, text);
    cJSON_Delete(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(puts_commas_and_colons, setup, teardown),
        cmocka_unit_test_setup_teardown(nests_to_its_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(escapes_what_json_wants, setup, teardown),
        cmocka_unit_test_setup_teardown(every_byte_at_every_place_reads_back, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_short, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_read_back_equal, setup, teardown),
        cmocka_unit_test_setup_teardown(trees_are_written_as_they_were_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_member_is_written_without_its_name, setup, teardown),
        cmocka_unit_test_setup_teardown(a_record_may_be_deeper_than_an_answer, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
