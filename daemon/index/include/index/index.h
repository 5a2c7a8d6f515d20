/* One archive's index: the writer, the applier, the generation that is served, and what readers wait for.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   data/lock                 held by the process that serves the archive
 *   data/records.sqlite       the record store, truth
 *   data/tasks.json           long work, done and to do
 *   data/index/current        name of the generation that is served, one line
 *   data/index/previous       the one that rollback returns to
 *   data/index/<n>/articles/  the engine's databases of generation n
 *   data/index/<n>/sources/
 *
 * Three threads belong to it: writer, applier, and the one of the tasks (tasks.h).  The writer takes batches of writes, makes everything that waits one durable
 * transaction of the store, and calls the batches' done.  The applier follows the change log: it brings the
 * engine's databases up to it and commits them, each with the seq it has applied in its metadata, so that after
 * any crash it goes on from there.  Readers are never disturbed: before the applier changes a database again
 * after a commit, it waits for those that read an older one (at most as long as a request may take). */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include "archive/rules.h"
#include "base/config.h"
#include "engine/engine.h"
#include "index/schema.h"
#include "store/store.h"

struct index;
/* Opens the archive in config->data, creating it when absent, and starts the threads.  `schema_dir` has
 * schema.json and the rules.  LOCKED (naming the pid), NEWER_FORMAT, INVALID_SCHEMA, … */
enum status index_open(struct index **out, const struct config *config, const char *schema_dir, struct err *err);
/* Writes that were accepted become durable and are applied; then the threads end. */
void index_close(struct index *ix);
const struct rules *index_rules(const struct index *ix);
/* Of the generation that is served now; it lives until index_close.  Between reader_begin and reader_end ask
 * reader_schema. */
const struct schema *index_schema(const struct index *ix);

/* ---- writing ---- */

enum write_op { WRITE_PUT, WRITE_PATCH, WRITE_DELETE, WRITE_SAME, WRITE_WORDLIST };

struct write {
    enum write_op op;
    enum store_kind kind;
    const char *id;                /* PATCH, DELETE; SAME: a source's key, or "url:" and an address (store/same.h);
                                      WORDLIST: its name */
    const char *other, *note;      /* SAME: the key that stands for it; NULL: no longer.  WORDLIST: other is its text */
    const struct article *article; /* PUT of an article: already read, in the batch's arena or another that lives */
    const struct source *source;   /* PUT of a source */
    struct packed packed;          /* PUT */
    bool old;                      /* PUT: a state that another one has replaced since, out of an export: it is left out
                                      if the record was known by `since` already, and this state too.  DELETE: the
                                      record may have gone already */
    uint64_t since;
    const cJSON *patch;  /* PATCH: a JSON Merge Patch (RFC 7396) */
    bool purge;          /* DELETE: with all its revisions */
    int64_t if_revision; /* STORE_ANY_REVISION: whatever it is.  WORDLIST: the version that was read */
    /* the outcome */
    struct err err; /* status OK: durable */
    struct store_outcome outcome;
};

struct batch {
    struct arena *arena; /* freed by whoever gets `done` */
    struct write *writes;
    size_t count;
    size_t bytes;                           /* about what it holds, for the queue's limit */
    void (*done)(struct batch *take_batch); /* on the writer's thread; must not block */
    void *arg;
    struct batch *next; /* the writer's */
};
/* When too much waits already: BUSY, or, if the caller may block, it waits until there is room.  SHUTTING_DOWN; the
 * status that stopped all writes.  On OK the batch is the writer's until done; otherwise it stays the caller's. */
enum status index_submit(struct index *ix, struct batch *take_batch, bool may_block, struct err *err);

/* ---- waiting ---- */

/* Calls fn once: with OK when everything up to seq is visible, with TIMEOUT at the deadline (when_mono_us), with
 * SHUTTING_DOWN at the end.  From any thread, possibly before index_wait returns. */
void index_wait(struct index *ix, uint64_t seq, int64_t deadline_us, void (*fn)(void *arg, enum status status),
                void *arg);
/* Those who wait for what is not even durable yet get SHUTTING_DOWN, now and from now on. */
void index_wait_end(struct index *ix);
uint64_t index_applied(const struct index *ix);
uint64_t index_committed(struct index *ix); /* the last seq that is durable */

/* ---- reading ---- */

struct reader; /* one a thread: handles of the generation's databases and of the store */
enum status reader_open(struct reader **out, struct index *ix, struct err *err);
void reader_close(struct reader *reader);
/* Moves to the newest commit and holds it until reader_end: a request stands between the two. */
enum status reader_begin(struct reader *reader, struct err *err);
void reader_end(struct reader *reader);
struct engine_db *reader_engine(struct reader *reader, enum store_kind kind);
struct store *reader_store(struct reader *reader);
uint64_t reader_revision(const struct reader *reader); /* the seq that this view has at least applied */
uint64_t reader_generation(const struct reader *reader);
const struct schema *reader_schema(const struct reader *reader); /* of the generation that this view is of */
/* Languages that occur in the archive, most frequent first (base tags); refreshed with the view. */
const char *const *reader_languages(struct reader *reader, enum store_kind kind, size_t *count);

struct index_status {
    struct store_counts counts;
    uint64_t applied, generation, index_bytes;
    size_t waiting_batches;
    uint64_t refused;    /* records that the engine could not take since the start */
    bool writes_stopped; /* the disk refused; see `stopped` */
    struct err stopped;
    char damage[512]; /* what a start found wrong in the record store; "" if nothing */
};
enum status index_status(struct index *ix, struct reader *reader, struct index_status *out, struct err *err);

#endif
