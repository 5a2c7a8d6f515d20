/* The table of connections: a number for each, the way back, and what they hold of unfinished messages.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread only.  A number holds a slot and the count of its uses; it is never given twice, so that an
 * answer that comes late cannot reach a stranger. */
#ifndef NET_CONNS_H
#define NET_CONNS_H

#include "net/net.h"

#include <stddef.h>

/* First member of struct line and struct http. */
struct conn {
    uint64_t number;
    enum net_transport transport;
    size_t incoming; /* bytes of the message that is coming in */
};

struct conns_slot {
    struct conn *conn; /* borrowed; NULL: free */
    uint32_t uses, next_free;
};

struct conns {
    struct conns_slot *slots;
    uint32_t used, room, free; /* free: first free slot + 1, 0 none */
    size_t incoming, incoming_max;
};

void conns_add(struct conns *conns, struct conn *conn); /* sets conn->number */
struct conn *conns_find(const struct conns *conns, uint64_t number);
void conns_remove(struct conns *conns, struct conn *conn);
/* Takes more bytes into account; false, and nothing changes, when all connections together hold incoming_max
 * and this one has more than a little. */
bool conns_admit(struct conns *conns, struct conn *conn, size_t more);
void conns_release(struct conns *conns, struct conn *conn); /* the message is whole, or gone */
void conns_free(struct conns *conns);

#endif
