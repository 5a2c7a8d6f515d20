/* Cursors as text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The grammar stands in cursor.h.  What a client sends is not trusted: everything is checked. */
#include "cursor.h"

#include "base/buf.h"
#include "base/hash.h"

#include <string.h>

enum { CURSOR_VERSION = 1, CURSOR_BYTES_MAX = 65536, CHECK_BYTES = 4 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const char *encode(struct arena *arena, const char *bytes, size_t len) {
    char *out = arena_alloc(arena, len * 4 / 3 + 4), *at = out;
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | (unsigned char)bytes[i];
        for (count += 8; count >= 6; count -= 6)
            *at++ = letters[bits >> (count - 6) & 63];
    }
    if (count > 0) *at++ = letters[bits << (6 - count) & 63];
    *at = '\0';
    return out;
}

static bool decode(const char *text, struct buf *out) {
    uint32_t bits = 0;
    int count = 0;
    for (; *text; text++) {
        const char *found = strchr(letters, *text);
        if (!found) return false;
        bits = bits << 6 | (uint32_t)(found - letters);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        buf_char(out, (char)(bits >> count & 255));
    }
    return true;
}

/* The last bytes are those of a hash of the others: a cursor that was cut or mistyped is seen. */
static bool is_whole(const struct buf *bytes) {
    if (bytes->len <= CHECK_BYTES) return false;
    size_t len = bytes->len - CHECK_BYTES;
    uint64_t hash = hash64(bytes->data, len);
    return memcmp(&hash, bytes->data + len, CHECK_BYTES) == 0;
}

static bool read_parts(struct arena *arena, struct cur *cur, struct cursor *out) {
    if (cur->at >= cur->end) return false;
    char type = *cur->at++;
    if (type == 'p') {
        out->snapshot = cur_varint(cur);
        out->place = cur_varint(cur);
        return !cur->bad && cur->at == cur->end;
    }
    out->first = type == 's';
    out->shown = arena_alloc(arena, ((size_t)(cur->end - cur->at) + 1) * sizeof *out->shown);
    while (cur->at < cur->end && !cur->bad)
        out->shown[out->shown_count++] = cur_varint(cur);
    return out->first && !cur->bad;
}

enum status cursor_read(struct arena *arena, const char *text, uint64_t fingerprint, struct cursor *out,
                        struct err *err) {
    struct buf bytes;
    *out = (struct cursor){0};
    buf_init(&bytes, 0);
    bool good = strlen(text) < CURSOR_BYTES_MAX && decode(text, &bytes) && is_whole(&bytes);
    struct cur cur = {.at = bytes.data, .end = bytes.data + bytes.len - (good ? CHECK_BYTES : 0)};
    good = good && cur_varint(&cur) == CURSOR_VERSION;
    uint64_t given = good ? cur_varint(&cur) : 0;
    good = good && read_parts(arena, &cur, out);
    buf_free(&bytes);
    if (!good)
        return err_param(err, ST_INVALID_VALUE, "cursor",
                         "parameter 'cursor': it is no cursor that an answer gave as next_cursor");
    if (given != fingerprint)
        return err_param(err, ST_INVALID_VALUE, "cursor",
                         "parameter 'cursor': it belongs to another search; only limit, time_limit_ms and what is "
                         "shown of a hit may change from page to page");
    return ST_OK;
}

const char *cursor_write(struct arena *arena, const struct cursor *cursor, uint64_t fingerprint) {
    struct buf bytes;
    buf_init(&bytes, 0);
    buf_varint(&bytes, CURSOR_VERSION);
    buf_varint(&bytes, fingerprint);
    buf_char(&bytes, cursor->first ? 's' : 'p');
    for (size_t i = 0; i < cursor->shown_count && cursor->first; i++)
        buf_varint(&bytes, cursor->shown[i]);
    if (!cursor->first) {
        buf_varint(&bytes, cursor->snapshot);
        buf_varint(&bytes, cursor->place);
    }
    uint64_t hash = hash64(bytes.data, bytes.len);
    buf_add(&bytes, &hash, CHECK_BYTES);
    const char *text = encode(arena, bytes.data, bytes.len);
    buf_free(&bytes);
    return text;
}
