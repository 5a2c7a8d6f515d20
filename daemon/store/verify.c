/* Checking the record store against itself, and mending what can be mended.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * SQLite checks its pages, indexes and tables; here each body is checked by its checksum, and the counters and the
 * end of the log against the tables.  A damaged body is mended by the newest kept revision that is whole; where
 * there is none the record goes (its damaged body is kept as a revision). */
#include "store_internal.h"

#include <stdio.h>
#include <string.h>

enum { FINDINGS_OF_SQLITE = 100 };

struct verifying {
    struct store *store;
    const struct store_verify *verify;
};

static bool go_on(const struct store_verify *verify) {
    return !verify->stop || !verify->stop(verify->arg);
}

static void find(const struct store_verify *verify, const struct store_finding *finding) {
    verify->found(verify->arg, finding);
}

static enum status check_pages(struct store *store, const struct store_verify *verify, struct err *err) {
    sqlite3_stmt *statement = NULL;
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA integrity_check(%d)", FINDINGS_OF_SQLITE);
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return store_fail(store, err, "checking the record store");
    bool row = false;
    enum status st = store_step(store, statement, &row, "checking the record store", err);
    while (st == ST_OK && row) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        if (text && strcmp(text, "ok") != 0) find(verify, &(struct store_finding){.place = "store", .message = text});
        st = store_step(store, statement, &row, "checking the record store", err);
    }
    sqlite3_finalize(statement);
    if (st != ST_CORRUPT) return st;
    find(verify, &(struct store_finding){.place = "store", .message = err->text});
    *err = ERR_NONE;
    return ST_OK;
}

/* Columns: kind, docid (0: an old revision), id, revision, hash, body. */
static enum status check_bodies(struct store *store, const struct store_verify *verify, const char *sql,
                                struct err *err) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return store_fail(store, err, "checking the records");
    bool row = false;
    enum status st = store_step(store, statement, &row, "checking the records", err);
    while (st == ST_OK && row) {
        struct arena *arena = arena_new();
        struct err fault = ERR_NONE;
        const char *json = NULL;
        size_t len = 0;
        const char *id = column_text(arena, statement, 2);
        enum status whole =
            store_unpack(arena, sqlite3_column_blob(statement, 5), (size_t)sqlite3_column_bytes(statement, 5),
                         (uint64_t)sqlite3_column_int64(statement, 4), id ? id : "", &json, &len, &fault);
        if (whole == ST_CORRUPT)
            find(verify, &(struct store_finding){.place = "record",
                                                 .kind = (enum store_kind)sqlite3_column_int(statement, 0),
                                                 .docid = (uint32_t)sqlite3_column_int64(statement, 1),
                                                 .id = id,
                                                 .revision = (uint64_t)sqlite3_column_int64(statement, 3),
                                                 .message = fault.text});
        else if (whole != ST_OK)
            st = err_set(err, whole, "%s", fault.text);
        arena_free(arena);
        verify->checked(verify->arg);
        if (st == ST_OK && !go_on(verify)) st = err_set(err, ST_CANCELED, "the task was canceled");
        if (st == ST_OK) st = store_step(store, statement, &row, "checking the records", err);
    }
    sqlite3_finalize(statement);
    if (st != ST_CORRUPT) return st;
    find(verify, &(struct store_finding){.place = "store", .message = err->text});
    *err = ERR_NONE;
    return ST_OK;
}

/* Facts that are kept twice: a number each, which must be 0. */
static const struct agreement {
    const char *place, *message, *sql;
} agreements[] = {
    {"counters", "the counter of articles differs from the table",
     "SELECT (SELECT count(*) FROM article) - articles FROM counters"},
    {"counters", "the counter of sources differs from the table",
     "SELECT (SELECT count(*) FROM source) - sources FROM counters"},
    {"counters", "the counter of mentions differs from the articles",
     "SELECT (SELECT coalesce(sum(mentions),0) FROM article) - mentions FROM counters"},
    {"log", "the change log has a seq above the counter",
     "SELECT coalesce((SELECT max(seq) FROM change),0) > seq FROM counters"},
    {"log", "a record has a revision above the counter of the log",
     "SELECT coalesce((SELECT max(revision) FROM article),0) > seq OR coalesce((SELECT max(revision) FROM source),0) > "
     "seq"
     " FROM counters"},
    {"citations", "citations of articles that are not there",
     "SELECT count(*) FROM cite c WHERE NOT EXISTS(SELECT 1 FROM article a WHERE a.docid=c.article)"},
    {"citations", "citations of sources that are not there",
     "SELECT count(*) FROM cite c WHERE NOT EXISTS(SELECT 1 FROM source s WHERE s.docid=c.source)"},
    {"citations", "sources whose number of mentions differs from the mentions",
     "SELECT count(*) FROM source s WHERE mentions<>(SELECT count(*) FROM mention m WHERE m.source=s.docid)"},
    {"citations", "sources whose number of citing articles differs from the citations",
     "SELECT count(*) FROM source s WHERE cited<>(SELECT count(DISTINCT article) FROM cite c WHERE c.source=s.docid)"},
};

static enum status check_agreement(struct store *store, const struct store_verify *verify,
                                   const struct agreement *agreement, struct err *err) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->db, agreement->sql, -1, &statement, NULL) != SQLITE_OK)
        return store_fail(store, err, "checking the record store");
    bool row = false;
    enum status st = store_step(store, statement, &row, "checking the record store", err);
    if (st == ST_OK && row && sqlite3_column_int64(statement, 0) != 0)
        find(verify, &(struct store_finding){.place = agreement->place, .message = agreement->message});
    sqlite3_finalize(statement);
    if (st != ST_CORRUPT) return st;
    *err = ERR_NONE; /* told by check_pages */
    return ST_OK;
}

enum status store_verify(struct store *store, const struct store_verify *verify, struct err *err) {
    enum status st = check_pages(store, verify, err);
    if (st == ST_OK)
        st = check_bodies(store, verify, "SELECT 1, docid, id, revision, hash, body FROM article ORDER BY docid", err);
    if (st == ST_OK)
        st = check_bodies(store, verify, "SELECT 2, docid, id, revision, hash, body FROM source ORDER BY docid", err);
    if (st == ST_OK) st = check_bodies(store, verify, "SELECT kind, 0, id, revision, hash, body FROM revision", err);
    for (size_t i = 0; i < sizeof agreements / sizeof *agreements && st == ST_OK; i++)
        st = check_agreement(store, verify, &agreements[i], err);
    return st;
}

/* ---- mending ---- */

/* The transaction is the statements' own: store_commit would write the counters that the handle remembers. */
enum status store_recount(struct store *store, struct err *err) {
    enum status st = store_exec(
        store,
        "BEGIN IMMEDIATE;"
        "UPDATE counters SET articles=(SELECT count(*) FROM article), sources=(SELECT count(*) FROM source),"
        " mentions=(SELECT coalesce(sum(mentions),0) FROM article),"
        " seq=max(seq, coalesce((SELECT max(seq) FROM change),0), coalesce((SELECT max(revision) FROM article),0),"
        " coalesce((SELECT max(revision) FROM source),0));"
        "DELETE FROM cite WHERE NOT EXISTS(SELECT 1 FROM article a WHERE a.docid=cite.article)"
        " OR NOT EXISTS(SELECT 1 FROM source s WHERE s.docid=cite.source);"
        "DELETE FROM mention WHERE NOT EXISTS(SELECT 1 FROM article a WHERE a.docid=mention.article)"
        " OR NOT EXISTS(SELECT 1 FROM source s WHERE s.docid=mention.source);"
        "UPDATE source SET mentions=(SELECT count(*) FROM mention m WHERE m.source=source.docid),"
        " cited=(SELECT count(DISTINCT article) FROM cite c WHERE c.source=source.docid);"
        "COMMIT;",
        err);
    if (st != ST_OK) store_rollback(store);
    return st;
}
