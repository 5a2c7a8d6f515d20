/* HTTP inside net: what http.c (connections) and http_request.c (one request) share.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread only. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "host.h"
#include "loop.h"

#include <event2/http.h>

struct http_server {
    struct net *net;
    struct evhttp *evhttp;
    struct hosts hosts;
    struct http *fresh, *all;
    uint64_t *by_fd; /* connection numbers: evhttp names a request by its socket only */
    size_t by_fd_room;
    struct event chores; /* fresh connections to adopt, or some that are `over` to cut off */
};

/* One connection; evhttp owns its socket and frees it, and tells us through a callback. */
struct http {
    struct conn conn; /* first: the table's handle */
    struct http_server *server;
    struct bufferevent *bev;
    struct evhttp_connection *evcon;
    int fd;
    struct evhttp_request *request; /* with the handler; NULL: none */
    uint64_t request_number;
    bool local, sending;
    bool over;           /* no more memory for the request that is coming in */
    int64_t began_us;    /* of the request that is coming in; 0: none */
    int64_t progress_us; /* last time the answer moved */
    int64_t active_us;
    struct http *next, **back; /* in `fresh`, then in `all` */
};

/* Why a request does not reach the handler. */
struct http_refusal {
    int status;
    const char *code, *message;
};

/* The request as the handler sees it, or NULL with the refusal. */
struct job *http_request_read(struct http *http, struct evhttp_request *request, struct http_refusal *refusal);

#endif
