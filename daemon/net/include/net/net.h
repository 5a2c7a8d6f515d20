/* The network: libevent's only door.  Line protocol on Unix and TCP sockets, HTTP through evhttp.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * net knows bytes, connections and limits; it knows no method.  One thread runs the loop (net_run).  A
 * message becomes a struct net_request, which the handler owns until it gives it back with net_reply, from any
 * thread, once.  Replies of one connection go out as they come.  A connection that has gone is found by its
 * number: its replies are dropped.
 *
 *   line     = JSON text, LF or CR LF; a BOM in front of the first and blank lines are skipped; before the end
 *              of the stream the LF may be missing
 *   too long : the rest of the line is eaten, the handler gets it with `too_large` set; the connection stays
 *   a first line that looks like HTTP closes the connection
 *
 * Reading from a connection stops while it has max_pending requests or more than max_line_bytes of them open,
 * or more than 1 MiB of answers unread; it goes on by itself.  All connections together hold at most eight times
 * max_line_bytes of unfinished messages: the one that wants more gets `busy` and is closed, unless it has
 * little.  An idle connection closes after idle_timeout; a message that has begun must end within read_timeout
 * (absolute, however it drips); an answer that makes no progress for read_timeout closes the connection.  Each of
 * these may come an eighth of its time late.  At the limit of file descriptors the listeners rest 100 ms.
 *
 * HTTP that is malformed, ambiguous in its length, compressed, above its limits (16 KiB of headers, max_line_bytes
 * of body), too slow (408) or for a Host or Origin that is not allowed (421, 403) is answered here and never
 * reaches the handler.  HEAD arrives as GET; the body of its answer is left away here.
 *
 * Connections, bytes and dropped answers are counted in base/stats by net itself. */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum net_transport { NET_LINE, NET_HTTP };

struct net_request {
    enum net_transport transport;
    uint64_t connection, number; /* net's own, for net_reply */
    int64_t received_us;         /* when_mono_us of the last byte */
    bool too_large;              /* a line above max_line_bytes; body is empty */
    char *body;                  /* the line or the HTTP body; NUL-terminated behind len */
    size_t len;
    /* HTTP only; NULL otherwise */
    char *method; /* GET, POST, … */
    char *path;   /* percent-decoded, valid UTF-8, no NUL, no .. segment */
    char *query;  /* behind the ?, as sent; NULL if none */
    char *content_type, *authorization;
    int64_t peer_uid; /* Unix sockets: SO_PEERCRED; -1 elsewhere */
    bool local;       /* Unix socket or loopback */
};

struct net_calls {
    /* In the loop's thread; must not block. */
    void (*request)(void *arg, struct net_request *take_request);
    /* A stop was asked for (SIGTERM, SIGINT): listeners are closed, requests in flight go on until drain_timeout. */
    void (*stopping)(void *arg);
    /* SIGHUP. */
    void (*reload)(void *arg);
    void *arg;
};

struct net;
/* Binds everything that the configuration names, or takes the sockets that systemd hands over (LISTEN_FDS;
 * names `line` and `http`).  A Unix socket that nobody answers on is replaced; one that is answered is
 * LOCKED.  INVALID_CONFIG, IO, … */
enum status net_open(struct net **out, const struct config *config, const struct net_calls *calls, struct err *err);
/* Runs until net_stop, or a signal, and the drain is over.  Sends READY=1, WATCHDOG=1, STOPPING=1 to systemd. */
enum status net_run(struct net *net, struct err *err);
/* Any thread: the same as SIGTERM.  A second signal ends the process at once. */
void net_stop(struct net *net);
void net_close(struct net *net);

/* Gives a request back with its answer: a line without LF, or an HTTP body with its status and type.  An empty
 * body sends nothing on a line (a notification).  Any thread. */
void net_reply(struct net *net, struct net_request *take_request, int http_status, const char *content_type,
               struct buf *take_body);
/* Calls fn in the loop's thread after delay_ms (0: as soon as possible).  Any thread.  What has not been called
 * when the loop ends never is. */
void net_later(struct net *net, int64_t delay_ms, void (*fn)(void *arg), void *arg);

struct net_load {
    uint64_t connections, accepted, refused, requests_open, bytes_in, bytes_out;
};
void net_load(struct net *net, struct net_load *out); /* any thread */
/* The ports that were bound, for port 0; 0 if none. */
int net_port_line(const struct net *net);
int net_port_http(const struct net *net);
const char *net_socket_path(const struct net *net); /* "" if none */

#endif
