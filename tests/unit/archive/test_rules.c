/* Rules: the shipped files open; a wrong boilerplate.json is told with its place.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <unistd.h>

static void write_file(const char *dir, const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_replace(path, text, strlen(text), NULL), ST_OK);
}

/* Opens a folder whose boilerplate.json is `text`, the other files being the shipped ones; the error's text without
 * the folder's path, or "" when it opens. */
static const char *opened(const char *text, enum status *status) {
    static const char *const others[] = {"url-rules.json", "outlets.json", "abbreviations.txt"};
    char dir[] = "/tmp/footnote-rules-XXXXXX", path[512], shipped[1024];
    struct rules *rules = NULL;
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(dir));
    if (text) write_file(dir, "boilerplate.json", text);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, others[i]);
        snprintf(shipped, sizeof shipped, "%s/index-schema/%s", FOOTNOTE_SOURCE_DIR, others[i]);
        assert_int_equal(symlink(shipped, path), 0);
    }
    *status = rules_open(&rules, dir, &err);
    assert_int_equal(*status == ST_OK, rules != NULL);
    rules_close(rules);
    assert_int_equal(file_remove_tree(dir, NULL), ST_OK);
    const char *slash = strrchr(err.text, '/');
    return arena_strdup(world.arena, *status == ST_OK ? "" : slash ? slash + 1 : err.text);
}

static void tells_places(void **state) {
    static const struct {
        const char *file, *text;
    } rows[] = {
        {"{}", ""},
        {"{\"_\": \"a comment\", \"version\": 1, \"date_order\": \"dmy\", \"summary\": [\"Kurz\"]}", ""},
        {"[]", "boilerplate.json:1:1: expected an object"},
        {"{\"version\": 2}", "boilerplate.json:1:13: expected version 1"},
        {"{\n  \"date_order\": \"ymd\"\n}", "boilerplate.json:2:17: expected \"dmy\" or \"mdy\""},
        {"{\n  \"summary\": \"Short\"\n}", "boilerplate.json:2:14: expected an array of phrases"},
        {"{\"summary\": [\"a\",\n\"\"]}", "boilerplate.json:2:1: expected a phrase, a string that is not empty"},
        {"{\"summary\": [7]}", "boilerplate.json:1:14: expected a phrase, a string that is not empty"},
        {"{\n\"sumary\": []}", "boilerplate.json:2:11: unknown field 'sumary'"},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum status status;
        expect_same(&failed, rows[i].file, opened(rows[i].file, &status), rows[i].text);
        assert_int_equal(status, *rows[i].text ? ST_INVALID_FORMAT : ST_OK);
    }
    assert_int_equal(failed, 0);
}

static void tells_broken_json(void **state) {
    enum status status;
    (void)state;
    assert_memory_equal(opened("{\n\"version\": 1,\n}", &status), "boilerplate.json:3:1: ", 22);
    assert_int_equal(status, ST_INVALID_FORMAT);
}

static void tells_absent_files(void **state) {
    enum status status;
    (void)state;
    assert_non_null(strstr(opened(NULL, &status), "boilerplate.json"));
    assert_int_equal(status, ST_NOT_FOUND);
}

static void closes_nothing(void **state) {
    (void)state;
    rules_close(NULL);
    assert_non_null(rules_abbreviations(world.rules));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_places),
        cmocka_unit_test(tells_broken_json),
        cmocka_unit_test(tells_absent_files),
        cmocka_unit_test(closes_nothing),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
