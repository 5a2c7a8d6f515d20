/* What the files of net share: the loop, its limits, its listeners, and what is posted to it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything here belongs to the thread that runs net_run, except struct posts (locked) and the _Atomic
 * numbers.  libevent is used by that thread alone, so it needs no locks of its own. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "conns.h"
#include "net/net.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <pthread.h>
#include <stdatomic.h>

/* --- Work handed to the loop by other threads (post.c) --- */

struct post {
    struct post *next;
    void (*run)(struct net *net, struct post *post); /* in the loop's thread; owns the post */
    void (*drop)(struct post *post);                 /* the loop ended before its turn */
};

struct posts {
    pthread_mutex_t lock;
    struct post *first, **last; /* under lock */
    int wake_fd;                /* eventfd: written when a post comes to an empty queue */
    struct event woken;
    pthread_t thread; /* the loop's */
    bool thread_known;
};

void posts_init(struct posts *posts);
enum status posts_open(struct net *net, struct err *err);
void posts_close(struct net *net);
void posts_push(struct net *net, struct post *post); /* any thread */
void posts_wake(struct net *net);                    /* any thread */

/* --- A request on its way through the daemon (job.c) --- */

struct job {
    struct net_request request; /* what the handler sees */
    struct post post;           /* brings it back */
    size_t bytes;               /* of the message, for the connection's account */
    int http_status;
    char *content_type;
    struct buf body; /* the answer */
};

struct job *job_new(struct net *net, const struct conn *conn);
void job_free(struct job *job);
struct evbuffer;
/* Moves bytes of mem_alloc into a buffer without a copy; false, and they are freed, without memory. */
bool job_move_bytes(struct evbuffer *out, char *take_data, size_t len);

/* --- Listening sockets (listen.c, bind.c) --- */

struct listener {
    struct net *net;
    struct evconnlistener *accepting; /* owns fd once it is there */
    struct evhttp_bound_socket *bound;
    int fd;
    enum net_transport transport;
    bool is_unix, handed_over;
    int port;               /* TCP only */
    char path[112];         /* Unix sockets only */
    uint64_t device, inode; /* of the path, to remove no socket of another */
};

enum { LISTENERS_MAX = 16 };

enum status listen_open(struct net *net, const struct config *config, struct err *err);
enum status listen_start(struct net *net, struct err *err);
void listen_close(struct net *net);
/* A connection ends: closes fd (-1: done already) and takes it out of the count. */
void listen_part(struct net *net, int fd);
/* A connection begins: counts it; false if there are too many. */
bool listen_join(struct net *net);
/* Sends an answer to a connection for which there is no room, and counts it; the caller closes it. */
void listen_refuse(struct net *net, int fd, const char *answer, size_t len);
/* Sends what is said before a close, as far as that goes without waiting. */
void listen_last_word(int fd, const char *answer, size_t len);
bool listen_is_loopback(const struct sockaddr *peer);
/* Binding, in bind.c; each appends to net->listeners. */
enum status bind_unix(struct net *net, const char *configured, struct err *err);
enum status bind_tcp(struct net *net, enum net_transport transport, const char *key, const char *address,
                     struct err *err);
enum status bind_adopt(struct net *net, int fd, enum net_transport transport, struct err *err);
/* Removes the path of a Unix socket if it is still the one that was bound here. */
void bind_remove_path(const struct listener *listener);
/* Splits HOST:PORT or [HOST]:PORT, or fails with INVALID_CONFIG. */
enum status bind_split(char host[256], char port[8], const char *key, const char *address, struct err *err);

/* --- The transports (line.c, http.c) --- */

struct line;
void line_accept(struct listener *listener, int fd, bool local, int64_t peer_uid);
void line_reply(struct line *line, struct job *take_job);
void line_close(struct line *line);
void line_tick(struct line *line, int64_t now_us);
/* Writes and reads on where posts made it possible. */
void line_flush_dirty(struct net *net);

struct http;
enum status http_open(struct net *net, const struct config *config, struct err *err);
bool http_attach(struct net *net, struct listener *listener);
void http_detach(struct net *net, struct listener *listener);
void http_reply(struct http *http, struct job *take_job);
void http_tick(struct http *http, int64_t now_us);
void http_close(struct net *net); /* all of them */

/* --- systemd (service.c) and signals (signals.c) --- */

/* Sends a datagram to NOTIFY_SOCKET; nothing happens without one. */
void service_notify(const char *state);
/* Half of WATCHDOG_USEC when the watchdog is meant for this process, else 0. */
int64_t service_watchdog_us(void);
/* How many sockets systemd hands over; their names in names[], each at most 31 bytes. */
int service_sockets(char names[][32], int max);
enum { SERVICE_FIRST_FD = 3 };

void signals_open(struct net *net);
void signals_close(void);
/* True once for each kind since the last call. */
bool signals_take_stop(void);
bool signals_take_reload(void);
/* A stop was asked for in another way: the next signal is the second. */
void signals_stop_asked(void);

/* --- The loop (net.c) --- */

enum net_phase { NET_RUNS, NET_DRAINS, NET_ENDED };

struct net_limits {
    size_t max_connections, max_pending, max_line_bytes;
    int64_t read_timeout_us, idle_timeout_us, drain_timeout_us;
};

struct net {
    struct event_base *base;
    struct net_calls calls;
    struct net_limits limits;
    struct posts posts;
    struct conns conns;
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    struct event rest_over; /* the listeners rested for want of descriptors */
    struct event tick, watchdog, drain_over;
    struct later *laters;     /* timers of net_later that have not fired */
    struct line *dirty;       /* connections that got answers in this round */
    struct http_server *http; /* NULL: no HTTP */
    char *scratch;            /* one read; SCRATCH_BYTES */
    enum net_phase phase;
    atomic_bool stop_wanted; /* net_stop */
    bool has_signals;
    uint64_t request_count;
    size_t unsent; /* connections whose answers are not all written */
    _Atomic uint64_t connections, accepted, refused, requests_open, bytes_in, bytes_out;
};

enum { SCRATCH_BYTES = 65536 };

/* Acts on what the signal handlers and net_stop noted. */
void net_take_signals(struct net *net);
/* Ends the loop if it drains and nothing is left to answer or to write. */
void net_check_drained(struct net *net);
struct net *net_of_thread(void); /* inside net_run */
struct timeval net_timeval(int64_t us);

#endif
