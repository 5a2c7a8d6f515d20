/* Old revisions: bodies that were replaced or deleted, how many of them are kept, and what forgets them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store_internal.h"

void store_set_keep_revisions(struct store *store, uint64_t count) {
    store->keep_revisions = count;
}

/* All but the `keep` newest of a record go. */
static enum status forget(struct store *store, enum store_kind kind, const char *id, uint64_t keep, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_FORGET_REVISIONS, err);
    if (!statement) return err->status;
    sqlite3_bind_int(statement, 1, kind);
    sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, (int64_t)keep);
    return store_run(store, statement, "forgetting revisions", err);
}

enum status store_keep_revision(struct store *store, enum store_kind kind, const char *id, uint64_t revision,
                                const struct packed *body, struct err *err) {
    if (store->keep_revisions == 0) return forget(store, kind, id, 0, err);
    sqlite3_stmt *statement = store_statement(store, SQL_KEEP_REVISION, err);
    if (!statement) return err->status;
    sqlite3_bind_int(statement, 1, kind);
    sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, (int64_t)revision);
    sqlite3_bind_int64(statement, 4, (int64_t)body->hash);
    sqlite3_bind_blob(statement, 5, body->bytes ? body->bytes : "", (int)body->len, SQLITE_STATIC);
    enum status st = store_run(store, statement, "keeping a revision", err);
    if (st == ST_OK && store->keep_revisions != STORE_ALL_REVISIONS)
        st = forget(store, kind, id, store->keep_revisions, err);
    return st;
}

enum status store_forget_revisions(struct store *store, enum store_kind kind, const char *id, bool *any,
                                   struct err *err) {
    enum status st = forget(store, kind, id, 0, err);
    if (any) *any = st == ST_OK && sqlite3_changes(store->db) > 0;
    return st;
}

enum status store_revisions(struct store *store, struct arena *arena, enum store_kind kind, const char *id,
                            uint64_t **out, size_t *count, struct err *err) {
    uint64_t *revisions = NULL;
    size_t have = 0, cap = 0;
    sqlite3_stmt *statement = store_statement(store, kind == STORE_ARTICLE ? SQL_FIND_ARTICLE : SQL_FIND_SOURCE, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading a record", err);
    if (st == ST_OK && row) {
        revisions = arena_grow(arena, revisions, have, &cap, sizeof *revisions);
        revisions[have++] = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    statement = st == ST_OK ? store_statement(store, SQL_LIST_REVISIONS, err) : NULL;
    if (!statement) return err->status;
    sqlite3_bind_int(statement, 1, kind);
    sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
    st = store_step(store, statement, &row, "reading revisions", err);
    while (st == ST_OK && row) {
        revisions = arena_grow(arena, revisions, have, &cap, sizeof *revisions);
        revisions[have++] = (uint64_t)sqlite3_column_int64(statement, 0);
        st = store_step(store, statement, &row, "reading revisions", err);
    }
    sqlite3_reset(statement);
    *out = revisions;
    *count = have;
    return st;
}

enum status store_knows(struct store *store, enum store_kind kind, const char *id, const struct packed *packed,
                        uint64_t seq, bool *knows, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_KNOWN_STATES, err);
    *knows = false;
    if (!statement) return err->status;
    sqlite3_bind_int(statement, 1, kind);
    sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, (int64_t)packed->hash);
    bool row = false;
    enum status st = store_step(store, statement, &row, "finding a state", err);
    if (st == ST_OK && row && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        *knows = (uint64_t)sqlite3_column_int64(statement, 0) <= seq && sqlite3_column_int(statement, 1) != 0;
    sqlite3_reset(statement);
    return st;
}

enum status store_deleted(struct store *store, struct arena *arena, enum store_kind kind, const char *id, size_t limit,
                          struct lost **out, size_t *count, struct err *err) {
    struct lost *found = NULL;
    size_t have = 0, cap = 0;
    sqlite3_stmt *statement = store_statement(store, SQL_DELETED, err);
    if (!statement) return err->status;
    sqlite3_bind_int(statement, 1, kind);
    sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, (int64_t)limit);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading deleted records", err);
    while (st == ST_OK && row) {
        found = arena_grow(arena, found, have, &cap, sizeof *found);
        found[have++] = (struct lost){.kind = (enum store_kind)sqlite3_column_int(statement, 0),
                                      .id = column_text(arena, statement, 1)};
        st = store_step(store, statement, &row, "reading deleted records", err);
    }
    sqlite3_reset(statement);
    *out = found;
    *count = have;
    return st;
}
