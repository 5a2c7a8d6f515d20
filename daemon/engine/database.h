/* Inside view of a database handle, and the one way to read from it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A handle belongs to one thread at a time.  In a writer `reader` is the same Xapian object as
 * `writer` and sees what is pending. */
#ifndef ENGINE_DATABASE_H
#define ENGINE_DATABASE_H

#include "guard.h"

#include <string>
#include <xapian.h>

struct engine_db {
    std::string dir;
    Xapian::Database reader;
    Xapian::WritableDatabase writer; /* empty in a reader */
    bool writable = false;
    bool pending = false; /* a transaction is open */
    bool failed = false;  /* a change or commit failed: what was pending is lost */
};

/* Xapian takes a table that it can't open, for want of a file descriptor say, for one that is absent: phrases then
 * find nothing, without an error.  False when the handle may lack a table that lies there; an error when that one can't
 * be opened now. */
bool database_is_whole(const Xapian::Database &db, const std::string &dir);
/* Opens a database for reading, once more where it is not whole. */
Xapian::Database database_open(const std::string &dir);

/* Opens (or creates) the writer of db->dir. */
void database_open_writer(struct engine_db *db);

/* To be called while an exception is handled: whether it came from changes made meanwhile, so that the
 * operation is worth repeating.  Moves the reader to the newest commit. */
bool database_moved(struct engine_db *db);

enum { DATABASE_TRIES = 5 };

/* Runs body; when the database changed under it, runs it again from its start on the newest commit.
 * Body must leave no trace of an attempt that failed. */
template <typename Body> void database_read(struct engine_db *db, Body &&body) {
    for (int attempt = 1;; attempt++) {
        try {
            body();
            return;
        } catch (const fault &) {
            throw;
        } catch (...) {
            if (attempt == DATABASE_TRIES || !database_moved(db)) throw;
        }
    }
}

/* A copy of bytes for the caller to mem_free, NUL-terminated. */
char *database_copy(const std::string &bytes);

/* Syncs a folder, throwing when that fails. */
void database_sync_folder(const std::string &dir);
std::string database_parent(const std::string &dir);
/* A term as Xapian wants it.  Its limit counts NUL bytes twice, as the tables store them. */
bool database_term_fits(const char *term, size_t len);

#endif
