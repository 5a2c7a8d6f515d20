/* The line protocol: from bytes to messages.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread only; never blocks, never parses a message.  net.h has the grammar.  A line that lies whole in
 * the bytes just read is copied once; one that comes in pieces grows in `partial` and becomes the message's body
 * without a further copy.
 *
 * What all connections have in such pieces is bounded (conns_admit): above that the connection that
 * wants more gets the answer `busy` and is closed, unless it has little. */
#include "line.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"

#include <event2/buffer.h>
#include <string.h>
#include <sys/socket.h>

enum { OUT_HIGH_BYTES = 1 << 20 };

static const char *const http_words[] = {"GET ",     "HEAD ",  "POST ",  "PUT ",     "DELETE ",
                                         "OPTIONS ", "PATCH ", "TRACE ", "CONNECT ", "PRI * HTTP"};

bool line_full(const struct line *line) {
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
    if (*len <= line->net->limits.max_line_bytes && is_blank(*text, *len)) return false;
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
    conns_release(&line->net->conns, &line->conn);
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

void line_drop_partial(struct line *line) {
    conns_release(&line->net->conns, &line->conn);
    buf_free(&line->partial);
    buf_init(&line->partial, 0);
}

/* The line is above the limit: what came of it goes, what is still to come will not be kept. */
static void start_eating(struct line *line, const char *text, size_t len) {
    buf_add(&line->partial, text, len < 16 ? len : 16); /* enough to know HTTP */
    const char *head = line->partial.data;
    size_t head_len = line->partial.len;
    trim(line, &head, &head_len);
    line->eating = true;
    line_drop_partial(line);
}

/* Others have taken the memory for messages that are still coming in. */
static void refuse_more(struct line *line) {
    static const char answer[] = "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"too many "
                                 "bytes of unfinished messages are held\","
                                 "\"data\":{\"code\":\"busy\",\"type\":\"system\",\"retry\":true}}}\n";
    log_warning("incoming_full", "connection=%llu bytes=%zu closed=1", (unsigned long long)line->conn.number,
                line->conn.incoming);
    line->doomed = true;
    /* Not into the middle of an answer. */
    listen_refuse(line->net, line->fd, answer, evbuffer_get_length(line->out) ? 0 : sizeof answer - 1);
    line_drop_partial(line);
}

static void add_partial(struct line *line, const char *text, size_t len) {
    if (!len || line->eating) return;
    if (!line->partial.len) line->began_us = when_mono_us();
    /* Room for a CR and a BOM, which the limit does not count. */
    if (line->partial.len + len > line->net->limits.max_line_bytes + 4) {
        start_eating(line, text, len);
    } else if (!conns_admit(&line->net->conns, &line->conn, len)) {
        refuse_more(line);
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

/* Returns how many bytes it took. */
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

void line_feed(struct line *line, const char *bytes, size_t len) {
    size_t taken = feed(line, bytes, len);
    hold(line, bytes + taken, len - taken);
}

void line_feed_held(struct line *line) {
    if (line->held) line_feed(line, line->held, line->held_len);
}

void line_feed_end(struct line *line) {
    if (line->partial.len || line->eating) end_line(line, NULL, 0);
}
