/* Cuts a text into records: what is the same for all cutters; see cut.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The beginning of a record is kept only when the piece given ends inside it.  One thread at a time. */
#include "cut.h"

#include <string.h>

void cut_init(struct cutting *cut, const struct cutter *cutter, size_t record_max) {
    memset(cut, 0, sizeof *cut);
    cut->cutter = cutter;
    cut->record_max = record_max;
    cut->next = (struct place){1, 1};
    buf_init(&cut->carry, 0);
}

void cut_free(struct cutting *cut) {
    buf_free(&cut->carry);
}

static void move_on(struct cutting *cut, const char *bytes, size_t len) {
    const char *end = bytes + len;
    for (const char *line; (line = memchr(bytes, '\n', (size_t)(end - bytes))); bytes = line + 1) {
        cut->next.line++;
        cut->next.column = 1;
    }
    cut->next.column += (uint64_t)(end - bytes);
}

static void begin(struct cutting *cut) {
    if (cut->begun) return;
    cut->begun = true;
    cut->begin = cut->next;
}

/* Keeps bytes of a record that goes on, as many as the limit lets. */
static void keep(struct cutting *cut, const char *bytes, size_t len) {
    size_t room = cut->record_max - cut->carry.len;
    if (len > room) cut->too_long = true;
    buf_add(&cut->carry, bytes, len < room ? len : room);
}

static bool is_blank(const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n') return false;
    }
    return true;
}

/* The record has ended; its last `len` bytes are given, the rest is kept. */
static enum status deliver(struct cutting *cut, const char *bytes, size_t len, cut_sink sink, void *arg,
                           struct err *err) {
    struct piece piece = {.bytes = bytes, .len = len, .place = cut->begin, .is_source = cut->json.is_source};
    if (cut->carry.len || cut->too_long) {
        keep(cut, bytes, len);
        piece.bytes = cut->carry.data;
        piece.len = cut->carry.len;
    } else if (len > cut->record_max) {
        cut->too_long = true;
        piece.len = cut->record_max;
    }
    piece.too_long = cut->too_long;
    if (cut->cutter->terminator == '\n' && !piece.too_long && piece.len && piece.bytes[piece.len - 1] == '\r')
        piece.len--;
    enum status status = is_blank(piece.bytes, piece.len) && !piece.too_long ? ST_OK : sink(arg, &piece, err);
    buf_clear(&cut->carry);
    cut->too_long = false;
    cut->begun = false;
    return status;
}

static enum status tell_fault(struct cutting *cut, const char *fault, const char *bytes, size_t len, cut_sink sink,
                              void *arg, struct err *err) {
    struct piece piece = {.bytes = bytes, .len = len, .place = cut->next, .fault = fault};
    return sink(arg, &piece, err);
}

enum status cut_feed(struct cutting *cut, const char *bytes, size_t len, cut_sink sink, void *arg, struct err *err) {
    enum status status = ST_OK;
    while (!status && len) {
        enum cut_event event = CUT_BETWEEN;
        size_t moved = cut->cutter->scan(cut, bytes, len, &event);
        switch (event) {
        case CUT_BETWEEN:
            buf_clear(&cut->carry);
            cut->begun = cut->too_long = false;
            break;
        case CUT_PART:
            begin(cut);
            keep(cut, bytes, moved);
            break;
        case CUT_END:
            begin(cut);
            status = deliver(cut, bytes, moved - (moved && cut->cutter->terminator ? 1 : 0), sink, arg, err);
            break;
        case CUT_FAULT: status = tell_fault(cut, cut->fault, bytes, moved, sink, arg, err); break;
        }
        move_on(cut, bytes, moved);
        bytes += moved;
        len -= moved;
    }
    return status;
}

enum status cut_end(struct cutting *cut, cut_sink sink, void *arg, struct err *err) {
    if (cut->begun) return deliver(cut, "", 0, sink, arg, err);
    const char *missing = cut->cutter->missing ? cut->cutter->missing(cut) : NULL;
    return missing ? tell_fault(cut, missing, "", 0, sink, arg, err) : ST_OK;
}
