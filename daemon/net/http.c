/* HTTP: evhttp's connections, their deadlines and their answers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread only.  evhttp accepts, parses and frees its connections; a struct http stands beside each and
 * gives it what evhttp lacks: a number, a place in the limit of connections, and clocks that a peer cannot put
 * off by dripping.  One request at a time is with the handler; evhttp reads the next one after the answer.
 *
 * evhttp announces no new connection.  It asks on_bevcb for a bufferevent, and that bufferevent's callback
 * argument is its connection; so the bufferevent is kept (one reference) until the accept is over, and then
 * adopted in the same round of the loop. */
#include "http.h"

#include "base/ensure.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "base/when.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { HEADER_MAX_BYTES = 16384 };

/* An answer written to the socket past evhttp, before its connection is closed. */
static size_t raw_answer(char out[512], const char *status, enum status code, const char *message) {
    char body[256];
    const struct status_info *info = status_info(code);
    int len = snprintf(body, sizeof body, "{\"error\":{\"code\":\"%s\",\"type\":\"%s\",\"message\":\"%s\"}}",
                       info->code, info->type, message);
    return (size_t)snprintf(out, 512,
                            "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                            "Retry-After: 1\r\nConnection: close\r\n\r\n%s",
                            status, len, body);
}

/* What evhttp has no words for. */
static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {507, "Insufficient Storage"},
};

static const char *reason_of(int status) {
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].status == status) return reasons[i].reason;
    }
    return NULL; /* evhttp's own */
}

/* --- Connections --- */

static void unlink_http(struct http *http) {
    *http->back = http->next;
    if (http->next) http->next->back = http->back;
}

static void link_http(struct http **list, struct http *http) {
    http->next = *list;
    http->back = list;
    if (http->next) http->next->back = &http->next;
    *list = http;
}

static void set_sending(struct http *http, bool sending) {
    if (http->sending == sending) return;
    http->sending = sending;
    http->server->net->unsent += sending ? 1 : (size_t)-1;
}

/* evhttp frees the connection, for whatever reason. */
static void on_closed(struct evhttp_connection *evcon, void *arg) {
    struct http *http = arg;
    struct net *net = http->server->net;
    (void)evcon;
    /* A request that evhttp cut off from its connection is ours; others go with the connection. */
    if (http->request && !evhttp_request_get_connection(http->request)) evhttp_request_free(http->request);
    set_sending(http, false);
    unlink_http(http);
    conns_remove(&net->conns, &http->conn);
    listen_part(net, -1);
    mem_free(http);
}

static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg) {
    struct http *http = arg;
    struct net *net = http->server->net;
    (void)input;
    if (!info->n_added) return;
    net->bytes_in += info->n_added;
    stats_add(STAT_BYTES_READ, (int64_t)info->n_added);
    http->active_us = when_mono_us();
    if (http->request || http->sending) return;
    if (!http->began_us) http->began_us = http->active_us;
    if (http->over || conns_admit(&net->conns, &http->conn, info->n_added)) return;
    /* evhttp cannot be ended from here: that is done in this round of the loop. */
    http->over = true;
    conns_release(&net->conns, &http->conn);
    event_active(&http->server->chores, EV_TIMEOUT, 0);
}

static void on_output(struct evbuffer *output, const struct evbuffer_cb_info *info, void *arg) {
    struct http *http = arg;
    struct net *net = http->server->net;
    (void)output;
    if (!info->n_deleted) return;
    net->bytes_out += info->n_deleted;
    stats_add(STAT_BYTES_WRITTEN, (int64_t)info->n_deleted);
    http->active_us = http->progress_us = when_mono_us();
}

static struct bufferevent *on_bevcb(struct event_base *base, void *arg) {
    struct http_server *server = arg;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
    if (!bev) return NULL;
    struct http *http = mem_alloc(sizeof *http);
    http->conn.transport = NET_HTTP;
    http->server = server;
    http->bev = bev;
    bufferevent_incref(bev);
    link_http(&server->fresh, http);
    event_active(&server->chores, EV_TIMEOUT, 0);
    return bev;
}

static bool is_local(int fd) {
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    return !getpeername(fd, (struct sockaddr *)&peer, &len) && listen_is_loopback((struct sockaddr *)&peer);
}

static void set_by_fd(struct http_server *server, const struct http *http) {
    size_t fd = (size_t)http->fd, room = server->by_fd_room;
    if (fd >= room) {
        server->by_fd_room = fd * 2 + 64;
        server->by_fd = mem_realloc(server->by_fd, server->by_fd_room * sizeof *server->by_fd);
        memset(server->by_fd + room, 0, (server->by_fd_room - room) * sizeof *server->by_fd);
    }
    server->by_fd[fd] = http->conn.number;
}

static void adopt(struct http *http) {
    struct http_server *server = http->server;
    const int on = 1;
    bufferevent_data_cb readable;
    void *evcon;
    bufferevent_getcb(http->bev, &readable, NULL, NULL, &evcon);
    int fd = bufferevent_getfd(http->bev);
    unlink_http(http);
    bufferevent_decref(http->bev);
    if (!readable) { /* evhttp gave the connection up */
        mem_free(http);
        return;
    }
    if (!listen_join(server->net)) {
        char answer[512];
        size_t len = raw_answer(answer, "503 Service Unavailable", ST_BUSY, "too many connections are open");
        listen_refuse(server->net, fd, answer, len);
        mem_free(http);
        evhttp_connection_free(evcon);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    http->evcon = evcon;
    http->fd = fd;
    http->local = is_local(fd);
    http->active_us = when_mono_us();
    conns_add(&server->net->conns, &http->conn);
    set_by_fd(server, http);
    link_http(&server->all, http);
    evbuffer_add_cb(bufferevent_get_input(http->bev), on_input, http);
    evbuffer_add_cb(bufferevent_get_output(http->bev), on_output, http);
    evhttp_connection_set_closecb(evcon, on_closed, http);
}

static void cut_over(struct http_server *server) {
    char answer[512];
    size_t len =
        raw_answer(answer, "503 Service Unavailable", ST_BUSY, "too many bytes of unfinished requests are held");
    for (struct http *http = server->all, *next; http; http = next) {
        next = http->next;
        if (!http->over) continue;
        log_warning("incoming_full", "connection=%llu closed=1", (unsigned long long)http->conn.number);
        listen_refuse(server->net, http->fd, answer, len);
        evhttp_connection_free(http->evcon);
    }
}

static void on_chores(evutil_socket_t fd, short what, void *arg) {
    struct http_server *server = arg;
    (void)fd;
    (void)what;
    while (server->fresh) {
        adopt(server->fresh);
    }
    cut_over(server);
}

void http_tick(struct http *http, int64_t now_us) {
    const struct net_limits *limits = &http->server->net->limits;
    if (http->request) return;
    if (http->sending) {
        if (now_us - http->progress_us > limits->read_timeout_us) evhttp_connection_free(http->evcon);
    } else if (http->began_us && now_us - http->began_us > limits->read_timeout_us) {
        char answer[512];
        size_t len = raw_answer(answer, "408 Request Timeout", ST_TIMEOUT, "the request did not arrive in its time");
        listen_last_word(http->fd, answer, len);
        evhttp_connection_free(http->evcon);
    } else if (!http->began_us && now_us - http->active_us > limits->idle_timeout_us) {
        evhttp_connection_free(http->evcon);
    }
}

/* --- Answers --- */

static void on_sent(struct evhttp_request *request, void *arg) {
    struct http *http = arg;
    (void)request;
    set_sending(http, false);
    http->active_us = when_mono_us();
    /* A request that came behind the one that was answered is looked at only now. */
    http->began_us = evbuffer_get_length(bufferevent_get_input(http->bev)) ? http->active_us : 0;
    net_check_drained(http->server->net);
}

/* Takes the body of the answer over. */
static void send_answer(struct http *http, struct evhttp_request *request, int status, const char *content_type,
                        struct evbuffer *body, bool close) {
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    char length[24];
    snprintf(length, sizeof length, "%zu", evbuffer_get_length(body));
    evhttp_add_header(headers, "Content-Length", length);
    if (content_type) evhttp_add_header(headers, "Content-Type", content_type);
    evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
    if (status == 503 || status == 429) evhttp_add_header(headers, "Retry-After", "1");
    if (close || http->server->net->phase != NET_RUNS) evhttp_add_header(headers, "Connection", "close");
    if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD) evbuffer_drain(body, evbuffer_get_length(body));
    http->request = NULL;
    http->progress_us = when_mono_us();
    set_sending(http, true);
    evhttp_request_set_on_complete_cb(request, on_sent, http);
    evhttp_send_reply(request, status, reason_of(status), body);
}

/* The body moves into the buffer without a copy; NULL: no memory. */
static struct evbuffer *body_buffer(struct buf *take_body) {
    struct evbuffer *buffer = evbuffer_new();
    size_t len;
    if (!buffer || !take_body->len) return buffer;
    char *data = buf_take(take_body, &len);
    if (job_move_bytes(buffer, data, len)) return buffer;
    evbuffer_free(buffer);
    return NULL;
}

void http_reply(struct http *http, struct job *take_job) {
    struct evhttp_request *request = http->request;
    struct evbuffer *body = body_buffer(&take_job->body);
    if (!request || take_job->request.number != http->request_number) {
        log_error("http_reply", "connection=%llu answer to a request that is not open",
                  (unsigned long long)http->conn.number);
    } else if (!body) {
        evhttp_connection_free(http->evcon);
    } else {
        send_answer(http, request, take_job->http_status, take_job->content_type, body, false);
    }
    if (body) evbuffer_free(body);
    job_free(take_job);
}

static void refuse(struct http *http, struct evhttp_request *request, const struct http_refusal *refusal) {
    struct evbuffer *body = evbuffer_new();
    if (!body) {
        evhttp_connection_free(http->evcon);
        return;
    }
    evbuffer_add_printf(body, "{\"error\":{\"code\":\"%s\",\"type\":\"%s\",\"message\":\"%s\"}}", refusal->code,
                        status_info(status_from_code(refusal->code))->type, refusal->message);
    send_answer(http, request, refusal->status, "application/json", body, true);
    evbuffer_free(body);
}

static void on_request(struct evhttp_request *request, void *arg) {
    struct http_server *server = arg;
    struct http_refusal refusal;
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evhttp_request_get_connection(request)));
    ENSURE(fd >= 0 && (size_t)fd < server->by_fd_room);
    struct http *http = (struct http *)conns_find(&server->net->conns, server->by_fd[fd]);
    ENSURE(http && http->evcon == evhttp_request_get_connection(request));
    http->began_us = 0;
    http->over = false;
    conns_release(&server->net->conns, &http->conn);
    struct job *job = http_request_read(http, request, &refusal);
    if (!job) {
        refuse(http, request, &refusal);
        return;
    }
    http->request = request;
    http->request_number = job->request.number;
    server->net->calls.request(server->net->calls.arg, &job->request);
}

/* --- The server --- */

static bool needs_http(const struct net *net) {
    for (size_t i = 0; i < net->listener_count; i++) {
        if (net->listeners[i].transport == NET_HTTP) return true;
    }
    return false;
}

enum status http_open(struct net *net, const struct config *config, struct err *err) {
    if (!needs_http(net)) return ST_OK;
    struct http_server *server = mem_alloc(sizeof *server);
    net->http = server;
    server->net = net;
    hosts_init(&server->hosts, config->http_hosts, config->http);
    event_assign(&server->chores, net->base, -1, 0, on_chores, server);
    server->evhttp = evhttp_new(net->base);
    if (!server->evhttp) return err_set(err, ST_NO_MEMORY, "the HTTP server could not be made");
    evhttp_set_max_headers_size(server->evhttp, HEADER_MAX_BYTES);
    evhttp_set_max_body_size(server->evhttp, config->max_line_bytes);
    evhttp_set_flags(server->evhttp, EVHTTP_SERVER_LINGERING_CLOSE);
    evhttp_set_default_content_type(server->evhttp, NULL);
    evhttp_set_allowed_methods(server->evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                                   EVHTTP_REQ_DELETE | EVHTTP_REQ_PATCH | EVHTTP_REQ_OPTIONS);
    evhttp_set_bevcb(server->evhttp, on_bevcb, server);
    evhttp_set_gencb(server->evhttp, on_request, server);
    return ST_OK;
}

bool http_attach(struct net *net, struct listener *listener) {
    listener->bound = evhttp_bind_listener(net->http->evhttp, listener->accepting);
    return listener->bound;
}

void http_detach(struct net *net, struct listener *listener) {
    if (listener->bound) {
        evhttp_del_accept_socket(net->http->evhttp, listener->bound);
    } else {
        evconnlistener_free(listener->accepting);
    }
}

void http_close(struct net *net) {
    struct http_server *server = net->http;
    if (!server) return;
    on_chores(-1, 0, server);
    while (server->all)
        evhttp_connection_free(server->all->evcon);
    event_del(&server->chores);
    if (server->evhttp) evhttp_free(server->evhttp);
    hosts_free(&server->hosts);
    mem_free(server->by_fd);
    mem_free(server);
    net->http = NULL;
}
