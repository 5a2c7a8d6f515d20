/* Source identity by hand: the table, and what it does to an entry.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/same.h"

#include "store_internal.h"

#include <string.h>

static enum status find(struct store *store, struct arena *arena, const char *key, const char **out, struct err *err) {
    bool row = false;
    *out = NULL;
    sqlite3_stmt *statement = store_statement(store, SQL_FIND_SAME, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    enum status st = store_step(store, statement, &row, "reading what is the same", err);
    if (row) *out = column_text(arena, statement, 0);
    sqlite3_reset(statement);
    return st;
}

enum status store_same_find(struct store *store, struct arena *arena, const char *url, const char *key,
                            const char **out, struct err *err) {
    *out = NULL;
    enum status st = url ? find(store, arena, arena_printf(arena, "url:%s", url), out, err) : ST_OK;
    return st == ST_OK && !*out ? find(store, arena, key, out, err) : st;
}

static enum status run_two(struct store *store, enum statement which, const char *first, const char *second,
                           const char *third, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, which, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, first, -1, SQLITE_STATIC);
    if (second) sqlite3_bind_text(statement, 2, second, -1, SQLITE_STATIC);
    if (third) sqlite3_bind_text(statement, 3, third, -1, SQLITE_STATIC);
    return store_run(store, statement, "writing what is the same", err);
}

enum status store_same_set(struct store *store, struct arena *arena, const char *key, const char *other,
                           const char *note, struct err *err) {
    const char *last = NULL;
    enum status st = find(store, arena, other, &last, err);
    if (st != ST_OK) return st;
    if (last) other = last;
    if (strcmp(key, other) == 0)
        return err_param(err, ST_CONFLICT, "same_as", "source '%.200s' would stand for itself", key);
    st = run_two(store, SQL_SET_SAME, key, other, note, err);
    return st == ST_OK ? run_two(store, SQL_MOVE_SAME, other, key, NULL, err) : st;
}

enum status store_same_remove(struct store *store, struct arena *arena, const char *key, struct err *err) {
    const char *other = NULL;
    enum status st = find(store, arena, key, &other, err);
    if (st != ST_OK) return st;
    if (!other) return err_set(err, ST_NOT_FOUND, "nothing was said about '%.200s'", key);
    return run_two(store, SQL_DELETE_SAME, key, NULL, NULL, err);
}

enum status store_same_said(struct store *store, const char *key, const char *other, const char *note, bool *out,
                            struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_HAS_SAME, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, other, -1, SQLITE_STATIC);
    if (note) sqlite3_bind_text(statement, 3, note, -1, SQLITE_STATIC);
    enum status st = store_step(store, statement, out, "reading what is the same", err);
    sqlite3_reset(statement);
    return st;
}

enum status store_same_list(struct store *store, struct arena *arena, struct same **out, size_t *count,
                            struct err *err) {
    struct same *list = NULL;
    size_t have = 0, cap = 0;
    bool row = false;
    sqlite3_stmt *statement = store_statement(store, SQL_LIST_SAME, err);
    if (!statement) return err->status;
    enum status st = store_step(store, statement, &row, "reading what is the same", err);
    while (st == ST_OK && row) {
        list = arena_grow(arena, list, have, &cap, sizeof *list);
        list[have++] = (struct same){.key = column_text(arena, statement, 0),
                                     .other = column_text(arena, statement, 1),
                                     .note = column_text(arena, statement, 2)};
        st = store_step(store, statement, &row, "reading what is the same", err);
    }
    sqlite3_reset(statement);
    *out = list;
    *count = have;
    return st;
}

uint64_t store_step_seq(struct store *store) {
    return ++store->seq;
}

enum status store_recite(struct store *store, uint32_t docid, const struct article *article, struct err *err) {
    enum status st = store_cite(store, docid, article, err);
    return st == ST_OK ? store_log_change(store, STORE_ARTICLE, docid, err) : st;
}
