/* Fuzz: the line protocol's messages (net/line_feed.c), without a socket.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   input = one byte: size of the pieces - 1, modulo 16; then what a peer sends
 *
 * The same messages come out whatever the pieces are, also when the connection is full time and again; each is a line,
 * within the limit. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/mem.h"
#include "line.h"

#include <event2/buffer.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64, PENDING_MAX = 3 };

struct peer {
    struct net net;
    struct line line;
    struct buf seen;
    struct net_request *open[PENDING_MAX];
    size_t open_count;
};

static void take(void *arg, struct net_request *take_request) {
    struct peer *peer = arg;
    ENSURE(take_request->len <= LINE_MAX_BYTES && take_request->body[take_request->len] == '\0');
    ENSURE(!memchr(take_request->body, '\n', take_request->len));
    ENSURE(!take_request->too_large || take_request->len == 0);
    ENSURE(peer->open_count < PENDING_MAX);
    buf_printf(&peer->seen, "%d %zu ", take_request->too_large, take_request->len);
    buf_add(&peer->seen, take_request->body, take_request->len);
    peer->open[peer->open_count++] = take_request;
}

static void answer_all(struct peer *peer) {
    for (size_t i = 0; i < peer->open_count; i++) {
        struct job *job = (struct job *)peer->open[i]; /* its first member */
        peer->line.pending--;
        peer->line.pending_bytes -= job->bytes;
        job_free(job);
    }
    peer->open_count = 0;
}

static void send_all(struct peer *peer, const char *bytes, size_t len, size_t piece_max) {
    for (size_t at = 0; at < len && !peer->line.doomed;) {
        size_t some = len - at < piece_max ? len - at : piece_max;
        char *piece = mem_strndup(bytes + at, some);
        line_feed(&peer->line, piece, some);
        mem_free(piece);
        while (peer->line.held && !peer->line.doomed) {
            answer_all(peer);
            line_feed_held(&peer->line);
        }
        answer_all(peer);
        at += some;
    }
    if (!peer->line.doomed) line_feed_end(&peer->line);
    answer_all(peer);
}

static void converse(struct buf *seen, const char *bytes, size_t len, size_t piece_max) {
    struct peer *peer = mem_alloc(sizeof *peer);
    peer->net.limits.max_pending = PENDING_MAX;
    peer->net.limits.max_line_bytes = LINE_MAX_BYTES;
    peer->net.conns.incoming_max = 8 * LINE_MAX_BYTES;
    peer->net.calls = (struct net_calls){.request = take, .arg = peer};
    peer->line = (struct line){.net = &peer->net, .fd = -1, .first = true, .out = evbuffer_new()};
    buf_init(&peer->line.partial, 0);
    buf_init(&peer->seen, 0);
    conns_add(&peer->net.conns, &peer->line.conn);
    send_all(peer, bytes, len, piece_max);
    ENSURE(peer->line.pending == 0 && peer->line.pending_bytes == 0);
    buf_printf(&peer->seen, "%s", peer->line.doomed ? "closed" : "end");
    line_drop_partial(&peer->line);
    ENSURE(peer->net.conns.incoming == 0);
    conns_remove(&peer->net.conns, &peer->line.conn);
    conns_free(&peer->net.conns);
    evbuffer_free(peer->line.out);
    mem_free(peer->line.held);
    *seen = peer->seen;
    mem_free(peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    struct buf whole, pieces;
    converse(&whole, (const char *)data + 1, size - 1, size);
    converse(&pieces, (const char *)data + 1, size - 1, data[0] % 16 + 1);
    ENSURE(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0);
    buf_free(&whole);
    buf_free(&pieces);
    return 0;
}
