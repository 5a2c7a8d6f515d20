/* The table of connections: slots with a free list; a number is (uses << 32 | slot).
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Owned and touched by the loop's thread only; the connections themselves are their transport's. */
#include "conns.h"

#include "base/ensure.h"
#include "base/mem.h"

enum { LITTLE_BYTES = 131072 };

static uint32_t take_slot(struct conns *conns) {
    if (conns->free) {
        uint32_t slot = conns->free - 1;
        conns->free = conns->slots[slot].next_free;
        return slot;
    }
    if (conns->used == conns->room) {
        conns->room = conns->room ? conns->room * 2 : 64;
        conns->slots = mem_realloc(conns->slots, conns->room * sizeof *conns->slots);
    }
    conns->slots[conns->used] = (struct conns_slot){0};
    return conns->used++;
}

void conns_add(struct conns *conns, struct conn *conn) {
    uint32_t slot = take_slot(conns);
    conns->slots[slot].conn = conn;
    conns->slots[slot].uses++;
    conn->number = (uint64_t)conns->slots[slot].uses << 32 | slot;
}

struct conn *conns_find(const struct conns *conns, uint64_t number) {
    uint32_t slot = (uint32_t)number;
    if (slot >= conns->used) return NULL;
    struct conn *conn = conns->slots[slot].conn;
    return conn && conn->number == number ? conn : NULL;
}

bool conns_admit(struct conns *conns, struct conn *conn, size_t more) {
    if (conn->incoming + more > LITTLE_BYTES && conns->incoming + more > conns->incoming_max) return false;
    conn->incoming += more;
    conns->incoming += more;
    return true;
}

void conns_release(struct conns *conns, struct conn *conn) {
    conns->incoming -= conn->incoming;
    conn->incoming = 0;
}

void conns_remove(struct conns *conns, struct conn *conn) {
    uint32_t slot = (uint32_t)conn->number;
    conns_release(conns, conn);
    ENSURE(slot < conns->used && conns->slots[slot].conn == conn);
    conns->slots[slot].conn = NULL;
    conns->slots[slot].next_free = conns->free;
    conns->free = slot + 1;
}

void conns_free(struct conns *conns) {
    mem_free(conns->slots);
    *conns = (struct conns){0};
}
