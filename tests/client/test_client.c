/* libfootnote against a socket that the test answers: calls, pipelining, errors, time limits, lost connections.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <footnote/client.h>

#include "peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct footnote_client *open_at(const struct peer *peer, int timeout_ms) {
    struct footnote_client *client;
    assert_int_equal(footnote_open(&client, peer_endpoint(peer), timeout_ms), FOOTNOTE_OK);
    assert_string_equal(footnote_endpoint(client), peer_endpoint(peer));
    return client;
}

/* Answers each request with its own line as the result. */
static void echo(struct peer *peer, int fd) {
    (void)peer;
    char *line;
    while ((line = peer_read(fd))) {
        peer_write(fd, "{\"jsonrpc\":\"2.0\",\"id\":%lu,\"result\":%s}\n", peer_id(line), line);
        free(line);
    }
}

static void test_call(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(echo);
    struct footnote_client *client = open_at(peer, 5000);
    char *result;
    assert_int_equal(footnote_call(client, "status", NULL, &result), FOOTNOTE_OK);
    assert_string_equal(result, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\",\"params\":{}}");
    footnote_free(result);
    /* Line feeds between tokens become spaces; everything else goes as it is. */
    assert_int_equal(footnote_call(client, "put", " {\"a\":\n9007199254740993, \"\\n\" :1e400}\r\n", &result),
                     FOOTNOTE_OK);
    assert_non_null(strstr(result, "\"params\":{\"a\": 9007199254740993, \"\\n\" :1e400}}"));
    footnote_free(result);
    assert_string_equal(footnote_error(client), "");
    assert_null(footnote_error_json(client));
    footnote_close(client);
    peer_close(peer);
}

static void test_parameters_are_checked(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",      "[]",       "{\"a\":1},\"b\":{}", "{\"a\":01}",   "{\"a\":1.}",  "{'a':1}",
        "{a:1}", "{\"a\":1", "{\"a\":\"\n\"}",     "{\"a\":+1}",   "{\"a\":nul}", "{\"a\":\"\\x\"}",
        "7",     "{} {}",    "{\"a\" 1}",          "{\"a\":[1,]}", "{,}",         "\"\\u12g4\""};
    struct peer *peer = peer_open_unix(echo);
    struct footnote_client *client = open_at(peer, 5000);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *result;
        assert_int_equal(footnote_call(client, "put", wrong[i], &result), FOOTNOTE_INVALID_VALUE);
        assert_null(result);
        assert_string_not_equal(footnote_error(client), "");
    }
    /* Deeper than any limit of the daemon, and more than a stack could bear if it recursed for long. */
    char *deep = malloc(200000);
    strcpy(deep, "{\"a\":");
    memset(deep + 5, '[', 100000);
    deep[100005] = '\0';
    char *result;
    assert_int_equal(footnote_call(client, "put", deep, &result), FOOTNOTE_INVALID_VALUE);
    free(deep);
    assert_int_equal(footnote_call(client, "put", "{}", &result), FOOTNOTE_OK);
    footnote_free(result);
    footnote_close(client);
    peer_close(peer);
}

/* Three requests, answered last first. */
static void backwards(struct peer *peer, int fd) {
    (void)peer;
    unsigned long ids[3];
    for (int i = 0; i < 3; i++) {
        char *line = peer_read(fd);
        ids[i] = line ? peer_id(line) : 0;
        free(line);
    }
    for (int i = 3; i-- > 0;)
        peer_write(fd, "{\"id\":%lu,\"result\":%lu}\r\n", ids[i], ids[i] * 10);
    free(peer_read(fd));
}

static void test_pipelining(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(backwards);
    struct footnote_client *client = open_at(peer, 5000);
    unsigned long a, b, c, id;
    char *result;
    assert_int_equal(footnote_send(client, "m", NULL, &a), FOOTNOTE_OK);
    assert_int_equal(footnote_send(client, "m", NULL, &b), FOOTNOTE_OK);
    assert_int_equal(footnote_send(client, "m", NULL, &c), FOOTNOTE_OK);
    unsigned long expected[] = {c, b, a};
    for (int i = 0; i < 3; i++) {
        char number[32];
        snprintf(number, sizeof number, "%lu", expected[i] * 10);
        assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_OK);
        assert_int_equal(id, expected[i]);
        assert_string_equal(result, number);
        footnote_free(result);
    }
    assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_INVALID_REQUEST);
    footnote_close(client);
    peer_close(peer);
}

/* A call between sent requests: its answer is its own, the others keep. */
static void test_call_among_others(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(backwards);
    struct footnote_client *client = open_at(peer, 5000);
    unsigned long a, b, id;
    char *result;
    assert_int_equal(footnote_send(client, "m", NULL, &a), FOOTNOTE_OK);
    assert_int_equal(footnote_send(client, "m", NULL, &b), FOOTNOTE_OK);
    assert_int_equal(footnote_call(client, "m", NULL, &result), FOOTNOTE_OK);
    assert_string_equal(result, "30");
    footnote_free(result);
    assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_OK);
    assert_int_equal(id, b);
    footnote_free(result);
    assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_OK);
    assert_int_equal(id, a);
    footnote_free(result);
    footnote_close(client);
    peer_close(peer);
}

static void refuse(struct peer *peer, int fd) {
    static const char *const errors[] = {
        "{\"code\":-32000,\"message\":\"no such record\",\"data\":{\"code\":\"not_found\"}}",
        "{\"code\":-32601,\"message\":\"m?\",\"data\":{\"code\":\"of_the_future\"}}",
        "{\"code\":-32602}",
        "{\"code\":-32000,\"message\":\"odd\",\"data\":{\"code\":\"ok\"}}",
        "{}",
    };
    (void)peer;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        char *line = peer_read(fd);
        if (!line) return;
        peer_write(fd, "{\"error\":%s,\"id\":%lu,\"more\":[{\"id\":3}]}\n", errors[i], peer_id(line));
        free(line);
    }
}

static void test_errors_of_the_daemon(void **state) {
    (void)state;
    static const enum footnote_status expected[] = {FOOTNOTE_NOT_FOUND, FOOTNOTE_UNKNOWN_METHOD, FOOTNOTE_INVALID_VALUE,
                                                    FOOTNOTE_INTERNAL, FOOTNOTE_INTERNAL};
    struct peer *peer = peer_open_unix(refuse);
    struct footnote_client *client = open_at(peer, 5000);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char *result;
        assert_int_equal(footnote_call(client, "get", "{\"id\":\"a\"}", &result), expected[i]);
        assert_null(result);
        assert_non_null(footnote_error_json(client));
        if (i == 0) assert_string_equal(footnote_error(client), "no such record");
        if (i == 4) assert_string_equal(footnote_error(client), footnote_status_sentence(FOOTNOTE_INTERNAL));
    }
    footnote_close(client);
    peer_close(peer);
}

/* The first request is never answered in time; its answer comes with that of the second. */
static void late(struct peer *peer, int fd) {
    (void)peer;
    char *first = peer_read(fd), *second = peer_read(fd);
    if (first && second)
        peer_write(fd, "{\"id\":%lu,\"result\":\"late\"}\n{\"id\":%lu,\"result\":\"good\"}\n", peer_id(first),
                   peer_id(second));
    free(first);
    free(second);
    free(peer_read(fd));
}

static void test_call_times_out(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(late);
    struct footnote_client *client = open_at(peer, 50);
    char *result;
    assert_int_equal(footnote_call(client, "m", NULL, &result), FOOTNOTE_TIMEOUT);
    assert_non_null(strstr(footnote_error(client), "50 ms"));
    /* The connection stays good, and the late answer is nobody's. */
    footnote_set_timeout(client, 5000);
    assert_int_equal(footnote_call(client, "m", NULL, &result), FOOTNOTE_OK);
    assert_string_equal(result, "\"good\"");
    footnote_free(result);
    footnote_close(client);
    peer_close(peer);
}

static void test_receive_times_out(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(late);
    struct footnote_client *client = open_at(peer, 30);
    unsigned long a, b, id;
    char *result;
    assert_int_equal(footnote_send(client, "m", NULL, &a), FOOTNOTE_OK);
    assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_TIMEOUT);
    assert_int_equal(id, 0);
    /* Unlike a call's, the request stays open. */
    assert_int_equal(footnote_send(client, "m", NULL, &b), FOOTNOTE_OK);
    footnote_set_timeout(client, 5000);
    assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_OK);
    assert_int_equal(id, a);
    footnote_free(result);
    assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_OK);
    assert_int_equal(id, b);
    footnote_free(result);
    footnote_close(client);
    peer_close(peer);
}

enum { MANY = 300, LARGE = 100000 };

/* Answers only when all requests were read, with answers larger than any socket buffer. */
static void greedy(struct peer *peer, int fd) {
    (void)peer;
    static unsigned long ids[MANY];
    char *filler = malloc(LARGE + 1);
    memset(filler, 'x', LARGE);
    filler[LARGE] = '\0';
    for (int i = 0; i < MANY; i++) {
        char *line = peer_read(fd);
        ids[i] = line ? peer_id(line) : 0;
        free(line);
    }
    for (int i = 0; i < MANY; i++)
        peer_write(fd, "{\"id\":%lu,\"result\":\"%s\"}\n", ids[i], filler);
    free(filler);
}

/* Both directions hold more than the socket takes: neither may wait for the other. */
static void test_much_in_both_directions(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(greedy);
    struct footnote_client *client = open_at(peer, 60000);
    char *params = malloc(4096 + 32), *result;
    unsigned long id;
    strcpy(params, "{\"data\":\"");
    memset(params + 9, 'y', 4096);
    strcpy(params + 9 + 4096, "\"}");
    for (int i = 0; i < MANY; i++)
        assert_int_equal(footnote_send(client, "m", params, &id), FOOTNOTE_OK);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(footnote_receive(client, &id, &result), FOOTNOTE_OK);
        assert_int_equal(id, (unsigned long)i + 1);
        assert_int_equal(strlen(result), LARGE + 2);
        footnote_free(result);
    }
    free(params);
    footnote_close(client);
    peer_close(peer);
}

static void hang_up(struct peer *peer, int fd) {
    (void)peer;
    free(peer_read(fd));
}

static void test_connection_is_lost(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(hang_up);
    struct footnote_client *client = open_at(peer, 5000);
    char *result;
    assert_int_equal(footnote_call(client, "m", NULL, &result), FOOTNOTE_UNREACHABLE);
    assert_non_null(strstr(footnote_error(client), "closed the connection"));
    assert_int_equal(footnote_call(client, "m", NULL, &result), FOOTNOTE_UNREACHABLE);
    footnote_close(client);
    peer_close(peer);
}

static const char *nonsense;

static void babble(struct peer *peer, int fd) {
    (void)peer;
    free(peer_read(fd));
    peer_write(fd, "%s\n", nonsense);
}

static void test_answers_that_are_none(void **state) {
    (void)state;
    static const char *const lines[] = {
        "hello", "[]", "{\"id\":1}", "{\"id\":1,\"result\":", "{\"id\":1,\"result\":1}}", ""};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        nonsense = lines[i];
        struct peer *peer = peer_open_unix(babble);
        struct footnote_client *client = open_at(peer, 5000);
        char *result;
        assert_int_equal(footnote_call(client, "m", NULL, &result), FOOTNOTE_PARSE);
        footnote_close(client);
        peer_close(peer);
    }
}

/* An error that the daemon could not assign is the oldest request's. */
static void test_error_without_id(void **state) {
    (void)state;
    nonsense = "{\"id\":null,\"error\":{\"code\":-32000,\"message\":\"long\",\"data\":{\"code\":\"too_large\"}}}";
    struct peer *peer = peer_open_unix(babble);
    struct footnote_client *client = open_at(peer, 5000);
    char *result;
    assert_int_equal(footnote_call(client, "m", NULL, &result), FOOTNOTE_TOO_LARGE);
    assert_string_equal(footnote_error(client), "long");
    footnote_close(client);
    peer_close(peer);
}

static void mirror(struct peer *peer, int fd) {
    (void)peer;
    char *line;
    while ((line = peer_read(fd))) {
        peer_write(fd, "%s\n", line);
        free(line);
    }
}

static void test_raw(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(mirror);
    struct footnote_client *client = open_at(peer, 5000);
    char *answer;
    assert_int_equal(footnote_raw(client, "[{\"id\":1}, not JSON", &answer), FOOTNOTE_OK);
    assert_string_equal(answer, "[{\"id\":1}, not JSON");
    footnote_free(answer);
    assert_int_equal(footnote_raw(client, "two\nlines", &answer), FOOTNOTE_INVALID_VALUE);
    unsigned long id;
    assert_int_equal(footnote_send(client, "m", NULL, &id), FOOTNOTE_OK);
    assert_int_equal(footnote_raw(client, "x", &answer), FOOTNOTE_INVALID_REQUEST);
    footnote_close(client);
    peer_close(peer);
}

static void test_tcp(void **state) {
    (void)state;
    static const char *const addresses[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < 2; i++) {
        struct peer *peer = peer_open_tcp(addresses[i], echo);
        if (!peer && i == 1) {
            print_message("this machine has no IPv6\n");
            continue;
        }
        assert_non_null(peer);
        struct footnote_client *client = open_at(peer, 5000);
        char *result;
        assert_int_equal(footnote_call(client, "status", NULL, &result), FOOTNOTE_OK);
        footnote_free(result);
        footnote_close(client);
        peer_close(peer);
    }
}

static void expect_failure(const char *endpoint, enum footnote_status expected, const char *text) {
    struct footnote_client *client;
    assert_int_equal(footnote_open(&client, endpoint, 2000), expected);
    assert_non_null(client);
    if (!strstr(footnote_error(client), text)) fail_msg("'%s' lacks '%s'", footnote_error(client), text);
    char *result;
    assert_int_equal(footnote_call(client, "status", NULL, &result), FOOTNOTE_UNREACHABLE);
    footnote_close(client);
}

static void test_nowhere(void **state) {
    (void)state;
    expect_failure("/nowhere/socket", FOOTNOTE_UNREACHABLE, "/nowhere/socket: ");
    expect_failure("/", FOOTNOTE_UNREACHABLE, "/: ");
    expect_failure("", FOOTNOTE_INVALID_VALUE, "empty");
    expect_failure(":4000", FOOTNOTE_INVALID_VALUE, "HOST:PORT");
    char path[200];
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    expect_failure(path, FOOTNOTE_INVALID_VALUE, "107");
    footnote_close(NULL);
    footnote_free(NULL);
}

/* $FOOTNOTE_SOCKET, then $XDG_RUNTIME_DIR, then the system's place. */
static void test_default_place(void **state) {
    (void)state;
    struct peer *peer = peer_open_unix(echo);
    struct footnote_client *client;
    setenv("FOOTNOTE_SOCKET", peer_endpoint(peer), 1);
    assert_int_equal(footnote_open(&client, NULL, 1000), FOOTNOTE_OK);
    footnote_close(client);

    unsetenv("FOOTNOTE_SOCKET");
    char folder[] = "/tmp/footnote-runtime-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/footnote.sock", folder);
    assert_int_equal(symlink(peer_endpoint(peer), path), 0);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    assert_int_equal(footnote_open(&client, NULL, 1000), FOOTNOTE_OK);
    assert_string_equal(footnote_endpoint(client), path);
    footnote_close(client);

    unlink(path);
    enum footnote_status status = footnote_open(&client, NULL, 1000);
    assert_string_equal(footnote_endpoint(client), "/run/footnote/footnote.sock");
    /* Only where no system's daemon runs can its absence be seen. */
    if (status != FOOTNOTE_OK) assert_int_equal(status, FOOTNOTE_UNREACHABLE);
    footnote_close(client);
    rmdir(folder);
    peer_close(peer);
}

static void test_status_table(void **state) {
    (void)state;
    assert_string_equal(footnote_status_code(FOOTNOTE_OK), "ok");
    assert_int_equal(footnote_status_exit(FOOTNOTE_OK), 0);
    assert_int_equal(footnote_status_exit(FOOTNOTE_UNREACHABLE), 4);
    assert_int_equal(footnote_status_exit(FOOTNOTE_BUSY), 5);
    assert_int_equal(footnote_status_retry(FOOTNOTE_BUSY), 1);
    assert_int_equal(footnote_status_exit(FOOTNOTE_TIMEOUT), 6);
    assert_string_equal(footnote_status_code((enum footnote_status)9999), "internal");
    assert_string_not_equal(footnote_version(), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_parameters_are_checked),
        cmocka_unit_test(test_pipelining),
        cmocka_unit_test(test_call_among_others),
        cmocka_unit_test(test_errors_of_the_daemon),
        cmocka_unit_test(test_call_times_out),
        cmocka_unit_test(test_receive_times_out),
        cmocka_unit_test(test_much_in_both_directions),
        cmocka_unit_test(test_connection_is_lost),
        cmocka_unit_test(test_answers_that_are_none),
        cmocka_unit_test(test_error_without_id),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_default_place),
        cmocka_unit_test(test_status_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
