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
#include <exception>
#include <fcntl.h>
#include <memory>
#include <new>
#include <sys/stat.h>
#include <unistd.h>

/* Documents gathered in memory before Xapian writes them into its tables, inside the transaction and
 * without a commit.  Xapian gathers in trees that grow slower with their size: 2000 articles of 15 kB
 * took 11.1 s and 465 MB in one piece, 7.4 s and 210 MB with 200; 40000 passages of 700 bytes 28.3 s
 * and 15.2 s. */
static const char *const FLUSH_EVERY = "200";

void engine_setup(void) {
    /* Xapian reads these whenever it opens a writer. */
    setenv("XAPIAN_FLUSH_THRESHOLD", FLUSH_EVERY, 1);
    setenv("XAPIAN_MAX_CHANGESETS", "0", 1);
    std::set_terminate(guard_terminate);
}

const char *engine_version(void) {
    return Xapian::version_string();
}

/* Xapian's own answer is true for ever on a database without a commit. */
static bool move_to_newest(struct engine_db *db) {
    Xapian::rev before = db->reader.get_revision();
    db->reader.reopen();
    if (db->reader.get_revision() == before) return false;
    /* It has opened its files again. */
    if (!database_is_whole(db->reader, db->dir)) db->reader = database_open(db->dir);
    return true;
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

[[noreturn]] static void refuse_errno(const char *act, const std::string &path) {
    struct err err = no_error();
    enum status status = err_errno(&err, errno, "can't %s %s", act, path.c_str());
    guard_refuse(status, "%s", err.text);
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

/* Bytes of a file of the database; -1 when it is absent. */
static off_t size_of(const std::string &path) {
    struct stat info;
    if (stat(path.c_str(), &info) == 0) return info.st_size;
    if (errno == ENOENT || errno == ENOTDIR) return -1;
    refuse_errno("find", path);
}

/* Whether a database is there.  One whose creation was cut off is not: until the first commit all
 * files but iamglass are empty.  Xapian itself would take a lost table for a database that is absent,
 * and create an empty one over the rest. */
static bool present(const std::string &dir) {
    off_t version = size_of(dir + "/iamglass"), postings = size_of(dir + "/postlist.glass");
    if (version <= 0 && postings <= 0) return false;
    if (version < 0) guard_refuse(ST_CORRUPT, "the file iamglass is missing");
    if (postings < 0) guard_refuse(ST_CORRUPT, "the file postlist.glass is missing");
    return true;
}

/* ---- tables that could not be opened ---- */

static bool has_termlist(const Xapian::Database &db, Xapian::docid docid) {
    try {
        db.termlist_begin(docid);
        return true;
    } catch (const Xapian::FeatureUnavailableError &) {
        return false;
    }
}

/* Names a table that lies on the disk and that the handle does not seem to have; NULL if it has all. */
static const char *missing_table(const Xapian::Database &db, const std::string &dir) {
    Xapian::PostingIterator first = db.postlist_begin(std::string());
    if (first == db.postlist_end(std::string())) return nullptr;
    if (!has_termlist(db, *first) && size_of(dir + "/termlist.glass") > 0) return "/termlist.glass";
    if (!db.has_positions() && size_of(dir + "/position.glass") > 0) return "/position.glass";
    if (db.get_document(*first).get_data().empty() && size_of(dir + "/docdata.glass") > 0) return "/docdata.glass";
    return nullptr;
}

bool database_is_whole(const Xapian::Database &db, const std::string &dir) {
    const char *name = missing_table(db, dir);
    if (!name) return true;
    int file = open((dir + name).c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse_errno("open", dir + name);
    close(file);
    return false;
}

enum { OPEN_TRIES = 3 };

Xapian::Database database_open(const std::string &dir) {
    Xapian::Database db(dir, Xapian::DB_BACKEND_GLASS);
    for (int i = 1; i < OPEN_TRIES && !database_is_whole(db, dir); i++)
        db = Xapian::Database(dir, Xapian::DB_BACKEND_GLASS);
    return db;
}

static void open_reader(struct engine_db *db) {
    if (!present(db->dir)) guard_refuse(ST_NOT_FOUND, "there is no index");
    db->reader = database_open(db->dir);
}

static void sync_file(const std::string &path) {
    int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse_errno("open", path);
    int failed = fsync(file);
    close(file);
    if (failed) refuse_errno("sync", path);
}

void database_open_writer(struct engine_db *db) {
    bool fresh = !present(db->dir);
    int flags = fresh ? Xapian::DB_CREATE_OR_OVERWRITE : Xapian::DB_OPEN;
    db->writer = Xapian::WritableDatabase(db->dir, flags | Xapian::DB_BACKEND_GLASS);
    db->reader = db->writer;
    db->writable = true;
    if (fresh) sync_file(db->dir + "/iamglass");
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
