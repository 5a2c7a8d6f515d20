/* Where the daemon listens, and the way there: Unix and TCP sockets.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   endpoint = path that holds a slash | HOST ":" PORT | "[" IPv6 "]" ":" PORT | path
 *
 * The default is $FOOTNOTE_SOCKET; else $XDG_RUNTIME_DIR/footnote.sock, where a user's own daemon listens;
 * where there is no such file, the system's daemon at /run/footnote/footnote.sock.
 * Names are resolved by getaddrinfo, which has its own time limits; connecting keeps the caller's. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEM_SOCKET "/run/footnote/footnote.sock"

/* The colon before the port, or NULL if the endpoint is a path. */
static const char *port_colon(const char *endpoint) {
    const char *colon = strrchr(endpoint, ':');
    if (strchr(endpoint, '/') || !colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return NULL;
    return colon;
}

static int wait_connected(int fd, int64_t deadline_ms) {
    for (;;) {
        int wait_ms = -1;
        if (deadline_ms != STREAM_NO_DEADLINE) {
            int64_t left = deadline_ms - stream_now_ms();
            wait_ms = left > 0 ? (int)left : 0;
        }
        struct pollfd poller = {.fd = fd, .events = POLLOUT};
        int n = poll(&poller, 1, wait_ms);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return ETIMEDOUT;
        int error = 0;
        socklen_t size = sizeof error;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
        return error;
    }
}

/* A connected socket in stream->fd.  0 or an errno. */
static int connect_to(struct stream *stream, int family, const struct sockaddr *address, socklen_t size,
                      int64_t deadline_ms) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return errno;
    int error = connect(fd, address, size) == 0 ? 0 : errno;
    /* A Unix socket whose backlog is full says EAGAIN at once: wait in small steps. */
    while (error == EAGAIN && stream_now_ms() < deadline_ms) {
        poll(NULL, 0, 10);
        error = connect(fd, address, size) == 0 ? 0 : errno;
    }
    if (error == EINPROGRESS) error = wait_connected(fd, deadline_ms);
    if (error) {
        close(fd);
        return error;
    }
    int on = 1;
    if (family != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    stream->fd = fd;
    return 0;
}

static enum footnote_status report(struct footnote_client *client, const char *where, int error) {
    if (error == ETIMEDOUT || error == EAGAIN)
        return client_fail(client, FOOTNOTE_TIMEOUT, "%s: no connection within %d ms", where, client->timeout_ms);
    return client_fail(client, FOOTNOTE_UNREACHABLE, "%s: %s", where, strerror(error));
}

/* errno_out is 0 on success and for errors that are reported already. */
static enum footnote_status connect_unix(struct footnote_client *client, const char *path, int64_t deadline_ms,
                                         int *errno_out) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *errno_out = 0;
    if (!*path) return client_fail(client, FOOTNOTE_INVALID_VALUE, "the path of the socket is empty");
    if (strlen(path) >= sizeof address.sun_path)
        return client_fail(client, FOOTNOTE_INVALID_VALUE,
                           "%s: the path of a socket holds at most %zu bytes, this has %zu", path,
                           sizeof address.sun_path - 1, strlen(path));
    memcpy(address.sun_path, path, strlen(path) + 1);
    *errno_out = connect_to(&client->stream, AF_UNIX, (const struct sockaddr *)&address, sizeof address, deadline_ms);
    return *errno_out ? report(client, path, *errno_out) : FOOTNOTE_OK;
}

static enum footnote_status connect_tcp(struct footnote_client *client, const char *endpoint, const char *colon,
                                        int64_t deadline_ms) {
    size_t host_len = (size_t)(colon - endpoint);
    bool bracketed = host_len >= 2 && endpoint[0] == '[' && endpoint[host_len - 1] == ']';
    char host[256];
    if (bracketed) host_len -= 2;
    if (host_len == 0 || host_len >= sizeof host)
        return client_fail(client, FOOTNOTE_INVALID_VALUE, "%s: expected HOST:PORT", endpoint);
    memcpy(host, endpoint + (bracketed ? 1 : 0), host_len);
    host[host_len] = '\0';
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG}, *found = NULL;
    int error = getaddrinfo(host, colon + 1, &hints, &found);
    if (error)
        return client_fail(client, FOOTNOTE_UNREACHABLE, "%s: %s", endpoint,
                           error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
    error = ENOENT;
    for (struct addrinfo *a = found; a && error; a = a->ai_next)
        error = connect_to(&client->stream, a->ai_family, a->ai_addr, a->ai_addrlen, deadline_ms);
    freeaddrinfo(found);
    return error ? report(client, endpoint, error) : FOOTNOTE_OK;
}

static enum footnote_status keep_endpoint(struct footnote_client *client, const char *endpoint) {
    char *copy = strdup(endpoint);
    if (!copy) return client_fail(client, FOOTNOTE_NO_MEMORY, "out of memory");
    free(client->endpoint);
    client->endpoint = copy;
    return FOOTNOTE_OK;
}

static enum footnote_status connect_given(struct footnote_client *client, const char *endpoint, int64_t deadline_ms) {
    enum footnote_status status = keep_endpoint(client, endpoint);
    if (status != FOOTNOTE_OK) return status;
    const char *colon = port_colon(endpoint);
    int error;
    return colon ? connect_tcp(client, endpoint, colon, deadline_ms)
                 : connect_unix(client, endpoint, deadline_ms, &error);
}

enum footnote_status endpoint_connect(struct footnote_client *client, const char *endpoint, int timeout_ms) {
    int64_t deadline_ms = stream_deadline(timeout_ms);
    const char *given = endpoint ? endpoint : getenv("FOOTNOTE_SOCKET");
    if (given && (*given || endpoint)) return connect_given(client, given, deadline_ms);
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (!runtime || !*runtime) return connect_given(client, SYSTEM_SOCKET, deadline_ms);

    char path[4096];
    if (snprintf(path, sizeof path, "%s/footnote.sock", runtime) >= (int)sizeof path)
        return client_fail(client, FOOTNOTE_INVALID_VALUE, "XDG_RUNTIME_DIR is longer than %zu bytes", sizeof path);
    enum footnote_status status = keep_endpoint(client, path);
    if (status != FOOTNOTE_OK) return status;
    int error;
    status = connect_unix(client, path, deadline_ms, &error);
    if (error != ENOENT) return status;
    status = keep_endpoint(client, SYSTEM_SOCKET);
    if (status != FOOTNOTE_OK) return status;
    status = connect_unix(client, SYSTEM_SOCKET, deadline_ms, &error);
    if (error == ENOENT) return client_fail(client, status, "no daemon listens at %s or at " SYSTEM_SOCKET, path);
    if (status == FOOTNOTE_OK) client_clear_error(client);
    return status;
}
