/* Stopping: what is in flight is answered, signals, drain_timeout; and calls that come later.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "base/mem.h"
#include "base/when.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void expect_line(int fd, const char *expected) {
    char *line = peer_line(fd);
    assert_non_null(line);
    assert_string_equal(line, expected);
    mem_free(line);
}

static bool holds_two(void *arg) {
    return ((struct peer_server *)arg)->holding == 2;
}

static bool is_stopping(void *arg) {
    return ((struct peer_server *)arg)->stopped == 1;
}

static bool has_ended(void *arg) {
    return !((struct peer_server *)arg)->running;
}

static bool is_refused(void *arg) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, ((struct peer_server *)arg)->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool refused = connect(fd, (struct sockaddr *)&address, sizeof address) < 0;
    close(fd);
    return refused;
}

static void test_drain(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    peer_start(&server);
    int first = peer_connect_unix(&server), second = peer_connect_unix(&server);
    peer_text(first, "hold\n");
    peer_text(second, "hold\nbig 3000000\n");
    assert_true(peer_wait(holds_two, &server));
    net_stop(server.net);
    net_stop(server.net); /* twice is once */
    assert_true(peer_wait(is_stopping, &server));
    assert_true(peer_wait(is_refused, &server));
    peer_text(first, "now\n"); /* still reaches the handler */
    expect_line(first, "3:now");
    assert_true(server.running);
    peer_release(&server);
    expect_line(first, "4:hold");
    /* The large answer is written to its end before the loop ends. */
    size_t len;
    char *all = peer_all(second, &len);
    assert_int_equal(len, 3000001 + strlen("4:hold\n"));
    mem_free(all);
    assert_null(peer_line(first));
    assert_true(peer_wait(has_ended, &server));
    close(first);
    close(second);
    peer_stop(&server);
    assert_int_equal(server.stopped, 1);
}

static void test_drain_timeout(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    server.config.drain_timeout = 100;
    peer_start(&server);
    int first = peer_connect_unix(&server), second = peer_connect_unix(&server);
    peer_text(first, "hold\n");
    peer_text(second, "hold\n");
    assert_true(peer_wait(holds_two, &server));
    int64_t begin_us = when_mono_us();
    net_stop(server.net);
    assert_true(peer_wait(has_ended, &server));
    assert_true(when_mono_us() - begin_us >= 95000);
    assert_true(peer_closed(first, PEER_PATIENCE_MS));
    close(first);
    close(second);
    peer_stop(&server); /* its answers come after the loop and are dropped */
}

static void test_stop_before_run(void **state) {
    struct peer_server server;
    const struct net_calls calls = {0};
    struct err err = ERR_NONE;
    (void)state;
    peer_prepare(&server);
    assert_int_equal(net_open(&server.net, &server.config, &calls, &err), ST_OK);
    net_stop(server.net);
    assert_int_equal(net_run(server.net, &err), ST_OK);
    net_close(server.net);
    net_close(NULL);
    config_free(&server.config);
    assert_int_equal(rmdir(server.dir), 0);
}

/* --- Calls that come later --- */

struct sequence {
    struct net *net;
    pthread_t thread;
    char text[16];
    atomic_int len;
};

static void note(struct sequence *sequence, char c) {
    if (!sequence->len) sequence->thread = pthread_self();
    assert_true(pthread_equal(sequence->thread, pthread_self()));
    sequence->text[sequence->len++] = c;
}

static void note_c(void *arg) {
    note(arg, 'c');
}

static void note_a(void *arg) {
    struct sequence *sequence = arg;
    note(sequence, 'a');
    net_later(sequence->net, 0, note_c, sequence); /* from the loop's own thread */
}

static void note_b(void *arg) {
    note(arg, 'b');
}

static void never(void *arg) {
    (void)arg;
    fail_msg("called after the loop");
}

static bool has_three(void *arg) {
    return ((struct sequence *)arg)->len == 3;
}

static void test_later(void **state) {
    struct peer_server server;
    struct sequence sequence = {0};
    (void)state;
    peer_prepare(&server);
    peer_start(&server);
    sequence.net = server.net;
    net_later(server.net, 60, note_b, &sequence);
    net_later(server.net, 0, note_a, &sequence);
    net_later(server.net, 3600000, never, NULL); /* freed with the net */
    assert_true(peer_wait(has_three, &sequence));
    assert_memory_equal(sequence.text, "acb", 3);
    peer_stop(&server);
}

/* --- Signals --- */

/* The server's process; says one byte when it runs, one for each reload. */
static void child(struct peer_server *server, int out) {
    int reloads = 0;
    peer_start(server);
    while (!server->running)
        poll(NULL, 0, 1);
    /* running is set just before net_run takes the signals: an answer proves that the loop turns. */
    int fd = peer_connect_unix(server);
    peer_text(fd, "ping\n");
    expect_line(fd, "4:ping");
    close(fd);
    if (write(out, "r", 1) != 1) _exit(1);
    while (server->running) {
        for (; reloads < server->reloaded; reloads++) {
            if (write(out, "h", 1) != 1) _exit(1);
        }
        poll(NULL, 0, 1);
    }
    peer_release(server);
    peer_stop(server);
    _exit(7);
}

static pid_t spawn(struct peer_server *server, int *in) {
    int ends[2];
    peer_prepare(server);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) child(server, ends[1]);
    close(ends[1]);
    *in = ends[0];
    return pid;
}

static void expect_byte(int in, char expected) {
    char byte = 0;
    struct pollfd poller = {.fd = in, .events = POLLIN};
    assert_int_equal(poll(&poller, 1, PEER_PATIENCE_MS), 1);
    assert_int_equal(read(in, &byte, 1), 1);
    assert_int_equal(byte, expected);
}

static void expect_exit(pid_t pid, int expected) {
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), expected);
}

static void test_signals_drain(void **state) {
    struct peer_server server;
    int in;
    (void)state;
    pid_t pid = spawn(&server, &in);
    expect_byte(in, 'r');
    for (int i = 0; i < 2; i++) {
        kill(pid, SIGHUP);
        expect_byte(in, 'h');
    }
    int fd = peer_connect_unix(&server);
    peer_text(fd, "later 100\n");
    peer_text(fd, "now\n");
    expect_line(fd, "3:now"); /* the one before is in flight */
    kill(pid, SIGTERM);
    expect_line(fd, "9:later 100");
    assert_null(peer_line(fd));
    expect_exit(pid, 7);
    close(fd);
    close(in);
    config_free(&server.config);
}

static void test_second_signal(void **state) {
    struct peer_server server;
    int in;
    (void)state;
    pid_t pid = spawn(&server, &in);
    expect_byte(in, 'r');
    int fd = peer_connect_unix(&server);
    peer_text(fd, "hold\nnow\n");
    expect_line(fd, "3:now");
    kill(pid, SIGINT);
    assert_true(peer_wait(is_refused, &server)); /* it drains, and would for ten seconds */
    int64_t begin_us = when_mono_us();
    kill(pid, SIGTERM);
    expect_exit(pid, 130);
    assert_true(when_mono_us() - begin_us < 5000000);
    close(fd);
    close(in);
    unlink(server.path);
    rmdir(server.dir);
    config_free(&server.config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals_drain), /* these two fork, so they come before there are threads */
        cmocka_unit_test(test_second_signal),   cmocka_unit_test(test_drain), cmocka_unit_test(test_drain_timeout),
        cmocka_unit_test(test_stop_before_run), cmocka_unit_test(test_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
