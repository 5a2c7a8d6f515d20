/* The default configuration and its manual page say what config.def says.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Both are written from the table: systemd/footnote.conf behind its head, and in
 * systemd/man/footnote.conf.5 what stands between these two lines:
 *
 *     .\" keys: from config.def
 *     .\" keys: end
 *
 * When one differs, the test writes what it expected into its working folder and names the file: copy it
 * when the change of the table is meant. */
#include "base/config.h"
#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char conf_path[] = FOOTNOTE_SOURCE_DIR "/systemd/footnote.conf";
static const char man_path[] = FOOTNOTE_SOURCE_DIR "/systemd/man/footnote.conf.5";
static const char man_from[] = ".\\\" keys: from config.def\n";
static const char man_to[] = ".\\\" keys: end\n";

struct row {
    const char *key, *type, *help;
    long long min, max; /* 0, 0: no limits to tell */
};

static const struct row rows[] = {
#define CONFIG_STRING(key, default_value, flag_help)          {#key, "TEXT", flag_help, 0, 0},
#define CONFIG_SIZE(key, default_value, min, max, flag_help)  {#key, "SIZE", flag_help, min, max},
#define CONFIG_COUNT(key, default_value, min, max, flag_help) {#key, "N", flag_help, min, max},
#define CONFIG_MS(key, default_value, min, max, flag_help)    {#key, "TIME", flag_help, min, max},
#include "base/config.def"
#undef CONFIG_STRING
#undef CONFIG_SIZE
#undef CONFIG_COUNT
#undef CONFIG_MS
};
enum { ROWS = sizeof rows / sizeof *rows, VALUE_BYTES = 256 };

static char *whole(const char *path) {
    char *text;
    size_t len;
    struct err err = ERR_NONE;
    if (file_read(&text, &len, path, 1 << 20, &err) != ST_OK) fail_msg("%s", err.text);
    return text;
}

/* A key's value as config_print writes it, from its `key = value` line. */
static void value_of(char out[VALUE_BYTES], const struct config *config, const char *key) {
    struct buf text;
    char line[80];
    buf_init(&text, 0);
    config_print(config, &text);
    buf_char(&text, '\0');
    snprintf(line, sizeof line, "\n%s = ", key);
    const char *at = strstr(text.data, line);
    assert_non_null(at);
    at += strlen(line);
    snprintf(out, VALUE_BYTES, "%.*s", (int)strcspn(at, "\n"), at);
    buf_free(&text);
}

static void number_as_printed(char out[VALUE_BYTES], const char *key, long long number) {
    struct config config;
    struct err err = ERR_NONE;
    char bare[32];
    config_init(&config);
    snprintf(bare, sizeof bare, "%lld", number);
    assert_int_equal(config_set(&config, key, bare, &err), ST_OK);
    value_of(out, &config, key);
    config_free(&config);
}

static void same_or_tell(const char *name, const char *found, size_t len, struct buf *expected) {
    if (expected->len == len && memcmp(expected->data, found, len) == 0) return;
    struct err err = ERR_NONE;
    if (file_replace(name, expected->data, expected->len, &err) != ST_OK) fail_msg("%s", err.text);
    fail_msg("it differs from config.def; what was expected stands in the file %s of this test's folder", name);
}

static void expected_conf(struct buf *out) {
    struct config config;
    config_init(&config);
    for (const struct row *row = rows; row < rows + ROWS; row++) {
        char value[VALUE_BYTES];
        value_of(value, &config, row->key);
        buf_printf(out, "\n# %s\n#%s = %s\n", row->help, row->key, value);
    }
    config_free(&config);
}

static void expected_man(struct buf *out) {
    struct config config;
    config_init(&config);
    for (const struct row *row = rows; row < rows + ROWS; row++) {
        char value[VALUE_BYTES], min[VALUE_BYTES], max[VALUE_BYTES];
        value_of(value, &config, row->key);
        buf_printf(out, ".It Va %s No = Ar %s\n%s.\n", row->key, row->type, row->help);
        if (row->max > 0) {
            number_as_printed(min, row->key, row->min);
            number_as_printed(max, row->key, row->max);
            buf_printf(out, "Default: %s; from %s to %s.\n", value, min, max);
        } else if (strcmp(value, "\"\"") != 0) {
            buf_printf(out, "Default: %s.\n", value);
        }
    }
    config_free(&config);
}

static void test_default_file_is_the_table(void **state) {
    (void)state;
    struct buf expected;
    buf_init(&expected, 0);
    expected_conf(&expected);
    char *text = whole(conf_path);
    const char *head_end = strstr(text, "\n\n");
    assert_non_null(head_end);
    same_or_tell("footnote.conf.expected", head_end + 1, strlen(head_end + 1), &expected);
    mem_free(text);
    buf_free(&expected);
}

static void test_manual_page_is_the_table(void **state) {
    (void)state;
    struct buf expected;
    buf_init(&expected, 0);
    expected_man(&expected);
    char *text = whole(man_path);
    const char *from = strstr(text, man_from);
    const char *to = strstr(text, man_to);
    if (!from || !to) fail_msg("%s has no lines `%s` and `%s`", man_path, man_from, man_to);
    from += strlen(man_from);
    same_or_tell("footnote.conf.5.expected", from, (size_t)(to - from), &expected);
    mem_free(text);
    buf_free(&expected);
}

static void assert_defaults(const char *path) {
    struct config defaults, read;
    struct buf a, b;
    struct err err = ERR_NONE;
    config_init(&defaults);
    config_init(&read);
    buf_init(&a, 0);
    buf_init(&b, 0);
    if (config_read_file(&read, path, &err) != ST_OK) fail_msg("%s", err.text);
    config_print(&defaults, &a);
    config_print(&read, &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    buf_free(&a);
    buf_free(&b);
    config_free(&defaults);
    config_free(&read);
}

static void test_default_file_is_accepted(void **state) {
    (void)state;
    assert_defaults(conf_path);
}

/* As somebody would who takes the # away from every key. */
static void test_every_line_is_accepted(void **state) {
    (void)state;
    struct buf open;
    struct err err = ERR_NONE;
    buf_init(&open, 0);
    char *text = whole(conf_path);
    char *rest = text;
    char *line;
    size_t keys = 0;
    while ((line = strsep(&rest, "\n"))) {
        bool is_key = line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';
        keys += is_key;
        buf_printf(&open, "%s\n", line + is_key);
    }
    assert_int_equal(keys, ROWS);
    assert_int_equal(file_replace("footnote.conf.open", open.data, open.len, &err), ST_OK);
    assert_defaults("footnote.conf.open");
    mem_free(text);
    buf_free(&open);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_file_is_the_table),
        cmocka_unit_test(test_manual_page_is_the_table),
        cmocka_unit_test(test_default_file_is_accepted),
        cmocka_unit_test(test_every_line_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
