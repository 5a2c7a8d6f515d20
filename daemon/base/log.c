/* Log lines to standard error.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread.  A line is made on the stack and leaves by one write(2), so lines never mix; it is cut
 * with … at LINE_MAX_BYTES.  Control characters inside become spaces: one event is one line.  Must
 * never allocate (the memory room logs its own refusal here) and never change errno. */
#include "base/log.h"

#include "base/utf8.h"
#include "base/when.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

static const char ELLIPSIS[] = "\xE2\x80\xA6";

static const struct {
    const char *name;
    enum log_level level;
} levels[] = {
    {"error", LOG_LEVEL_ERROR}, {"warning", LOG_LEVEL_WARNING}, {"notice", LOG_LEVEL_NOTICE},
    {"info", LOG_LEVEL_INFO},   {"debug", LOG_LEVEL_DEBUG},
};

static _Atomic int max_level = LOG_LEVEL_INFO;
static pthread_once_t journal_once = PTHREAD_ONCE_INIT;
static bool to_journal;

void log_set_level(enum log_level level) {
    atomic_store(&max_level, (int)level);
}

enum status log_level_from_name(enum log_level *out, const char *name, struct err *err) {
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(levels[i].name, name) == 0) {
            *out = levels[i].level;
            return ST_OK;
        }
    }
    return err_param(err, ST_INVALID_CONFIG, "log_level",
                     "configuration key 'log_level': expected error, warning, notice, info or debug, got \"%.80s\"",
                     name);
}

static const char *level_name(enum log_level level) {
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (levels[i].level == level) return levels[i].name;
    }
    return "info";
}

/* JOURNAL_STREAM is "device:inode" of the stream that systemd made; a redirected stderr differs. */
static void find_journal(void) {
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device;
    unsigned long long inode;
    struct stat st;
    to_journal = stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
                 st.st_dev == device && st.st_ino == inode;
}

static size_t put_head(char *line, size_t size, enum log_level level, const char *event) {
    int len;
    if (to_journal) {
        len = snprintf(line, size, "<%d>%s", (int)level, event);
    } else {
        char stamp[32];
        int64_t now_ms = when_now_ms();
        when_format(stamp, now_ms / 1000);
        stamp[19] = '\0'; /* the Z comes behind the milliseconds */
        len = snprintf(line, size, "%s.%03dZ %s %s", stamp, (int)(now_ms % 1000), level_name(level), event);
    }
    return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}

void log_event(enum log_level level, const char *event, const char *format, ...) {
    if ((int)level > atomic_load_explicit(&max_level, memory_order_relaxed)) return;
    int saved_errno = errno;
    char line[LINE_MAX_BYTES];
    const size_t room = sizeof line - sizeof ELLIPSIS - 1; /* for … and the line's end */
    pthread_once(&journal_once, find_journal);
    size_t len = put_head(line, room, level, event);
    if (format[0] && len + 1 < room) {
        line[len++] = ' ';
        va_list args;
        va_start(args, format);
        int wanted = vsnprintf(line + len, room - len, format, args);
        va_end(args);
        if (wanted > 0 && (size_t)wanted >= room - len) {
            len = utf8_floor(line, room - 1, room - 4);
            memcpy(line + len, ELLIPSIS, sizeof ELLIPSIS - 1);
            len += sizeof ELLIPSIS - 1;
        } else if (wanted > 0) {
            len += (size_t)wanted;
        }
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F) line[i] = ' ';
    }
    line[len++] = '\n';
    while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
        continue;
    errno = saved_errno;
}

/* Writes a byte that is a character (or invalid) by itself, escaped where a log line needs it; returns
 * the bytes written, at most 4. */
static size_t quote_byte(char out[5], unsigned char c) {
    static const char named[] = "\"\"\\\\\nn\rr\tt";
    for (const char *pair = named; *pair; pair += 2) {
        if ((unsigned char)pair[0] == c) return (size_t)snprintf(out, 5, "\\%c", pair[1]);
    }
    if (c < 0x20 || c >= 0x7F) return (size_t)snprintf(out, 5, "\\x%02x", c);
    out[0] = (char)c;
    return 1;
}

/* The character at *at as it stands in a quoted value; moves behind it. */
static size_t quote_next(char out[5], const char *text, size_t len, size_t *at) {
    size_t start = *at;
    utf8_next(text, len, at);
    if (*at - start == 1) return quote_byte(out, (unsigned char)text[start]);
    memcpy(out, text + start, *at - start);
    return *at - start;
}

char *log_quote(char *out, size_t size, const char *text) {
    size_t len = strlen(text);
    size_t whole = 3; /* two quotes and the NUL */
    size_t used = 0;
    char piece[5];
    if (size < 8) { /* not even "…" fits */
        if (size) out[0] = '\0';
        return out;
    }
    for (size_t at = 0; at < len && whole <= size;)
        whole += quote_next(piece, text, len, &at);
    bool cut = whole > size;
    size_t tail = cut ? sizeof ELLIPSIS - 1 + 2 : 2;
    out[used++] = '"';
    for (size_t at = 0; at < len;) {
        size_t piece_len = quote_next(piece, text, len, &at);
        if (used + piece_len + tail > size) break;
        memcpy(out + used, piece, piece_len);
        used += piece_len;
    }
    if (cut) {
        memcpy(out + used, ELLIPSIS, sizeof ELLIPSIS - 1);
        used += sizeof ELLIPSIS - 1;
    }
    out[used++] = '"';
    out[used] = '\0';
    return out;
}
