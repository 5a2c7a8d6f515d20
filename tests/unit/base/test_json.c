/* The JSON check: what it passes, what it refuses, and at which byte.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EURO "\xE2\x82\xAC"

static void valid_texts_pass(void **state) {
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "-1",
        "0.5",
        "1e3",
        "1E+3",
        "1e-3",
        "-0.0e-0",
        "123.456e7",
        "true",
        "false",
        "null",
        "\"\"",
        "[]",
        "{}",
        " [ ] ",
        "\t{\r\n}\n",
        "[[],[[]],{}]",
        "{\"a\":{\"b\":[]}}",
        "[1,2 , 3]",
        "{\"a\":1,\"A\":2,\"\":3}",
        "[{\"a\":1},{\"a\":1}]",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"",
        "\"\\ud83d\\ude00\"",
        "\"\\uD7FF\\uE000\\uFFFF\"",
        "\"gr\xC3\xB6\xC3\x9F"
        "e \xF0\x9F\x98\x80 " EURO "\"",
        "\"\x7F\"",
        "\"\xE2\x80\xA8\"",
        "\"a long string that runs through the fast path more than once\"",
        "9007199254740992",
        "-9007199254740992",
        "9007199254740992.0",
        "1e16",
        "1e22",
        "1e23",
        "1e300",
        "1.5e15",
        "1.7976931348623157e308",
        "4.9e-324",
        "2.2250738585072014e-308",
        "3.14159265358979323846264338327950288",
        "0.000000000000000000000000000000000000000000000000000000001",
        "100000000000000000e-5",
        "0e999",
        "0.0e-999",
    };
    for (size_t i = 0; i < ROWS(texts); i++) {
        struct err err = ERR_NONE;
        if (json_check(texts[i], strlen(texts[i]), NULL, &err) != ST_OK) fail_msg("%s: %s", texts[i], err.text);
        cJSON *tree = NULL;
        assert_int_equal(json_parse(&tree, texts[i], strlen(texts[i]), NULL, &err), ST_OK);
        assert_non_null(tree);
        cJSON_Delete(tree);
    }
}

static const struct {
    const char *text;
    long position;
} invalid_texts[] = {
    {"", 0},
    {"  ", 2},
    {"\xEF\xBB\xBF{}", 0},
    {"nul", 3},
    {"nulL", 3},
    {"True", 0},
    {"tru e", 3},
    {"NaN", 0},
    {"Infinity", 0},
    {"-Infinity", 1},
    {"undefined", 0},
    {"'a'", 0},
    /* numbers */
    {"01", 1},
    {"-01", 2},
    {"00", 1},
    {"+1", 0},
    {".5", 0},
    {"1.", 2},
    {"1.e3", 2},
    {"-", 1},
    {"-a", 1},
    {"1e", 2},
    {"1e+", 3},
    {"0x10", 1},
    {"1_000", 1},
    {"1,000", 1},
    {"--1", 1},
    {"1.2.3", 3},
    {"[1e]", 3},
    {"9007199254740993", 0},
    {"[-9007199254740993]", 1},
    {"10000000000000000", 0},
    {"9223372036854775807", 0},
    {"18446744073709551616", 0},
    {"9007199254740993.0", 0},
    {"90071992547409930e-1", 0},
    {"9007199254740993e0", 0},
    {"9.007199254740993e15", 0},
    {"1e309", 0},
    {"[0,-1e400]", 3},
    {"1e999999999999", 0},
    {"1.8e308", 0},
    {"1e-400", 0},
    {"2e-324", 0},
    {"0.00000000000000000000000000000000000000000000000000000000000001", 0}, /* 64 bytes */
    /* strings */
    {"\"", 1},
    {"\"abc", 4},
    {"\"a\nb\"", 2},
    {"\"a\tb\"", 2},
    {"\"0123456789\x1F\"", 11},
    {"\"\\\"", 3},
    {"\"\\a\"", 2},
    {"\"\\'\"", 2},
    {"\"\\", 2},
    {"\"\\x41\"", 2},
    {"\"\\U0041\"", 2},
    {"\"\\u\"", 3},
    {"\"\\u12\"", 5},
    {"\"\\u12G4\"", 5},
    {"\"\\u+123\"", 3},
    {"\"\\u0000\"", 1},
    {"\"ab\\u0000\"", 3},
    {"\"\\ud800\"", 1},
    {"\"\\udc00\"", 1},
    {"\"\\ud800\\u0041\"", 1},
    {"\"\\ud800\\n\"", 1},
    {"\"\\ud800\\ud800\"", 1},
    {"\"\\udc00\\udc00\"", 1},
    {"\"\\ud83d\\ude0\"", 12},
    {"\"\\ud83d\\", 1},
    /* UTF-8 */
    {"\"\x80\"", 1},
    {"\"\xC3\"", 1},
    {"\"\xC0\xAF\"", 1},
    {"\"\xED\xA0\x80\"", 1},
    {"\"\xF4\x90\x80\x80\"", 1},
    {"\"" EURO EURO "\xE2\x82\"", 7},
    {"\"\xFF\"", 1},
    {"{\"\xE9\":1}", 2},
    /* structure */
    {"[", 1},
    {"]", 0},
    {"{", 1},
    {"}", 0},
    {"[1", 2},
    {"[1,", 3},
    {"[1,]", 3},
    {"[,1]", 1},
    {"[1 2]", 3},
    {"[1,,2]", 3},
    {"[1}", 2},
    {"{\"a\"}", 4},
    {"{\"a\":}", 5},
    {"{\"a\":1,}", 7},
    {"{,}", 1},
    {"{\"a\":1 \"b\":2}", 7},
    {"{\"a\":1]", 6},
    {"{a:1}", 1},
    {"{1:2}", 1},
    {"{null:1}", 1},
    {"{\"a\"=1}", 4},
    {"{\"a\":1,", 7},
    {"[{]", 2},
    {"{} x", 3},
    {"{}{}", 2},
    {"[] []", 3},
    {"1 2", 2},
    {"null,", 4},
    {"\"a\" \"b\"", 4},
    {"[1]/*c*/", 3},
    {"//c\n1", 0},
    {"[\f1]", 1},
    {"[\xC2\xA0"
     "1]",
     1},
    {"{}\x0B", 2},
    /* duplicate keys */
    {"{\"a\":1,\"a\":2}", 7},
    {"{\"a\":1,\"\\u0061\":2}", 7},
    {"{\"\\u00e9\":1,\"\xC3\xA9\":2}", 12},
    {"{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", 18},
    {"{\"a\\/b\":1,\"a/b\":2}", 10},
    {"{\"\":1,\"\":2}", 6},
    {"[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]", 19},
    {"{\"a\":{\"b\":1},\"c\":{},\"a\":1}", 20},
    {"{\"\\n\":1,\"\\u000A\":2}", 8},
};

static void invalid_texts_are_refused_at_their_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(invalid_texts); i++) {
        struct err err = ERR_NONE;
        enum status status = json_check(invalid_texts[i].text, strlen(invalid_texts[i].text), NULL, &err);
        if (status != ST_PARSE || err.position != invalid_texts[i].position)
            fail_msg("%s: status %d, byte %ld instead of %ld: %s", invalid_texts[i].text, status, err.position,
                     invalid_texts[i].position, err.text);
        assert_int_equal(err.status, ST_PARSE);
        cJSON *tree = (cJSON *)1;
        assert_int_equal(json_parse(&tree, invalid_texts[i].text, strlen(invalid_texts[i].text), NULL, NULL), ST_PARSE);
        assert_null(tree);
    }
}

static void a_nul_byte_is_no_end(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    assert_int_equal(json_check("{}\0", 3, NULL, &err), ST_PARSE);
    assert_int_equal(err.position, 2);
    assert_int_equal(json_check("\"a\0b\"", 5, NULL, &err), ST_PARSE);
    assert_int_equal(err.position, 2);
    assert_int_equal(json_check("\"\\\0\"", 4, NULL, &err), ST_PARSE);
    assert_int_equal(err.position, 2);
}

/* The fast path over eight bytes must agree with the byte by byte one, wherever the special byte lies. */
static void every_byte_at_every_place_of_a_string(void **state) {
    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t place = 1; place < 33; place++) {
            char text[34];
            struct err err = ERR_NONE;
            memset(text, 'x', sizeof text);
            text[0] = text[33] = '"';
            text[place] = (char)c;
            enum status status = json_check(text, sizeof text, NULL, &err);
            if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
                if (status != ST_OK) fail_msg("byte 0x%02x at %zu: %s", c, place, err.text);
                continue;
            }
            long wanted = c == '"' || c == '\\' ? (long)place + 1 : (long)place;
            if (c == '\\' && place == 32) wanted = 34; /* an escaped quote: the string never ends */
            if (status != ST_PARSE || err.position != wanted)
                fail_msg("byte 0x%02x at %zu: %d at %ld", c, place, status, err.position);
        }
    }
}

static void never_reads_beyond_the_length(void **state) {
    (void)state;
    const char *text = "{\"key\":[1.5e3,true,\"\\ud83d\\ude00 \xF0\x9F\x98\x80\"],\"other\":-0.25}";
    size_t len = strlen(text);
    for (size_t cut = 0; cut < len; cut++) {
        char *exact = mem_try_alloc(cut); /* AddressSanitizer guards its end */
        struct err err = ERR_NONE;
        memcpy(exact, text, cut);
        assert_int_equal(json_check(exact, cut, NULL, &err), ST_PARSE);
        assert_true(err.position >= 0 && err.position <= (long)cut);
        mem_free(exact);
    }
    assert_int_equal(json_check(text, len, NULL, NULL), ST_OK);
}

static void errors_name_line_and_column(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    const char *text = "{\n  \"a\": 1,\n  \"b\": tru\n}";
    assert_int_equal(json_check(text, strlen(text), NULL, &err), ST_PARSE);
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 11);
    assert_non_null(strstr(err.text, "expected true, false or null, got byte 0x0a at byte 22"));
    assert_int_equal(json_check("[1;", 3, NULL, &err), ST_PARSE);
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 3);
    assert_non_null(strstr(err.text, "expected ',' or ']' in an array, got ';' at byte 2"));
}

static void limits_hold_exactly(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    struct json_limits limits = {.bytes = 7, .depth = 3};
    assert_int_equal(json_check("[[[1]]]", 7, &limits, &err), ST_OK);
    assert_int_equal(json_check("[[[1]]] ", 8, &limits, &err), ST_TOO_LARGE);
    limits.bytes = 0;
    assert_int_equal(json_check("[[[[]]]]", 8, &limits, &err), ST_TOO_LARGE);
    assert_int_equal(err.position, 3);
    assert_int_equal(json_check("[{\"a\":[[]]}]", 12, &limits, &err), ST_TOO_LARGE);
    assert_int_equal(err.position, 7);

    struct json_limits few = {.values = 4};
    assert_int_equal(json_check("[1,{\"a\":2}]", 11, &few, &err), ST_OK);
    assert_int_equal(json_check("[1,{\"a\":2},3]", 13, &few, &err), ST_TOO_LARGE);
    assert_int_equal(err.position, 11);

    char deep[4002];
    memset(deep, '[', 2000);
    assert_int_equal(json_check(deep, 2000, NULL, &err), ST_TOO_LARGE);
    assert_int_equal(err.position, 100);
    limits.depth = 1000000; /* never beyond what cJSON takes */
    assert_int_equal(json_check(deep, 2000, &limits, &err), ST_TOO_LARGE);
    assert_int_equal(err.position, 1000);
    memset(deep + 1000, ']', 1000);
    cJSON *tree = NULL;
    assert_int_equal(json_parse(&tree, deep, 2000, &limits, &err), ST_OK);
    cJSON_Delete(tree);
}

/* An object of `count` keys k0, k1, …; then `extra`. */
static void make_object(struct buf *buf, int count, const char *extra) {
    buf_char(buf, '{');
    for (int i = 0; i < count; i++)
        buf_printf(buf, "%s\"k%d\":%d", i ? "," : "", i, i);
    buf_str(buf, extra);
    buf_char(buf, '}');
}

static void duplicates_are_found_in_objects_of_any_size(void **state) {
    (void)state;
    static const int counts[] = {1, 2, 15, 16, 17, 63, 64, 65, 1000, 20000};
    for (size_t i = 0; i < ROWS(counts); i++) {
        struct buf buf;
        struct err err = ERR_NONE;
        buf_init(&buf, 0);
        make_object(&buf, counts[i], "");
        assert_int_equal(json_check(buf.data, buf.len, NULL, &err), ST_OK);
        buf_clear(&buf);
        make_object(&buf, counts[i], ",\"\\u006b0\":1,\"k0\":2");
        assert_int_equal(json_check(buf.data, buf.len, NULL, &err), ST_PARSE);
        assert_int_equal(err.position, strstr(buf.data, "\"\\u006b0\"") - buf.data);
        assert_non_null(strstr(err.text, "duplicate key '\\u006b0'"));
        buf_free(&buf);
    }
}

static void keys_of_nested_objects_do_not_meet(void **state) {
    (void)state;
    struct buf buf;
    struct json_limits limits = {.depth = 500};
    buf_init(&buf, 0);
    for (int i = 0; i < 400; i++)
        buf_str(&buf, "{\"a\":{},\"b\":");
    buf_char(&buf, '1');
    for (int i = 0; i < 400; i++)
        buf_str(&buf, ",\"c\":[{\"a\":1}]}");
    assert_int_equal(json_check(buf.data, buf.len, &limits, NULL), ST_OK);
    /* The outermost object meets its first key again. */
    buf.data[buf.len - 1] = ',';
    buf_str(&buf, "\"a\":2}");
    struct err err = ERR_NONE;
    assert_int_equal(json_check(buf.data, buf.len, &limits, &err), ST_PARSE);
    assert_int_equal(err.position, (long)buf.len - 6);
    buf_free(&buf);
}

static void a_long_key_with_escapes_is_compared_whole(void **state) {
    (void)state;
    struct buf buf;
    struct err err = ERR_NONE;
    buf_init(&buf, 0);
    buf_char(&buf, '{');
    for (int key = 0; key < 3; key++) {
        buf_str(&buf, key ? ",\"" : "\"");
        for (int i = 0; i < 400; i++)
            buf_str(&buf, key == 1 ? "\\u00e9" : "\xC3\xA9");
        buf_str(&buf, key == 2 ? "x\":1" : "\":1");
    }
    buf_char(&buf, '}');
    assert_int_equal(json_check(buf.data, buf.len, NULL, &err), ST_PARSE);
    assert_int_equal(err.position, 1 + 802 + 2 + 1);
    buf_free(&buf);
}

/* Whatever the check passes cJSON reads, and nothing that is damaged at random stops the process. */
static void what_passes_is_read(void **state) {
    (void)state;
    static const char seed[] =
        "{\"id\":\"a\\u00e9\\n\",\"n\":[0,-1.5e3,12,true,false,null],\"t\":{\"x\":\"\xC3\xA9" EURO "\",\"y\":{}}}";
    static const char bytes[] = "{}[],:\"\\0123456789.-+eEtfnu \n\x01\x80\xC3\xA9";
    unsigned long passed = 0;
    srandom(20251008);
    for (int round = 0; round < 200000; round++) {
        char text[sizeof seed];
        memcpy(text, seed, sizeof seed);
        for (long i = random() % 3; i >= 0; i--)
            text[(size_t)random() % (sizeof seed - 1)] = bytes[(size_t)random() % (sizeof bytes - 1)];
        cJSON *tree = NULL;
        struct err err = ERR_NONE;
        enum status status = json_parse(&tree, text, sizeof seed - 1, NULL, &err);
        if (status != ST_OK && status != ST_PARSE) fail_msg("%s: %s", text, err.text);
        passed += status == ST_OK;
        cJSON_Delete(tree);
    }
    assert_true(passed > 1000);
}

static void members_are_found_with_their_case(void **state) {
    (void)state;
    cJSON *tree = NULL;
    const char *text = "{\"NAME\":\"upper\",\"name\":\"lower\",\"n\":1}";
    assert_int_equal(json_parse(&tree, text, strlen(text), NULL, NULL), ST_OK);
    assert_string_equal(json_get_string(tree, "name"), "lower");
    assert_string_equal(json_get_string(tree, "NAME"), "upper");
    assert_null(json_get(tree, "Name"));
    assert_null(json_get_string(tree, "n"));
    assert_non_null(json_get(tree, "n"));
    assert_null(json_get(NULL, "n"));
    cJSON_Delete(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_texts_pass),
        cmocka_unit_test(invalid_texts_are_refused_at_their_byte),
        cmocka_unit_test(a_nul_byte_is_no_end),
        cmocka_unit_test(every_byte_at_every_place_of_a_string),
        cmocka_unit_test(never_reads_beyond_the_length),
        cmocka_unit_test(errors_name_line_and_column),
        cmocka_unit_test(limits_hold_exactly),
        cmocka_unit_test(duplicates_are_found_in_objects_of_any_size),
        cmocka_unit_test(keys_of_nested_objects_do_not_meet),
        cmocka_unit_test(a_long_key_with_escapes_is_compared_whole),
        cmocka_unit_test(what_passes_is_read),
        cmocka_unit_test(members_are_found_with_their_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
