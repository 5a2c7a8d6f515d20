/* The line protocol: one connection and its socket.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread only; never blocks.  line_feed.c makes messages of the bytes.  A read goes into the loop's
 * scratch buffer, so that an idle connection holds none.  A connection is full (line_full) while it has too
 * many requests, too many bytes of requests or too many bytes of answers; it is then not read, and goes on
 * when line_flush_dirty finds it no longer full.  After the peer's end of file the requests in flight are
 * still answered.  Answers of one round of the loop leave in one write. */
#include "line.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "base/when.h"

#include <errno.h>
#include <event2/buffer.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COPY_MAX_BYTES = 4096 };

/* --- Reading --- */

static void set_reading(struct line *line, bool reading) {
    if (line->reading == reading) return;
    line->reading = reading;
    if (reading) {
        if (event_add(&line->readable, NULL) != 0) line->doomed = true;
    } else {
        event_del(&line->readable);
    }
}

static bool nothing_left(const struct line *line) {
    return line->ended && !line->pending && !line->held && !evbuffer_get_length(line->out);
}

static void end_input(struct line *line) {
    line->ended = true;
    set_reading(line, false);
    line_feed_end(line);
}

static void on_readable(evutil_socket_t fd, short what, void *arg) {
    struct line *line = arg;
    struct net *net = line->net;
    (void)what;
    ssize_t got = recv(fd, net->scratch, SCRATCH_BYTES, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) {
        line_close(line);
        return;
    }
    line->active_us = when_mono_us();
    if (got == 0) {
        end_input(line);
    } else {
        net->bytes_in += (uint64_t)got;
        stats_add(STAT_BYTES_READ, got);
        line_feed(line, net->scratch, (size_t)got);
        if (line_full(line)) set_reading(line, false);
    }
    if (line->doomed || nothing_left(line)) line_close(line);
}

/* Goes on after the connection was full. */
static void resume(struct line *line) {
    if (line->reading || line->ended || line_full(line)) return;
    line_feed_held(line);
    if (line->doomed || line_full(line)) return;
    /* The time that we did not read is not the peer's. */
    if (line->began_us) line->began_us = when_mono_us();
    set_reading(line, true);
}

/* --- Writing --- */

static void set_unsent(struct line *line, bool unsent) {
    if (line->unsent == unsent) return;
    line->unsent = unsent;
    if (unsent) {
        line->net->unsent++;
        if (event_add(&line->writable, NULL) != 0) line->doomed = true;
    } else {
        line->net->unsent--;
        event_del(&line->writable);
    }
}

/* False when the connection is lost. */
static bool write_out(struct line *line) {
    while (evbuffer_get_length(line->out)) {
        int put = evbuffer_write(line->out, line->fd);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno != EAGAIN) return false;
        if (put <= 0) break;
        line->active_us = line->stalled_us = when_mono_us();
        line->net->bytes_out += (uint64_t)put;
        stats_add(STAT_BYTES_WRITTEN, put);
    }
    bool left = evbuffer_get_length(line->out) > 0;
    if (!left) {
        line->stalled_us = 0;
    } else if (!line->stalled_us) {
        line->stalled_us = when_mono_us();
    }
    set_unsent(line, left);
    return true;
}

/* Writes what can be written, reads on where that made room; may close the line. */
static void flush(struct line *line) {
    if (line->doomed || !write_out(line)) {
        line_close(line);
        return;
    }
    resume(line);
    if (line->doomed || nothing_left(line)) line_close(line);
}

static void on_writable(evutil_socket_t fd, short what, void *arg) {
    struct line *line = arg;
    struct net *net = line->net;
    (void)fd;
    (void)what;
    flush(line);
    net_check_drained(net);
}

void line_flush_dirty(struct net *net) {
    while (net->dirty) {
        struct line *line = net->dirty;
        net->dirty = line->next_dirty;
        line->dirty = false;
        flush(line);
    }
}

/* A large answer goes out of its own memory; its NUL makes room for the LF. */
static bool add_answer(struct evbuffer *out, struct buf *body) {
    if (!body->len) return true;
    if (body->len <= COPY_MAX_BYTES) return !evbuffer_add(out, body->data, body->len) && !evbuffer_add(out, "\n", 1);
    size_t len;
    char *data = buf_take(body, &len);
    data[len] = '\n';
    return job_move_bytes(out, data, len + 1);
}

void line_reply(struct line *line, struct job *take_job) {
    line->pending--;
    line->pending_bytes -= take_job->bytes;
    /* Without memory for the answer the connection ends: a lost answer would be waited for. */
    if (!add_answer(line->out, &take_job->body)) line->doomed = true;
    job_free(take_job);
    if (line->dirty) return;
    line->dirty = true;
    line->next_dirty = line->net->dirty;
    line->net->dirty = line;
}

/* --- Beginning and end --- */

void line_accept(struct listener *listener, int fd, bool local, int64_t peer_uid) {
    struct net *net = listener->net;
    struct line *line = mem_alloc(sizeof *line);
    line->conn.transport = NET_LINE;
    line->net = net;
    line->fd = fd;
    line->local = local;
    line->peer_uid = peer_uid;
    line->first = true;
    line->active_us = when_mono_us();
    line->out = evbuffer_new();
    buf_init(&line->partial, 0);
    conns_add(&net->conns, &line->conn);
    event_assign(&line->readable, net->base, fd, EV_READ | EV_PERSIST, on_readable, line);
    event_assign(&line->writable, net->base, fd, EV_WRITE | EV_PERSIST, on_writable, line);
    line->reading = line->out && event_add(&line->readable, NULL) == 0;
    if (!line->reading) line_close(line);
}

static void forget_dirty(struct line *line) {
    struct line **at = &line->net->dirty;
    while (line->dirty && *at != line) {
        at = &(*at)->next_dirty;
    }
    if (line->dirty) *at = line->next_dirty;
}

void line_close(struct line *line) {
    struct net *net = line->net;
    set_reading(line, false);
    set_unsent(line, false);
    forget_dirty(line);
    line_drop_partial(line);
    conns_remove(&net->conns, &line->conn);
    listen_part(net, line->fd);
    if (line->out) evbuffer_free(line->out);
    mem_free(line->held);
    mem_free(line);
}

/* The three clocks of net.h. */
void line_tick(struct line *line, int64_t now_us) {
    const struct net_limits *limits = &line->net->limits;
    const char *why = NULL;
    if (line->began_us && line->reading && now_us - line->began_us > limits->read_timeout_us) why = "read_timeout";
    if (line->stalled_us && now_us - line->stalled_us > limits->read_timeout_us) why = "write_timeout";
    if (!line->pending && now_us - line->active_us > limits->idle_timeout_us) why = "idle_timeout";
    if (!why) return;
    log_debug("connection_closed", "connection=%llu why=%s", (unsigned long long)line->conn.number, why);
    line_close(line);
}
