/* Parameters: what each reader takes, what it refuses, and that the error names the parameter.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"

#include <stdio.h>
#include <string.h>

static struct method method = {.name = "probe", .scope = "search"};
static cJSON *tree;
static struct call call;

/* A call with these parameters; `p` is the one that the tests look at. */
static struct call *call_with(const char *json) {
    struct err err = ERR_NONE;
    cJSON_Delete(tree);
    arena_free(call.arena);
    tree = NULL;
    if (json && json_parse(&tree, json, strlen(json), NULL, &err) != ST_OK) fail_msg("%s in %s", err.text, json);
    call = (struct call){.method = &method, .params = tree, .arena = arena_new(), .err = ERR_NONE};
    return &call;
}

static int teardown(void **state) {
    (void)state;
    cJSON_Delete(tree);
    arena_free(call.arena);
    return 0;
}

static void assert_refused(enum status expected, const char *param) {
    assert_int_equal(call.err.status, expected);
    assert_string_equal(call.err.param, param);
    assert_non_null(strstr(call.err.text, param));
}

static void known(void **state) {
    (void)state;
    static const char *const names[] = {"a", "b", NULL}, *const none[] = {NULL};
    assert_int_equal(params_known(call_with(NULL), none), ST_OK);
    assert_int_equal(params_known(call_with("{}"), none), ST_OK);
    assert_int_equal(params_known(call_with("{\"b\":1,\"a\":2}"), names), ST_OK);
    assert_int_equal(params_known(call_with("{\"b\":1,\"A\":2}"), names), ST_UNKNOWN_FIELD);
    assert_refused(ST_UNKNOWN_FIELD, "A");
    assert_non_null(strstr(call.err.text, "'probe'"));
    assert_int_equal(params_known(call_with("{\"min_revision\":1}"), names), ST_OK);
    method.scope = "write";
    assert_int_equal(params_known(call_with("{\"min_revision\":1}"), names), ST_UNKNOWN_FIELD);
    method.scope = "search";
}

static void strings(void **state) {
    (void)state;
    const char *out = "before";
    assert_int_equal(param_string(call_with("{\"p\":\"x\"}"), "p", true, &out), ST_OK);
    assert_string_equal(out, "x");
    static const char *const absent[] = {NULL, "{}", "{\"p\":null}"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(param_string(call_with(absent[i]), "p", false, &out), ST_OK);
        assert_null(out);
        assert_int_equal(param_string(call_with(absent[i]), "p", true, &out), ST_MISSING_FIELD);
        assert_refused(ST_MISSING_FIELD, "p");
    }
    static const char *const wrong[] = {"{\"p\":1}", "{\"p\":[\"x\"]}", "{\"p\":true}", "{\"p\":{}}"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(param_string(call_with(wrong[i]), "p", false, &out), ST_INVALID_VALUE);
        assert_refused(ST_INVALID_VALUE, "p");
    }
}

static void booleans(void **state) {
    (void)state;
    bool out = true;
    assert_int_equal(param_bool(call_with("{}"), "p", &out), ST_OK);
    assert_true(out); /* the default stays */
    assert_int_equal(param_bool(call_with("{\"p\":false}"), "p", &out), ST_OK);
    assert_false(out);
    assert_int_equal(param_bool(call_with("{\"p\":1}"), "p", &out), ST_INVALID_VALUE);
    assert_refused(ST_INVALID_VALUE, "p");
    assert_int_equal(param_bool(call_with("{\"p\":\"true\"}"), "p", &out), ST_INVALID_VALUE);
}

static void numbers(void **state) {
    (void)state;
    int64_t out = 7;
    assert_int_equal(param_number(call_with("{}"), "p", 0, 10, &out), ST_OK);
    assert_int_equal(out, 7);
    assert_int_equal(param_number(call_with("{\"p\":10}"), "p", 0, 10, &out), ST_OK);
    assert_int_equal(out, 10);
    assert_int_equal(param_number(call_with("{\"p\":9007199254740992}"), "p", 0, 9007199254740992.0, &out), ST_OK);
    assert_true(out == 9007199254740992);
    static const char *const wrong[] = {"{\"p\":11}",    "{\"p\":-1}",   "{\"p\":1.5}",
                                        "{\"p\":\"1\"}", "{\"p\":true}", "{\"p\":1e300}"};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(param_number(call_with(wrong[i]), "p", 0, 10, &out), ST_INVALID_VALUE);
        assert_refused(ST_INVALID_VALUE, "p");
        assert_non_null(strstr(call.err.text, "from 0 to 10"));
    }
}

static void lists(void **state) {
    (void)state;
    const char **out = NULL;
    size_t count = 9;
    assert_int_equal(param_strings(call_with("{}"), "p", &out, &count), ST_OK);
    assert_int_equal(count, 0);
    assert_int_equal(param_strings(call_with("{\"p\":\"x\"}"), "p", &out, &count), ST_OK);
    assert_int_equal(count, 1);
    assert_string_equal(out[0], "x");
    assert_int_equal(param_strings(call_with("{\"p\":[\"x\",\"y\",\"x\"]}"), "p", &out, &count), ST_OK);
    assert_int_equal(count, 3);
    assert_string_equal(out[2], "x");
    assert_int_equal(param_strings(call_with("{\"p\":[]}"), "p", &out, &count), ST_OK);
    assert_int_equal(count, 0);
    static const char *const wrong[] = {"{\"p\":[1]}", "{\"p\":[\"x\",null]}", "{\"p\":{}}", "{\"p\":5}"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(param_strings(call_with(wrong[i]), "p", &out, &count), ST_INVALID_VALUE);
        assert_refused(ST_INVALID_VALUE, "p");
    }
}

static void kinds(void **state) {
    (void)state;
    enum store_kind kind;
    assert_int_equal(param_kind(call_with("{}"), &kind), ST_OK);
    assert_int_equal(kind, STORE_ARTICLE);
    assert_int_equal(param_kind(call_with("{\"kind\":\"source\"}"), &kind), ST_OK);
    assert_int_equal(kind, STORE_SOURCE);
    assert_int_equal(param_kind(call_with("{\"kind\":\"person\"}"), &kind), ST_INVALID_VALUE);
    assert_refused(ST_INVALID_VALUE, "kind");
}

static void waits(void **state) {
    (void)state;
    static const struct {
        const char *json;
        bool visible;
    } good[] = {{"{}", false},
                {"{\"wait\":\"durable\"}", false},
                {"{\"wait\":\"visible\"}", true},
                {"{\"wait\":true}", true},
                {"{\"wait\":false}", false},
                {"{\"wait\":null}", false}};
    bool visible;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(param_wait(call_with(good[i].json), &visible), ST_OK);
        assert_int_equal(visible, good[i].visible);
    }
    assert_int_equal(param_wait(call_with("{\"wait\":\"soon\"}"), &visible), ST_INVALID_VALUE);
    assert_refused(ST_INVALID_VALUE, "wait");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known), cmocka_unit_test(strings), cmocka_unit_test(booleans), cmocka_unit_test(numbers),
        cmocka_unit_test(lists), cmocka_unit_test(kinds),   cmocka_unit_test(waits),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
