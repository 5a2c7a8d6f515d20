/* Fuzz: stored records (store/pack.c) and what is made of them for the index.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   input = "B" body of a row, damaged as you like
 *         | "A" or "S", JSON of an article or a source
 *
 * A body that unpacks has the checksum it was asked for.  A record goes into a body and out of it without a change; one
 * that archive/ takes becomes a document, whose card reads. */
#include "fuzz.h"

#include "archive/article.h"
#include "base/hash.h"
#include "index/mapping.h"
#include "store_internal.h"

#include <string.h>
#include <zlib.h>

enum { UNPACKED_MAX = 1 << 20 };

static struct store *store;
static struct mapping *mapping;

static void open_once(void) {
    struct err err = ERR_NONE;
    if (mapping) return;
    ENSURE(store_open(&store, fuzz_folder(), STORE_WRITE, &err) == ST_OK);
    ENSURE(mapping_open(&mapping, fuzz_schema(), fuzz_rules(), &err) == ST_OK);
}

/* The checksum that this body would have, so that the check behind it is reached. */
static uint64_t hash_of(struct arena *arena, const uint8_t *data, size_t size) {
    struct cur cur = {.at = (const char *)data + 1, .end = (const char *)data + size};
    uLongf len = size > 1 ? (uLongf)cur_varint(&cur) : 0;
    if (len == 0 || len > UNPACKED_MAX || cur.bad) return 0;
    char *text = arena_alloc(arena, len);
    int code = uncompress((Bytef *)text, &len, (const Bytef *)cur.at, (uLong)(cur.end - cur.at));
    return code == Z_OK ? hash64(text, len) : 0;
}

static void try_body(struct arena *arena, const uint8_t *data, size_t size) {
    struct err err = ERR_NONE;
    const char *json = NULL;
    size_t len = 0;
    uint64_t hash = hash_of(arena, data, size);
    if (store_unpack(arena, data, size, hash, "x", &json, &len, &err) == ST_OK)
        ENSURE(hash64(json, len) == hash && json[len] == '\0');
    else
        ENSURE(err.status == ST_CORRUPT || err.status == ST_NO_MEMORY);
}

static void try_packing(struct arena *arena, const char *json, size_t len) {
    struct err err = ERR_NONE;
    struct packed packed;
    const char *back = NULL;
    size_t back_len = 0;
    ENSURE(store_pack(arena, json, len, &packed, &err) == ST_OK);
    ENSURE(store_unpack(arena, packed.bytes, packed.len, packed.hash, "x", &back, &back_len, &err) == ST_OK);
    ENSURE(back_len == len && memcmp(back, json, len) == 0);
}

static void try_record(struct arena *arena, enum store_kind kind, const char *json, size_t len) {
    static const struct json_limits limits = {.depth = 64, .values = 100000};
    struct err err = ERR_NONE;
    cJSON *tree = NULL;
    struct article *article = NULL;
    struct source *source = NULL;
    if (json_parse(&tree, json, len, &limits, &err) != ST_OK) return;
    enum status st = kind == STORE_ARTICLE ? article_read(arena, fuzz_rules(), tree, &article, &err)
                                           : source_read(arena, fuzz_rules(), tree, &source, &err);
    if (st == ST_OK) {
        struct engine_doc *doc = NULL;
        size_t text_bytes;
        struct record record = {.kind = kind, .docid = 1, .json = json, .len = len, .revision = 1, .current = true};
        record.id = article ? article->id : source->id;
        ENSURE(mapping_document(mapping, store, &record, &doc, &text_bytes, &err) == ST_OK);
        engine_doc_free(doc);
    } else {
        ENSURE(err.text[0]);
    }
    cJSON_Delete(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    open_once();
    struct arena *arena = arena_new();
    const char *rest = arena_strndup(arena, (const char *)data + 1, size - 1);
    if (data[0] == 'B') {
        try_body(arena, (const uint8_t *)rest, size - 1);
    } else {
        try_packing(arena, rest, size - 1);
        try_record(arena, data[0] == 'S' ? STORE_SOURCE : STORE_ARTICLE, rest, size - 1);
    }
    arena_free(arena);
    return 0;
}
