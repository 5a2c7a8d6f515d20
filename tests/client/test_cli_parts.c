/* Parts of the command that need no daemon: harmless text, JSON texts, base64, numbers for people, distances.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "args.h"
#include "base64.h"
#include "distance.h"
#include "glyph.h"
#include "json_text.h"
#include "pick.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void harmless(char *out, size_t size, const char *text) {
    struct glyph glyph;
    *out = '\0';
    while (glyph_next(&glyph, &text))
        strncat(out, glyph.bytes, size - strlen(out) - 1);
}

static void test_text_is_made_harmless(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"plain", "plain"},
        {"a\tb\nc\rd", "a b c d"},
        {"\033[31mred\033]0;title\007", "[31mred]0;title"},
        {"\xC2\x9B"
         "31mred",
         "31mred"}, /* C1: the eight-bit CSI */
        {"\x9B"
         "31m",
         "\xEF\xBF\xBD"
         "31m"}, /* the same as a bare byte is no UTF-8 */
        {"del\x7F", "del"},
        {"\xE2\x80\xAE"
         "evil",
         "evil"}, /* right-to-left override */
        {"\xEF\xBB\xBF"
         "bom",
         "bom"},
        {"\xC3\xA9\xE6\xB0\xB4\xF0\x9F\x98\x80", "\xC3\xA9\xE6\xB0\xB4\xF0\x9F\x98\x80"},
        {"\xC3", "\xEF\xBF\xBD"},
        {"\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[128];
        harmless(out, sizeof out, cases[i].text);
        assert_string_equal(out, cases[i].expected);
    }
}

static char *indented(const char *text) {
    char *out = NULL;
    size_t len;
    FILE *file = open_memstream(&out, &len);
    json_text_indented(file, text);
    fclose(file);
    return out;
}

static void test_json_is_kept(void **state) {
    (void)state;
    const char *text = "{\"a\": [1, {\"b\":\"]}\\\"\"} ,-2.50e+3,true,[]],\"n\":9007199254740993,\"e\":{}}";
    struct json_span span = json_text_member(text, "n");
    assert_int_equal(span.len, 16);
    assert_memory_equal(span.start, "9007199254740993", 16);
    assert_null(json_text_member(text, "b").start);
    const char *at = json_text_member(text, "a").start;
    static const char *const elements[] = {"1", "{\"b\":\"]}\\\"\"}", "-2.50e+3", "true", "[]"};
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        span = json_text_element(&at);
        assert_int_equal(span.len, strlen(elements[i]));
        assert_memory_equal(span.start, elements[i], span.len);
    }
    assert_null(json_text_element(&at).start);
    at = "[ ]";
    assert_null(json_text_element(&at).start);
    assert_null(json_text_member("[]", "a").start);
    assert_null(json_text_member("{}", "a").start);

    char *out = indented("{\"a\":[1,{\"b\":\"x\xC2\x9B\"}],\"n\":9007199254740993,\"e\":{ },\"l\":[]}");
    assert_string_equal(out, "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x\\u009b\"\n    }\n  ],\n"
                             "  \"n\": 9007199254740993,\n  \"e\": {},\n  \"l\": []\n}\n");
    free(out);
}

static void test_base64(void **state) {
    (void)state;
    unsigned char bytes[256], *decoded;
    size_t len;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 167 + 13);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        char *text = base64_encode(bytes, n);
        assert_true(base64_decode(&decoded, &len, text));
        assert_int_equal(len, n);
        assert_memory_equal(decoded, bytes, n);
        free(decoded);
        free(text);
    }
    char *text = base64_encode((const unsigned char *)"foob", 4);
    assert_string_equal(text, "Zm9vYg==");
    free(text);
    assert_false(base64_decode(&decoded, &len, "Zm9"));
    assert_false(base64_decode(&decoded, &len, "Z=9v"));
    assert_false(base64_decode(&decoded, &len, "Zm9*"));
}

static void test_numbers_for_people(void **state) {
    (void)state;
    char buffer[40];
    assert_string_equal(show_count(buffer, 0), "0");
    assert_string_equal(show_count(buffer, 999), "999");
    assert_string_equal(show_count(buffer, 2693), "2,693");
    assert_string_equal(show_count(buffer, 1234567), "1,234,567");
    assert_string_equal(show_bytes(buffer, 999), "999 B");
    assert_string_equal(show_bytes(buffer, 1400000), "1.4 MB");
    assert_string_equal(show_bytes(buffer, 999900), "1.0 MB");
    assert_string_equal(show_ms(buffer, 1.42), "1.4 ms");
    assert_string_equal(show_ms(buffer, 3200), "3.2 s");
    assert_string_equal(show_seconds(buffer, 125), "2 min 05 s");
    assert_string_equal(show_seconds(buffer, 7260), "2 h 01 min");
}

static void test_times(void **state) {
    (void)state;
    int ms = -1;
    assert_true(args_time(&ms, "2"));
    assert_int_equal(ms, 2000);
    assert_true(args_time(&ms, "1.5s"));
    assert_int_equal(ms, 1500);
    assert_true(args_time(&ms, "500ms"));
    assert_int_equal(ms, 500);
    assert_true(args_time(&ms, "2m"));
    assert_int_equal(ms, 120000);
    static const char *const wrong[] = {"", "s", "-1", "2x", "1e99", "nan", "2 s", "0x10s2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(args_time(&ms, wrong[i]));
}

static void test_distance(void **state) {
    (void)state;
    assert_int_equal(distance("search", "search"), 0);
    assert_int_equal(distance("serach", "search"), 1);
    assert_int_equal(distance("serch", "search"), 1);
    assert_int_equal(distance("", "abc"), 3);
    assert_string_equal(commands_nearest("serch"), "search");
    assert_string_equal(commands_nearest("stauts"), "status");
    assert_null(commands_nearest("xyzzy-plugh"));
}

/* A row that lacks something would show only when somebody looks. */
static void test_rows_are_complete(void **state) {
    (void)state;
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *row = commands_at(i);
        assert_true(row->name && row->group && row->summary && row->text && row->examples);
        assert_true(row->method || row->run);
        assert_true(!row->list == !row->columns);
        assert_ptr_equal(commands_find(row->name), row);
        for (const struct flag *flag = row->flags; flag && flag->name; flag++) {
            assert_non_null(flag->help);
            bool is_switch = flag->type == FLAG_SWITCH || flag->type == FLAG_FIXED;
            assert_true(is_switch == !flag->value);
            assert_true((flag->type == FLAG_FIXED) == (flag->fixed != NULL));
            for (const struct flag *other = global_flags; other->name; other++)
                assert_string_not_equal(flag->name, other->name);
        }
        for (size_t w = 0; w < WORDS_MAX && row->words[w].name; w++)
            assert_true((row->words[w].type == WORD_LOCAL) == !row->words[w].param);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_made_harmless),
        cmocka_unit_test(test_json_is_kept),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_numbers_for_people),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
