/* Refusing a message unread: the ids that are found, and that any bytes give one answer which is JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/config.h"
#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config config;
static struct api api = {.config = &config};
static struct buf answer;
static int answers, http_status;

static void take_reply(void *arg, int status, const char *content_type, struct buf *take_body) {
    (void)arg;
    (void)content_type;
    answers++;
    http_status = status;
    buf_free(&answer);
    answer = *take_body;
}

/* The answer to a message that finds no room. */
static void refuse(const char *body, size_t len, const char *path) {
    struct arena *arena = arena_new();
    struct message *message = arena_alloc(arena, sizeof *message);
    struct err err = ERR_NONE;
    char *copy = malloc(len + 1); /* a sanitizer sees what is read beyond */
    memcpy(copy, body, len);
    copy[len] = '\0';
    message->api = &api;
    message->arena = arena;
    message->request = (struct api_request){.body = copy,
                                            .len = len,
                                            .http = path != NULL,
                                            .path = path,
                                            .method = path ? "POST" : NULL,
                                            .reply = take_reply};
    err_set(&err, ST_BUSY, "no room");
    answers = 0;
    message_refuse_unread(message, &err);
    free(copy);
    assert_int_equal(answers, 1);
}

/* The ids of the answers, as JSON texts with a space behind each; a batch in brackets. */
static const struct {
    const char *body, *ids;
} rows[] = {
    {"{\"id\": 7, \"method\": \"x\"}", "7 "},
    {"{\"method\": \"x\", \"params\": {\"id\": 1, \"query\": \"\\\"id\\\": 3\"}, \"id\" : \"a\\\"b\"}", "\"a\\\"b\" "},
    {"{\"id\": null}", "null "},
    {"{\"id\": -1.5e2}", "-150 "},
    {"{\"method\": \"x\"}", "null "},
    {"{\"id\": [1]}", "null "},
    {"{\"id\": {\"id\": 4}}", "null "},
    {"{\"id\": 1, \"id\": 2}", "null "},
    {"{\"a\": \"id\", \"id\": 5}", "5 "},
    {"{\"id\"", "null "},
    {"{\"id\":", "null "},
    {"{\"id\": \"open", "null "},
    {"{\"id\": \"\xff\"}", "null "},
    {"", "null "},
    {"nonsense", "null "},
    {"  {\"id\": 8}", "8 "},
    {"[{\"id\": 1}, {\"method\": \"x\"}, {\"id\": \"c\", \"params\": {\"id\": 2}}]", "[1 \"c\" ]"},
    {"[[{\"id\": 1}]]", "null "},
    {"[]", "null "},
    {"[{\"id\": 1}", "[1 ]"},
};

static void add_id(struct buf *out, const cJSON *item) {
    char *id = cJSON_PrintUnformatted(json_get(item, "id"));
    buf_printf(out, "%s ", id);
    cJSON_free(id);
    assert_string_equal(json_get_string(json_get(json_get(item, "error"), "data"), "code"), "busy");
}

static void ids(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf found;
        buf_init(&found, 0);
        refuse(rows[i].body, strlen(rows[i].body), NULL);
        cJSON *tree = cJSON_ParseWithLength(answer.data, answer.len);
        assert_non_null(tree);
        if (cJSON_IsArray(tree)) {
            const cJSON *item = NULL;
            buf_char(&found, '[');
            cJSON_ArrayForEach (item, tree)
                add_id(&found, item);
            buf_char(&found, ']');
        } else {
            add_id(&found, tree);
        }
        if (strcmp(found.data, rows[i].ids) != 0)
            fail_msg("%s\n  gives %s, expected %s", rows[i].body, found.data, rows[i].ids);
        buf_free(&found);
        cJSON_Delete(tree);
    }
}

static void over_http(void **state) {
    (void)state;
    refuse("{\"id\": 7}", 9, "/rpc");
    assert_int_equal(http_status, 200);
    assert_non_null(strstr(answer.data, "\"id\":7"));
    refuse("{\"id\": 7}", 9, "/v1/get");
    assert_int_equal(http_status, 503);
    assert_null(strstr(answer.data, "jsonrpc"));
    assert_non_null(strstr(answer.data, "\"retry\":true"));
}

static void any_bytes(void **state) {
    (void)state;
    uint64_t number = 20251008;
    for (int round = 0; round < 20000; round++) {
        char body[120];
        size_t len = 0;
        number = number * 6364136223846793005ULL + 1442695040888963407ULL;
        size_t most = (size_t)(number >> 40) % sizeof body;
        while (len < most) {
            number = number * 6364136223846793005ULL + 1442695040888963407ULL;
            unsigned draw = (unsigned)(number >> 33);
            static const char marks[] = "{}[]\",:\\ 0-e";
            if (draw % 7 == 0 && len + 5 < most) {
                memcpy(body + len, "\"id\":", 5);
                len += 5;
            } else {
                body[len++] = draw % 5 == 0 ? (char)(draw >> 8) : marks[draw / 8 % (sizeof marks - 1)];
            }
        }
        struct err err = ERR_NONE;
        refuse(body, len, NULL);
        if (json_check(answer.data, answer.len, NULL, &err) != ST_OK) fail_msg("%s: %s", err.text, answer.data);
    }
}

static int setup(void **state) {
    (void)state;
    config_init(&config);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    buf_free(&answer);
    config_free(&config);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids),
        cmocka_unit_test(over_http),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
