/* Changes: replace, delete, metadata; commit and cancel.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All changes up to a commit run in one Xapian transaction: outside one Xapian commits by itself after
 * some documents, which tears metadata from documents and skips the sync of the folder, and it commits
 * what is pending when a handle goes.  An exception inside a change or commit makes
 * Xapian drop everything pending in silence, so from then on the handle refuses all but being closed;
 * whatever can be refused beforehand is checked before Xapian sees it. */
#include "database.h"
#include "document.h"

#include <cstring>

static const size_t META_KEY_MAX = 200;

static void usable(const struct engine_db *db) {
    if (!db->writable) guard_refuse(ST_READ_ONLY, "the handle is a reader");
    if (db->failed) guard_refuse(ST_IO, "an earlier change failed; the index must be opened again");
}

/* Runs one change inside the transaction. */
template <typename Body> static void change(struct engine_db *db, Body &&body) {
    usable(db);
    db->failed = true;
    if (!db->pending) {
        db->writer.begin_transaction();
        db->pending = true;
    }
    body();
    db->failed = false;
}

enum status engine_commit(struct engine_db *db, struct err *err) {
    return guard_run(err, "commit to index", db->dir.c_str(), [&] {
        usable(db);
        if (!db->pending) return;
        db->failed = true;
        db->pending = false;
        db->writer.commit_transaction();
        database_sync_folder(db->dir);
        db->failed = false;
    });
}

enum status engine_cancel(struct engine_db *db, struct err *err) {
    return guard_run(err, "cancel changes to index", db->dir.c_str(), [&] {
        usable(db);
        if (!db->pending) return;
        db->failed = true;
        db->pending = false;
        db->writer.cancel_transaction();
        /* Where part of the transaction was in the tables already, Xapian 1.4.22 continues after a cancel
         * with figures of what it dropped, and later commits a damaged table. */
        db->reader = Xapian::Database();
        db->writer.close();
        database_open_writer(db);
        db->failed = false;
    });
}

enum status engine_replace(struct engine_db *db, uint32_t docid, const struct engine_doc *doc, struct err *err) {
    return guard_run(err, "put document into index", db->dir.c_str(), [&] {
        if (docid == 0) guard_refuse(ST_INVALID_VALUE, "document number 0");
        Xapian::Document built = document_build(doc);
        change(db, [&] { db->writer.replace_document(docid, built); });
    });
}

enum status engine_delete(struct engine_db *db, uint32_t docid, struct err *err) {
    return guard_run(err, "delete document from index", db->dir.c_str(), [&] {
        if (docid == 0) guard_refuse(ST_INVALID_VALUE, "document number 0");
        change(db, [&] {
            try {
                db->writer.delete_document(docid);
            } catch (const Xapian::DocNotFoundError &) {
                /* Thrown before anything is touched: what is pending stays. */
            }
        });
    });
}

enum status engine_meta_set(struct engine_db *db, const char *key, const char *value, size_t len, struct err *err) {
    return guard_run(err, "set metadata of index", db->dir.c_str(), [&] {
        size_t key_len = std::strlen(key);
        if (key_len == 0 || key_len > META_KEY_MAX)
            guard_refuse(ST_INVALID_VALUE, "a metadata key of %zu bytes; 1 to %zu are allowed", key_len, META_KEY_MAX);
        std::string bytes(value, len);
        change(db, [&] { db->writer.set_metadata(key, bytes); });
    });
}
