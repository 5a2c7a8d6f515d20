/* The echo server and the raw clients of net's tests (see peer.h).
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "base/mem.h"
#include "base/when.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* --- The server --- */

static void answer(struct peer_server *server, struct net_request *request) {
    struct buf body;
    buf_init(&body, 0);
    if (request->too_large) {
        buf_str(&body, "too large");
    } else if (!strncmp(request->body, "big ", 4)) {
        char *bytes = malloc(65536);
        memset(bytes, 'x', 65536);
        for (long left = atol(request->body + 4); left > 0; left -= 65536) {
            buf_add(&body, bytes, left < 65536 ? (size_t)left : 65536);
        }
        free(bytes);
    } else if (request->transport == NET_HTTP) {
        buf_printf(&body, "%s %s?%s %s %s %zu:%.*s", request->method, request->path,
                   request->query ? request->query : "", request->content_type ? request->content_type : "-",
                   request->authorization ? request->authorization : "-", request->len, (int)request->len,
                   request->body);
    } else if (strcmp(request->body, "quiet")) {
        buf_printf(&body, "%zu:%s", request->len, request->body);
    }
    int status = request->path && !strncmp(request->path, "/status/", 8) ? atoi(request->path + 8) : 200;
    net_reply(server->net, request, status, "text/plain", &body);
    buf_free(&body);
}

struct delayed {
    struct peer_server *server;
    struct net_request *request;
};

static void answer_delayed(void *arg) {
    struct delayed *delayed = arg;
    answer(delayed->server, delayed->request);
    free(delayed);
}

static void process(void *arg, void *state, void *task) {
    struct peer_server *server = arg;
    struct net_request *request = task;
    (void)state;
    if (!strncmp(request->body, "hold", 4)) {
        pthread_mutex_lock(&server->lock);
        server->holding++;
        while (!server->release)
            pthread_cond_wait(&server->released, &server->lock);
        server->holding--;
        pthread_mutex_unlock(&server->lock);
    }
    if (!strncmp(request->body, "later ", 6)) {
        struct delayed *delayed = malloc(sizeof *delayed);
        *delayed = (struct delayed){server, request};
        net_later(server->net, atol(request->body + 6), answer_delayed, delayed);
        return;
    }
    answer(server, request);
}

static void on_request(void *arg, struct net_request *request) {
    struct peer_server *server = arg;
    server->seen++;
    if (request->too_large) server->too_large++;
    server->last_uid = request->peer_uid;
    server->last_local = request->local;
    assert_int_equal(request->body[request->len], '\0');
    if (!strcmp(request->body, "now") || !pool_submit(server->pool, request, false)) answer(server, request);
}

static void on_stopping(void *arg) {
    ((struct peer_server *)arg)->stopped++;
}

static void on_reload(void *arg) {
    ((struct peer_server *)arg)->reloaded++;
}

static void *run(void *arg) {
    struct peer_server *server = arg;
    struct err err = ERR_NONE;
    server->running = true;
    assert_int_equal(net_run(server->net, &err), ST_OK);
    server->running = false;
    return NULL;
}

void peer_prepare(struct peer_server *server) {
    memset(server, 0, sizeof *server);
    config_init(&server->config);
    snprintf(server->dir, sizeof server->dir, "/tmp/net-test-XXXXXX");
    assert_non_null(mkdtemp(server->dir));
    snprintf(server->path, sizeof server->path, "%s/s", server->dir);
    mem_free(server->config.socket);
    server->config.socket = mem_strdup(server->path);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->released, NULL);
}

void peer_start(struct peer_server *server) {
    const struct net_calls calls = {on_request, on_stopping, on_reload, server};
    const struct pool_calls work = {.process = process, .arg = server};
    struct err err = ERR_NONE;
    if (net_open(&server->net, &server->config, &calls, &err) != ST_OK) fail_msg("net_open: %s", err.text);
    assert_int_equal(pool_start(&server->pool, 3, 100000, &work, &err), ST_OK);
    assert_int_equal(pthread_create(&server->thread, NULL, run, server), 0);
}

void peer_release(struct peer_server *server) {
    pthread_mutex_lock(&server->lock);
    server->release = true;
    pthread_cond_broadcast(&server->released);
    pthread_mutex_unlock(&server->lock);
}

void peer_stop(struct peer_server *server) {
    net_stop(server->net);
    pthread_join(server->thread, NULL);
    peer_release(server);
    pool_stop(server->pool);
    net_close(server->net);
    config_free(&server->config);
    pthread_cond_destroy(&server->released);
    pthread_mutex_destroy(&server->lock);
    assert_int_equal(rmdir(server->dir), 0); /* the socket is gone */
}

/* --- The clients --- */

int peer_connect_unix(const struct peer_server *server) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", server->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

int peer_connect_tcp(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

void peer_send(int fd, const void *bytes, size_t len) {
    for (size_t at = 0; at < len;) {
        ssize_t put = send(fd, (const char *)bytes + at, len - at, MSG_NOSIGNAL);
        if (put < 0) fail_msg("send: %s", strerror(errno));
        at += (size_t)put;
    }
}

void peer_text(int fd, const char *text) {
    peer_send(fd, text, strlen(text));
}

/* -1: nothing came in time. */
static ssize_t receive(int fd, void *bytes, size_t len, int64_t within_ms, int flags) {
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    int ready = poll(&poller, 1, (int)within_ms);
    if (ready <= 0) return -1;
    ssize_t got = recv(fd, bytes, len, flags);
    return got < 0 ? 0 : got; /* a reset ends the stream too */
}

char *peer_line(int fd) {
    char *line = NULL, bytes[65536];
    size_t len = 0;
    for (;;) {
        ssize_t got = receive(fd, bytes, sizeof bytes, PEER_PATIENCE_MS, MSG_PEEK);
        if (got < 0) fail_msg("no line came in time");
        if (got == 0) {
            mem_free(line);
            return NULL;
        }
        char *end = memchr(bytes, '\n', (size_t)got);
        size_t part = end ? (size_t)(end - bytes) : (size_t)got;
        line = mem_realloc(line, len + part + 1);
        memcpy(line + len, bytes, part);
        len += part;
        line[len] = '\0';
        assert_int_equal(recv(fd, bytes, part + (end ? 1 : 0), 0), part + (end ? 1 : 0));
        if (end) return line;
    }
}

char *peer_all(int fd, size_t *len) {
    char *all = mem_alloc(1);
    size_t count = 0;
    char bytes[65536];
    for (ssize_t got; (got = receive(fd, bytes, sizeof bytes, PEER_PATIENCE_MS, 0)) != 0;) {
        if (got < 0) fail_msg("the stream did not end in time");
        all = mem_realloc(all, count + (size_t)got + 1);
        memcpy(all + count, bytes, (size_t)got);
        count += (size_t)got;
    }
    all[count] = '\0';
    if (len) *len = count;
    return all;
}

bool peer_closed(int fd, int64_t within_ms) {
    int64_t end_us = when_mono_us() + within_ms * 1000;
    char bytes[4096];
    while (when_mono_us() < end_us) {
        if (receive(fd, bytes, sizeof bytes, 50, 0) == 0) return true;
    }
    return false;
}

bool peer_all_gone(void *arg) {
    struct peer_server *server = arg;
    struct net_load load;
    net_load(server->net, &load);
    return load.accepted >= server->dialled && load.connections == 0;
}

bool peer_all_refused(void *arg) {
    struct peer_server *server = arg;
    struct net_load load;
    net_load(server->net, &load);
    return load.refused >= server->refusals;
}

bool peer_wait(bool (*condition)(void *arg), void *arg) {
    int64_t end_us = when_mono_us() + PEER_PATIENCE_MS * 1000LL;
    while (!condition(arg)) {
        if (when_mono_us() > end_us) return false;
        poll(NULL, 0, 2);
    }
    return true;
}
