/* The search engine's only door: Xapian behind a narrow C interface.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Four nouns: database, document, query, result; and the stemmer.  Every call runs inside one exception
 * guard, so nothing is ever thrown across this header; lazy work (fetching data, iterating terms) is
 * done inside the call that returns it.  Statuses that any fallible call may give, beside those it
 * names: NO_MEMORY, DISK_FULL, IO, CORRUPT, MODIFIED (a reader met a database that changed twice and
 * still did after reopening), LOCKED, INTERNAL.
 *
 * Threads: an object belongs to one thread at a time; nothing is shared, not even a query.  It may be
 * handed over whole.  Builders (document, query) are sticky: a fault is kept and reported by the call
 * that consumes the object.  engine_setup must run once, before any thread starts. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { ENGINE_TERM_MAX = 240 }; /* bytes of a term, prefix included; callers hash what is longer */

/* Turns off the engine's automatic commits and change sets for the whole process. */
void engine_setup(void);
const char *engine_version(void);

/* ---- database ------------------------------------------------------------------------------- */

struct engine_db;
enum engine_mode { ENGINE_READ, ENGINE_WRITE /* creates it when absent */ };

struct engine_info {
    uint64_t documents;
    double average_length;
    uint64_t revision; /* of the engine's own; grows with each commit */
    uint32_t last_docid;
    char uuid[37];
};

/* A reader or the one writer of a folder.  NOT_FOUND, LOCKED, CORRUPT, NEWER_FORMAT. */
enum status engine_open(struct engine_db **out, const char *dir, enum engine_mode mode, struct err *err);
void engine_close(struct engine_db *db); /* pending changes are dropped */
/* A reader must not stay on a commit while the second after it is written: its blocks are written over, which the
 * engine notices as MODIFIED most of the time, not always.  The caller sees to that (index/gate).
 * A reader moves to the newest commit; *changed says whether there was one. */
enum status engine_reopen(struct engine_db *db, bool *changed, struct err *err);
enum status engine_info(struct engine_db *db, struct engine_info *out, struct err *err);

/* Changes pile up until engine_commit, which makes them visible and durable together: it syncs the
 * files, then the folder.  engine_cancel drops what is pending.  After a change, commit or cancel that
 * failed for another reason than INVALID_VALUE the handle is unusable and what was pending is lost: close
 * it, open another and continue from the metadata.  No other call ever commits. */
enum status engine_commit(struct engine_db *db, struct err *err);
enum status engine_cancel(struct engine_db *db, struct err *err);
struct engine_doc;
/* Puts the document at docid (> 0), replacing what is there.  Checks the whole document first, so that
 * a refused one (INVALID_VALUE: an empty or too long term) costs nothing pending. */
enum status engine_replace(struct engine_db *db, uint32_t docid, const struct engine_doc *doc, struct err *err);
enum status engine_delete(struct engine_db *db, uint32_t docid, struct err *err); /* absent is fine */

/* Metadata travel with the commit.  Keys up to 200 bytes.  An absent key gives an empty value. */
enum status engine_meta_set(struct engine_db *db, const char *key, const char *value, size_t len, struct err *err);
enum status engine_meta_get(struct engine_db *db, const char *key, char **out, size_t *len,
                            struct err *err); /* mem_free */

/* Number of documents with the term and of its occurrences; zeros when absent. */
enum status engine_term_stats(struct engine_db *db, const char *term, size_t len, uint32_t *documents,
                              uint64_t *occurrences, struct err *err);
/* Calls fn for each term that begins with `prefix`, in byte order, with its document frequency, until fn
 * returns false.  fn must not call back into the engine. */
enum status engine_terms(struct engine_db *db, const char *prefix, size_t len,
                         bool (*fn)(void *arg, const char *term, size_t len, uint32_t documents), void *arg,
                         struct err *err);
/* One document's data (mem_free).  NOT_FOUND. */
enum status engine_data(struct engine_db *db, uint32_t docid, char **out, size_t *len, struct err *err);
/* Positions of a term in a document, ascending: *out is mem_free'd by the caller, *count 0 when absent. */
enum status engine_positions(struct engine_db *db, uint32_t docid, const char *term, size_t len, uint32_t **out,
                             size_t *count, struct err *err);
/* Calls fn for each term of one document that begins with prefix, with its frequency inside the document
 * and over all documents. */
enum status engine_doc_terms(struct engine_db *db, uint32_t docid, const char *prefix, size_t len,
                             bool (*fn)(void *arg, const char *term, size_t len, uint32_t wdf, uint32_t documents),
                             void *arg, struct err *err);
/* Calls fn for each document with the term (empty term: every document), by ascending docid from `after`
 * + 1 on, with its wdf, until fn returns false. */
enum status engine_postings(struct engine_db *db, const char *term, size_t len, uint32_t after,
                            bool (*fn)(void *arg, uint32_t docid, uint32_t wdf), void *arg, struct err *err);

/* Merges databases into the fresh folder `dir` (docids kept; they must not overlap), compacts, syncs
 * files and folder.  EXISTS when dir is there. */
enum status engine_compact(const char *const *dirs, size_t count, const char *dir, struct err *err);
/* Checks the tables of a database.  Damaged files can crash the engine: call it in a child process. */
enum status engine_check(const char *dir, struct err *err);

/* ---- document ------------------------------------------------------------------------------- */

struct engine_doc *engine_doc_new(void);
void engine_doc_free(struct engine_doc *doc);
void engine_doc_data(struct engine_doc *doc, const char *bytes, size_t len);
void engine_doc_value(struct engine_doc *doc, uint32_t slot, const char *bytes, size_t len);
/* A number in a slot, in the order-preserving form that ranges and sorting use. */
void engine_doc_number(struct engine_doc *doc, uint32_t slot, double value);
/* A term at a position (> 0), adding wdf to its frequency and to the document's length. */
void engine_doc_posting(struct engine_doc *doc, const char *term, size_t len, uint32_t position, uint32_t wdf);
/* A term without position; wdf 0 for filters. */
void engine_doc_term(struct engine_doc *doc, const char *term, size_t len, uint32_t wdf);
size_t engine_doc_bytes(const struct engine_doc *doc); /* estimate of what it holds, for batch limits */

/* ---- query ---------------------------------------------------------------------------------- */

struct engine_query; /* a tree; a parent owns its children */
enum engine_op {
    ENGINE_AND,
    ENGINE_OR,
    ENGINE_AND_NOT,   /* first without any of the others */
    ENGINE_AND_MAYBE, /* first must, the others add to the score */
    ENGINE_FILTER,    /* first scored, the others must match without score */
    ENGINE_PHRASE,    /* in order, within `window` positions; children are terms */
    ENGINE_NEAR,      /* any order, within `window` positions; children are terms or ORs of terms */
    ENGINE_SYNONYM,   /* OR scored as one term */
    ENGINE_MAX        /* OR scored by its best child */
};

struct engine_query *engine_query_all(void);
struct engine_query *engine_query_none(void);
struct engine_query *engine_query_term(const char *term, size_t len, uint32_t wqf);
/* Takes the children (the array stays the caller's).  No child: none; one child of AND/OR/…: itself. */
struct engine_query *engine_query_op(enum engine_op op, struct engine_query *const *take_children, size_t count,
                                     uint32_t window);
struct engine_query *engine_query_scale(struct engine_query *take_query, double factor); /* factor 0: no score */
/* Slot value in [low, high]; NULL bound: open. Bytes compare. */
struct engine_query *engine_query_range(uint32_t slot, const char *low, size_t low_len, const char *high,
                                        size_t high_len);
struct engine_query *engine_query_number_range(uint32_t slot, const double *low, const double *high);

/* Places in one segment.  A word is any of its terms; a row is found where its words stand within `window`
 * positions, in their order if `ordered` (one word: wherever it stands); a place is any of its rows. */
struct engine_alternatives {
    const char *const *terms;
    const size_t *lens;
    size_t count;
};
struct engine_row {
    const struct engine_alternatives *words;
    size_t count;
    uint32_t window;
    bool ordered;
};
struct engine_place {
    const struct engine_row *rows;
    size_t count;
    bool forbidden; /* must not be in the segment */
};
/* Documents one segment of which has all the places.  Segments run from one position of the term `boundary` to the
 * next; what is before the first or behind the last is in none.  Unscored.  At least one place is not forbidden. */
struct engine_query *engine_query_segment(const char *boundary, size_t len, const struct engine_place *places,
                                          size_t count);
/* A score from a number in a slot, for all documents; 0 for those without.  DECAY: weight / 2^(|origin - value| /
 * pivot).  SATURATE: weight * value / (value + pivot), for values above 0. */
enum engine_curve { ENGINE_DECAY, ENGINE_SATURATE };
struct engine_query *engine_query_curve(enum engine_curve curve, uint32_t slot, double weight, double origin,
                                        double pivot);
/* The same score for all documents. */
struct engine_query *engine_query_fixed(double weight);
struct engine_query *engine_query_clone(const struct engine_query *query);
void engine_query_free(struct engine_query *query);
/* The query is freed with the arena. */
void engine_query_defer(struct arena *arena, struct engine_query *take_query);
/* The engine's own notation of the tree, for explain (mem_free). */
enum status engine_query_describe(const struct engine_query *query, char **out, struct err *err);

/* ---- search and result ---------------------------------------------------------------------- */

struct engine_weight { /* BM25; min_normlen is 0, k2 is 0 */
    double k1, k3, b;
};

struct engine_sort {
    uint32_t slot;
    bool descending;
};

enum { ENGINE_SORT_MAX = 4, ENGINE_FACET_MAX = 32 };

struct engine_facet {
    uint32_t slot;
    bool multi;  /* the slot holds several values, each a varint length and bytes (buf_lstr) */
    bool number; /* also gather count, minimum, maximum, sum of a number slot */
};

struct engine_search {
    const struct engine_query *query;
    struct engine_weight weight;
    uint32_t offset, limit;
    uint32_t check_at_least;                  /* UINT32_MAX: exact total */
    struct engine_sort sort[ENGINE_SORT_MAX]; /* first decides; then score, then docid; none: score.  Documents
                                                 without a value come last, whichever way the order runs */
    size_t sorts;
    bool collapse; /* one hit for each value of collapse_slot; empty values are not collapsed */
    uint32_t collapse_slot;
    struct engine_facet facets[ENGINE_FACET_MAX];
    size_t facet_count;
    int64_t deadline_us;         /* when_mono_us; 0: none.  Past it matching stops: TIMEOUT, unless `partial` */
    bool partial;                /* past the deadline: give the best so far and set result's timed_out */
    bool want_data;              /* fetch each hit's document data */
    const uint32_t *value_slots; /* further slots to fetch for each hit, value_count of them */
    size_t value_count;
    /* Called for each candidate when not NULL; false drops it.  Must be fast, must not call the engine. */
    bool (*decide)(void *arg, uint32_t docid);
    void *decide_arg;
};

struct engine_bytes {
    const char *at;
    size_t len;
};

struct engine_hit {
    uint32_t docid;
    double score;
    uint32_t collapsed; /* other documents with the same collapse value: a lower bound */
    struct engine_bytes data;
    const struct engine_bytes *values; /* as value_slots */
};

struct engine_count {
    const char *value;
    size_t len;
    uint64_t count;
};

struct engine_facet_result {
    struct engine_count *counts; /* unordered */
    size_t count;
    uint64_t numbers; /* documents with a number */
    double min, max, sum;
};

struct engine_result {
    struct engine_hit *hits;
    size_t count;
    uint64_t total_lower, total_estimate, total_upper;
    bool timed_out;
    struct engine_facet_result facets[ENGINE_FACET_MAX]; /* over the documents looked at: all of them when
                                                            check_at_least is UINT32_MAX and not timed_out */
};

/* Runs a search on a reader (or a writer without changes pending: else INTERNAL); reopens and repeats when the
 * database was modified meanwhile (up to 5 times).
 * INVALID_VALUE (a sticky fault of the query), TOO_COMPLEX, TIMEOUT. */
enum status engine_search(struct engine_db *db, const struct engine_search *search, struct engine_result **out,
                          struct err *err);
void engine_result_free(struct engine_result *result);
/* One document under a query: its score (0 when it does not match), and for each matching leaf term a call of
 * fn with its frequency in the document and over all documents. */
enum status engine_explain(struct engine_db *db, const struct engine_search *search, uint32_t docid,
                           bool (*fn)(void *arg, const char *term, size_t len, uint32_t wdf, uint32_t documents),
                           void *arg, double *score, struct err *err);
/* The scores that a query gives some documents (docids ascend), -1 where it does not match.  Order, collapsing, decide
 * and deadline of the search play no part. */
enum status engine_scores(struct engine_db *db, const struct engine_search *search, const uint32_t *docids,
                          size_t count, double *out, struct err *err);

/* ---- sets of documents ------------------------------------------------------------------------ */

/* The documents that a query matched, a bit for each number up to the last; read-only once made: any thread. */
struct engine_set;
/* deadline_us: 0 or TIMEOUT. */
enum status engine_set_make(struct engine_set **out, struct engine_db *db, const struct engine_query *query,
                            int64_t deadline_us, struct err *err);
void engine_set_free(struct engine_set *set);
size_t engine_set_bytes(const struct engine_set *set);
size_t engine_set_count(const struct engine_set *set);
/* Its documents, without score.  Borrows the set, which must live longer; such a query can't be cloned. */
struct engine_query *engine_query_set(const struct engine_set *set);

/* ---- stemmer -------------------------------------------------------------------------------- */

struct engine_stemmer;
/* By Snowball language code or name ("en", "german"); NOT_FOUND when there is none for it. */
enum status engine_stemmer_open(struct engine_stemmer **out, const char *language, struct err *err);
void engine_stemmer_close(struct engine_stemmer *stemmer);
/* Stems one folded word; writes at most size bytes to out and returns the length (the word itself when
 * the stem would not fit). */
size_t engine_stem(struct engine_stemmer *stemmer, const char *word, size_t len, char *out, size_t size);

#endif
