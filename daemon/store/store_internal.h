/* Inside the record store: the handle, its statements, the one place that maps SQLite's errors.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store/store.h"

#include <sqlite3.h>

enum statement {
#define STATEMENT(name, sql) SQL_##name,
#include "statements.def"
#undef STATEMENT
    SQL_COUNT
};

struct store {
    sqlite3 *db;
    char *path;
    bool writes;
    uint64_t keep_revisions; /* of each record */
    sqlite3_stmt *statements[SQL_COUNT];
    /* Of the writer, valid inside a transaction. */
    uint64_t seq;
    int64_t articles, sources, mentions;
};

enum { STORE_FORMAT = 3 };

/* Maps SQLite's last error on this handle; `what` names the act. */
enum status store_fail(struct store *store, struct err *err, const char *what);
/* A prepared statement, reset, without bindings; NULL with err set. */
sqlite3_stmt *store_statement(struct store *store, enum statement which, struct err *err);
/* Steps a statement that gives no row. */
enum status store_run(struct store *store, sqlite3_stmt *statement, const char *what, struct err *err);
/* Steps to a row: *row says whether there is one. */
enum status store_step(struct store *store, sqlite3_stmt *statement, bool *row, const char *what, struct err *err);
/* What upgrade steps need of SQL: record_member(body, hash, id, name), record_day(date). */
enum status store_upgrade_functions(struct store *store, struct err *err);
enum status store_exec(struct store *store, const char *sql, struct err *err);
void store_finalize(struct store *store);

/* A text column in the arena; NULL for SQL NULL. */
const char *column_text(struct arena *arena, sqlite3_stmt *statement, int column);

/* The JSON of a stored body.  CORRUPT names the record. */
enum status store_unpack(struct arena *arena, const void *bytes, size_t len, uint64_t hash, const char *id,
                         const char **json, size_t *json_len, struct err *err);
/* A body that is about to be replaced or deleted: kept, or not, as store_set_keep_revisions says. */
enum status store_keep_revision(struct store *store, enum store_kind kind, const char *id, uint64_t revision,
                                const struct packed *body, struct err *err);
/* All old revisions of a record go; *any (or NULL): there were some. */
enum status store_forget_revisions(struct store *store, enum store_kind kind, const char *id, bool *any,
                                   struct err *err);
enum status store_log_change(struct store *store, enum store_kind kind, uint32_t docid, struct err *err);
/* Replaces an article's citations and mentions (NULL: none), with the sources' counts. */
enum status store_cite(struct store *store, uint32_t docid, const struct article *article, struct err *err);
/* Inserts or replaces a source's row from its parsed record; docid 0: a new one. */
enum status store_write_source(struct store *store, const struct source *source, const struct packed *packed, bool put,
                               uint32_t *docid, struct err *err);

#endif
