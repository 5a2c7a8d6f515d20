/* UTF-8: every code point, every kind of damage.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/utf8.h"

#include <string.h>

static void every_code_point_reads_back(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[4];
        size_t len = utf8_put(bytes, c);
        size_t at = 0;
        uint32_t expected = c >= 0xD800 && c < 0xE000 ? 0xFFFD : c;
        if (utf8_next(bytes, len, &at) != expected || at != len || utf8_valid(bytes, len) != len)
            fail_msg("U+%04X", (unsigned)c);
    }
    char bytes[4];
    assert_int_equal(utf8_put(bytes, 0x110000), 3);
    assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
}

static void damage_is_found_where_it_is(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t valid;
    } rows[] = {
        {"plain", 5},
        {"gr\xC3\xB6\xC3\x9F"
         "e",
         7},
        {"\x80", 0},   /* tail without a lead */
        {"ab\xC3", 2}, /* cut */
        {"ab\xE2\x82", 2},
        {"ab\xF0\x9F\x98", 2},
        {"\xC0\x80", 0}, /* overlong */
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xED\xA0\x80", 0},             /* surrogate */
        {"\xED\x9F\xBF\xEE\x80\x80", 6}, /* its neighbours */
        {"\xF4\x8F\xBF\xBF", 4},         /* U+10FFFF */
        {"\xF4\x90\x80\x80", 0},
        {"\xF5\x80\x80\x80", 0},
        {"\xFF", 0},
        {"0123456789abcdef\xC3\x28", 16}, /* behind the fast path */
        {"0123456\xC3\xA9"
         "0123456\xE9",
         16},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        assert_int_equal(utf8_valid(rows[i].text, strlen(rows[i].text)), rows[i].valid);
}

static void invalid_bytes_count_as_one_character_each(void **state) {
    (void)state;
    const char *text = "a\xE2\x82"
                       "b";
    size_t at = 1;
    assert_int_equal(utf8_next(text, 4, &at), 0xFFFD);
    assert_int_equal(at, 2);
    assert_int_equal(utf8_next(text, 4, &at), 0xFFFD);
    assert_int_equal(at, 3);
    assert_int_equal(utf8_count(text, 4), 4);
}

static void counts_and_offsets_agree(void **state) {
    (void)state;
    const char *text = "na\xC3\xAFve \xE2\x80\x9Cplain words in a row\xE2\x80\x9D \xF0\x9F\x98\x80!";
    size_t len = strlen(text);
    size_t at = 0;
    size_t count = 0;
    while (at < len) {
        assert_int_equal(utf8_offset(text, len, count), at);
        assert_int_equal(utf8_count(text, at), count);
        utf8_next(text, len, &at);
        count++;
    }
    assert_int_equal(utf8_count(text, len), count);
    assert_int_equal(utf8_offset(text, len, count), len);
    assert_int_equal(utf8_offset(text, len, count + 100), len);
    assert_int_equal(utf8_offset(text, 0, 3), 0);
}

static void floor_never_cuts_a_character(void **state) {
    (void)state;
    const char *text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z\x80\x80";
    static const size_t floors[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 12, 13};
    for (size_t at = 0; at < ROWS(floors); at++)
        assert_int_equal(utf8_floor(text, 13, at), floors[at]);
    assert_int_equal(utf8_floor(text, 13, 100), 13);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_reads_back),
        cmocka_unit_test(damage_is_found_where_it_is),
        cmocka_unit_test(invalid_bytes_count_as_one_character_each),
        cmocka_unit_test(counts_and_offsets_agree),
        cmocka_unit_test(floor_never_cuts_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
