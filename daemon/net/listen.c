/* Listening: which sockets, and what happens to a connection that comes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread.  A socket that systemd hands over stands in place of the configured one of its kind: a Unix
 * socket for `socket`, a TCP socket named `line` for `listen`, one named `http` for `http`.  When the process
 * has no descriptor left, all listeners rest for 100 ms: an accept that fails at once and for ever would
 * otherwise take a whole processor. */
#include "loop.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REST_US = 100000 };

static const char busy_line[] =
    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"too many connections are open\","
    "\"data\":{\"code\":\"busy\",\"type\":\"system\",\"retry\":true}}}\n";

bool listen_is_loopback(const struct sockaddr *peer) {
    if (peer->sa_family == AF_INET) {
        return ntohl(((const struct sockaddr_in *)peer)->sin_addr.s_addr) >> 24 == 127;
    }
    if (peer->sa_family != AF_INET6) return false;
    const struct in6_addr *address = &((const struct sockaddr_in6 *)peer)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(address) || (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127);
}

void listen_refuse(struct net *net, int fd, const char *answer, size_t len) {
    net->refused++;
    stats_add(STAT_CONNECTIONS_REFUSED, 1);
    listen_last_word(fd, answer, len);
}

void listen_last_word(int fd, const char *answer, size_t len) {
    char ignored[4096];
    if (send(fd, answer, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return;
    shutdown(fd, SHUT_WR);
    /* Unread bytes at the close would take the answer away from the peer. */
    while (recv(fd, ignored, sizeof ignored, MSG_DONTWAIT) > 0) {
    }
}

bool listen_join(struct net *net) {
    if (net->connections >= net->limits.max_connections) return false;
    net->connections++;
    net->accepted++;
    stats_add(STAT_CONNECTIONS_ACCEPTED, 1);
    stats_set(STAT_CONNECTIONS, (int64_t)net->connections);
    return true;
}

void listen_part(struct net *net, int fd) {
    if (fd >= 0) close(fd);
    net->connections--;
    stats_set(STAT_CONNECTIONS, (int64_t)net->connections);
}

static int64_t peer_uid(int fd) {
    struct ucred cred;
    socklen_t len = sizeof cred;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) ? -1 : (int64_t)cred.uid;
}

static void on_line_accepted(struct evconnlistener *accepting, evutil_socket_t fd, struct sockaddr *peer, int len,
                             void *arg) {
    struct listener *listener = arg;
    const int on = 1;
    (void)accepting;
    (void)len;
    if (!listen_join(listener->net)) {
        listen_refuse(listener->net, fd, busy_line, sizeof busy_line - 1);
        close(fd);
    } else if (listener->is_unix) {
        line_accept(listener, fd, true, peer_uid(fd));
    } else {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        line_accept(listener, fd, listen_is_loopback(peer), -1);
    }
}

/* evhttp has put its own argument in the place of ours: the thread knows whose loop it runs. */
static void on_accept_error(struct evconnlistener *accepting, void *arg) {
    struct net *net = net_of_thread();
    int number = errno;
    struct timeval rest = net_timeval(REST_US);
    (void)accepting;
    (void)arg;
    if (event_pending(&net->rest_over, EV_TIMEOUT, NULL)) return;
    log_warning("accept_failed", "error=\"%s\" rest_ms=%d", strerror(number), REST_US / 1000);
    for (size_t i = 0; i < net->listener_count; i++) {
        if (net->listeners[i].accepting) evconnlistener_disable(net->listeners[i].accepting);
    }
    event_add(&net->rest_over, &rest);
}

static void on_rest_over(evutil_socket_t fd, short what, void *arg) {
    struct net *net = arg;
    (void)fd;
    (void)what;
    for (size_t i = 0; i < net->listener_count; i++) {
        if (net->listeners[i].accepting) evconnlistener_enable(net->listeners[i].accepting);
    }
}

static enum status adopt_sockets(struct net *net, bool *has_unix, bool *has_tcp, bool *has_http, struct err *err) {
    char names[LISTENERS_MAX][32];
    int count = service_sockets(names, LISTENERS_MAX);
    for (int i = 0; i < count; i++) {
        bool http = !strcmp(names[i], "http");
        if (!http && strcmp(names[i], "line")) {
            return err_set(err, ST_INVALID_CONFIG,
                           "socket %d handed over by systemd: expected FileDescriptorName line or http, got %s", i + 1,
                           names[i]);
        }
        enum status status = bind_adopt(net, SERVICE_FIRST_FD + i, http ? NET_HTTP : NET_LINE, err);
        if (status != ST_OK) return status;
        bool *has = http ? has_http : net->listeners[net->listener_count - 1].is_unix ? has_unix : has_tcp;
        *has = true;
    }
    return ST_OK;
}

enum status listen_open(struct net *net, const struct config *config, struct err *err) {
    bool has_unix = false, has_tcp = false, has_http = false;
    enum status status = adopt_sockets(net, &has_unix, &has_tcp, &has_http, err);
    if (status == ST_OK && !has_unix) status = bind_unix(net, config->socket, err);
    if (status == ST_OK && !has_tcp) status = bind_tcp(net, NET_LINE, "listen", config->listen, err);
    if (status == ST_OK && !has_http) status = bind_tcp(net, NET_HTTP, "http", config->http, err);
    if (status == ST_OK && !net->listener_count) {
        status = err_set(err, ST_INVALID_CONFIG, "nothing to listen on: socket is 'none', listen and http are empty");
    }
    return status;
}

enum status listen_start(struct net *net, struct err *err) {
    event_assign(&net->rest_over, net->base, -1, 0, on_rest_over, net);
    for (size_t i = 0; i < net->listener_count; i++) {
        struct listener *listener = &net->listeners[i];
        listener->accepting =
            evconnlistener_new(net->base, NULL, listener,
                               LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_DISABLED, 0, listener->fd);
        if (!listener->accepting)
            return err_set(err, ST_IO, "the event loop refused listening socket %d", listener->fd);
        if (listener->transport == NET_LINE) {
            evconnlistener_set_cb(listener->accepting, on_line_accepted, listener);
        } else if (!http_attach(net, listener)) {
            return err_set(err, ST_IO, "the HTTP server refused listening socket %d", listener->fd);
        }
        evconnlistener_set_error_cb(listener->accepting, on_accept_error);
        if (evconnlistener_enable(listener->accepting) != 0) /* it would be bound, and deaf */
            return err_set(err, ST_IO, "the event loop does not watch listening socket %d", listener->fd);
    }
    return ST_OK;
}

void listen_close(struct net *net) {
    if (event_initialized(&net->rest_over)) event_del(&net->rest_over);
    for (size_t i = 0; i < net->listener_count; i++) {
        struct listener *listener = &net->listeners[i];
        bind_remove_path(listener);
        if (listener->accepting && listener->transport == NET_HTTP) {
            http_detach(net, listener);
        } else if (listener->accepting) {
            evconnlistener_free(listener->accepting);
        } else {
            close(listener->fd);
        }
    }
    net->listener_count = 0;
}
