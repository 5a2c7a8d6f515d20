/* Copies of the record store: out while it is in use, and in again.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A copy is one state of the store in one file, without a log beside it.  It is made by SQLite inside one read, so
 * that writes go on; it is synced before the call returns.  Bringing one in replaces all pages in one transaction of
 * the writer: other handles see the store before or after it. */
#include "store_internal.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { PROGRESS_OPERATIONS = 20000 };

struct watch {
    bool (*stop)(void *arg);
    void *arg;
};

static int ask_stop(void *arg) {
    const struct watch *watch = arg;
    return watch->stop(watch->arg);
}

static enum status sync_file(const char *path, struct err *err) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return err_errno(err, errno, "opening '%s'", path);
    enum status st = fsync(file) == 0 ? ST_OK : err_errno(err, errno, "syncing '%s'", path);
    close(file);
    return st;
}

enum status store_copy(struct store *store, const char *dir, bool (*stop)(void *arg), void *arg, struct err *err) {
    char path[4096];
    struct watch watch = {.stop = stop, .arg = arg};
    sqlite3_stmt *statement = NULL;
    snprintf(path, sizeof path, "%s/records.sqlite", dir);
    if (sqlite3_exec(store->db, "PRAGMA query_only=OFF", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(store->db, "VACUUM INTO ?", -1, &statement, NULL) != SQLITE_OK)
        return store_fail(store, err, "copying the record store");
    sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    sqlite3_progress_handler(store->db, PROGRESS_OPERATIONS, ask_stop, &watch);
    enum status st = store_run(store, statement, "copying the record store", err);
    bool interrupted = sqlite3_errcode(store->db) == SQLITE_INTERRUPT;
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    sqlite3_finalize(statement);
    if (st != ST_OK && interrupted) st = err_set(err, ST_CANCELED, "the task was canceled");
    if (st == ST_OK) st = sync_file(path, err);
    if (st == ST_OK) st = file_sync_dir(dir, err);
    return st;
}

enum status store_new_lineage(struct store *store, struct err *err) {
    unsigned char random[16];
    char sql[160] = "INSERT OR REPLACE INTO meta VALUES('lineage','";
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return err_set(err, ST_IO, "the system gave no random bytes");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(sql + strlen(sql), sizeof sql - strlen(sql), "%02x", random[i]);
    strcat(sql, "')");
    return store_exec(store, sql, err);
}

enum status store_bring_in(struct store *store, const char *dir, struct err *err) {
    char path[4096];
    sqlite3 *from = NULL;
    enum status st = ST_OK;
    snprintf(path, sizeof path, "%s/records.sqlite", dir);
    store_finalize(store);
    memset(store->statements, 0, sizeof store->statements);
    if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        st = err_set(err, ST_IO, "opening %s: %s", path, from ? sqlite3_errmsg(from) : "out of memory");
    sqlite3_backup *backup = st == ST_OK ? sqlite3_backup_init(store->db, "main", from, "main") : NULL;
    if (st == ST_OK && !backup) st = store_fail(store, err, "bringing a copy in");
    if (backup) {
        int code = sqlite3_backup_step(backup, -1);
        int finished = sqlite3_backup_finish(backup);
        if (code != SQLITE_DONE || finished != SQLITE_OK) st = store_fail(store, err, "bringing a copy in");
    }
    sqlite3_close(from);
    return st;
}
