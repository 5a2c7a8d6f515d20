/* Statements of the record store: prepared once, reused; and the map from SQLite's errors to ours.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const statement_sql[SQL_COUNT] = {
#define STATEMENT(name, sql) [SQL_##name] = sql,
#include "statements.def"
#undef STATEMENT
};

/* The errno of the last call that failed on the store's file or its log; sqlite3_system_errno knows only those of
 * opening. */
static int last_errno(struct store *store) {
    int number = sqlite3_system_errno(store->db), of_log = 0;
    sqlite3_file *log = NULL;
    if (number == 0) sqlite3_file_control(store->db, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (number == 0 && log && log->pMethods) log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
    return number ? number : of_log;
}

static enum status map_io(struct store *store) {
    int code = sqlite3_extended_errcode(store->db);
    /* Whatever the reason: nobody knows what is on the disk. */
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) return ST_IO;
    int number = last_errno(store);
    if (number == ENOSPC || number == EDQUOT || number == EFBIG) return ST_DISK_FULL;
    if (number == EMFILE || number == ENFILE) return ST_NO_FILES;
    if (number == EROFS || number == EACCES || number == EPERM) return ST_READ_ONLY;
    return ST_IO;
}

enum status store_fail(struct store *store, struct err *err, const char *what) {
    int code = store->db ? sqlite3_errcode(store->db) & 0xff : SQLITE_NOMEM;
    enum status st = ST_INTERNAL;
    switch (code) {
    case SQLITE_FULL: st = ST_DISK_FULL; break;
    case SQLITE_READONLY: st = ST_READ_ONLY; break;
    case SQLITE_NOMEM: st = ST_NO_MEMORY; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: st = ST_BUSY; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: st = ST_CORRUPT; break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: st = map_io(store); break;
    default: break;
    }
    return err_set(err, st, "%s in %s: %s", what, store->path, store->db ? sqlite3_errmsg(store->db) : "out of memory");
}

sqlite3_stmt *store_statement(struct store *store, enum statement which, struct err *err) {
    sqlite3_stmt **slot = &store->statements[which];
    if (*slot) {
        sqlite3_reset(*slot);
        sqlite3_clear_bindings(*slot);
    } else if (sqlite3_prepare_v3(store->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, slot, NULL) !=
               SQLITE_OK) {
        store_fail(store, err, "preparing a statement");
        return NULL;
    }
    return *slot;
}

void store_finalize(struct store *store) {
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
}

enum status store_step(struct store *store, sqlite3_stmt *statement, bool *row, const char *what, struct err *err) {
    int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE) return ST_OK;
    enum status st = store_fail(store, err, what);
    sqlite3_reset(statement);
    return st;
}

enum status store_run(struct store *store, sqlite3_stmt *statement, const char *what, struct err *err) {
    bool row = false;
    enum status st = store_step(store, statement, &row, what, err);
    sqlite3_reset(statement);
    return st;
}

enum status store_exec(struct store *store, const char *sql, struct err *err) {
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK) return ST_OK;
    return store_fail(store, err, "preparing the record store");
}

const char *column_text(struct arena *arena, sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? arena_strndup(arena, text, (size_t)sqlite3_column_bytes(statement, column)) : NULL;
}
