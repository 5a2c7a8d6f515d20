/* systemd's end: notifications, the watchdog, sockets handed over.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A datagram socket as systemd has it; `name` begins with / or @. */
static int open_notify(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    memcpy(address.sun_path, name, len);
    if (*name == '@') address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void expect_state(int fd, const char *expected) {
    char text[256];
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&poller, 1, PEER_PATIENCE_MS), 1);
    ssize_t got = recv(fd, text, sizeof text - 1, 0);
    assert_true(got > 0);
    text[got] = '\0';
    assert_string_equal(text, expected);
}

static void test_notifications(void **state) {
    struct peer_server server;
    char name[128];
    (void)state;
    peer_prepare(&server);
    snprintf(name, sizeof name, "%s/notify", server.dir);
    int fd = open_notify(name);
    peer_start(&server);
    expect_state(fd, "READY=1");
    net_stop(server.net);
    expect_state(fd, "STOPPING=1");
    close(fd);
    unlink(name);
    peer_stop(&server); /* nobody receives any more: no harm */
    unsetenv("NOTIFY_SOCKET");
}

static void test_watchdog(void **state) {
    struct peer_server server;
    char name[64], pid[32];
    (void)state;
    snprintf(name, sizeof name, "@net-test-%d", (int)getpid());
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("WATCHDOG_USEC", "40000", 1);
    setenv("WATCHDOG_PID", pid, 1);
    int fd = open_notify(name);
    peer_prepare(&server);
    peer_start(&server);
    expect_state(fd, "READY=1");
    expect_state(fd, "WATCHDOG=1");
    expect_state(fd, "WATCHDOG=1");
    peer_stop(&server);
    close(fd);
    /* Meant for another process: none of our business. */
    setenv("WATCHDOG_PID", "1", 1);
    fd = open_notify(name);
    peer_prepare(&server);
    peer_start(&server);
    expect_state(fd, "READY=1");
    int client = peer_connect_unix(&server);
    peer_text(client, "later 100\n");
    mem_free(peer_line(client));
    close(client);
    net_stop(server.net);
    expect_state(fd, "STOPPING=1");
    peer_stop(&server);
    close(fd);
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    unsetenv("NOTIFY_SOCKET");
}

/* --- Sockets handed over --- */

static int listening_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0);
    return fd;
}

static int listening_tcp(int *port) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void hand_over(int first, int second, const char *names) {
    char text[32];
    /* Out of the way of 3 and 4 first. */
    int a = dup(first), b = dup(second);
    dup2(a, 3);
    dup2(b, 4);
    snprintf(text, sizeof text, "%d", (int)getpid());
    setenv("LISTEN_PID", text, 1);
    setenv("LISTEN_FDS", "2", 1);
    if (names) setenv("LISTEN_FDNAMES", names, 1);
}

static void test_handed_over(void **state) {
    struct peer_server server;
    int port, out[2], status;
    (void)state;
    peer_prepare(&server);
    int line = listening_unix(server.path), http = listening_tcp(&port);
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int write_end = dup2(out[1], 100);
        hand_over(line, http, "line:http");
        /* What is configured for these two kinds is not bound beside them. */
        mem_free(server.config.http);
        server.config.http = mem_strdup("127.0.0.1:0");
        peer_start(&server);
        if (strcmp(net_socket_path(server.net), server.path) || net_port_http(server.net) != port) _exit(1);
        while (!server.running)
            poll(NULL, 0, 1);
        if (write(write_end, "r", 1) != 1) _exit(2);
        while (server.seen < 2)
            poll(NULL, 0, 1);
        net_stop(server.net);
        pthread_join(server.thread, NULL);
        pool_stop(server.pool);
        net_close(server.net);
        _exit(access(server.path, F_OK) ? 3 : 0); /* systemd's socket stays */
    }
    close(line);
    close(http);
    char byte;
    assert_int_equal(read(out[0], &byte, 1), 1);
    int first = peer_connect_unix(&server), second = peer_connect_tcp(port);
    peer_text(first, "hello\n");
    char *text = peer_line(first);
    assert_string_equal(text, "5:hello");
    mem_free(text);
    peer_text(second, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    text = peer_line(second);
    assert_memory_equal(text, "HTTP/1.1 200", 12);
    mem_free(text);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(first);
    close(second);
    close(out[0]);
    close(out[1]);
    unlink(server.path);
    rmdir(server.dir);
    config_free(&server.config);
}

/* In a child: opens with these names and exits with the status. */
static int open_with_names(const char *names, bool listening) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct peer_server server;
        struct net *net;
        const struct net_calls calls = {0};
        int port, fds[2];
        peer_prepare(&server);
        rmdir(server.dir);
        fds[0] = listening_tcp(&port);
        fds[1] = listening ? listening_tcp(&port) : socket(AF_INET, SOCK_STREAM, 0);
        hand_over(fds[0], fds[1], names);
        mem_free(server.config.socket);
        server.config.socket = mem_strdup("none");
        _exit((int)net_open(&net, &server.config, &calls, NULL));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

static void test_names(void **state) {
    (void)state;
    assert_int_equal(open_with_names("line:http", true), ST_OK);
    assert_int_equal(open_with_names(NULL, true), ST_OK); /* all are lines */
    assert_int_equal(open_with_names("line:footnoted.socket", true), ST_INVALID_CONFIG);
    assert_int_equal(open_with_names("line", true), ST_INVALID_CONFIG); /* the second has no name */
    assert_int_equal(open_with_names("line:http", false), ST_INVALID_CONFIG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handed_over), /* these two fork, so they come before there are threads */
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_notifications),
        cmocka_unit_test(test_watchdog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
