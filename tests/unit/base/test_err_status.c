/* The table of statuses is whole, and errors are one line of whole characters.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/err.h"
#include "base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <footnote/status.h>
#include <stdbool.h>
#include <string.h>

static bool is_one_of(const char *word, const char *const *words) {
    for (; *words; words++) {
        if (strcmp(word, *words) == 0) return true;
    }
    return false;
}

static bool is_snake_case(const char *word) {
    for (const char *c = word; *c; c++) {
        if (!islower((unsigned char)*c) && *c != '_') return false;
    }
    return *word != '\0';
}

static void every_row_is_complete(void **state) {
    (void)state;
    static const char *const types[] = {"none", "invalid_request", "auth", "internal", "system", NULL};
    for (int i = 0; i < ST_COUNT; i++) {
        const struct status_info *info = status_info((enum status)i);
        assert_true(is_snake_case(info->code));
        assert_true(is_one_of(info->type, types));
        assert_true(info->retry == 0 || info->retry == 1);
        assert_in_range(info->http, 200, 599);
        assert_in_range(info->exit, 0, 6);
        assert_true(isalpha((unsigned char)info->sentence[0]));
        assert_int_equal(info->sentence[strlen(info->sentence) - 1], '.');
        if (i == ST_OK) continue;
        assert_true(info->exit > 0 && info->http >= 400);
        /* A client that repeats waits for the server, so a repeatable error is the server's or 429. */
        if (info->retry) assert_true(info->http >= 500 || info->http == 429);
    }
    assert_int_equal(ST_OK, 0);
    assert_int_equal(status_info(ST_OK)->exit, 0);
    assert_int_equal(FOOTNOTE_INTERNAL, ST_INTERNAL);
}

static void codes_are_unique_and_found_again(void **state) {
    (void)state;
    for (int i = 0; i < ST_COUNT; i++) {
        const char *code = status_info((enum status)i)->code;
        assert_int_equal(status_from_code(code), i);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(code, status_info((enum status)j)->code);
    }
}

static void unknown_numbers_and_codes_are_internal(void **state) {
    (void)state;
    assert_string_equal(status_info((enum status)ST_COUNT)->code, "internal");
    assert_string_equal(status_info((enum status) - 1)->code, "internal");
    assert_int_equal(status_from_code("no such code"), ST_INTERNAL);
    assert_int_equal(status_from_code(NULL), ST_INTERNAL);
}

static void set_fills_and_clears(void **state) {
    (void)state;
    struct err err = {.position = 7, .line = 8, .column = 9, .param = "old"};
    assert_int_equal(err_set(&err, ST_BUSY, "%d wait", 3), ST_BUSY);
    assert_int_equal(err.status, ST_BUSY);
    assert_string_equal(err.text, "3 wait");
    assert_string_equal(err.param, "");
    assert_int_equal(err.position, -1);
    assert_int_equal(err.line, 0);
    assert_int_equal(err_param(&err, ST_INVALID_VALUE, "limit", "too high"), ST_INVALID_VALUE);
    assert_string_equal(err.param, "limit");
    /* Its own text may be an argument: that is how context is added. */
    err_set(&err, ST_IO, "while at it: %s", err.text);
    assert_string_equal(err.text, "while at it: too high");
    assert_int_equal(err_set(NULL, ST_IO, "nobody listens"), ST_IO);
}

static void text_is_one_line_of_whole_characters(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    err_set(&err, ST_PARSE,
            "a\nb\rc\x01"
            "d");
    assert_string_equal(err.text, "a b c d");
    char filler[600];
    for (size_t lead = 500; lead < 516; lead++) {
        memset(filler, 'x', sizeof filler);
        strcpy(filler + lead, "\xE2\x80\xA6\xF0\x9F\x98\x80 tail that is too long");
        err_set(&err, ST_PARSE, "%s", filler);
        size_t len = strlen(err.text);
        assert_int_equal(utf8_valid(err.text, len), len);
        assert_true(len >= sizeof err.text - 4 && len < sizeof err.text);
    }
}

static void errno_is_mapped(void **state) {
    (void)state;
    static const struct {
        int number;
        enum status status;
    } rows[] = {
        {ENOSPC, ST_DISK_FULL}, {EDQUOT, ST_DISK_FULL}, {EFBIG, ST_DISK_FULL}, {EROFS, ST_READ_ONLY},
        {EACCES, ST_READ_ONLY}, {EPERM, ST_READ_ONLY},  {EMFILE, ST_NO_FILES}, {ENFILE, ST_NO_FILES},
        {ENOMEM, ST_NO_MEMORY}, {ENOENT, ST_NOT_FOUND}, {EIO, ST_IO},          {ENOTDIR, ST_IO},
        {EISDIR, ST_IO},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = ERR_NONE;
        assert_int_equal(err_errno(&err, rows[i].number, "opening '%s'", "/x"), rows[i].status);
        assert_memory_equal(err.text, "opening '/x': ", 14);
        assert_non_null(strstr(err.text, strerror(rows[i].number)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(codes_are_unique_and_found_again),
        cmocka_unit_test(unknown_numbers_and_codes_are_internal),
        cmocka_unit_test(set_fills_and_clears),
        cmocka_unit_test(text_is_one_line_of_whole_characters),
        cmocka_unit_test(errno_is_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
