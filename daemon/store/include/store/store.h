/* The record store: SQLite's only door.  Articles, sources, the citations between them, their revisions, and
 * the change log.  It is the truth; an index can be made from it at any time.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each write has a number, `seq`, that grows by one: it is the record's revision, the change log's key, and what
 * readers wait for.  A source that an article write touches changes under the same seq.  The log says which
 * documents changed, not how: who applies it reads their present state, so applying twice does no harm.
 *
 * A record's docid is its number in the engine too; it is never used again.  Bodies are the record's JSON,
 * zlib-compressed, with a checksum.
 *
 * A handle belongs to one thread.  One handle writes; any number read, each seeing the last commit.  Statuses
 * that any call may give: DISK_FULL, READ_ONLY, IO, NO_MEMORY, NO_FILES, CORRUPT, BUSY, INTERNAL. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "archive/article.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum store_mode { STORE_READ, STORE_WRITE /* creates and upgrades */ };
enum store_kind { STORE_ARTICLE = 1, STORE_SOURCE = 2 };
const char *store_kind_name(enum store_kind kind); /* "article", "source" */
/* When a commit is on the disk: when it returns; at the next store_sync; when the system likes. */
enum store_durability { STORE_ALWAYS, STORE_INTERVAL, STORE_OS };

struct store;
/* dir/records.sqlite.  NOT_FOUND (reading), NEWER_FORMAT. */
enum status store_open(struct store **out, const char *dir, enum store_mode mode, struct err *err);
void store_close(struct store *store);

/* A read sees one state from begin to end; without it each call sees the newest. */
enum status store_begin(struct store *store, struct err *err);
enum status store_commit(struct store *store, struct err *err); /* durable when it returns OK */
void store_rollback(struct store *store);
/* Of a writer; ALWAYS from the beginning. */
enum status store_set_durability(struct store *store, enum store_durability durability, struct err *err);
/* Of a writer: how many old revisions of a record are kept, ALL from the beginning.  It counts for a record from its
 * next write on. */
#define STORE_ALL_REVISIONS UINT64_C(1000000000)
void store_set_keep_revisions(struct store *store, uint64_t count);
/* Folds the log back and cuts it, if no reader stands in the way: on a full disk that is room. */
void store_make_room(struct store *store);
/* With INTERVAL: what was committed is on the disk when it returns OK. */
enum status store_sync(struct store *store, struct err *err);

struct store_counts {
    uint64_t articles, sources, mentions, seq, bytes;
    char uuid[33];    /* of this archive, made when it was created */
    char lineage[33]; /* another after each restore: an index of the archive before is none of the one after */
};
enum status store_counts(struct store *store, struct store_counts *out, struct err *err);

/* ---- writing (inside begin/commit) ------------------------------------------------------------ */

/* A record made ready for writing, on any thread: the JSON is kept compressed in the arena. */
struct packed {
    const char *bytes;
    size_t len;
    uint64_t hash; /* of the JSON */
};
enum status store_pack(struct arena *arena, const char *json, size_t len, struct packed *out, struct err *err);

enum store_effect { STORE_ADDED, STORE_UPDATED, STORE_UNCHANGED, STORE_DELETED, STORE_PURGED };
struct store_outcome {
    enum store_effect effect;
    uint64_t seq;      /* of this write; of the record's last one when unchanged */
    uint64_t revision; /* = seq */
    uint32_t docid;
};

enum { STORE_ANY_REVISION = -1 }; /* for if_revision; 0 means: must not exist */

/* Writes an article with its citations; creates and fills the sources it cites; sources that nobody cites any
 * more and nobody put go.  CONFLICT when if_revision differs. */
enum status store_put_article(struct store *store, const struct article *article, const struct packed *packed,
                              int64_t if_revision, struct store_outcome *out, struct err *err);
enum status store_put_source(struct store *store, const struct source *source, const struct packed *packed,
                             int64_t if_revision, struct store_outcome *out, struct err *err);
/* `purge`: with all its revisions, also those of a record that has been deleted before.  NOT_FOUND; CONFLICT also for a
 * source that is cited. */
enum status store_delete(struct store *store, enum store_kind kind, const char *id, int64_t if_revision, bool purge,
                         struct store_outcome *out, struct err *err);

/* ---- reading ---------------------------------------------------------------------------------- */

struct record {
    enum store_kind kind;
    uint32_t docid;
    const char *id;
    uint64_t revision;
    bool current; /* false: an old revision, or a deleted record's last one */
    const char *json;
    size_t len;
    bool put;                 /* sources: somebody put it; false: it came with an article */
    uint64_t cited, mentions; /* sources: articles that cite it, mentions of it; articles: mentions */
};
/* By id; revision 0: the present one, else the newest not above `revision`.  All in the arena.  NOT_FOUND
 * (naming the revisions there are); CORRUPT when the checksum fails. */
enum status store_get(struct store *store, struct arena *arena, enum store_kind kind, const char *id, uint64_t revision,
                      struct record *out, struct err *err);
enum status store_get_docid(struct store *store, struct arena *arena, enum store_kind kind, uint32_t docid,
                            struct record *out, struct err *err);
/* A record's JSON as a tree, the caller's: cJSON_Delete.  CORRUPT. */
enum status store_record_tree(cJSON **out, const struct record *record, struct err *err);
/* All revisions of a record, newest first, deleted or not: *out in the arena. */
enum status store_revisions(struct store *store, struct arena *arena, enum store_kind kind, const char *id,
                            uint64_t **out, size_t *count, struct err *err);
/* Whether a record, or what is left of it, was there at `seq` and has, or had, the state that `packed` is. */
enum status store_knows(struct store *store, enum store_kind kind, const char *id, const struct packed *packed,
                        uint64_t seq, bool *knows, struct err *err);
/* Records after a docid, in its order, at most `limit` and about `bytes` of JSON: *count 0 at the end. */
enum status store_scan(struct store *store, struct arena *arena, enum store_kind kind, uint32_t after, size_t limit,
                       size_t bytes, struct record **out, size_t *count, struct err *err);

/* The highest docid there is; 0: none. */
enum status store_last_docid(struct store *store, enum store_kind kind, uint32_t *out, struct err *err);
/* The next one after `after`; 0: none.  Reads no body. */
enum status store_next_docid(struct store *store, enum store_kind kind, uint32_t after, uint32_t *out, struct err *err);

/* A source as a hit shows it. */
struct source_line {
    uint32_t docid;
    const char *id, *title, *url, *outlet, *domain, *published, *status; /* NULL if absent */
    uint64_t cited, mentions;
};
enum status store_source_line(struct store *store, struct arena *arena, uint32_t docid, struct source_line *out,
                              struct err *err);
/* What an article cites: number -> source, ascending by number. */
struct citation {
    uint32_t n, source;
};
enum status store_citations(struct store *store, struct arena *arena, uint32_t article, struct citation **out,
                            size_t *count, struct err *err);

/* ---- the change log --------------------------------------------------------------------------- */

struct change {
    uint64_t seq;
    enum store_kind kind;
    uint32_t docid;
};
/* Changes with seq > after, in order, at most `limit`, never ending inside a seq. */
enum status store_changes(struct store *store, struct arena *arena, uint64_t after, size_t limit, struct change **out,
                          size_t *count, struct err *err);

/* ---- old and deleted records ------------------------------------------------------------------- */

struct lost { /* a record that was deleted and whose revisions are kept */
    enum store_kind kind;
    const char *id;
};
/* The next ones behind (kind, id), by kind and id, at most `limit`. */
enum status store_deleted(struct store *store, struct arena *arena, enum store_kind kind, const char *id, size_t limit,
                          struct lost **out, size_t *count, struct err *err);

/* ---- copies ------------------------------------------------------------------------------------- */

/* Writes one state of the store to dir/records.sqlite, synced, while writes go on; `stop` is asked in between.  The
 * handle is of no other use afterwards.  CANCELED, EXISTS (as IO), … */
enum status store_copy(struct store *store, const char *dir, bool (*stop)(void *arg), void *arg, struct err *err);
/* A lineage that no archive has had. */
enum status store_new_lineage(struct store *store, struct err *err);
/* Replaces everything in the store of a writer by dir/records.sqlite, which has this format, in one transaction. */
enum status store_bring_in(struct store *store, const char *dir, struct err *err);

/* ---- checking ----------------------------------------------------------------------------------- */

struct store_finding {
    const char *place;    /* store, record, counters, log, citations */
    enum store_kind kind; /* of a record */
    uint32_t docid;       /* 0: an old revision */
    const char *id;
    uint64_t revision;
    const char *message;
};
struct store_verify {
    void (*found)(void *arg, const struct store_finding *finding); /* must not touch the store */
    void (*checked)(void *arg);                                    /* one more record or revision */
    bool (*stop)(void *arg);                                       /* NULL: never */
    void *arg;
};
/* Checks all there is; OK though there are findings.  CANCELED. */
enum status store_verify(struct store *store, const struct store_verify *verify, struct err *err);
/* Sets counters right and drops citations that hang in the air: a transaction of its own, of a writer. */
enum status store_recount(struct store *store, struct err *err);

#endif
