/* Reading records: by id, by docid, by revision, in order.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store_internal.h"

#include <inttypes.h>
#include <stdio.h>

const char *store_kind_name(enum store_kind kind) {
    return kind == STORE_ARTICLE ? "article" : "source";
}

/* Columns: docid, revision, hash, mentions, body, then `id` at id_column (0: given), put and cited behind. */
static enum status read_row(struct arena *arena, sqlite3_stmt *statement, enum store_kind kind, const char *id,
                            struct record *out, struct err *err) {
    int next = 5;
    *out = (struct record){.kind = kind,
                           .docid = (uint32_t)sqlite3_column_int64(statement, 0),
                           .revision = (uint64_t)sqlite3_column_int64(statement, 1),
                           .current = true,
                           .mentions = (uint64_t)sqlite3_column_int64(statement, 3)};
    out->id = id ? arena_strdup(arena, id) : column_text(arena, statement, next++);
    if (kind == STORE_SOURCE) {
        out->put = sqlite3_column_int(statement, next) != 0;
        out->cited = (uint64_t)sqlite3_column_int64(statement, next + 1);
    }
    return store_unpack(arena, sqlite3_column_blob(statement, 4), (size_t)sqlite3_column_bytes(statement, 4),
                        (uint64_t)sqlite3_column_int64(statement, 2), out->id, &out->json, &out->len, err);
}

static enum status not_found(struct store *store, struct arena *arena, enum store_kind kind, const char *id,
                             uint64_t revision, struct err *err) {
    uint64_t *revisions = NULL;
    size_t count = 0;
    if (revision == 0) return err_set(err, ST_NOT_FOUND, "there is no %s '%s'", store_kind_name(kind), id);
    enum status st = store_revisions(store, arena, kind, id, &revisions, &count, err);
    if (st != ST_OK) return st;
    if (count == 0) return err_set(err, ST_NOT_FOUND, "there is no %s '%s'", store_kind_name(kind), id);
    return err_param(err, ST_NOT_FOUND, "revision",
                     "%s '%s' has no revision %" PRIu64 ": its oldest is %" PRIu64 ", its newest %" PRIu64,
                     store_kind_name(kind), id, revision, revisions[count - 1], revisions[0]);
}

static enum status get_old(struct store *store, struct arena *arena, enum store_kind kind, const char *id,
                           uint64_t revision, struct record *out, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_GET_REVISION, err);
    if (!statement) return err->status;
    sqlite3_bind_int(statement, 1, kind);
    sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, (int64_t)revision);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading a revision", err);
    if (st == ST_OK && !row) st = not_found(store, arena, kind, id, revision, err);
    if (st == ST_OK) {
        *out = (struct record){.kind = kind, .id = arena_strdup(arena, id)};
        out->revision = (uint64_t)sqlite3_column_int64(statement, 0);
        st = store_unpack(arena, sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2),
                          (uint64_t)sqlite3_column_int64(statement, 1), id, &out->json, &out->len, err);
    }
    sqlite3_reset(statement);
    return st;
}

enum status store_get(struct store *store, struct arena *arena, enum store_kind kind, const char *id, uint64_t revision,
                      struct record *out, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, kind == STORE_ARTICLE ? SQL_FIND_ARTICLE : SQL_FIND_SOURCE, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading a record", err);
    bool present = row && (revision == 0 || (uint64_t)sqlite3_column_int64(statement, 1) <= revision);
    if (st == ST_OK && present) st = read_row(arena, statement, kind, id, out, err);
    sqlite3_reset(statement);
    if (st != ST_OK || present) return st;
    if (revision == 0) return not_found(store, arena, kind, id, 0, err);
    return get_old(store, arena, kind, id, revision, out, err);
}

enum status store_get_docid(struct store *store, struct arena *arena, enum store_kind kind, uint32_t docid,
                            struct record *out, struct err *err) {
    sqlite3_stmt *statement =
        store_statement(store, kind == STORE_ARTICLE ? SQL_ARTICLE_BY_DOCID : SQL_SOURCE_BY_DOCID, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, docid);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading a record", err);
    if (st == ST_OK && !row)
        st = err_set(err, ST_NOT_FOUND, "there is no %s number %" PRIu32, store_kind_name(kind), docid);
    if (st == ST_OK) st = read_row(arena, statement, kind, NULL, out, err);
    sqlite3_reset(statement);
    return st;
}

enum status store_record_tree(cJSON **out, const struct record *record, struct err *err) {
    *out = cJSON_ParseWithLength(record->json, record->len);
    return *out ? ST_OK : err_set(err, ST_CORRUPT, "record '%s': its stored JSON can't be parsed", record->id);
}

enum status store_scan(struct store *store, struct arena *arena, enum store_kind kind, uint32_t after, size_t limit,
                       size_t bytes, struct record **out, size_t *count, struct err *err) {
    struct record *records = NULL;
    size_t have = 0, cap = 0, total = 0;
    sqlite3_stmt *statement = store_statement(store, kind == STORE_ARTICLE ? SQL_SCAN_ARTICLES : SQL_SCAN_SOURCES, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, after);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading records", err);
    while (st == ST_OK && row && have < limit && total <= bytes) {
        records = arena_grow(arena, records, have, &cap, sizeof *records);
        st = read_row(arena, statement, kind, NULL, &records[have], err);
        if (st != ST_OK) break;
        total += records[have++].len;
        st = store_step(store, statement, &row, "reading records", err);
    }
    sqlite3_reset(statement);
    *out = records;
    *count = have;
    return st;
}

static enum status read_docid(struct store *store, sqlite3_stmt *statement, uint32_t *out, struct err *err) {
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading a record's number", err);
    *out = row ? (uint32_t)sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return st;
}

enum status store_last_docid(struct store *store, enum store_kind kind, uint32_t *out, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, kind == STORE_ARTICLE ? SQL_LAST_ARTICLE : SQL_LAST_SOURCE, err);
    return statement ? read_docid(store, statement, out, err) : err->status;
}

enum status store_next_docid(struct store *store, enum store_kind kind, uint32_t after, uint32_t *out,
                             struct err *err) {
    sqlite3_stmt *statement = store_statement(store, kind == STORE_ARTICLE ? SQL_NEXT_ARTICLE : SQL_NEXT_SOURCE, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, after);
    return read_docid(store, statement, out, err);
}

enum status store_source_line(struct store *store, struct arena *arena, uint32_t docid, struct source_line *out,
                              struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_SOURCE_LINE, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, docid);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading a source", err);
    if (st == ST_OK && !row) st = err_set(err, ST_NOT_FOUND, "there is no source number %" PRIu32, docid);
    if (st == ST_OK)
        *out = (struct source_line){.docid = docid,
                                    .id = column_text(arena, statement, 1),
                                    .title = column_text(arena, statement, 2),
                                    .url = column_text(arena, statement, 3),
                                    .outlet = column_text(arena, statement, 4),
                                    .domain = column_text(arena, statement, 5),
                                    .published = column_text(arena, statement, 6),
                                    .status = column_text(arena, statement, 7),
                                    .cited = (uint64_t)sqlite3_column_int64(statement, 8),
                                    .mentions = (uint64_t)sqlite3_column_int64(statement, 9)};
    sqlite3_reset(statement);
    return st;
}

enum status store_citations(struct store *store, struct arena *arena, uint32_t article, struct citation **out,
                            size_t *count, struct err *err) {
    struct citation *citations = NULL;
    size_t have = 0, cap = 0;
    sqlite3_stmt *statement = store_statement(store, SQL_CITES, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, article);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading the citations", err);
    while (st == ST_OK && row) {
        citations = arena_grow(arena, citations, have, &cap, sizeof *citations);
        citations[have++] = (struct citation){.n = (uint32_t)sqlite3_column_int64(statement, 0),
                                              .source = (uint32_t)sqlite3_column_int64(statement, 1)};
        st = store_step(store, statement, &row, "reading the citations", err);
    }
    sqlite3_reset(statement);
    *out = citations;
    *count = have;
    return st;
}
