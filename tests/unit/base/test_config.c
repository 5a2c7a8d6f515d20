/* Configuration: units, limits, precedence, and files that are read back.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/config.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct config config;
static char dir[] = "/tmp/footnote-config-XXXXXX";
static char path[64];

static int setup(void **state) {
    (void)state;
    config_init(&config);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    config_free(&config);
    return 0;
}

static int make_dir(void **state) {
    (void)state;
    if (!mkdtemp(dir)) return -1;
    snprintf(path, sizeof path, "%s/footnote.conf", dir);
    return 0;
}

static int remove_dir(void **state) {
    (void)state;
    return file_remove_tree(dir, NULL) == ST_OK ? 0 : -1;
}

static void values_take_units(void **state) {
    (void)state;
    static const struct {
        const char *key;
        const char *value;
        int64_t number;
    } rows[] = {
        {"max_line_bytes", "1024", 1024},
        {"max_line_bytes", "1KiB", 1024},
        {"max-line-bytes", "64MiB", 67108864},
        {"max_line_bytes", "1GiB", 1073741824},
        {"max_line_bytes", "2048B", 2048},
        {"commit_interval", "500ms", 500},
        {"commit_interval", "30s", 30000},
        {"idle-timeout", "10min", 600000},
        {"commit_interval", "250", 250},
        {"slow_query", "0", 0},
        {"workers", "8", 8},
        {"max_depth", "007", 7},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = ERR_NONE;
        if (config_set(&config, rows[i].key, rows[i].value, &err) != ST_OK) fail_msg("%s", err.text);
        int64_t got = strncmp(rows[i].key, "max_l", 5) == 0 || strncmp(rows[i].key, "max-l", 5) == 0
                          ? config.max_line_bytes
                      : rows[i].key[0] == 'c' ? config.commit_interval
                      : rows[i].key[0] == 'i' ? config.idle_timeout
                      : rows[i].key[0] == 's' ? config.slow_query
                      : rows[i].key[0] == 'w' ? config.workers
                                              : config.max_depth;
        assert_int_equal(got, rows[i].number);
    }
}

static void wrong_values_name_key_and_limits(void **state) {
    (void)state;
    static const struct {
        const char *key;
        const char *value;
        const char *text;
    } rows[] = {
        {"max_line_bytes", "1MB",
         "configuration key 'max_line_bytes': expected a size like 1MiB from 1KiB to 1GiB, got \"1MB\""},
        {"max_line_bytes", "1023", "from 1KiB to 1GiB"},
        {"max_line_bytes", "2GiB", "got \"2GiB\""},
        {"max_line_bytes", "99999999999999999999", "got \"99999999999999999999\""},
        {"max_line_bytes", "9999999999GiB", "got \"9999999999GiB\""},
        {"max_line_bytes", "5s", "got \"5s\""},
        {"max_line_bytes", "1.5MiB", "got \"1.5MiB\""},
        {"workers", "-1", "configuration key 'workers': expected a number from 0 to 256, got \"-1\""},
        {"workers", "", "got \"\""},
        {"workers", "4x", "got \"4x\""},
        {"workers", "1KiB", "got \"1KiB\""},
        {"workers", "0x10", "got \"0x10\""},
        {"commit_interval", "0", "expected a duration like 500ms, 30s or 10min from 1ms to 1min"},
        {"commit_interval", "1h", "got \"1h\""},
        {"data", "a\nb", "expected no control character, got byte 0x0a"},
        {"colour", "red", "unknown configuration key 'colour'"},
        {"data_", "x", "unknown configuration key 'data_'"},
        {"", "x", "unknown configuration key ''"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = ERR_NONE;
        if (config_set(&config, rows[i].key, rows[i].value, &err) != ST_INVALID_CONFIG)
            fail_msg("%s = %s passed", rows[i].key, rows[i].value);
        if (!strstr(err.text, rows[i].text)) fail_msg("%s", err.text);
        assert_string_equal(err.param, rows[i].key);
    }
    assert_int_equal(config.workers, 0);
    assert_int_equal(config.max_line_bytes, 67108864);
}

static void write_file(const char *text) {
    assert_int_equal(file_replace(path, text, strlen(text), NULL), ST_OK);
}

static void files_are_read(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    write_file("# a comment\n\n  data = /srv/a folder#1  # not this\r\nworkers=3#\n");
    assert_int_equal(config_read_file(&config, path, &err), ST_INVALID_CONFIG); /* "3#" is no number */
    write_file(
        "# a comment\n\n  data = /srv/a folder#1  # not this\r\nworkers=3 #\nmax-queue = 9\nlog_level\t=\tdebug\n"
        "socket = \"with # and \\\" and \\\\ \" # end\nlisten =\nhttp=\"\"");
    assert_int_equal(config_read_file(&config, path, &err), ST_OK);
    assert_string_equal(config.data, "/srv/a folder#1");
    assert_string_equal(config.socket, "with # and \" and \\ ");
    assert_string_equal(config.log_level, "debug");
    assert_string_equal(config.listen, "");
    assert_int_equal(config.workers, 3);
    assert_int_equal(config.max_queue, 9);
}

static void faults_of_files_name_their_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        long line;
        const char *message;
    } rows[] = {
        {"workers = 3\n\ncolour = red\n", 3, "footnote.conf:3: unknown configuration key 'colour'"},
        {"workers = many", 1,
         "footnote.conf:1: configuration key 'workers': expected a number from 0 to 256, got \"many\""},
        {"\nworkers\n", 2, "footnote.conf:2: expected `key = value`, got \"workers\""},
        {"workers = 3\nmax_depth = 9\nworkers = 4\n", 3,
         "footnote.conf:3: configuration key 'workers' stands in line 1 already"},
        {"data = \"half\n", 1, "footnote.conf:1: configuration key 'data': expected a closing quote"},
        {"data = \"a\" b\n", 1, "expected a closing quote"},
        {"[section]\n", 1, "expected `key = value`"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = ERR_NONE;
        write_file(rows[i].text);
        assert_int_equal(config_read_file(&config, path, &err), ST_INVALID_CONFIG);
        if (!strstr(err.text, rows[i].message)) fail_msg("%s", err.text);
        assert_int_equal(err.line, rows[i].line);
        assert_int_equal(err.status, ST_INVALID_CONFIG);
    }
    struct err err = ERR_NONE;
    assert_int_equal(config_read_file(&config, "/nonexistent/footnote.conf", &err), ST_NOT_FOUND);
    assert_int_equal(file_replace(path, "data = a\0b", 10, NULL), ST_OK);
    assert_int_equal(config_read_file(&config, path, &err), ST_INVALID_CONFIG);
}

static void what_is_printed_is_read_back(void **state) {
    (void)state;
    static const char *const texts[] = {"plain",         "",  " padded ", "a # b", "\"quoted\"",
                                        "back\\slash\\", "#", "tab\\t",   "a=b"};
    for (size_t i = 0; i < ROWS(texts); i++) {
        struct buf first;
        struct buf second;
        struct config again;
        buf_init(&first, 0);
        buf_init(&second, 0);
        assert_int_equal(config_set(&config, "data", texts[i], NULL), ST_OK);
        assert_int_equal(config_set(&config, "max_line_bytes", "1025", NULL), ST_OK);
        assert_int_equal(config_set(&config, "commit_interval", "1500ms", NULL), ST_OK);
        config_print(&config, &first);
        assert_int_equal(file_replace(path, first.data, first.len, NULL), ST_OK);
        config_init(&again);
        struct err err = ERR_NONE;
        if (config_read_file(&again, path, &err) != ST_OK) fail_msg("%s", err.text);
        assert_string_equal(again.data, texts[i]);
        config_print(&again, &second);
        assert_string_equal(first.data, second.data);
        config_free(&again);
        buf_free(&first);
        buf_free(&second);
    }
}

static void the_environment_is_read(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    setenv("FOOTNOTED_MAX_LINE_BYTES", "2MiB", 1);
    setenv("FOOTNOTED_SCHEMA", "/x/schema.json", 1);
    setenv("FOOTNOTED_NO_SUCH_KEY", "ignored", 1);
    assert_int_equal(config_read_env(&config, &err), ST_OK);
    assert_int_equal(config.max_line_bytes, 2097152);
    assert_string_equal(config.schema, "/x/schema.json");
    setenv("FOOTNOTED_MAX_LINE_BYTES", "2MB", 1);
    assert_int_equal(config_read_env(&config, &err), ST_INVALID_CONFIG);
    assert_non_null(strstr(err.text, "environment FOOTNOTED_MAX_LINE_BYTES: "));
    assert_string_equal(err.param, "max_line_bytes");
    unsetenv("FOOTNOTED_MAX_LINE_BYTES");
    unsetenv("FOOTNOTED_SCHEMA");
    unsetenv("FOOTNOTED_NO_SUCH_KEY");
}

static void help_names_every_flag(void **state) {
    (void)state;
    static const char *const names[] = {
#define CONFIG_STRING(key, default_value, flag_help)          #key,
#define CONFIG_SIZE(key, default_value, min, max, flag_help)  #key,
#define CONFIG_COUNT(key, default_value, min, max, flag_help) #key,
#define CONFIG_MS(key, default_value, min, max, flag_help)    #key,
#include "base/config.def"
#undef CONFIG_STRING
#undef CONFIG_SIZE
#undef CONFIG_COUNT
#undef CONFIG_MS
    };
    struct buf help;
    buf_init(&help, 0);
    config_help(&help);
    for (size_t i = 0; i < ROWS(names); i++) {
        char flag[64];
        snprintf(flag, sizeof flag, "--%s ", names[i]);
        for (char *c = flag; *c; c++)
            *c = *c == '_' ? '-' : *c;
        assert_non_null(strstr(help.data, flag));
    }
    assert_non_null(strstr(help.data, "[64MiB]"));
    for (char *line = help.data; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 100);
    buf_free(&help);
}

/* The defaults of config.def lie within its own limits. */
static void defaults_are_valid(void **state) {
    (void)state;
#define CONFIG_STRING(key, default_value, flag_help) assert_string_equal(config.key, default_value);
#define CONFIG_NUMBER(key, default_value, min, max)                                                                    \
    assert_true(config.key == (default_value) && config.key >= (min) && config.key <= (max));
#define CONFIG_SIZE(key, default_value, min, max, flag_help)  CONFIG_NUMBER(key, default_value, min, max)
#define CONFIG_COUNT(key, default_value, min, max, flag_help) CONFIG_NUMBER(key, default_value, min, max)
#define CONFIG_MS(key, default_value, min, max, flag_help)    CONFIG_NUMBER(key, default_value, min, max)
#include "base/config.def"
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults_are_valid, setup, teardown),
        cmocka_unit_test_setup_teardown(values_take_units, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_values_name_key_and_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(files_are_read, setup, teardown),
        cmocka_unit_test_setup_teardown(faults_of_files_name_their_line, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_printed_is_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(the_environment_is_read, setup, teardown),
        cmocka_unit_test(help_names_every_flag),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
