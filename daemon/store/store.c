/* Opening, creating and upgrading the record store; transactions; counters.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One file, records.sqlite, in WAL mode with synchronous=FULL: a commit that returned is on the disk.
 *
 *   meta      format, uuid
 *   counters  one row: articles, sources, mentions, seq; written with every commit
 *   article   docid, id, revision, hash of the JSON, number of mentions, body
 *   source    the same, and the columns that a hit shows; put: somebody wrote it, not only cited it
 *   cite      article -> number -> source, from the article's list of sources; with the article's date (days since
 *             1970) and outlet, so that a source's citations are counted by year and outlet from one range of an index
 *   outlet    names of articles' outlets
 *   same      source key -> the key that stands for it, said by a person
 *   wordlist  the archive's own synonyms and stop words
 *   mention   each place where a source is cited, clustered by source
 *   revision  bodies that were replaced or deleted
 *   change    the change log */
#include "store_internal.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/when.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Format 2: what cited-by and its like read. */
#define EDGES_SQL                                                                                                      \
    "CREATE INDEX cite_source ON cite(source, article, day, outlet);"                                                  \
    "CREATE INDEX source_domain ON source(domain);"                                                                    \
    "CREATE TABLE outlet(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"                                          \
    "CREATE TABLE same(key TEXT PRIMARY KEY, other TEXT NOT NULL, note TEXT) WITHOUT ROWID;"

/* Format 3: word lists that are changed at run time. */
#define WORDLIST_SQL                                                                                                   \
    "CREATE TABLE wordlist(name TEXT PRIMARY KEY, version INTEGER NOT NULL UNIQUE, text TEXT) WITHOUT ROWID;"

static const char create_sql[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE counters(articles INTEGER, sources INTEGER, mentions INTEGER, seq INTEGER);"
    "INSERT INTO counters VALUES(0,0,0,0);"
    "CREATE TABLE article(docid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,"
    " hash INTEGER NOT NULL, mentions INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE source(docid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,"
    " hash INTEGER NOT NULL, put INTEGER NOT NULL, cited INTEGER NOT NULL, mentions INTEGER NOT NULL,"
    " title TEXT, url TEXT, outlet TEXT, domain TEXT, published TEXT, status TEXT, body BLOB NOT NULL);"
    "CREATE TABLE cite(article INTEGER NOT NULL, n INTEGER NOT NULL, source INTEGER NOT NULL, day INTEGER,"
    " outlet INTEGER, PRIMARY KEY(article, n, source)) WITHOUT ROWID;" EDGES_SQL WORDLIST_SQL
    "CREATE TABLE mention(source INTEGER NOT NULL, article INTEGER NOT NULL, section INTEGER NOT NULL,"
    " start INTEGER NOT NULL, n INTEGER NOT NULL, end INTEGER NOT NULL, sentence INTEGER NOT NULL,"
    " PRIMARY KEY(source, article, section, start, n)) WITHOUT ROWID;"
    "CREATE TABLE revision(kind INTEGER NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, hash INTEGER NOT NULL,"
    " body BLOB NOT NULL, PRIMARY KEY(kind, id, revision)) WITHOUT ROWID;"
    "CREATE TABLE change(seq INTEGER NOT NULL, kind INTEGER NOT NULL, docid INTEGER NOT NULL,"
    " PRIMARY KEY(seq, kind, docid)) WITHOUT ROWID;";

/* The steps from format i+1 to i+2. */
static const char *const upgrades[] = {
    "ALTER TABLE cite ADD COLUMN day INTEGER;"
    "ALTER TABLE cite ADD COLUMN outlet INTEGER;"
    "DROP INDEX cite_source;" EDGES_SQL
    "CREATE TEMP TABLE fact AS SELECT docid, record_day(record_member(body, hash, id, 'published')) AS day,"
    " record_member(body, hash, id, 'outlet') AS outlet FROM article;"
    "CREATE UNIQUE INDEX temp.fact_docid ON fact(docid);"
    "INSERT OR IGNORE INTO outlet(name) SELECT outlet FROM fact WHERE outlet IS NOT NULL;"
    "UPDATE cite SET day=(SELECT day FROM fact WHERE docid=cite.article),"
    " outlet=(SELECT o.id FROM fact f JOIN outlet o ON o.name=f.outlet WHERE f.docid=cite.article);"
    "DROP TABLE fact;",
    WORDLIST_SQL,
};

enum { BUSY_MS = 10000 };

static enum status read_format(struct store *store, int *out, struct err *err) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->db, "PRAGMA user_version", -1, &statement, NULL) != SQLITE_OK)
        return store_fail(store, err, "reading the format of the record store");
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading the format of the record store", err);
    *out = row ? sqlite3_column_int(statement, 0) : 0;
    sqlite3_finalize(statement);
    return st;
}

static enum status set_format(struct store *store, int format, struct err *err) {
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", format);
    return store_exec(store, sql, err);
}

static enum status create(struct store *store, struct err *err) {
    unsigned char random[16];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return err_set(err, ST_IO, "the system gave no random bytes for the archive's uuid");
    char sql[128] = "INSERT INTO meta VALUES('uuid','";
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(sql + strlen(sql), sizeof sql - strlen(sql), "%02x", random[i]);
    strcat(sql, "')");
    enum status st = store_exec(store, create_sql, err);
    if (st == ST_OK) st = store_exec(store, sql, err);
    return st;
}

static enum status upgrade(struct store *store, int format, struct err *err) {
    enum status st = store_upgrade_functions(store, err);
    if (st == ST_OK) st = store_exec(store, "BEGIN IMMEDIATE", err);
    if (st == ST_OK && format == 0) {
        st = create(store, err);
        format = STORE_FORMAT;
    }
    for (; st == ST_OK && format < STORE_FORMAT; format++)
        st = store_exec(store, upgrades[format - 1], err);
    if (st == ST_OK) st = set_format(store, STORE_FORMAT, err);
    if (st == ST_OK) st = store_exec(store, "COMMIT", err);
    if (st != ST_OK) store_rollback(store);
    return st;
}

static enum status configure(struct store *store, struct err *err) {
    sqlite3_busy_timeout(store->db, BUSY_MS);
    sqlite3_extended_result_codes(store->db, 1);
    enum status st = ST_OK;
    if (store->writes) {
        /* The page size must be set before the first table; the log is folded back every 4,000 pages. */
        st = store_exec(store,
                        "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                        "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;"
                        "PRAGMA cell_size_check=ON",
                        err);
    } else {
        st = store_exec(store, "PRAGMA query_only=ON; PRAGMA cell_size_check=ON", err);
    }
    if (st == ST_OK) st = store_exec(store, "PRAGMA cache_size=-8192; PRAGMA mmap_size=268435456", err);
    return st;
}

static enum status check_format(struct store *store, struct err *err) {
    int format = 0;
    enum status st = read_format(store, &format, err);
    if (st != ST_OK) return st;
    if (format > STORE_FORMAT)
        return err_set(err, ST_NEWER_FORMAT, "%s has format %d; this footnote reads up to %d", store->path, format,
                       STORE_FORMAT);
    if (format == STORE_FORMAT) return ST_OK;
    if (!store->writes) return err_set(err, ST_NOT_FOUND, "%s holds no archive of this format yet", store->path);
    return upgrade(store, format, err);
}

enum status store_open(struct store **out, const char *dir, enum store_mode mode, struct err *err) {
    struct store *store = mem_alloc(sizeof *store);
    size_t size = strlen(dir) + sizeof "/records.sqlite";
    store->path = mem_alloc(size);
    snprintf(store->path, size, "%s/records.sqlite", dir);
    store->writes = mode == STORE_WRITE;
    store->keep_revisions = STORE_ALL_REVISIONS;
    struct stat info;
    bool fresh = stat(store->path, &info) != 0;
    int flags =
        SQLITE_OPEN_NOMUTEX | (store->writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE);
    enum status st = ST_OK;
    if (fresh && !store->writes)
        st = err_set(err, ST_NOT_FOUND, "there is no record store at %s", store->path);
    else if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK)
        st = store_fail(store, err, "opening the record store");
    if (st == ST_OK) st = configure(store, err);
    if (st == ST_OK) st = check_format(store, err);
    if (st == ST_OK && fresh) st = file_sync_dir(dir, err);
    if (st != ST_OK) {
        store_close(store);
        store = NULL;
    }
    *out = store;
    return st;
}

void store_close(struct store *store) {
    if (!store) return;
    store_finalize(store);
    sqlite3_close(store->db);
    mem_free(store->path);
    mem_free(store);
}

static enum status read_counters(struct store *store, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_COUNTERS, err);
    if (!statement) return err->status;
    bool row = false;
    enum status st = store_step(store, statement, &row, "reading the counters", err);
    if (st == ST_OK && !row) st = err_set(err, ST_CORRUPT, "%s: the table 'counters' is empty", store->path);
    if (st == ST_OK) {
        store->articles = sqlite3_column_int64(statement, 0);
        store->sources = sqlite3_column_int64(statement, 1);
        store->mentions = sqlite3_column_int64(statement, 2);
        store->seq = (uint64_t)sqlite3_column_int64(statement, 3);
    }
    sqlite3_reset(statement);
    return st;
}

enum status store_begin(struct store *store, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, store->writes ? SQL_BEGIN_WRITE : SQL_BEGIN, err);
    if (!statement) return err->status;
    enum status st = store_run(store, statement, "beginning a transaction", err);
    if (st == ST_OK) st = read_counters(store, err);
    if (st != ST_OK) store_rollback(store);
    return st;
}

static enum status write_counters(struct store *store, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_SET_COUNTERS, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, store->articles);
    sqlite3_bind_int64(statement, 2, store->sources);
    sqlite3_bind_int64(statement, 3, store->mentions);
    sqlite3_bind_int64(statement, 4, (int64_t)store->seq);
    return store_run(store, statement, "writing the counters", err);
}

enum status store_commit(struct store *store, struct err *err) {
    enum status st = store->writes ? write_counters(store, err) : ST_OK;
    sqlite3_stmt *statement = st == ST_OK ? store_statement(store, SQL_COMMIT, err) : NULL;
    if (statement)
        st = store_run(store, statement, "committing", err);
    else if (st == ST_OK)
        st = err->status;
    if (st != ST_OK) store_rollback(store);
    return st;
}

void store_rollback(struct store *store) {
    if (!sqlite3_get_autocommit(store->db)) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

enum status store_set_durability(struct store *store, enum store_durability durability, struct err *err) {
    static const char *const sql[] = {[STORE_ALWAYS] = "PRAGMA synchronous=FULL",
                                      [STORE_INTERVAL] = "PRAGMA synchronous=NORMAL",
                                      [STORE_OS] = "PRAGMA synchronous=OFF"};
    return store_exec(store, sql[durability], err);
}

/* SQLite holds its locks on other files, so that opening and closing the log disturbs none. */
enum status store_sync(struct store *store, struct err *err) {
    char path[4096];
    snprintf(path, sizeof path, "%s-wal", store->path);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno == ENOENT ? ST_OK : err_errno(err, errno, "opening '%s'", path);
    enum status st = fdatasync(file) == 0 ? ST_OK : err_errno(err, errno, "syncing '%s'", path);
    close(file);
    return st;
}

void store_make_room(struct store *store) {
    sqlite3_busy_timeout(store->db, 0);
    sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(store->db, BUSY_MS);
}

static uint64_t file_bytes(const char *path, const char *suffix) {
    char name[4096];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    struct stat info;
    return stat(name, &info) == 0 ? (uint64_t)info.st_size : 0;
}

/* Empty when there is none. */
static enum status read_meta(struct store *store, const char *key, char out[33], struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_META, err);
    if (!statement) return err->status;
    bool row = false;
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    enum status st = store_step(store, statement, &row, "reading a fact of the archive", err);
    out[0] = '\0';
    if (row) snprintf(out, 33, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_reset(statement);
    return st;
}

enum status store_counts(struct store *store, struct store_counts *out, struct err *err) {
    enum status st = read_counters(store, err);
    if (st != ST_OK) return st;
    *out = (struct store_counts){.articles = (uint64_t)store->articles,
                                 .sources = (uint64_t)store->sources,
                                 .mentions = (uint64_t)store->mentions,
                                 .seq = store->seq,
                                 .bytes = file_bytes(store->path, "") + file_bytes(store->path, "-wal")};
    st = read_meta(store, "uuid", out->uuid, err);
    return st == ST_OK ? read_meta(store, "lineage", out->lineage, err) : st;
}
