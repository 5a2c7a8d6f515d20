/* Reading the edges.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each list comes from one range of one index or clustered table: a source of fifty thousand citations is read in
 * the order it lies on the disk. */
#include "store/edges.h"

#include "store/same.h"
#include "store_internal.h"

int64_t edges_day(int64_t seconds) {
    int64_t day = seconds / 86400;
    return seconds % 86400 < 0 ? day - 1 : day;
}

static enum status one_number(struct store *store, sqlite3_stmt *statement, int64_t *out, const char *what,
                              struct err *err) {
    bool row = false;
    enum status st = store_step(store, statement, &row, what, err);
    *out = row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return st;
}

enum status edges_source(struct store *store, const char *key, uint32_t *docid, struct err *err) {
    struct arena *arena = arena_new();
    const char *other = NULL;
    int64_t number = 0;
    *docid = 0;
    enum status st = store_same_find(store, arena, NULL, key, &other, err);
    sqlite3_stmt *statement = st == ST_OK ? store_statement(store, SQL_SOURCE_DOCID, err) : NULL;
    if (statement) {
        sqlite3_bind_text(statement, 1, other ? other : key, -1, SQLITE_TRANSIENT);
        st = one_number(store, statement, &number, "finding a source", err);
    } else if (st == ST_OK) {
        st = err->status;
    }
    arena_free(arena);
    *docid = (uint32_t)number;
    return st;
}

enum status edges_cited(struct store *store, uint32_t source, uint64_t *out, struct err *err) {
    int64_t number = 0;
    sqlite3_stmt *statement = store_statement(store, SQL_SOURCE_CITED, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, source);
    enum status st = one_number(store, statement, &number, "reading a source", err);
    *out = (uint64_t)number;
    return st;
}

static enum status numbers(struct store *store, struct arena *arena, sqlite3_stmt *statement, const char *what,
                           uint32_t **out, size_t *count, struct err *err) {
    uint32_t *list = NULL;
    size_t have = 0, cap = 0;
    bool row = false;
    enum status st = store_step(store, statement, &row, what, err);
    while (st == ST_OK && row) {
        list = arena_grow(arena, list, have, &cap, sizeof *list);
        list[have++] = (uint32_t)sqlite3_column_int64(statement, 0);
        st = store_step(store, statement, &row, what, err);
    }
    sqlite3_reset(statement);
    *out = list;
    *count = have;
    return st;
}

enum status edges_domain(struct store *store, struct arena *arena, const char *domain, uint32_t **out, size_t *count,
                         struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_DOMAIN_SOURCES, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, domain, -1, SQLITE_STATIC);
    return numbers(store, arena, statement, "reading the sources of a domain", out, count, err);
}

enum status edges_sources(struct store *store, struct arena *arena, uint32_t article, uint32_t **out, size_t *count,
                          struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_ARTICLE_SOURCES, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, article);
    return numbers(store, arena, statement, "reading the sources of an article", out, count, err);
}

enum status edges_weights(struct store *store, struct arena *arena, uint32_t article, struct shared_source **out,
                          size_t *count, struct err *err) {
    struct shared_source *list = NULL;
    size_t have = 0, cap = 0;
    bool row = false;
    sqlite3_stmt *statement = store_statement(store, SQL_ARTICLE_WEIGHTS, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, article);
    enum status st = store_step(store, statement, &row, "reading the sources of an article", err);
    while (st == ST_OK && row) {
        list = arena_grow(arena, list, have, &cap, sizeof *list);
        list[have++] = (struct shared_source){.source = (uint32_t)sqlite3_column_int64(statement, 0),
                                              .cited = (uint64_t)sqlite3_column_int64(statement, 1)};
        st = store_step(store, statement, &row, "reading the sources of an article", err);
    }
    sqlite3_reset(statement);
    *out = list;
    *count = have;
    return st;
}

enum status edges_articles(struct store *store, struct arena *arena, uint32_t source, struct citing **out,
                           size_t *count, struct err *err) {
    struct citing *list = NULL;
    size_t have = 0, cap = 0;
    bool row = false;
    sqlite3_stmt *statement = store_statement(store, SQL_SOURCE_ARTICLES, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, source);
    enum status st = store_step(store, statement, &row, "reading the articles of a source", err);
    while (st == ST_OK && row) {
        list = arena_grow(arena, list, have, &cap, sizeof *list);
        list[have++] = (struct citing){.article = (uint32_t)sqlite3_column_int64(statement, 0),
                                       .dated = sqlite3_column_type(statement, 1) != SQLITE_NULL,
                                       .day = (int32_t)sqlite3_column_int64(statement, 1),
                                       .outlet = (uint32_t)sqlite3_column_int64(statement, 2)};
        st = store_step(store, statement, &row, "reading the articles of a source", err);
    }
    sqlite3_reset(statement);
    *out = list;
    *count = have;
    return st;
}

enum status edges_mentions(struct store *store, struct arena *arena, uint32_t source, struct edge **out, size_t *count,
                           struct err *err) {
    struct edge *list = NULL;
    size_t have = 0, cap = 0;
    bool row = false;
    sqlite3_stmt *statement = store_statement(store, SQL_SOURCE_MENTIONS, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, source);
    enum status st = store_step(store, statement, &row, "reading mentions", err);
    while (st == ST_OK && row) {
        list = arena_grow(arena, list, have, &cap, sizeof *list);
        list[have++] = (struct edge){.article = (uint32_t)sqlite3_column_int64(statement, 0),
                                     .section = (uint32_t)sqlite3_column_int64(statement, 1),
                                     .start = (uint32_t)sqlite3_column_int64(statement, 2),
                                     .n = (uint32_t)sqlite3_column_int64(statement, 3),
                                     .end = (uint32_t)sqlite3_column_int64(statement, 4),
                                     .sentence = (uint32_t)sqlite3_column_int64(statement, 5)};
        st = store_step(store, statement, &row, "reading mentions", err);
    }
    sqlite3_reset(statement);
    *out = list;
    *count = have;
    return st;
}

enum status edges_outlet(struct store *store, struct arena *arena, uint32_t outlet, const char **out, struct err *err) {
    bool row = false;
    *out = NULL;
    sqlite3_stmt *statement = store_statement(store, SQL_OUTLET_NAME, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, outlet);
    enum status st = store_step(store, statement, &row, "reading an outlet", err);
    if (row) *out = column_text(arena, statement, 0);
    sqlite3_reset(statement);
    return st;
}
