/* The table of word lists.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/wordlist.h"

#include "store_internal.h"

#include <inttypes.h>
#include <string.h>

static const char reading[] = "reading the word lists";

enum status store_wordlists_version(struct store *store, uint64_t *out, struct err *err) {
    bool row = false;
    *out = 0;
    sqlite3_stmt *statement = store_statement(store, SQL_WORDLIST_VERSION, err);
    if (!statement) return err->status;
    enum status st = store_step(store, statement, &row, reading, err);
    if (row) *out = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return st;
}

enum status store_wordlists(struct store *store, struct arena *arena, struct wordlist **out, size_t *count,
                            struct err *err) {
    struct wordlist *list = NULL;
    size_t have = 0, cap = 0;
    bool row = false;
    sqlite3_stmt *statement = store_statement(store, SQL_LIST_WORDLISTS, err);
    if (!statement) return err->status;
    enum status st = store_step(store, statement, &row, reading, err);
    while (st == ST_OK && row) {
        list = arena_grow(arena, list, have, &cap, sizeof *list);
        list[have++] = (struct wordlist){.name = column_text(arena, statement, 0),
                                         .version = (uint64_t)sqlite3_column_int64(statement, 1),
                                         .text = column_text(arena, statement, 2)};
        st = store_step(store, statement, &row, reading, err);
    }
    sqlite3_reset(statement);
    *out = list;
    *count = have;
    return st;
}

enum status store_wordlist(struct store *store, struct arena *arena, const char *name, struct wordlist *out,
                           struct err *err) {
    bool row = false;
    *out = (struct wordlist){.name = name};
    sqlite3_stmt *statement = store_statement(store, SQL_FIND_WORDLIST, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    enum status st = store_step(store, statement, &row, reading, err);
    if (row) {
        out->version = (uint64_t)sqlite3_column_int64(statement, 0);
        out->text = column_text(arena, statement, 1);
    }
    sqlite3_reset(statement);
    return st;
}

static bool same_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

enum status store_wordlist_set(struct store *store, struct arena *arena, const char *name, const char *text,
                               int64_t if_version, bool *changed, struct err *err) {
    struct wordlist now;
    *changed = false;
    enum status st = store_wordlist(store, arena, name, &now, err);
    if (st != ST_OK) return st;
    if (if_version != STORE_ANY_REVISION && now.version != (uint64_t)if_version)
        return err_set(err, ST_CONFLICT,
                       "word list '%s' has changed meanwhile (version %" PRIu64 ", expected %" PRId64 ")", name,
                       now.version, if_version);
    if (same_text(now.text, text)) return ST_OK;
    sqlite3_stmt *statement = store_statement(store, SQL_SET_WORDLIST, err);
    if (!statement) return err->status;
    *changed = true;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    if (text) sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
    return store_run(store, statement, "writing a word list", err);
}
