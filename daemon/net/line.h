/* One connection of the line protocol: what line.c (its socket) and line_feed.c (its messages) share.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread only. */
#ifndef NET_LINE_H
#define NET_LINE_H

#include "loop.h"

struct line {
    struct conn conn; /* first: the table's handle */
    struct net *net;
    int fd;
    bool local;
    int64_t peer_uid;
    struct event readable, writable;
    struct evbuffer *out; /* answers that the socket has not taken */
    struct buf partial;   /* a line whose end has not come */
    char *held;           /* read but not looked at: the connection was full */
    size_t held_len;
    size_t pending, pending_bytes; /* requests that the handler has */
    bool first;                    /* no line that is not blank has come yet */
    bool eating;                   /* the line is too long; its rest is thrown away */
    bool ended;                    /* the peer sends no more */
    bool doomed;                   /* to be closed as soon as the feeding ends */
    bool reading;                  /* `readable` is added */
    bool unsent;                   /* `writable` is added: the socket took not all of out */
    bool dirty;
    struct line *next_dirty;
    int64_t began_us;   /* of the partial line; 0: none */
    int64_t stalled_us; /* since when out makes no progress; 0: out is empty */
    int64_t active_us;  /* last time anything came or went */
};

/* True while the connection has too much open to be read on. */
bool line_full(const struct line *line);
/* Takes lines until the bytes end or the connection is full; keeps what it could not take in `held`. */
void line_feed(struct line *line, const char *bytes, size_t len);
/* The same with what is held. */
void line_feed_held(struct line *line);
/* The peer sends no more: a last line without LF counts, for JSON says by itself whether it is whole. */
void line_feed_end(struct line *line);
void line_drop_partial(struct line *line);

#endif
