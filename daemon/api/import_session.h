/* Imports under way: a file that comes in chunks, its importer, its counts.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Chunks are parsed one after the other, in the order of their numbers, whichever thread they reach; a chunk that
 * comes too early is parked and goes on when its turn has come.  Its records become batches of writes; the chunk is
 * answered when all of them are durable, while the next chunk is parsed already. */
#ifndef API_IMPORT_SESSION_H
#define API_IMPORT_SESSION_H

#include "call.h"
#include "import/import.h"

enum { IMPORTS_MAX = 64, PARKED_MAX = 64, IMPORT_IDLE_MS = 600000 };

struct import_report {
    uint64_t read, added, updated, unchanged, failed, changed, last_seq;
};

struct import_fault {
    struct err err;
    const char *excerpt, *raw; /* raw only when asked for */
    size_t raw_len;
    struct import_fault *next;
};

struct parked_chunk; /* a chunk whose turn has not come */

struct import_session {
    uint64_t number;
    uint64_t since; /* the last seq when it began */
    struct api *api;
    struct arena *arena; /* options */
    struct importer *importer;
    bool dry_run, keep_raw, visible,
        cleans; /* cleans: dirty values don't cost their record; visible: the report waits until readers see the records */
    pthread_mutex_t lock; /* of all below */
    uint64_t next_chunk;
    bool feeding; /* next_chunk has come and is being parsed */
    bool closing;
    size_t running;                          /* calls that use the session */
    struct parked_chunk *parked[PARKED_MAX]; /* imports' lock, and this one */
    size_t parked_count;
    struct import_report report;
    struct import_fault *faults, **faults_end; /* since the last answer */
    struct arena *faults_arena;
    struct buf changes; /* of dirty values, since the last answer: JSON objects apart by commas */
    int64_t touched_ms;
    struct import_session *next;
};

struct imports *imports_new(void);
void imports_free(struct imports *imports);

/* A session from the call's parameters (format, map, …); not yet in the list. */
enum status session_new(struct import_session **out, struct call *call);
void session_free(struct import_session *session);
/* TOO_MANY. */
enum status session_register(struct import_session *session, struct call *call);
/* Finds a session and holds it for a call; session_release gives it back. */
enum status session_hold(struct import_session **out, struct call *call);
void session_release(struct import_session *session);
/* Takes it out of the list; the caller holds it alone.  INVALID_REQUEST while chunks are under way. */
enum status session_take(struct import_session *session, struct call *call);

/* Whether it is the turn of chunk `number`.  *parked: the call waits; session_turn_end gives it back, or it ends by
 * itself, with TIMEOUT at its deadline or SHUTTING_DOWN, and releases the session.  INVALID_VALUE, TOO_MANY. */
enum status session_turn(struct import_session *session, struct call *call, uint64_t number, bool *parked);
/* A chunk has been parsed: the call whose turn it is now, if it waits. */
struct call *session_turn_end(struct import_session *session);

/* Feeds bytes (and, when `end`, the file's end) to the importer, submits what comes out, calls `parsed` (if any), and
 * calls `then` when all of it is durable, on any thread, never before `parsed` has returned: who has the answers of
 * all chunks may close the import.  The status tells what ended the file, if anything did. */
enum status session_feed(struct import_session *session, struct call *call, const char *bytes, size_t len, bool end,
                         void (*parsed)(struct import_session *session),
                         void (*then)(struct import_session *session, struct call *call));
/* The members of a report: counts, and the faults and changes since the last answer, which are then forgotten. */
void session_report(struct import_session *session, struct jw *jw);

#endif
