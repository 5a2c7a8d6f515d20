/* Buffers: whole appends or none, and numbers that read back.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/buf.h"
#include "base/mem.h"

#include <string.h>

static void appends_are_one_text(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, 0);
    assert_string_equal(buf.data, "");
    buf_str(&buf, "ab");
    buf_char(&buf, 'c');
    buf_add(&buf, "d\0e", 3);
    buf_printf(&buf, "%d%s", 12, "x");
    buf_add(&buf, NULL, 0);
    assert_int_equal(buf.len, 9);
    assert_memory_equal(buf.data, "abcd\0e12x", 10);
    buf_clear(&buf);
    assert_int_equal(buf.len, 0);
    assert_string_equal(buf.data, "");
    buf_free(&buf);
    buf_free(&buf);
    buf_free(NULL);
}

static void grows_without_a_limit(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, 0);
    for (int i = 0; i < 100000; i++)
        buf_printf(&buf, "%05d", i);
    assert_true(buf_ok(&buf));
    assert_int_equal(buf.len, 500000);
    assert_memory_equal(buf.data + 5 * 77777, "77777", 5);
    assert_int_equal(buf.data[buf.len], '\0');
    buf_free(&buf);
}

static void refuses_whole_appends_past_its_limit(void **state) {
    (void)state;
    struct buf buf;
    buf_init(&buf, 10);
    buf_str(&buf, "0123456789");
    assert_true(buf_ok(&buf));
    buf_str(&buf, "");
    assert_true(buf_ok(&buf));
    buf_char(&buf, 'x');
    assert_false(buf_ok(&buf));
    assert_string_equal(buf.data, "0123456789");
    buf_clear(&buf);
    assert_true(buf_ok(&buf));
    buf_str(&buf, "abc");
    buf_printf(&buf, "%s", "12345678");
    assert_false(buf_ok(&buf));
    assert_string_equal(buf.data, "abc");
    buf_str(&buf, "d"); /* sticky: a hole in the middle must not be possible */
    assert_string_equal(buf.data, "abc");
    buf_free(&buf);
}

static void take_hands_the_bytes_over(void **state) {
    (void)state;
    struct buf buf;
    size_t len;
    buf_init(&buf, 0);
    char *nothing = buf_take(&buf, &len);
    assert_string_equal(nothing, "");
    assert_int_equal(len, 0);
    mem_free(nothing);
    buf_str(&buf, "mine");
    char *text = buf_take(&buf, NULL);
    assert_string_equal(text, "mine");
    assert_int_equal(buf.len, 0);
    mem_free(text);
    buf_str(&buf, "again");
    assert_string_equal(buf.data, "again");
    buf_free(&buf);
}

static void numbers_and_texts_read_back(void **state) {
    (void)state;
    static const uint64_t numbers[] = {0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    struct buf buf;
    buf_init(&buf, 0);
    for (size_t i = 0; i < ROWS(numbers); i++)
        buf_varint(&buf, numbers[i]);
    buf_lstr(&buf, "a\0b", 3);
    buf_lstr(&buf, "", 0);
    struct cur cur = {.at = buf.data, .end = buf.data + buf.len};
    for (size_t i = 0; i < ROWS(numbers); i++)
        assert_true(cur_varint(&cur) == numbers[i]);
    size_t len;
    assert_memory_equal(cur_lstr(&cur, &len), "a\0b", 3);
    assert_int_equal(len, 3);
    cur_lstr(&cur, &len);
    assert_int_equal(len, 0);
    assert_false(cur.bad);
    assert_ptr_equal(cur.at, cur.end);
    assert_int_equal(cur_varint(&cur), 0);
    assert_true(cur.bad);
    buf_free(&buf);
}

static void damaged_bytes_are_noticed(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"", 0},
        {"\x80", 1},                                          /* ends inside a number */
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10},     /* 65 bits */
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11}, /* 11 bytes */
        {"\x05"
         "abcd",
         5}, /* length beyond the end */
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"
         "abcd",
         14}, /* length of 2^64 - 1 */
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct cur cur = {.at = rows[i].bytes, .end = rows[i].bytes + rows[i].len};
        size_t len = 1;
        assert_string_equal(cur_lstr(&cur, &len), "");
        assert_int_equal(len, 0);
        assert_true(cur.bad);
        assert_int_equal(cur_varint(&cur), 0);
        if (i > 3) continue; /* the rows whose number itself is damaged */
        struct cur number = {.at = rows[i].bytes, .end = rows[i].bytes + rows[i].len};
        assert_int_equal(cur_varint(&number), 0);
        assert_true(number.bad);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_are_one_text),
        cmocka_unit_test(grows_without_a_limit),
        cmocka_unit_test(refuses_whole_appends_past_its_limit),
        cmocka_unit_test(take_hands_the_bytes_over),
        cmocka_unit_test(numbers_and_texts_read_back),
        cmocka_unit_test(damaged_bytes_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
