/* Fuzz: HTTP connections (net/http.c, net/http_request.c): bytes to a listening socket.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What reaches the handler is a request as net.h says; the connection ends when the peer has sent all. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/config.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "net/net.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_MAX_BYTES = 1024 };

static struct config config;
static struct net *net;
static pthread_t thread;

static void take(void *arg, struct net_request *take_request) {
    struct net_request *request = take_request;
    struct buf body;
    (void)arg;
    ENSURE(request->transport == NET_HTTP && request->method && request->path && request->local);
    ENSURE(request->path[0] == '/' && utf8_valid(request->path, strlen(request->path)) == strlen(request->path));
    ENSURE(!strstr(request->path, "/../"));
    ENSURE(request->len <= BODY_MAX_BYTES && request->body[request->len] == '\0');
    buf_init(&body, 0);
    buf_str(&body, "{}");
    net_reply(net, request, 200, "application/json", &body);
}

static void *run(void *arg) {
    struct err err = ERR_NONE;
    net_run(net, &err);
    return arg;
}

static void ignore(void *arg) {
    (void)arg;
}

static void end(void) {
    net_stop(net);
    pthread_join(thread, NULL);
    net_close(net);
    config_free(&config);
}

static void open_once(void) {
    static const char *const settings[][2] = {
        {"socket", "none"}, {"http", "127.0.0.1:0"}, {"max_line_bytes", "1024"}, {"read_timeout", "10000"}};
    struct net_calls calls = {.request = take, .stopping = ignore, .reload = ignore};
    struct err err = ERR_NONE;
    if (net) return;
    config_init(&config);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        ENSURE(config_set(&config, settings[i][0], settings[i][1], &err) == ST_OK);
    ENSURE(net_open(&net, &config, &calls, &err) == ST_OK);
    ENSURE(pthread_create(&thread, NULL, run, NULL) == 0);
    atexit(end);
}

static int dial(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)net_port_http(net))};
    const struct linger none = {.l_onoff = 1};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ENSURE(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none) == 0);
    for (int tries = 0; connect(fd, (struct sockaddr *)&address, sizeof address) != 0; tries++) {
        ENSURE(tries < 1000);
        usleep(10000); /* every port is in use for a moment */
    }
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char answer[4096];
    open_once();
    int fd = dial();
    if (send(fd, data, size, MSG_NOSIGNAL) >= 0) shutdown(fd, SHUT_WR);
    while (recv(fd, answer, sizeof answer, 0) > 0)
        continue;
    close(fd);
    return 0;
}
