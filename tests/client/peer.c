/* The other end of a client's socket: see peer.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct peer {
    char folder[64], endpoint[128];
    int listener;
    pthread_t thread;
    peer_script script;
};

/* Like assert, in every build. */
static void must(bool good) {
    if (good) return;
    perror("peer");
    abort();
}

static void *serve(void *arg) {
    struct peer *peer = arg;
    int fd;
    while ((fd = accept(peer->listener, NULL, NULL)) >= 0) {
        peer->script(peer, fd);
        close(fd);
    }
    return NULL;
}

static void start(struct peer *peer) {
    must(listen(peer->listener, 8) == 0);
    must(pthread_create(&peer->thread, NULL, serve, peer) == 0);
}

struct peer *peer_open_unix(peer_script script) {
    struct peer *peer = calloc(1, sizeof *peer);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    peer->script = script;
    snprintf(peer->folder, sizeof peer->folder, "/tmp/footnote-client-XXXXXX");
    must(mkdtemp(peer->folder));
    snprintf(peer->endpoint, sizeof peer->endpoint, "%s/socket", peer->folder);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", peer->folder);
    peer->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    must(bind(peer->listener, (struct sockaddr *)&address, sizeof address) == 0);
    start(peer);
    return peer;
}

struct peer *peer_open_tcp(const char *address, peer_script script) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    bool is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
    if (!is_v4) must(inet_pton(AF_INET6, address, &v6.sin6_addr) == 1);
    struct sockaddr *any = is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    socklen_t size = is_v4 ? sizeof v4 : sizeof v6;
    struct peer *peer = calloc(1, sizeof *peer);
    peer->script = script;
    peer->listener = socket(any->sa_family, SOCK_STREAM, 0);
    if (peer->listener < 0 || bind(peer->listener, any, size) != 0) {
        if (peer->listener >= 0) close(peer->listener);
        free(peer);
        return NULL;
    }
    must(getsockname(peer->listener, any, &size) == 0);
    snprintf(peer->endpoint, sizeof peer->endpoint, is_v4 ? "%s:%d" : "[%s]:%d", address,
             ntohs(is_v4 ? v4.sin_port : v6.sin6_port));
    start(peer);
    return peer;
}

const char *peer_endpoint(const struct peer *peer) {
    return peer->endpoint;
}

void peer_close(struct peer *peer) {
    /* Wakes accept, which close alone would not. */
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
    if (*peer->folder) {
        unlink(peer->endpoint);
        rmdir(peer->folder);
    }
    free(peer);
}

char *peer_read(int fd) {
    size_t len = 0, size = 4096;
    char *line = malloc(size);
    for (;;) {
        if (size - len < 4096) line = realloc(line, size *= 2);
        /* Looks first, so that nothing of the next line is taken. */
        ssize_t n = recv(fd, line + len, 4096, MSG_PEEK);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        char *end = memchr(line + len, '\n', (size_t)n);
        size_t taken = end ? (size_t)(end - line) - len + 1 : (size_t)n;
        if (recv(fd, line + len, taken, 0) != (ssize_t)taken) break;
        len += taken;
        if (!end) continue;
        line[len - 1] = '\0';
        return line;
    }
    free(line);
    return NULL;
}

void peer_write(int fd, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int len = vasprintf(&text, format, arguments), at = 0;
    va_end(arguments);
    while (at < len) {
        ssize_t n = send(fd, text + at, (size_t)(len - at), MSG_NOSIGNAL);
        if (n <= 0) break;
        at += (int)n;
    }
    free(text);
}

unsigned long peer_id(const char *line) {
    const char *id = strstr(line, "\"id\":");
    return id ? strtoul(id + strlen("\"id\":"), NULL, 10) : 0;
}
