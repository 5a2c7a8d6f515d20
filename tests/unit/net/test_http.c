/* HTTP over raw sockets: framing, limits, names, deadlines, answers from other threads.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "base/mem.h"
#include "base/when.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void prepare(struct peer_server *server) {
    peer_prepare(server);
    mem_free(server->config.http);
    server->config.http = mem_strdup("127.0.0.1:0");
}

static int dial(struct peer_server *server) {
    return peer_connect_tcp(net_port_http(server->net));
}

struct response {
    int status;
    char head[4096];
    char *body; /* NUL-terminated */
    size_t len;
};

static void response_free(struct response *response) {
    free(response->body);
}

static const char *header(const struct response *response, const char *name) {
    static char value[256];
    const char *at = strcasestr(response->head, name);
    if (!at) return NULL;
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at + strlen(name), "\r"), at + strlen(name));
    return value;
}

static void read_exact(int fd, char *out, size_t len) {
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    for (size_t at = 0; at < len;) {
        if (poll(&poller, 1, PEER_PATIENCE_MS) <= 0) fail_msg("no answer came in time");
        ssize_t got = recv(fd, out + at, len - at, 0);
        if (got <= 0) fail_msg("the answer ended early, at %zu of %zu", at, len);
        at += (size_t)got;
    }
}

/* One answer; without_body: to a HEAD. */
static struct response read_response(int fd, bool without_body) {
    struct response response = {0};
    size_t at = 0;
    while (at < 4 || memcmp(response.head + at - 4, "\r\n\r\n", 4)) {
        assert_true(at < sizeof response.head - 1);
        read_exact(fd, response.head + at++, 1);
    }
    assert_int_equal(sscanf(response.head, "HTTP/1.%*d %d", &response.status), 1);
    const char *length = header(&response, "Content-Length: ");
    assert_non_null(length);
    response.len = without_body ? 0 : (size_t)atol(length);
    response.body = calloc(1, response.len + 1);
    read_exact(fd, response.body, response.len);
    return response;
}

static void expect_status(int fd, const char *request, int status) {
    peer_text(fd, request);
    struct response response = read_response(fd, false);
    if (response.status != status) fail_msg("%s: %d, expected %d: %s", request, response.status, status, response.body);
    response_free(&response);
}

/* The same on a connection of its own. */
static void expect_once(struct peer_server *server, const char *request, int status) {
    int fd = dial(server);
    expect_status(fd, request, status);
    close(fd);
}

static void expect_body(int fd, const char *request, const char *body) {
    peer_text(fd, request);
    struct response response = read_response(fd, false);
    assert_int_equal(response.status, 200);
    assert_string_equal(response.body, body);
    response_free(&response);
}

static void test_requests(void **state) {
    struct peer_server server;
    (void)state;
    prepare(&server);
    peer_start(&server);
    int fd = dial(&server);
    expect_body(fd, "GET /v1/search?q=a%20b&x HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /v1/search?q=a%20b&x - - 0:");
    assert_true(server.last_local);
    assert_int_equal(server.last_uid, -1);
    /* Kept alive; path decoded; headers handed on. */
    expect_body(fd,
                "POST /v1/%C3%A9t%C3%A9 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Type: application/json\r\n"
                "Authorization: Bearer x\r\nContent-Length: 5\r\n\r\n12345",
                "POST /v1/\xC3\xA9t\xC3\xA9? application/json Bearer x 5:12345");
    expect_body(
        fd, "PUT /a HTTP/1.1\r\nHost: [::1]:1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        "PUT /a? - - 5:abcde");
    /* Pipelined. */
    peer_text(fd, "GET /1 HTTP/1.1\r\nHost: LOCALHOST.\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for (int i = 1; i <= 2; i++) {
        char expected[64];
        struct response response = read_response(fd, false);
        snprintf(expected, sizeof expected, "GET /%d? - - 0:", i);
        assert_string_equal(response.body, expected);
        assert_non_null(header(&response, "Date: "));
        assert_string_equal(header(&response, "Content-Type: "), "text/plain");
        response_free(&response);
    }
    close(fd);
    peer_stop(&server);
}

static void test_head(void **state) {
    struct peer_server server;
    (void)state;
    prepare(&server);
    peer_start(&server);
    int fd = dial(&server);
    peer_text(fd, "HEAD /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    struct response response = read_response(fd, true);
    assert_int_equal(response.status, 200);
    assert_string_equal(header(&response, "Content-Length: "), "14"); /* of what GET would answer */
    response_free(&response);
    expect_body(fd, "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /x? - - 0:");
    close(fd);
    peer_stop(&server);
}

static void test_statuses(void **state) {
    struct peer_server server;
    const struct {
        const char *request, *line, *retry;
    } cases[] = {
        {"GET /status/404 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 404 Not Found\r\n", NULL},
        {"GET /status/422 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 422 Unprocessable Content\r\n", NULL},
        {"GET /status/429 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 429 Too Many Requests\r\n", "1"},
        {"GET /status/503 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 503 Service Unavailable\r\n", "1"},
        {"GET /status/507 HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 507 Insufficient Storage\r\n", NULL},
    };
    (void)state;
    prepare(&server);
    peer_start(&server);
    int fd = dial(&server);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        peer_text(fd, cases[i].request);
        struct response response = read_response(fd, false);
        assert_memory_equal(response.head, cases[i].line, strlen(cases[i].line));
        const char *retry = header(&response, "Retry-After: ");
        assert_true(!retry == !cases[i].retry);
        if (retry) assert_string_equal(retry, cases[i].retry);
        response_free(&response);
    }
    close(fd);
    peer_stop(&server);
}

static void test_names(void **state) {
    struct peer_server server;
    const struct {
        const char *headers;
        int status;
    } cases[] = {
        {"Host: localhost", 200},
        {"Host: LocalHost:99", 200},
        {"Host: 127.0.0.1", 200},
        {"Host: 127.9.8.7:1", 200},
        {"Host: [::1]:80", 200},
        {"Host: archive.example", 200},
        {"Host: Archive.Example.:8080", 200},
        {"Host: 192.0.2.1", 200},
        {"Host: evil.example", 421},
        {"Host: archive.example.evil", 421},
        {"Host: example", 421},
        {"Host: ", 421},
        {"Host: localhost:x", 421},
        {"Host: localhost, evil.example", 421},
        {"Host: [::2]", 421},
        {"X: y", 400},
        {"Host: localhost\r\nHost: localhost", 400},
        {"Host: localhost\r\nOrigin: http://localhost:3000", 200},
        {"Host: localhost\r\nOrigin: https://archive.example", 200},
        {"Host: localhost\r\nOrigin: http://evil.example", 403},
        {"Host: localhost\r\nOrigin: null", 403},
        {"Host: localhost\r\nOrigin: http://localhost.evil.example", 403},
    };
    char request[512];
    (void)state;
    prepare(&server);
    mem_free(server.config.http_hosts);
    server.config.http_hosts = mem_strdup(" archive.example , 192.0.2.1,");
    peer_start(&server);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(request, sizeof request, "GET / HTTP/1.1\r\n%s\r\n\r\n", cases[i].headers);
        expect_once(&server, request, cases[i].status);
    }
    expect_once(&server, "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 421);
    expect_once(&server, "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    expect_once(&server, "GET / HTTP/1.0\r\nConnection: close\r\n\r\n", 200);
    peer_stop(&server);
}

static void test_bad_requests(void **state) {
    struct peer_server server;
    const struct {
        const char *request;
        int status;
    } cases[] = {
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +3\r\n\r\nabc", 400},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\nabc", 400},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 415},
        {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", 200},
        {"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /%f HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /a/../b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /a/%2e%2E HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /a..b/.../c HTTP/1.1\r\nHost: localhost\r\n\r\n", 200},
        {"GET nonsense\r\n\r\n", 400},
        {"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 501},
    };
    (void)state;
    prepare(&server);
    peer_start(&server);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_once(&server, cases[i].request, cases[i].status);
    }
    /* What a second length would have smuggled in is no request. */
    int fd = dial(&server);
    expect_status(fd,
                  "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n"
                  "GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n",
                  400);
    assert_true(peer_closed(fd, PEER_PATIENCE_MS));
    close(fd);
    peer_stop(&server);
}

static void test_limits(void **state) {
    struct peer_server server;
    char *request = malloc(40000);
    (void)state;
    prepare(&server);
    server.config.max_line_bytes = 10000;
    peer_start(&server);
    memset(request, 'a', 40000);
    memcpy(request, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", 36);
    memcpy(request + 15000, "\r\n\r\n", 5);
    expect_once(&server, request, 200);
    memset(request + 15000, 'a', 5);
    memcpy(request + 20000, "\r\n\r\n", 5);
    expect_once(&server, request, 400);

    int len = snprintf(request, 200, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n");
    memset(request + len, 'b', 10000);
    request[len + 10000] = '\0';
    expect_once(&server, request, 200);
    len = snprintf(request, 200, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10001\r\n\r\n");
    memset(request + len, 'b', 10001);
    request[len + 10001] = '\0';
    expect_once(&server, request, 413);
    free(request);
    peer_stop(&server);
}

/* Sends a byte at a time until the server closes; returns the microseconds it took. */
static int64_t drip(int fd, const char *text) {
    int64_t begin_us = when_mono_us();
    while (when_mono_us() - begin_us < PEER_PATIENCE_MS * 1000LL) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        if (poll(&poller, 1, 5) > 0) return when_mono_us() - begin_us;
        send(fd, *text ? text : "z", 1, MSG_NOSIGNAL);
        if (*text) text++;
    }
    return INT64_MAX;
}

static void test_drip(void **state) {
    struct peer_server server;
    const char *const texts[] = {"GET /", "GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
                                 "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n"};
    (void)state;
    prepare(&server);
    server.config.read_timeout = 400;
    peer_start(&server);
    for (size_t i = 0; i < 3; i++) {
        int fd = dial(&server);
        int64_t took_us = drip(fd, texts[i]);
        assert_true(took_us >= 390000 && took_us < PEER_PATIENCE_MS * 1000LL);
        struct response response = read_response(fd, false);
        assert_int_equal(response.status, 408);
        response_free(&response);
        close(fd);
    }
    assert_true(peer_wait(peer_all_gone, &server));
    /* The second request of a connection has its own time. */
    int fd = dial(&server);
    expect_status(fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    assert_true(drip(fd, "GET / HTTP/1.1\r\n") >= 390000);
    close(fd);
    assert_int_equal(server.seen, 1);
    peer_stop(&server);
}

/* What all connections hold of unfinished requests is bounded; small ones pass even then. */
static void test_incoming_bytes(void **state) {
    struct peer_server server;
    enum { COUNT = 12, BODY = 1000000 };
    char head[128], *body = malloc(BODY);
    int fds[COUNT], refused = 0;
    (void)state;
    memset(body, 'b', BODY);
    prepare(&server);
    server.config.max_line_bytes = BODY;
    peer_start(&server);
    snprintf(head, sizeof head, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", BODY);
    for (int i = 0; i < COUNT; i++) {
        fds[i] = dial(&server);
        peer_text(fds[i], head);
        for (size_t at = 0; at < BODY - 1;) {
            ssize_t put = send(fds[i], body + at, BODY - 1 - at, MSG_NOSIGNAL);
            if (put < 0) break; /* closed */
            at += (size_t)put;
        }
        expect_once(&server, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    }
    server.refusals = COUNT - 7; /* eight with their heads are above the limit */
    assert_true(peer_wait(peer_all_refused, &server));
    for (int i = 0; i < COUNT; i++) {
        char line[13] = "";
        send(fds[i], "b", 1, MSG_NOSIGNAL);
        struct pollfd poller = {.fd = fds[i], .events = POLLIN};
        assert_int_equal(poll(&poller, 1, PEER_PATIENCE_MS), 1);
        if (recv(fds[i], line, 12, MSG_WAITALL) != 12 || !strcmp(line, "HTTP/1.1 503")) refused++;
        close(fds[i]);
    }
    assert_int_equal(refused, COUNT - 7);
    free(body);
    peer_stop(&server);
}

static void test_idle_and_slow_handler(void **state) {
    struct peer_server server;
    (void)state;
    prepare(&server);
    server.config.idle_timeout = 150;
    server.config.read_timeout = 100;
    peer_start(&server);
    int fresh = dial(&server), used = dial(&server);
    expect_status(used, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    assert_true(peer_closed(fresh, PEER_PATIENCE_MS));
    assert_true(peer_closed(used, PEER_PATIENCE_MS));
    close(fresh);
    close(used);
    /* An answer may take longer than a request. */
    int fd = dial(&server);
    expect_status(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nlater 400", 200);
    close(fd);
    peer_stop(&server);
}

static void test_client_gone(void **state) {
    struct peer_server server;
    const struct linger reset = {1, 0};
    (void)state;
    prepare(&server);
    peer_start(&server);
    server.dialled = 30;
    for (int i = 0; i < 30; i++) {
        int fd = dial(&server);
        peer_text(
            fd, i % 3 ? "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nlater 20"
                      : "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nhold");
        if (i % 2) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    peer_release(&server);
    assert_true(peer_wait(peer_all_gone, &server));
    int fd = dial(&server);
    expect_status(fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    close(fd);
    peer_stop(&server);
}

static void test_large_answer(void **state) {
    struct peer_server server;
    size_t len;
    (void)state;
    prepare(&server);
    peer_start(&server);
    int fd = dial(&server);
    peer_text(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 12\r\n\r\nbig 20000000");
    char *all = peer_all(fd, &len);
    assert_true(len > 20000000);
    assert_int_equal(strspn(strstr(all, "\r\n\r\n") + 4, "x"), 20000000);
    mem_free(all);
    close(fd);
    /* One that is not read holds nothing for ever, and others are served. */
    fd = dial(&server);
    peer_text(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nbig 20000000");
    expect_once(&server, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    close(fd);
    assert_true(peer_wait(peer_all_gone, &server));
    peer_stop(&server);
}

static bool was_seen(void *arg) {
    return ((struct peer_server *)arg)->seen >= 1;
}

static void test_non_reader_is_closed(void **state) {
    struct peer_server server;
    (void)state;
    prepare(&server);
    server.config.read_timeout = 150;
    peer_start(&server);
    int fd = dial(&server);
    peer_text(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\nbig 90000000");
    assert_true(peer_wait(was_seen, &server));
    assert_true(peer_wait(peer_all_gone, &server));
    close(fd);
    peer_stop(&server);
}

static void test_too_many_connections(void **state) {
    struct peer_server server;
    (void)state;
    prepare(&server);
    server.config.max_connections = 1;
    peer_start(&server);
    int first = dial(&server);
    expect_status(first, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    int second = dial(&server);
    struct response response = read_response(second, false);
    assert_int_equal(response.status, 503);
    assert_non_null(strstr(response.body, "\"code\":\"busy\""));
    response_free(&response);
    assert_true(peer_closed(second, PEER_PATIENCE_MS));
    close(second);
    close(first);
    assert_true(peer_wait(peer_all_gone, &server));
    expect_once(&server, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    peer_stop(&server);
}

static bool is_held(void *arg) {
    return ((struct peer_server *)arg)->holding == 1;
}

static bool is_stopping(void *arg) {
    return ((struct peer_server *)arg)->stopped == 1;
}

static void test_drain(void **state) {
    struct peer_server server;
    (void)state;
    prepare(&server);
    peer_start(&server);
    int fd = dial(&server), idle = dial(&server);
    expect_status(idle, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    peer_text(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nhold");
    assert_true(peer_wait(is_held, &server));
    net_stop(server.net);
    assert_true(peer_wait(is_stopping, &server));
    expect_status(idle, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200);
    assert_true(peer_closed(idle, PEER_PATIENCE_MS)); /* its answer said Connection: close */
    peer_release(&server);
    struct response response = read_response(fd, false);
    assert_int_equal(response.status, 200);
    response_free(&response);
    assert_true(peer_closed(fd, PEER_PATIENCE_MS));
    close(fd);
    close(idle);
    peer_stop(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bad_requests),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_drip),
        cmocka_unit_test(test_incoming_bytes),
        cmocka_unit_test(test_idle_and_slow_handler),
        cmocka_unit_test(test_client_gone),
        cmocka_unit_test(test_large_answer),
        cmocka_unit_test(test_non_reader_is_closed),
        cmocka_unit_test(test_too_many_connections),
        cmocka_unit_test(test_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
