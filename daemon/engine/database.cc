/* Database handles: opening, closing, moving to the newest commit, figures.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A reader stays valid while its revision's blocks are untouched: until the writer starts on the commit
 * after the next.  Then Xapian throws DatabaseModifiedError, or, having read half-overwritten blocks,
 * anything else; database_moved tells such errors from true ones by whether the database has moved. */
#include "database.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <sys/stat.h>

/* Documents gathered in memory before Xapian writes them into its tables, inside the transaction and
 * without a commit.  Xapian gathers in trees that grow slower with their size: 2000 articles of 15 kB
 * took 11.1 s and 465 MB in one piece, 7.4 s and 210 MB with 200; 40000 passages of 700 bytes 28.3 s
 * and 15.2 s. */
static const char *const FLUSH_EVERY = "200";

void engine_setup(void) {
    /* Xapian reads these whenever it opens a writer. */
    setenv("XAPIAN_FLUSH_THRESHOLD", FLUSH_EVERY, 1);
    setenv("XAPIAN_MAX_CHANGESETS", "0", 1);
}

const char *engine_version(void) {
    return Xapian::version_string();
}

/* Xapian's own answer is true for ever on a database without a commit. */
static bool move_to_newest(struct engine_db *db) {
    Xapian::rev before = db->reader.get_revision();
    db->reader.reopen();
    return db->reader.get_revision() != before;
}

bool database_moved(struct engine_db *db) {
    bool modified = false;
    try {
        throw;
    } catch (const Xapian::DatabaseModifiedError &) {
        modified = true;
    } catch (...) {
    }
    if (db->writable) return false;
    try {
        return move_to_newest(db) || modified;
    } catch (const Xapian::DatabaseModifiedError &) {
        return true;
    }
}

char *database_copy(const std::string &bytes) {
    char *copy = static_cast<char *>(mem_try_alloc(bytes.size() + 1));
    if (!copy) throw std::bad_alloc();
    std::memcpy(copy, bytes.c_str(), bytes.size() + 1);
    return copy;
}

std::string database_parent(const std::string &dir) {
    size_t end = dir.find_last_not_of('/');
    size_t slash = end == std::string::npos ? end : dir.rfind('/', end);
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : dir.substr(0, slash);
}

void database_sync_folder(const std::string &dir) {
    struct err err = no_error();
    enum status status = file_sync_dir(dir.c_str(), &err);
    if (status) guard_refuse(status, "%s", err.text);
}

bool database_term_fits(const char *term, size_t len) {
    if (len > ENGINE_TERM_MAX) return false;
    return len + static_cast<size_t>(std::count(term, term + len, '\0')) <= ENGINE_TERM_MAX;
}

static void open_reader(struct engine_db *db) {
    struct stat info;
    if (stat((db->dir + "/iamglass").c_str(), &info) && errno == ENOENT)
        guard_refuse(ST_NOT_FOUND, "there is no index");
    db->reader = Xapian::Database(db->dir, Xapian::DB_BACKEND_GLASS);
}

void database_open_writer(struct engine_db *db) {
    struct stat info;
    bool fresh = stat(db->dir.c_str(), &info) != 0;
    db->writer = Xapian::WritableDatabase(db->dir, Xapian::DB_CREATE_OR_OPEN | Xapian::DB_BACKEND_GLASS);
    db->reader = db->writer;
    db->writable = true;
    /* Also for an old one: a process may have died between its commit and its sync of the folder, and
     * that commit must be durable before the next change overwrites the blocks it freed. */
    database_sync_folder(db->dir);
    if (fresh) database_sync_folder(database_parent(db->dir));
}

enum status engine_open(struct engine_db **out, const char *dir, enum engine_mode mode, struct err *err) {
    *out = nullptr;
    return guard_run(err, "open index", dir, [&] {
        std::unique_ptr<struct engine_db> db(new engine_db);
        db->dir = dir;
        if (mode == ENGINE_WRITE)
            database_open_writer(db.get());
        else
            open_reader(db.get());
        *out = db.release();
    });
}

void engine_close(struct engine_db *db) {
    if (!db) return;
    /* Xapian commits what is pending when a writer goes, unless it is in a transaction. */
    guard_run(nullptr, "close index", nullptr, [&] {
        if (db->pending) db->writer.cancel_transaction();
    });
    guard_run(nullptr, "close index", nullptr, [&] { delete db; });
}

enum status engine_reopen(struct engine_db *db, bool *changed, struct err *err) {
    return guard_run(err, "reopen index", db->dir.c_str(), [&] {
        bool moved = !db->writable && move_to_newest(db);
        if (changed) *changed = moved;
    });
}

enum status engine_info(struct engine_db *db, struct engine_info *out, struct err *err) {
    *out = {};
    return guard_run(err, "read figures of index", db->dir.c_str(), [&] {
        database_read(db, [&] {
            out->documents = db->reader.get_doccount();
            out->average_length = db->reader.get_avlength();
            out->revision = db->reader.get_revision();
            out->last_docid = db->reader.get_lastdocid();
            std::snprintf(out->uuid, sizeof out->uuid, "%s", db->reader.get_uuid().c_str());
        });
    });
}

enum status engine_meta_get(struct engine_db *db, const char *key, char **out, size_t *len, struct err *err) {
    *out = nullptr;
    *len = 0;
    return guard_run(err, "read metadata of index", db->dir.c_str(), [&] {
        std::string value;
        database_read(db, [&] { value = db->reader.get_metadata(key); });
        *out = database_copy(value);
        *len = value.size();
    });
}
