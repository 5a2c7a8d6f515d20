/* The method `export` in formats of others.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   jsonld   articles, in the vocabulary of schema.org
 *   csl      sources, as items of CSL-JSON
 *   bibtex   sources, each a string
 *
 * of the whole archive in pages, or those of one article in one.  A cursor is the docid of the last record. */
#include "export.h"

#include "archive/export.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES = 1 << 20, PAGE_RECORDS = 1000 };

static const char *const names[] = {"jsonl", "jsonld", "csl", "bibtex"};

enum status export_format(struct call *call, enum export_format *out) {
    const char *name = NULL;
    *out = EXPORT_JSONL;
    if (param_string(call, "format", false, &name) != ST_OK || !name) return call->err.status;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) != 0) continue;
        *out = (enum export_format)i;
        return ST_OK;
    }
    return err_param(&call->err, ST_INVALID_VALUE, "format",
                     "parameter 'format': expected \"jsonl\", \"jsonld\", \"csl\" or \"bibtex\"");
}

static void write_work(struct call *call, const struct work *work, enum export_format format) {
    if (format == EXPORT_CSL) {
        export_csl(&call->jw, work);
        return;
    }
    struct buf text;
    buf_init(&text, 0);
    export_bibtex(&text, work);
    jw_stringn(&call->jw, text.data, text.len);
    buf_free(&text);
}

static enum status read_article(struct call *call, struct arena *arena, const struct record *record,
                                struct article **out) {
    cJSON *json = NULL;
    enum status st = store_record_tree(&json, record, &call->err);
    if (st != ST_OK) return st;
    json_defer(arena, json);
    if (!json_get(json, "id")) cJSON_AddStringToObject(json, "id", record->id);
    return article_read(arena, index_rules(call->api->ix), json, out, &call->err);
}

static enum status read_source(struct call *call, struct arena *arena, const struct record *record,
                               struct source **out) {
    cJSON *json = NULL;
    enum status st = store_record_tree(&json, record, &call->err);
    if (st != ST_OK) return st;
    json_defer(arena, json);
    return source_read(arena, index_rules(call->api->ix), json, out, &call->err);
}

static enum status write_record(struct call *call, const struct record *record, enum export_format format) {
    struct arena *arena = arena_new();
    struct article *article = NULL;
    struct source *source = NULL;
    bool is_article = format == EXPORT_JSONLD;
    enum status st =
        is_article ? read_article(call, arena, record, &article) : read_source(call, arena, record, &source);
    if (st == ST_OK && is_article) export_jsonld(&call->jw, article);
    if (st == ST_OK && !is_article) {
        struct work work = work_of(NULL, source);
        write_work(call, &work, format);
    }
    arena_free(arena);
    return st;
}

/* ---- one article ---- */

/* What its list says, and where it says nothing, the archive. */
static enum status write_sources(struct call *call, struct store *store, const struct article *article,
                                 enum export_format format) {
    for (size_t i = 0; i < article->source_count; i++) {
        const struct source_entry *entry = &article->sources[i];
        struct arena *arena = arena_new();
        struct record record;
        struct source *source = NULL;
        enum status st = ST_NOT_FOUND;
        struct err err = ERR_NONE;
        if (entry->key.key) st = store_get(store, arena, STORE_SOURCE, entry->key.key, 0, &record, &err);
        if (st == ST_OK) st = read_source(call, arena, &record, &source);
        if (st == ST_OK || st == ST_NOT_FOUND) {
            struct work work = work_of(entry, source);
            write_work(call, &work, format);
        } else if (call->err.status == ST_OK) {
            call->err = err;
        }
        arena_free(arena);
        if (call->err.status != ST_OK) return call->err.status;
    }
    return ST_OK;
}

static enum status write_one(struct call *call, struct store *store, const char *id, enum export_format format) {
    struct record record;
    struct article *article = NULL;
    enum status st = store_get(store, call->arena, STORE_ARTICLE, id, 0, &record, &call->err);
    if (st == ST_OK) st = read_article(call, call->arena, &record, &article);
    if (st == ST_OK && format == EXPORT_JSONLD)
        export_jsonld(&call->jw, article);
    else if (st == ST_OK)
        st = write_sources(call, store, article, format);
    return st;
}

/* ---- the archive ---- */

static enum status read_cursor(struct call *call, uint32_t *after) {
    const char *cursor = NULL;
    char *end = NULL;
    *after = 0;
    if (param_string(call, "cursor", false, &cursor) != ST_OK || !cursor) return call->err.status;
    unsigned long number = strtoul(cursor, &end, 10);
    *after = (uint32_t)number;
    if (*cursor && *end == '\0' && number <= UINT32_MAX) return ST_OK;
    return err_param(&call->err, ST_INVALID_VALUE, "cursor", "parameter 'cursor': expected what an export gave");
}

/* *after is the last record's docid; 0: there are no more. */
static enum status write_page(struct call *call, struct store *store, enum export_format format, uint32_t *after) {
    enum store_kind kind = format == EXPORT_JSONLD ? STORE_ARTICLE : STORE_SOURCE;
    struct record *records = NULL;
    size_t count = 0;
    enum status st =
        store_scan(store, call->arena, kind, *after, PAGE_RECORDS, PAGE_BYTES, &records, &count, &call->err);
    *after = 0;
    for (size_t i = 0; i < count && st == ST_OK && call->result.len < PAGE_BYTES; i++) {
        st = write_record(call, &records[i], format);
        *after = records[i].docid;
    }
    return st;
}

void export_formatted(struct api_worker *worker, struct call *call, enum export_format format) {
    struct store *store = reader_store(searcher_reader(worker->searcher));
    const char *id = NULL;
    uint32_t after = 0;
    if (read_cursor(call, &after) != ST_OK || param_string(call, "id", false, &id) != ST_OK) return;
    if (store_begin(store, &call->err) != ST_OK) return;
    jw_object(&call->jw);
    jw_key(&call->jw, "records");
    jw_array(&call->jw);
    enum status st = id ? write_one(call, store, id, format) : write_page(call, store, format, &after);
    store_rollback(store);
    if (st != ST_OK) return;
    jw_array_end(&call->jw);
    if (id) after = 0;
    jw_kstring(&call->jw, "next_cursor", after ? arena_printf(call->arena, "%" PRIu32, after) : NULL);
    jw_object_end(&call->jw);
}
