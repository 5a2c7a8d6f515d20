/* Clients that drip, sleep, do not read, send garbage, or are too many: others are served meanwhile.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "base/mem.h"
#include "base/when.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void expect_line(int fd, const char *expected) {
    char *line = peer_line(fd);
    assert_non_null(line);
    assert_string_equal(line, expected);
    mem_free(line);
}

static void expect_served(int fd) {
    peer_text(fd, "ping\n");
    expect_line(fd, "4:ping");
}

static void test_half_line(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    server.config.read_timeout = 150;
    peer_start(&server);
    int silent = peer_connect_unix(&server), drip = peer_connect_unix(&server), good = peer_connect_unix(&server);
    peer_text(silent, "abc");
    int64_t begin_us = when_mono_us();
    bool closed = false;
    while (!closed && when_mono_us() - begin_us < PEER_PATIENCE_MS * 1000LL) {
        closed = send(drip, "x", 1, MSG_NOSIGNAL) < 0 || peer_closed(drip, 1);
    }
    assert_true(closed);
    assert_true(when_mono_us() - begin_us >= 140000);
    assert_true(peer_closed(silent, PEER_PATIENCE_MS));
    expect_served(good); /* silent, but not within a message */
    close(silent);
    close(drip);
    close(good);
    assert_int_equal(server.seen, 1);
    peer_stop(&server);
}

static void test_idle(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    server.config.idle_timeout = 150;
    peer_start(&server);
    int idle = peer_connect_unix(&server), waits = peer_connect_unix(&server);
    peer_text(waits, "hold\n");
    assert_true(peer_closed(idle, PEER_PATIENCE_MS));
    assert_false(peer_closed(waits, 1)); /* its request is open */
    peer_release(&server);
    expect_line(waits, "4:hold");
    assert_true(peer_closed(waits, PEER_PATIENCE_MS));
    close(idle);
    close(waits);
    peer_stop(&server);
}

static bool seen_four(void *arg) {
    return ((struct peer_server *)arg)->seen >= 4;
}

static bool seen_one(void *arg) {
    return ((struct peer_server *)arg)->seen >= 1;
}

static void test_max_pending(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    server.config.max_pending = 4;
    peer_start(&server);
    int greedy = peer_connect_unix(&server), good = peer_connect_unix(&server);
    for (int i = 0; i < 50; i++)
        peer_text(greedy, "hold\n");
    assert_true(peer_wait(seen_four, &server));
    peer_text(good, "now\n");
    expect_line(good, "3:now");
    assert_int_equal(server.seen, 5);
    peer_release(&server);
    for (int i = 0; i < 50; i++)
        expect_line(greedy, "4:hold");
    close(greedy);
    close(good);
    peer_stop(&server);
}

static bool seen_two(void *arg) {
    return ((struct peer_server *)arg)->seen >= 2;
}

/* What one connection has open is bounded in bytes too. */
static void test_pending_bytes(void **state) {
    struct peer_server server;
    char line[1001];
    (void)state;
    memset(line, ' ', sizeof line);
    memcpy(line, "hold", 4);
    line[1000] = '\n';
    peer_prepare(&server);
    server.config.max_line_bytes = 1024;
    peer_start(&server);
    int greedy = peer_connect_unix(&server), good = peer_connect_unix(&server);
    for (int i = 0; i < 20; i++)
        peer_send(greedy, line, sizeof line);
    assert_true(peer_wait(seen_two, &server));
    peer_text(good, "now\n");
    expect_line(good, "3:now");
    assert_int_equal(server.seen, 3);
    peer_release(&server);
    for (int i = 0; i < 20; i++)
        mem_free(peer_line(greedy));
    assert_int_equal(server.seen, 21);
    close(greedy);
    close(good);
    peer_stop(&server);
}

/* What all connections hold of unfinished lines is bounded; small messages pass even then. */
static void test_incoming_bytes(void **state) {
    struct peer_server server;
    enum { PART = 1000000, COUNT = 12 };
    char *part = malloc(PART);
    int fds[COUNT], refused = 0;
    (void)state;
    memset(part, 'p', PART);
    peer_prepare(&server);
    server.config.max_line_bytes = PART;
    peer_start(&server);
    for (int i = 0; i < COUNT; i++) {
        fds[i] = peer_connect_unix(&server);
        for (size_t at = 0; at < PART;) {
            ssize_t put = send(fds[i], part + at, PART - at, MSG_NOSIGNAL);
            if (put < 0) break; /* closed */
            at += (size_t)put;
        }
    }
    server.refusals = COUNT - 8;
    assert_true(peer_wait(peer_all_refused, &server));
    int good = peer_connect_unix(&server);
    expect_served(good);
    peer_text(good, "pi");
    peer_text(good, "ng\n");
    expect_line(good, "4:ping");
    for (int i = 0; i < COUNT; i++) {
        send(fds[i], "\n", 1, MSG_NOSIGNAL);
        char *line = peer_line(fds[i]);
        if (!line || strstr(line, "\"busy\"")) refused++;
        mem_free(line);
        close(fds[i]);
    }
    assert_int_equal(refused, COUNT - 8);
    /* It is free again. */
    peer_send(good, part, PART);
    peer_text(good, "\n");
    mem_free(peer_line(good));
    close(good);
    free(part);
    peer_stop(&server);
}

static void test_slow_reader(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    peer_start(&server);
    int slow = peer_connect_unix(&server), good = peer_connect_unix(&server);
    for (int i = 0; i < 40; i++) {
        peer_text(slow, "big 1000000\n");
        expect_served(good);
    }
    /* Its answers wait, so that not all of its requests were read (one at a time was sent). */
    assert_true(server.seen < 80);
    for (int i = 0; i < 40; i++) {
        char *line = peer_line(slow);
        assert_int_equal(strlen(line), 1000000);
        mem_free(line);
        expect_served(good);
    }
    close(slow);
    close(good);
    peer_stop(&server);
}

static void test_non_reader_is_closed(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    server.config.read_timeout = 150;
    peer_start(&server);
    int fd = peer_connect_unix(&server);
    peer_text(fd, "big 20000000\n");
    assert_true(peer_wait(seen_one, &server));
    assert_true(peer_wait(peer_all_gone, &server));
    close(fd);
    peer_stop(&server);
}

static void test_answer_to_nobody(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    peer_start(&server);
    server.dialled = 20;
    for (int i = 0; i < 20; i++) {
        int fd = peer_connect_unix(&server);
        peer_text(fd, i % 2 ? "hold\nx" : "later 20\nbig 3000000\n");
        close(fd);
    }
    peer_release(&server);
    assert_true(peer_wait(peer_all_gone, &server));
    int good = peer_connect_unix(&server);
    expect_served(good);
    close(good);
    peer_stop(&server);
}

static void test_too_many_connections(void **state) {
    struct peer_server server;
    struct net_load load;
    (void)state;
    peer_prepare(&server);
    server.config.max_connections = 2;
    peer_start(&server);
    int first = peer_connect_unix(&server), second = peer_connect_unix(&server), third = peer_connect_unix(&server);
    expect_served(first);
    expect_served(second);
    char *line = peer_line(third);
    assert_non_null(strstr(line, "\"code\":\"busy\""));
    mem_free(line);
    assert_null(peer_line(third));
    net_load(server.net, &load);
    assert_int_equal(load.connections, 2);
    assert_int_equal(load.accepted, 2);
    assert_int_equal(load.refused, 1);
    close(first);
    close(second);
    close(third);
    assert_true(peer_wait(peer_all_gone, &server));
    first = peer_connect_unix(&server);
    expect_served(first);
    close(first);
    peer_stop(&server);
}

/* --- Garbage --- */

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Some bytes of one kind or another; false when it is time to close. */
static bool send_garbage(int fd, unsigned *seed) {
    char bytes[2000];
    size_t len = next_random(seed) % sizeof bytes;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)next_random(seed);
    switch (next_random(seed) % 6) {
    case 0: len = 0; break;
    case 1: memset(bytes, '\n', len); break;
    case 2: memset(bytes, '[', len); break;
    case 3: len = (size_t)snprintf(bytes, sizeof bytes, "big %u\nlater %u\n", next_random(seed) % 300000, 3u); break;
    case 4: len = (size_t)snprintf(bytes, sizeof bytes, "{\"id\":%u,\"method\":\"x\"}\r\n", next_random(seed)); break;
    default: break;
    }
    if (send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN) return false;
    return next_random(seed) % 4;
}

static void test_garbage(void **state) {
    struct peer_server server;
    unsigned seed = 20251125;
    int fds[200];
    (void)state;
    peer_prepare(&server);
    server.config.max_line_bytes = 1024;
    peer_start(&server);
    int good = peer_connect_unix(&server);
    for (int i = 0; i < 200; i++)
        fds[i] = peer_connect_unix(&server);
    for (int left = 200; left;) {
        int i = (int)(next_random(&seed) % 200);
        if (fds[i] < 0) continue;
        if (!send_garbage(fds[i], &seed)) {
            if (next_random(&seed) % 2) shutdown(fds[i], SHUT_WR);
            close(fds[i]);
            fds[i] = -1;
            left--;
            if (left % 20 == 0) expect_served(good);
        }
    }
    expect_served(good);
    close(good);
    assert_true(peer_wait(peer_all_gone, &server));
    peer_stop(&server);
}

/* --- No descriptors left --- */

static int64_t cpu_us(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

/* The server's process: tells its HTTP port, then its processor time, and that again at each question. */
static void child_with_few_files(struct peer_server *server, int questions, int answers) {
    const struct rlimit few = {40, 40};
    char question;
    if (setrlimit(RLIMIT_NOFILE, &few)) _exit(1);
    mem_free(server->config.http);
    server->config.http = mem_strdup("127.0.0.1:0");
    peer_start(server);
    int64_t port = net_port_http(server->net);
    if (write(answers, &port, sizeof port) != sizeof port) _exit(2);
    do {
        int64_t used = cpu_us();
        if (write(answers, &used, sizeof used) != sizeof used) _exit(2);
    } while (read(questions, &question, 1) == 1);
    peer_stop(server);
    _exit(0);
}

static int64_t ask_cpu(int questions, int answers) {
    int64_t used = -1;
    assert_int_equal(write(questions, "?", 1), 1);
    assert_int_equal(read(answers, &used, sizeof used), sizeof used);
    return used;
}

static void test_no_descriptors(void **state) {
    struct peer_server server;
    int questions[2], answers[2], fds[60], status;
    int64_t used, port;
    (void)state;
    peer_prepare(&server);
    assert_int_equal(pipe2(questions, O_CLOEXEC), 0);
    assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        close(questions[1]);
        child_with_few_files(&server, questions[0], answers[1]);
    }
    close(questions[0]);
    assert_int_equal(read(answers[0], &port, sizeof port), sizeof port);
    assert_int_equal(read(answers[0], &used, sizeof used), sizeof used);
    for (int i = 0; i < 60; i++) {
        fds[i] = i % 3 == 1 ? peer_connect_tcp((int)port) : peer_connect_unix(&server);
    }
    expect_served(fds[0]);
    int64_t before = ask_cpu(questions[1], answers[0]), begin_us = when_mono_us();
    while (when_mono_us() - begin_us < 500000) {
        expect_served(fds[0]);
        poll(NULL, 0, 20);
    }
    /* A listener that did not rest would burn the whole half second. */
    assert_true(ask_cpu(questions[1], answers[0]) - before < 250000);
    peer_text(fds[59], "ping\n");
    for (int i = 0; i < 59; i++)
        close(fds[i]);
    expect_line(fds[59], "4:ping"); /* its turn has come */
    close(fds[59]);
    close(questions[1]);
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    close(answers[0]);
    close(answers[1]);
    config_free(&server.config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_descriptors), /* first: it forks, and no other thread may be there */
        cmocka_unit_test(test_half_line),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_max_pending),
        cmocka_unit_test(test_pending_bytes),
        cmocka_unit_test(test_incoming_bytes),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_non_reader_is_closed),
        cmocka_unit_test(test_answer_to_nobody),
        cmocka_unit_test(test_too_many_connections),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
