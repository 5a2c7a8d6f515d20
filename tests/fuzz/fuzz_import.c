/* Fuzz: an importer (import/import.h), of the format that FUZZ_FORMAT names.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   input = one byte: size of the pieces, modulo 32 (0 and from 8 on: all at once); then the file
 *
 * The same comes out whatever the pieces are.  A record is valid JSON and stands the reading of archive/; an error has a
 * sentence and a place. */
#include "fuzz.h"

#include "archive/article.h"
#include "import/import.h"

#include <stdlib.h>
#include <string.h>

#ifndef FUZZ_FORMAT
#error "FUZZ_FORMAT names the format"
#endif

static void read_record(const cJSON *record) {
    struct arena *arena = arena_new();
    struct err err = ERR_NONE;
    struct article *article = NULL;
    struct source *source = NULL;
    const char *kind = json_get_string(record, "kind");
    enum status st = kind && strcmp(kind, "source") == 0 ? source_read(arena, fuzz_rules(), record, &source, &err)
                                                         : article_read(arena, fuzz_rules(), record, &article, &err);
    ENSURE(st == ST_OK || err.text[0]);
    arena_free(arena);
}

struct outcome {
    struct buf text;
    bool reads; /* what comes out is looked at: once is enough, as both times the same must come */
};

static bool take(void *arg, struct import_item *item) {
    struct outcome *outcome = arg;
    struct buf *out = &outcome->text;
    buf_printf(out, "%llu ", (unsigned long long)item->line);
    if (item->take_record) {
        struct err err = ERR_NONE;
        struct jw jw;
        jw_init(&jw, out);
        size_t begin = out->len;
        jw_value(&jw, item->take_record);
        if (outcome->reads) {
            ENSURE(json_check(out->data + begin, out->len - begin, NULL, &err) == ST_OK);
            read_record(item->take_record);
        }
        cJSON_Delete(item->take_record);
    } else {
        ENSURE(item->err.status != ST_OK && item->err.text[0]);
        ENSURE(item->err.position < 0 || (size_t)item->err.position <= item->raw_len);
        buf_printf(out, "%ld:%ld %s", item->err.line, item->err.column, item->err.text);
    }
    buf_char(out, '\n');
    return true;
}

static void import(struct outcome *out, const char *bytes, size_t len, size_t piece_max) {
    struct import_options options = {
        .format = FUZZ_FORMAT, .date_order = WHEN_MDY, .max_record_bytes = 1 << 16, .max_depth = 50, .max_ratio = 100};
    struct importer *importer = NULL;
    struct err err = ERR_NONE;
    ENSURE(importer_open(&importer, fuzz_rules(), &options, &err) == ST_OK);
    enum status st = ST_OK;
    for (size_t at = 0; at < len && st == ST_OK;) {
        size_t some = piece_max && piece_max < len - at ? piece_max : len - at;
        char *piece = malloc(some); /* of its own, so that a sanitizer sees a step outside */
        memcpy(piece, bytes + at, some);
        st = importer_feed(importer, piece, some, take, out, &err);
        free(piece);
        at += some;
    }
    if (st == ST_OK) st = importer_end(importer, take, out, &err);
    ENSURE(st == ST_OK || err.text[0]);
    buf_printf(&out->text, "%s\n", st == ST_OK ? "end" : err.text);
    importer_close(importer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    size_t piece_max = data[0] % 32;
    struct outcome whole = {.reads = true}, pieces = {.reads = false};
    buf_init(&whole.text, 0);
    buf_init(&pieces.text, 0);
    import(&whole, (const char *)data + 1, size - 1, 0);
    if (piece_max > 0 && piece_max < 8) {
        import(&pieces, (const char *)data + 1, size - 1, piece_max);
        ENSURE(whole.text.len == pieces.text.len && memcmp(whole.text.data, pieces.text.data, whole.text.len) == 0);
    }
    buf_free(&whole.text);
    buf_free(&pieces.text);
    return 0;
}
