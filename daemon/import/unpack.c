/* Unpacks gzip: zlib's door.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Memory is one window of zlib and one buffer of OUT_BYTES, both only for a file that is gzip; the ratio is looked at
 * after every buffer, so that a bomb costs at most RATIO_FROM bytes of work more than it may.  One thread at a time. */
#include "unpack.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { OUT_BYTES = 256 * 1024, RATIO_FROM = 1024 * 1024, GZIP_WINDOW = 15 + 16 };

static const unsigned char magic[2] = {0x1F, 0x8B};

enum unpack_state { UNPACK_START, UNPACK_PLAIN, UNPACK_MEMBER, UNPACK_BETWEEN, UNPACK_PADDING };

struct unpack {
    enum unpack_state state;
    double max_ratio;
    unsigned char seen[2]; /* of the magic number, while it is not decided */
    size_t seen_len;
    z_stream zlib;
    bool zlib_open;
    uint64_t packed, unpacked;
    char *out; /* OUT_BYTES, from the first member on */
};

struct unpack *unpack_new(double max_ratio) {
    struct unpack *unpack = mem_alloc(sizeof *unpack);
    unpack->max_ratio = max_ratio;
    return unpack;
}

void unpack_free(struct unpack *unpack) {
    if (!unpack) return;
    if (unpack->zlib_open) inflateEnd(&unpack->zlib);
    mem_free(unpack->out);
    mem_free(unpack);
}

static enum status damaged(const struct unpack *unpack, struct err *err, const char *what) {
    return err_set(err, ST_INVALID_FORMAT, "gzip: %s at byte %llu of the file", what,
                   (unsigned long long)unpack->packed);
}

/* A member begins: its two magic bytes have been taken already and are given to zlib first. */
static enum status open_member(struct unpack *unpack, struct err *err) {
    int code = unpack->zlib_open ? inflateReset(&unpack->zlib) : inflateInit2(&unpack->zlib, GZIP_WINDOW);
    if (code != Z_OK) return err_set(err, ST_NO_MEMORY, "gzip: not enough memory to unpack");
    unpack->zlib_open = true;
    if (!unpack->out) unpack->out = mem_alloc(OUT_BYTES);
    unpack->zlib.next_in = unpack->seen;
    unpack->zlib.avail_in = sizeof magic;
    unpack->zlib.next_out = (Bytef *)unpack->out;
    unpack->zlib.avail_out = OUT_BYTES;
    inflate(&unpack->zlib, Z_NO_FLUSH);
    unpack->seen_len = 0;
    unpack->state = UNPACK_MEMBER;
    return ST_OK;
}

static enum status check_ratio(const struct unpack *unpack, struct err *err) {
    if (unpack->max_ratio <= 0 || unpack->unpacked < RATIO_FROM) return ST_OK;
    if ((double)unpack->unpacked <= unpack->max_ratio * (double)unpack->packed) return ST_OK;
    return err_set(err, ST_TOO_LARGE, "gzip: %llu bytes unpack to more than %.0f times as many",
                   (unsigned long long)unpack->packed, unpack->max_ratio);
}

/* Unpacks one buffer at most; *used bytes were taken. */
static enum status inflate_some(struct unpack *unpack, const char *bytes, size_t len, size_t *used, stage_next next,
                                void *arg, struct err *err) {
    z_stream *zlib = &unpack->zlib;
    size_t given = len < UINT32_MAX ? len : UINT32_MAX;
    zlib->next_in = (Bytef *)(uintptr_t)bytes;
    zlib->avail_in = (uInt)given;
    zlib->next_out = (Bytef *)unpack->out;
    zlib->avail_out = OUT_BYTES;
    int code = inflate(zlib, Z_NO_FLUSH);
    size_t made = OUT_BYTES - zlib->avail_out;
    *used = given - zlib->avail_in;
    unpack->packed += *used;
    unpack->unpacked += made;
    if (code == Z_MEM_ERROR) return err_set(err, ST_NO_MEMORY, "gzip: not enough memory to unpack");
    enum status status = check_ratio(unpack, err);
    if (!status && made) status = next(arg, unpack->out, made, err);
    if (status) return status;
    if (code == Z_STREAM_END)
        unpack->state = UNPACK_BETWEEN;
    else if (code != Z_OK && code != Z_BUF_ERROR)
        return damaged(unpack, err, zlib->msg ? zlib->msg : "damaged data");
    return ST_OK;
}

/* Behind the last member so far: the next one's first byte, or padding. */
static enum status begin_member(struct unpack *unpack, unsigned char byte, struct err *err) {
    unpack->packed++;
    if (byte == 0 && unpack->seen_len == 0) {
        unpack->state = UNPACK_PADDING;
        return ST_OK;
    }
    if (unpack->state == UNPACK_PADDING || byte != magic[unpack->seen_len])
        return damaged(unpack, err, "bytes behind the compressed data");
    unpack->seen[unpack->seen_len++] = byte;
    return unpack->seen_len == sizeof magic ? open_member(unpack, err) : ST_OK;
}

/* The first bytes of the file: gzip, or anything else. */
static enum status start(struct unpack *unpack, unsigned char byte, stage_next next, void *arg, struct err *err) {
    unpack->packed++;
    unpack->seen[unpack->seen_len++] = byte;
    if (byte == magic[unpack->seen_len - 1]) return unpack->seen_len == sizeof magic ? open_member(unpack, err) : ST_OK;
    unpack->state = UNPACK_PLAIN;
    return next(arg, (const char *)unpack->seen, unpack->seen_len, err);
}

enum status unpack_feed(struct unpack *unpack, const char *bytes, size_t len, stage_next next, void *arg,
                        struct err *err) {
    enum status status = ST_OK;
    /* A member may go on making bytes after it has taken the last one given: then the buffer was full. */
    bool full = false;
    while (!status && (len || full)) {
        size_t used = 1;
        switch (unpack->state) {
        case UNPACK_START: {
            /* What is decided by its first byte passes in one piece. */
            if (unpack->seen_len == 0 && (unsigned char)bytes[0] != magic[0]) {
                unpack->state = UNPACK_PLAIN;
                used = 0;
                break;
            }
            status = start(unpack, (unsigned char)bytes[0], next, arg, err);
            break;
        }
        case UNPACK_PLAIN: return next(arg, bytes, len, err);
        case UNPACK_MEMBER:
            status = inflate_some(unpack, bytes, len, &used, next, arg, err);
            full = unpack->state == UNPACK_MEMBER && unpack->zlib.avail_out == 0;
            break;
        case UNPACK_BETWEEN:
        case UNPACK_PADDING: status = begin_member(unpack, (unsigned char)bytes[0], err); break;
        }
        bytes += used;
        len -= used;
    }
    return status;
}

enum status unpack_end(struct unpack *unpack, stage_next next, void *arg, struct err *err) {
    if (unpack->state == UNPACK_START && unpack->seen_len)
        return next(arg, (const char *)unpack->seen, unpack->seen_len, err);
    if (unpack->state == UNPACK_MEMBER || (unpack->state == UNPACK_BETWEEN && unpack->seen_len))
        return damaged(unpack, err, "the compressed data ends too early");
    return ST_OK;
}
