/* The other end of a client's socket, played by the test: a thread that listens and answers as told.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The script runs in the thread, once for each connection that the test opens (one after the other). */
#ifndef CLIENT_PEER_H
#define CLIENT_PEER_H

#include <stdbool.h>
#include <stddef.h>

struct peer;
/* What the peer does with a connection. */
typedef void (*peer_script)(struct peer *peer, int fd);

struct peer *peer_open_unix(peer_script script);
struct peer *peer_open_tcp(const char *address, peer_script script); /* 127.0.0.1 or ::1; NULL: not on this machine */
const char *peer_endpoint(const struct peer *peer);
void peer_close(struct peer *peer); /* waits for the script to end */

/* For scripts.  A line without its end, the caller's; NULL: the connection has ended. */
char *peer_read(int fd);
void peer_write(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The id of a request. */
unsigned long peer_id(const char *line);

#endif
