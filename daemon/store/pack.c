/* Bodies: a record's JSON as it lies in the store.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   body = format byte 1, varint length of the JSON, zlib stream
 *
 * The checksum (hash64 of the JSON) stands in the row beside it. */
#include "store_internal.h"

#include "base/hash.h"

#include <string.h>
#include <zlib.h>

enum { BODY_FORMAT = 1, BODY_LEVEL = 3, BODY_MAX = 1 << 29 };

enum status store_pack(struct arena *arena, const char *json, size_t len, struct packed *out, struct err *err) {
    struct buf head;
    buf_init(&head, 0);
    buf_char(&head, BODY_FORMAT);
    buf_varint(&head, len);
    uLongf room = compressBound(len);
    char *bytes = mem_try_alloc(head.len + room);
    enum status st = ST_OK;
    if (!bytes) {
        st = err_set(err, ST_NO_MEMORY, "there is no memory to compress a record of %zu bytes", len);
    } else {
        arena_defer(arena, mem_free, bytes);
        memcpy(bytes, head.data, head.len);
        if (compress2((Bytef *)bytes + head.len, &room, (const Bytef *)json, len, BODY_LEVEL) != Z_OK)
            st = err_set(err, ST_NO_MEMORY, "zlib could not compress a record of %zu bytes", len);
        else
            *out = (struct packed){.bytes = bytes, .len = head.len + room, .hash = hash64(json, len)};
    }
    buf_free(&head);
    return st;
}

enum status store_unpack(struct arena *arena, const void *bytes, size_t len, uint64_t hash, const char *id,
                         const char **json, size_t *json_len, struct err *err) {
    struct cur cur = {.at = bytes, .end = (const char *)bytes + len};
    bool known = len > 0 && *cur.at == BODY_FORMAT;
    if (known) cur.at++;
    uint64_t size = known ? cur_varint(&cur) : 0;
    if (!known || cur.bad || size > BODY_MAX)
        return err_set(err, ST_CORRUPT, "record '%s': its stored body has no valid head", id);
    char *text = mem_try_alloc(size + 1);
    if (!text) return err_set(err, ST_NO_MEMORY, "there is no memory for record '%s' of %zu bytes", id, (size_t)size);
    arena_defer(arena, mem_free, text);
    uLongf got = size;
    int code = uncompress((Bytef *)text, &got, (const Bytef *)cur.at, (uLong)(cur.end - cur.at));
    if (code == Z_MEM_ERROR) return err_set(err, ST_NO_MEMORY, "there is no memory to unpack record '%s'", id);
    if (code != Z_OK || got != size || hash64(text, size) != hash)
        return err_set(err, ST_CORRUPT, "record '%s': its stored body is damaged (checksum)", id);
    text[size] = '\0';
    *json = text;
    *json_len = size;
    return ST_OK;
}
