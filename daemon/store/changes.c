/* The change log: which documents a write touched, by seq.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store_internal.h"

enum status store_log_change(struct store *store, enum store_kind kind, uint32_t docid, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_LOG, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, (int64_t)store->seq);
    sqlite3_bind_int(statement, 2, kind);
    sqlite3_bind_int64(statement, 3, docid);
    return store_run(store, statement, "writing the change log", err);
}

/* Drops the last seq, which the limit may have cut, unless it is the only one. */
static size_t whole_seqs(const struct change *changes, size_t count) {
    size_t whole = count;
    while (whole > 0 && changes[whole - 1].seq == changes[count - 1].seq)
        whole--;
    return whole;
}

enum status store_changes(struct store *store, struct arena *arena, uint64_t after, size_t limit, struct change **out,
                          size_t *count, struct err *err) {
    struct change *changes = NULL;
    size_t have = 0, cap = 0;
    sqlite3_stmt *statement = store_statement(store, SQL_CHANGES, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, (int64_t)after);
    sqlite3_bind_int64(statement, 2, (int64_t)limit);
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading the change log", err);
    while (st == ST_OK && row) {
        changes = arena_grow(arena, changes, have, &cap, sizeof *changes);
        changes[have++] = (struct change){.seq = (uint64_t)sqlite3_column_int64(statement, 0),
                                          .kind = (enum store_kind)sqlite3_column_int(statement, 1),
                                          .docid = (uint32_t)sqlite3_column_int64(statement, 2)};
        st = store_step(store, statement, &row, "reading the change log", err);
    }
    sqlite3_reset(statement);
    if (st == ST_OK && have == limit && have > 0) {
        size_t whole = whole_seqs(changes, have);
        if (whole == 0) return store_changes(store, arena, after, limit * 2, out, count, err);
        have = whole;
    }
    *out = changes;
    *count = have;
    return st;
}
