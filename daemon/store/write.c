/* Writing records: put and delete, each one step of the seq.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The writer's thread, inside store_begin and store_commit.  A fault found before the first change leaves the
 * transaction as it was; a fault of SQLite after it means the whole transaction must be rolled back. */
#include "store_internal.h"

#include <inttypes.h>
#include <string.h>

struct present { /* what is stored under an id now */
    bool exists;
    uint32_t docid;
    uint64_t revision, hash;
    int64_t mentions;
    const void *body; /* valid until the statement is stepped or reset */
    int body_len;
    bool put;
    int64_t cited;
};

static enum status find(struct store *store, enum store_kind kind, const char *id, struct present *out,
                        sqlite3_stmt **statement, struct err *err) {
    *out = (struct present){0};
    *statement = store_statement(store, kind == STORE_ARTICLE ? SQL_FIND_ARTICLE : SQL_FIND_SOURCE, err);
    if (!*statement) return err->status;
    sqlite3_bind_text(*statement, 1, id, -1, SQLITE_STATIC);
    enum status st = store_step(store, *statement, &out->exists, "finding a record", err);
    if (st != ST_OK || !out->exists) return st;
    out->docid = (uint32_t)sqlite3_column_int64(*statement, 0);
    out->revision = (uint64_t)sqlite3_column_int64(*statement, 1);
    out->hash = (uint64_t)sqlite3_column_int64(*statement, 2);
    out->mentions = sqlite3_column_int64(*statement, 3);
    out->body = sqlite3_column_blob(*statement, 4);
    out->body_len = sqlite3_column_bytes(*statement, 4);
    if (kind == STORE_SOURCE) {
        out->put = sqlite3_column_int(*statement, 5) != 0;
        out->cited = sqlite3_column_int64(*statement, 6);
    }
    return ST_OK;
}

static enum status check_revision(const struct present *present, const char *id, int64_t if_revision, struct err *err) {
    if (if_revision == STORE_ANY_REVISION) return ST_OK;
    if (if_revision == 0 && present->exists)
        return err_param(err, ST_CONFLICT, "if_revision", "record '%s' exists already, at revision %" PRIu64, id,
                         present->revision);
    if (if_revision > 0 && !present->exists)
        return err_param(err, ST_CONFLICT, "if_revision", "record '%s' does not exist; expected revision %" PRId64, id,
                         if_revision);
    if (if_revision > 0 && present->revision != (uint64_t)if_revision)
        return err_param(err, ST_CONFLICT, "if_revision", "record '%s' is at revision %" PRIu64 ", not %" PRId64, id,
                         present->revision, if_revision);
    return ST_OK;
}

/* The same compressor at the same level gives the same bytes, so equal bodies are equal records. */
static bool same_body(const struct present *present, const struct packed *packed) {
    return present->exists && present->hash == packed->hash && (size_t)present->body_len == packed->len &&
           memcmp(present->body, packed->bytes, packed->len) == 0;
}

static enum status keep_revision(struct store *store, enum store_kind kind, const char *id,
                                 const struct present *present, struct err *err) {
    struct packed body = {.bytes = present->body, .len = (size_t)present->body_len, .hash = present->hash};
    return store_keep_revision(store, kind, id, present->revision, &body, err);
}

static enum status write_article(struct store *store, const struct article *article, const struct packed *packed,
                                 bool exists, uint32_t *docid, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, exists ? SQL_UPDATE_ARTICLE : SQL_INSERT_ARTICLE, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, article->id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (int64_t)store->seq);
    sqlite3_bind_int64(statement, 3, (int64_t)packed->hash);
    sqlite3_bind_int64(statement, 4, (int64_t)article->mention_count);
    sqlite3_bind_blob(statement, 5, packed->bytes, (int)packed->len, SQLITE_STATIC);
    enum status st = store_run(store, statement, "writing an article", err);
    if (st == ST_OK && !exists) *docid = (uint32_t)sqlite3_last_insert_rowid(store->db);
    return st;
}

static void outcome(struct store_outcome *out, enum store_effect effect, uint64_t seq, uint32_t docid) {
    *out = (struct store_outcome){.effect = effect, .seq = seq, .revision = seq, .docid = docid};
}

enum status store_put_article(struct store *store, const struct article *article, const struct packed *packed,
                              int64_t if_revision, struct store_outcome *out, struct err *err) {
    struct present present;
    sqlite3_stmt *statement = NULL;
    enum status st = find(store, STORE_ARTICLE, article->id, &present, &statement, err);
    if (st == ST_OK) st = check_revision(&present, article->id, if_revision, err);
    bool same = st == ST_OK && same_body(&present, packed);
    if (same) outcome(out, STORE_UNCHANGED, present.revision, present.docid);
    if (st == ST_OK && !same && present.exists) st = keep_revision(store, STORE_ARTICLE, article->id, &present, err);
    sqlite3_reset(statement);
    if (st != ST_OK || same) return st;

    store->seq++;
    uint32_t docid = present.docid;
    st = write_article(store, article, packed, present.exists, &docid, err);
    if (st == ST_OK) st = store_cite(store, docid, article, err);
    if (st == ST_OK) st = store_log_change(store, STORE_ARTICLE, docid, err);
    if (st != ST_OK) return st;
    store->articles += present.exists ? 0 : 1;
    store->mentions += (int64_t)article->mention_count - present.mentions;
    outcome(out, present.exists ? STORE_UPDATED : STORE_ADDED, store->seq, docid);
    return ST_OK;
}

static void bind_text_or_null(sqlite3_stmt *statement, int index, const char *text) {
    if (text)
        sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, index);
}

enum status store_write_source(struct store *store, const struct source *source, const struct packed *packed, bool put,
                               uint32_t *docid, struct err *err) {
    bool fresh = *docid == 0;
    sqlite3_stmt *statement = store_statement(store, fresh ? SQL_INSERT_SOURCE : SQL_UPDATE_SOURCE, err);
    if (!statement) return err->status;
    sqlite3_bind_text(statement, 1, source->id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (int64_t)store->seq);
    sqlite3_bind_int64(statement, 3, (int64_t)packed->hash);
    sqlite3_bind_blob(statement, 4, packed->bytes, (int)packed->len, SQLITE_STATIC);
    sqlite3_bind_int(statement, 5, put);
    bind_text_or_null(statement, 6, source->title);
    bind_text_or_null(statement, 7, source->url);
    bind_text_or_null(statement, 8, source->outlet);
    bind_text_or_null(statement, 9, source->domain);
    bind_text_or_null(statement, 10, source->published);
    bind_text_or_null(statement, 11, source->status);
    enum status st = store_run(store, statement, "writing a source", err);
    if (st != ST_OK) return st;
    if (fresh) {
        *docid = (uint32_t)sqlite3_last_insert_rowid(store->db);
        store->sources++;
    }
    return store_log_change(store, STORE_SOURCE, *docid, err);
}

/* The articles that cite a source count its status among their figures: a change of it is a change of theirs. */
static enum status log_citers(struct store *store, uint32_t docid, const char *source_status, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_LOG_CITERS, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, (int64_t)store->seq);
    sqlite3_bind_int64(statement, 2, docid);
    bind_text_or_null(statement, 3, source_status);
    return store_run(store, statement, "writing the change log", err);
}

enum status store_put_source(struct store *store, const struct source *source, const struct packed *packed,
                             int64_t if_revision, struct store_outcome *out, struct err *err) {
    struct present present;
    sqlite3_stmt *statement = NULL;
    enum status st = find(store, STORE_SOURCE, source->id, &present, &statement, err);
    if (st == ST_OK) st = check_revision(&present, source->id, if_revision, err);
    bool same = st == ST_OK && present.put && same_body(&present, packed);
    if (same) outcome(out, STORE_UNCHANGED, present.revision, present.docid);
    if (st == ST_OK && !same && present.exists) st = keep_revision(store, STORE_SOURCE, source->id, &present, err);
    sqlite3_reset(statement);
    if (st != ST_OK || same) return st;

    store->seq++;
    uint32_t docid = present.docid;
    if (present.exists) st = log_citers(store, docid, source->status, err);
    if (st == ST_OK) st = store_write_source(store, source, packed, true, &docid, err);
    if (st == ST_OK) outcome(out, present.exists ? STORE_UPDATED : STORE_ADDED, store->seq, docid);
    return st;
}

static enum status remove_article(struct store *store, const struct present *present, struct err *err) {
    enum status st = store_cite(store, present->docid, NULL, err);
    sqlite3_stmt *statement = st == ST_OK ? store_statement(store, SQL_DELETE_ARTICLE, err) : NULL;
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, present->docid);
    st = store_run(store, statement, "deleting an article", err);
    store->articles--;
    store->mentions -= present->mentions;
    return st;
}

static enum status remove_source(struct store *store, const struct present *present, struct err *err) {
    sqlite3_stmt *statement = store_statement(store, SQL_DELETE_SOURCE, err);
    if (!statement) return err->status;
    sqlite3_bind_int64(statement, 1, present->docid);
    store->sources--;
    return store_run(store, statement, "deleting a source", err);
}

/* A record that has been deleted before, of which revisions are left. */
static enum status purge_deleted(struct store *store, enum store_kind kind, const char *id, struct store_outcome *out,
                                 struct err *err) {
    bool any = false;
    enum status st = store_forget_revisions(store, kind, id, &any, err);
    if (st == ST_OK && !any)
        return err_set(err, ST_NOT_FOUND, "there is no %s '%s', nor a revision of it", store_kind_name(kind), id);
    outcome(out, STORE_PURGED, store->seq, 0);
    return st;
}

enum status store_delete(struct store *store, enum store_kind kind, const char *id, int64_t if_revision, bool purge,
                         struct store_outcome *out, struct err *err) {
    struct present present;
    sqlite3_stmt *statement = NULL;
    enum status st = find(store, kind, id, &present, &statement, err);
    if (st == ST_OK && !present.exists && purge && if_revision == STORE_ANY_REVISION) {
        sqlite3_reset(statement);
        return purge_deleted(store, kind, id, out, err);
    }
    if (st == ST_OK && !present.exists)
        st = err_set(err, ST_NOT_FOUND, "there is no %s '%s'", store_kind_name(kind), id);
    if (st == ST_OK) st = check_revision(&present, id, if_revision, err);
    if (st == ST_OK && kind == STORE_SOURCE && present.cited > 0)
        st = err_set(err, ST_CONFLICT, "source '%s' is cited by %" PRId64 " articles and can't be deleted", id,
                     present.cited);
    if (st == ST_OK)
        st = purge ? store_forget_revisions(store, kind, id, NULL, err) : keep_revision(store, kind, id, &present, err);
    sqlite3_reset(statement);
    if (st != ST_OK) return st;

    store->seq++;
    st = kind == STORE_ARTICLE ? remove_article(store, &present, err) : remove_source(store, &present, err);
    if (st == ST_OK) st = store_log_change(store, kind, present.docid, err);
    if (st == ST_OK) outcome(out, purge ? STORE_PURGED : STORE_DELETED, store->seq, present.docid);
    return st;
}
