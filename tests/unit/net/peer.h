/* A net with an echo handler on worker threads, and the raw sockets of its clients.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The echo answers each message with `N:TEXT` (N: the length) or, for these words, otherwise:
 *   quiet     an empty answer (a notification)
 *   big N     N bytes of x
 *   later N   after N ms
 *   hold…     not before peer_release
 *   now       from the loop's thread, without a worker
 * Waiting is always for a condition, with a deadline (PEER_PATIENCE_MS). */
#ifndef TEST_NET_PEER_H
#define TEST_NET_PEER_H

#include "net/net.h"
#include "net/pool.h"

#include <pthread.h>
#include <stdatomic.h>

enum { PEER_PATIENCE_MS = 20000 };

struct peer_server {
    struct config config;
    struct net *net;
    struct pool *pool;
    pthread_t thread;
    char dir[64], path[96];
    atomic_int seen, too_large, stopped, reloaded, holding;
    _Atomic int64_t last_uid;
    atomic_bool last_local, running;
    pthread_mutex_t lock;
    pthread_cond_t released;
    bool release;               /* under lock */
    uint64_t dialled, refusals; /* the test's: what peer_all_gone and peer_all_refused wait for */
};

/* Configuration with a Unix socket in a fresh folder; change it between the two calls. */
void peer_prepare(struct peer_server *server);
void peer_start(struct peer_server *server);
/* Asks for a stop, waits for the loop, then the workers, then closes. */
void peer_stop(struct peer_server *server);
void peer_release(struct peer_server *server);

int peer_connect_unix(const struct peer_server *server);
int peer_connect_tcp(int port);
void peer_send(int fd, const void *bytes, size_t len);
void peer_text(int fd, const char *text);
/* The next line without its LF, which the caller frees with mem_free; NULL at the end of the stream. */
char *peer_line(int fd);
/* Everything up to the end of the stream; the caller frees with mem_free. */
char *peer_all(int fd, size_t *len);
/* True if the peer closed within the time. */
bool peer_closed(int fd, int64_t within_ms);
/* For peer_wait: all that were dialled have been accepted, and none is left. */
bool peer_all_gone(void *server);
/* For peer_wait: at least `refusals` connections were refused. */
bool peer_all_refused(void *server);
bool peer_wait(bool (*condition)(void *arg), void *arg);

#endif
