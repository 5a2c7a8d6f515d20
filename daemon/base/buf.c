/* A growable byte buffer, and the reader of what it wrote.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One owner at a time.  A buffer without a limit grows by mem_realloc (the process stops when memory
 * is refused); one with a limit may become large by input, so a refusal only sets `overflow`.
 *
 * varint: LEB128, little groups of seven bits first, bit 7 set in all bytes but the last; at most ten
 * bytes.  lstr: varint length, then the bytes. */
#include "base/buf.h"

#include "base/ensure.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CAP_MIN = 64 };

/* What `data` points at while nothing is allocated (cap 0); never written. */
static char nothing[1];

void buf_init(struct buf *buf, size_t max) {
    *buf = (struct buf){.data = nothing, .max = max};
}

void buf_free(struct buf *buf) {
    if (!buf) return;
    if (buf->cap) mem_free(buf->data);
    buf_init(buf, buf->max);
}

void buf_clear(struct buf *buf) {
    buf->len = 0;
    buf->overflow = false;
    if (buf->cap) buf->data[0] = '\0';
}

bool buf_ok(const struct buf *buf) {
    return !buf->overflow;
}

/* Makes room for len more bytes and the NUL; false when the limit or the system refuses. */
static bool reserve(struct buf *buf, size_t len) {
    if (buf->overflow) return false;
    if (len < buf->cap - buf->len) return true;
    if (len > SIZE_MAX / 4 - buf->len || (buf->max && buf->len + len > buf->max)) {
        buf->overflow = true;
        return false;
    }
    size_t needed = buf->len + len + 1;
    size_t cap = buf->cap ? buf->cap * 2 : CAP_MIN;
    if (cap < needed) cap = needed;
    if (buf->max && cap > buf->max + 1) cap = buf->max + 1;
    char *old = buf->cap ? buf->data : NULL;
    char *data = buf->max ? mem_try_realloc(old, cap) : mem_realloc(old, cap);
    if (!data) {
        buf->overflow = true;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t len) {
    if (!reserve(buf, len)) return;
    if (len) memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_str(struct buf *buf, const char *text) {
    buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c) {
    if (!reserve(buf, 1)) return;
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}

void buf_printf(struct buf *buf, const char *format, ...) {
    if (!reserve(buf, 0)) return;
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    size_t room = buf->cap - buf->len;
    int wanted = vsnprintf(buf->data + buf->len, room, format, args);
    va_end(args);
    ENSURE(wanted >= 0);
    if ((size_t)wanted < room) {
        buf->len += (size_t)wanted;
    } else if (reserve(buf, (size_t)wanted)) {
        vsnprintf(buf->data + buf->len, (size_t)wanted + 1, format, again);
        buf->len += (size_t)wanted;
    }
    buf->data[buf->len] = '\0'; /* a refused text leaves no trace */
    va_end(again);
}

char *buf_take(struct buf *buf, size_t *len) {
    char *data = buf->cap ? buf->data : mem_strdup("");
    if (len) *len = buf->len;
    buf_init(buf, buf->max);
    return data;
}

void buf_varint(struct buf *buf, uint64_t value) {
    char bytes[10];
    size_t len = 0;
    while (value >= 0x80) {
        bytes[len++] = (char)(value | 0x80);
        value >>= 7;
    }
    bytes[len++] = (char)value;
    buf_add(buf, bytes, len);
}

void buf_lstr(struct buf *buf, const char *bytes, size_t len) {
    buf_varint(buf, len);
    buf_add(buf, bytes, len);
}

uint64_t cur_varint(struct cur *cur) {
    uint64_t value = 0;
    for (unsigned shift = 0; !cur->bad && cur->at < cur->end && shift < 64; shift += 7) {
        unsigned char byte = (unsigned char)*cur->at++;
        if (shift == 63 && byte > 1) break; /* would not fit into 64 bits */
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    cur->bad = true;
    return 0;
}

const char *cur_lstr(struct cur *cur, size_t *len) {
    uint64_t wanted = cur_varint(cur);
    if (cur->bad || wanted > (size_t)(cur->end - cur->at)) {
        cur->bad = true;
        *len = 0;
        return "";
    }
    const char *bytes = cur->at;
    cur->at += wanted;
    *len = (size_t)wanted;
    return bytes;
}
