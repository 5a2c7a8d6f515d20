/* One non-blocking socket with its two buffers: see stream.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 65536 };

int64_t stream_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t stream_deadline(int timeout_ms) {
    return timeout_ms > 0 ? stream_now_ms() + timeout_ms : STREAM_NO_DEADLINE;
}

void stream_close(struct stream *stream) {
    if (stream->fd >= 0) close(stream->fd);
    free(stream->in.bytes);
    free(stream->out.bytes);
    *stream = (struct stream){.fd = -1};
}

/* Room for `more` bytes behind buffer->end. */
static enum footnote_status reserve(struct stream_buffer *buffer, size_t more) {
    if (buffer->size - buffer->end >= more) return FOOTNOTE_OK;
    if (buffer->start > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
        buffer->end -= buffer->start;
        buffer->start = 0;
        if (buffer->size - buffer->end >= more) return FOOTNOTE_OK;
    }
    size_t size = buffer->size ? buffer->size * 2 : READ_BYTES;
    while (size - buffer->end < more)
        size *= 2;
    char *bytes = realloc(buffer->bytes, size);
    if (!bytes) return FOOTNOTE_NO_MEMORY;
    buffer->bytes = bytes;
    buffer->size = size;
    return FOOTNOTE_OK;
}

static enum footnote_status flush(struct stream *stream) {
    struct stream_buffer *out = &stream->out;
    while (out->start < out->end) {
        ssize_t n = send(stream->fd, out->bytes + out->start, out->end - out->start, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return FOOTNOTE_OK;
        if (n < 0) return FOOTNOTE_UNREACHABLE;
        out->start += (size_t)n;
    }
    out->start = out->end = 0;
    return FOOTNOTE_OK;
}

enum footnote_status stream_write(struct stream *stream, const char *bytes, size_t len) {
    enum footnote_status status = reserve(&stream->out, len);
    if (status != FOOTNOTE_OK) return status;
    memcpy(stream->out.bytes + stream->out.end, bytes, len);
    stream->out.end += len;
    /* An end that closed may have told why before: its last answers come first. */
    bool failed = flush(stream) != FOOTNOTE_OK && errno != EPIPE && errno != ECONNRESET;
    return failed ? FOOTNOTE_UNREACHABLE : FOOTNOTE_OK;
}

static enum footnote_status fill(struct stream *stream) {
    struct stream_buffer *in = &stream->in;
    if (in->end - in->start > STREAM_LINE_LIMIT) return FOOTNOTE_TOO_LARGE;
    if (reserve(in, READ_BYTES) != FOOTNOTE_OK) return FOOTNOTE_NO_MEMORY;
    ssize_t n = recv(stream->fd, in->bytes + in->end, in->size - in->end, 0);
    if (n > 0) {
        in->end += (size_t)n;
        return FOOTNOTE_OK;
    }
    if (n == 0) errno = 0;
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? FOOTNOTE_OK : FOOTNOTE_UNREACHABLE;
}

/* Waits for the socket and moves bytes in both directions. */
static enum footnote_status pump(struct stream *stream, int64_t deadline_ms) {
    int wait_ms = -1;
    if (deadline_ms != STREAM_NO_DEADLINE) {
        int64_t left = deadline_ms - stream_now_ms();
        if (left <= 0) return FOOTNOTE_TIMEOUT;
        wait_ms = left > INT_MAX ? INT_MAX : (int)left;
    }
    struct pollfd poller = {.fd = stream->fd, .events = POLLIN};
    if (stream->out.start < stream->out.end) poller.events |= POLLOUT;
    int n = poll(&poller, 1, wait_ms);
    if (n < 0) return errno == EINTR ? FOOTNOTE_OK : FOOTNOTE_IO;
    /* A write that fails is no end yet: what the other side said before is still to be read. */
    if (poller.revents & POLLOUT) (void)flush(stream);
    return poller.revents & (POLLIN | POLLHUP | POLLERR) ? fill(stream) : FOOTNOTE_OK;
}

static char *find_line_end(struct stream *stream) {
    struct stream_buffer *in = &stream->in;
    size_t from = in->start + stream->searched;
    char *feed = in->end > from ? memchr(in->bytes + from, '\n', in->end - from) : NULL;
    stream->searched = in->end - in->start;
    return feed;
}

enum footnote_status stream_line(char **line, size_t *len, struct stream *stream, int64_t deadline_ms) {
    struct stream_buffer *in = &stream->in;
    char *feed;
    while (!(feed = find_line_end(stream))) {
        enum footnote_status status = pump(stream, deadline_ms);
        if (status != FOOTNOTE_OK) return status;
    }
    *line = in->bytes + in->start;
    *len = (size_t)(feed - *line);
    if (*len > 0 && (*line)[*len - 1] == '\r') --*len;
    in->start = (size_t)(feed + 1 - in->bytes);
    stream->searched = 0;
    return FOOTNOTE_OK;
}
