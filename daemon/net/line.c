/* The line protocol: one connection's state, from its bytes to messages and from answers to its socket.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread only; never blocks, never parses a message.  net.h has the grammar.  A read goes into the
 * loop's scratch buffer, so that an idle connection holds none.  What a connection holds:
 *
 *   partial  a line whose end has not come; it becomes the message's body without a copy
 *   held     bytes that were read but not looked at, because the connection was full
 *   out      answers that the socket has not taken
 *
 * A connection is full (line_full) while it has too many requests, too many bytes of requests or too many
 * bytes of answers; it is then not read, and goes on when line_flush_dirty finds it no longer full.  After the
 * peer's end of file the requests in flight are still answered. */
#include "loop.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "base/when.h"

#include <errno.h>
#include <event2/buffer.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct line {
    struct conn conn; /* first: the table's handle */
    struct net *net;
    int fd;
    bool local;
    int64_t peer_uid;
    struct event readable, writable;
    struct evbuffer *out;
    struct buf partial;
    char *held;
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

enum { OUT_HIGH_BYTES = 1 << 20, COPY_MAX_BYTES = 4096 };

static const char *const http_words[] = {"GET ",     "HEAD ",  "POST ",  "PUT ",     "DELETE ",
                                         "OPTIONS ", "PATCH ", "TRACE ", "CONNECT ", "PRI * HTTP"};

/* --- From bytes to messages --- */

static bool line_full(const struct line *line) {
    return line->pending >= line->net->limits.max_pending || line->pending_bytes > line->net->limits.max_line_bytes ||
           evbuffer_get_length(line->out) > OUT_HIGH_BYTES;
}

/* A web page that posts to this port must not have the lines of its body taken for messages. */
static bool looks_like_http(const char *text, size_t len) {
    for (size_t i = 0; i < sizeof http_words / sizeof *http_words; i++) {
        size_t word = strlen(http_words[i]);
        if (len >= word && !memcmp(text, http_words[i], word)) return true;
    }
    return false;
}

static bool is_blank(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] != ' ' && text[i] != '\t') return false;
    }
    return true;
}

static void hand_over(struct line *line, char *take_body, size_t len, size_t bytes, bool too_large) {
    struct job *job = job_new(line->net, &line->conn);
    job->bytes = bytes;
    job->request.body = take_body;
    job->request.len = len;
    job->request.too_large = too_large;
    job->request.peer_uid = line->peer_uid;
    job->request.local = line->local;
    line->pending++;
    line->pending_bytes += bytes;
    line->net->calls.request(line->net->calls.arg, &job->request);
}

/* Cuts the BOM of the first line and the CR; false if the line is no message. */
static bool trim(struct line *line, const char **text, size_t *len) {
    if (line->first && *len >= 3 && !memcmp(*text, "\xEF\xBB\xBF", 3)) {
        *text += 3;
        *len -= 3;
    }
    if (*len && (*text)[*len - 1] == '\r') (*len)--;
    if (is_blank(*text, *len)) return false;
    if (line->first && looks_like_http(*text, *len)) {
        log_info("http_on_line_port", "connection=%llu closed=1", (unsigned long long)line->conn.number);
        line->doomed = true;
        return false;
    }
    line->first = false;
    return true;
}

static void end_too_long(struct line *line) {
    line->eating = false;
    hand_over(line, mem_strdup(""), 0, 0, true);
}

/* A line that lies whole in the bytes just read. */
static void end_whole(struct line *line, const char *text, size_t len) {
    if (!trim(line, &text, &len)) return;
    if (len > line->net->limits.max_line_bytes) {
        end_too_long(line);
    } else {
        hand_over(line, mem_strndup(text, len), len, len, false);
    }
}

/* A line that came in pieces and stands in `partial`. */
static void end_partial(struct line *line) {
    size_t len;
    char *body = buf_take(&line->partial, &len);
    const char *text = body;
    if (!trim(line, &text, &len)) {
        mem_free(body);
    } else if (len > line->net->limits.max_line_bytes) {
        mem_free(body);
        end_too_long(line);
    } else {
        if (text != body) memmove(body, text, len);
        body[len] = '\0';
        hand_over(line, body, len, len, false);
    }
}

/* The line is above the limit: what came of it goes, what is still to come will not be kept. */
static void start_eating(struct line *line, const char *text, size_t len) {
    struct buf *partial = &line->partial;
    buf_add(partial, text, len < 16 ? len : 16); /* enough to know HTTP */
    const char *head = partial->data;
    size_t head_len = partial->len;
    trim(line, &head, &head_len);
    line->eating = true;
    buf_free(partial);
    buf_init(partial, 0);
}

static void add_partial(struct line *line, const char *text, size_t len) {
    if (!len || line->eating) return;
    if (!line->partial.len) line->began_us = when_mono_us();
    /* Room for a CR and a BOM, which the limit does not count. */
    if (line->partial.len + len > line->net->limits.max_line_bytes + 4) {
        start_eating(line, text, len);
    } else {
        buf_add(&line->partial, text, len);
    }
}

static void end_line(struct line *line, const char *text, size_t len) {
    if (!line->eating && !line->partial.len) {
        end_whole(line, text, len);
        return;
    }
    add_partial(line, text, len);
    line->began_us = 0;
    if (line->doomed) return;
    if (line->eating) {
        end_too_long(line);
    } else {
        end_partial(line);
    }
}

/* Takes lines until the bytes end or the connection is full; returns how many bytes it took. */
static size_t feed(struct line *line, const char *bytes, size_t len) {
    size_t at = 0;
    while (at < len && !line->doomed && !line_full(line)) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t part = end ? (size_t)(end - (bytes + at)) : len - at;
        if (end) {
            end_line(line, bytes + at, part);
        } else {
            add_partial(line, bytes + at, part);
        }
        at += part + (end ? 1 : 0);
    }
    return at;
}

/* Keeps the bytes that a full connection could not take. */
static void hold(struct line *line, const char *bytes, size_t len) {
    char *before = line->held; /* bytes may lie in it */
    line->held = len ? mem_strndup(bytes, len) : NULL;
    line->held_len = len;
    mem_free(before);
}

/* --- Reading --- */

static void set_reading(struct line *line, bool reading) {
    if (line->reading == reading) return;
    line->reading = reading;
    if (reading) {
        event_add(&line->readable, NULL);
    } else {
        event_del(&line->readable);
    }
}

static bool nothing_left(const struct line *line) {
    return line->ended && !line->pending && !line->held && !evbuffer_get_length(line->out);
}

/* The peer sends no more: a last line without LF counts, for JSON says by itself whether it is whole. */
static void end_input(struct line *line) {
    line->ended = true;
    set_reading(line, false);
    if (line->partial.len || line->eating) end_line(line, NULL, 0);
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
        size_t taken = feed(line, net->scratch, (size_t)got);
        hold(line, net->scratch + taken, (size_t)got - taken);
        if (line_full(line)) set_reading(line, false);
    }
    if (line->doomed || nothing_left(line)) line_close(line);
}

/* Goes on after the connection was full. */
static void resume(struct line *line) {
    if (line->reading || line->ended || line_full(line)) return;
    if (line->held) {
        size_t len = line->held_len, taken = feed(line, line->held, len);
        hold(line, line->held + taken, len - taken);
    }
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
        event_add(&line->writable, NULL);
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

static void free_body(const void *data, size_t len, void *extra) {
    (void)len;
    (void)extra;
    mem_free((void *)data);
}

/* A large answer goes out of its own memory; its NUL makes room for the LF. */
static bool add_answer(struct evbuffer *out, struct buf *body) {
    if (!body->len) return true;
    if (body->len <= COPY_MAX_BYTES) return !evbuffer_add(out, body->data, body->len) && !evbuffer_add(out, "\n", 1);
    size_t len;
    char *data = buf_take(body, &len);
    data[len] = '\n';
    if (!evbuffer_add_reference(out, data, len + 1, free_body, NULL)) return true;
    mem_free(data);
    return false;
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
    conns_remove(&net->conns, &line->conn);
    listen_part(net, line->fd);
    if (line->out) evbuffer_free(line->out);
    buf_free(&line->partial);
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
