/* One non-blocking socket with its two buffers: lines in, bytes out.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Belongs to one client, hence to one thread.  Writing never waits: what the socket doesn't take goes out
 * while a line is awaited, so two ends that both have much to say can't block each other.
 * A deadline is a time of the monotonic clock in milliseconds; STREAM_NO_DEADLINE waits for ever. */
#ifndef LIB_STREAM_H
#define LIB_STREAM_H

#include <footnote/status.h>

#include <stddef.h>
#include <stdint.h>

#define STREAM_NO_DEADLINE INT64_MAX

/* The longest answer that a client takes; the daemon's own limit, max_reply_bytes, is below. */
#define STREAM_LINE_LIMIT ((size_t)2 << 30)

struct stream_buffer {
    char *bytes;
    size_t start, end, size;
};

struct stream {
    int fd; /* -1: not open or given up */
    struct stream_buffer in, out;
    size_t searched; /* bytes behind in.start that hold no line feed */
};

int64_t stream_now_ms(void);
int64_t stream_deadline(int timeout_ms); /* 0 and below: none */

void stream_close(struct stream *stream);
/* Appends to what is to be written and writes what the socket takes.  NO_MEMORY; UNREACHABLE with errno. */
enum footnote_status stream_write(struct stream *stream, const char *bytes, size_t len);
/* The next line without its end, borrowed until the next call.  TIMEOUT, UNREACHABLE (errno; 0: the other end
 * closed), TOO_LARGE, NO_MEMORY. */
enum footnote_status stream_line(char **line, size_t *len, struct stream *stream, int64_t deadline_ms);

#endif
