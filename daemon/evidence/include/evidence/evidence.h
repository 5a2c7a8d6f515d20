/* The evidence: what rests on a source, on what an article rests, whether a quotation is verbatim, whether a claim
 * has been checked.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every function answers one request: it reads through the worker's reader, which stands between reader_begin and
 * reader_end, and writes one JSON object to `jw`.  An evidence belongs to one call, on one worker.  Statuses that any
 * of them may give: those of the store and the engine, TIMEOUT past the deadline. */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "index/index.h"
#include "search/search.h"

enum { EVIDENCE_LIMIT_MAX = 10000, QUOTE_WORDS_MIN = 4, QUOTE_WORDS_MAX = 400 };

struct evidence {
    struct index *ix;
    struct searcher *searcher;
    struct reader *reader;
    struct arena *arena; /* of the call */
    struct jw *jw;
    int64_t deadline_us;
    struct err *err;
};

/* The profile of an article and of each of its sections.  NOT_FOUND. */
enum status evidence_profile(struct evidence *ev, const char *id);

struct lint_request {
    const char **ids; /* id_count of them; or `query`; or `all` */
    size_t id_count;
    const char *query;
    bool all;
    int severity;           /* findings from this level on: 0 info, 1 warning, 2 error */
    uint32_t limit, offset; /* of the findings written; all are counted */
};
enum status evidence_lint(struct evidence *ev, const struct lint_request *request);

enum cited_by_sort { CITED_BY_PUBLISHED, CITED_BY_OUTLET, CITED_BY_ARTICLE /* the order of arrival */ };
struct cited_by_request {
    const char *source; /* a key, a URL in any spelling, a domain */
    const char *filter; /* only articles that match; NULL: all */
    enum cited_by_sort sort;
    bool descending;
    uint32_t limit, offset;
};
/* NOT_FOUND, QUERY_SYNTAX. */
enum status evidence_cited_by(struct evidence *ev, const struct cited_by_request *request);

struct impact_request {
    const char *source;
    uint32_t limit, offset; /* of articles whose sections are written */
};
enum status evidence_impact(struct evidence *ev, const struct impact_request *request);

struct source_state { /* what a change of status needs to know */
    const char *id;   /* the key */
    uint64_t articles, mentions;
    const cJSON *before; /* the record as it was when nobody had said anything of its status; NULL: it never was so */
};
/* One source, by key or URL.  NOT_FOUND, INVALID_VALUE for a domain of several sources. */
enum status evidence_source(struct evidence *ev, const char *given, struct source_state *out);

/* Articles that share sources with one, the best `limit`.  NOT_FOUND. */
enum status evidence_related(struct evidence *ev, const char *id, uint32_t limit);
/* Sources that the articles of one cite too.  NOT_FOUND, INVALID_VALUE for a domain. */
enum status evidence_related_sources(struct evidence *ev, const char *source, uint32_t limit);

struct quote_request {
    const char *text;    /* a quotation of QUOTE_WORDS_MIN to QUOTE_WORDS_MAX words */
    const char *article; /* in its place: every quotation of an article, held against its cited sources */
    uint32_t limit;
};
/* INVALID_VALUE (too short), TOO_LARGE (too long), NOT_FOUND. */
enum status evidence_quote(struct evidence *ev, const struct quote_request *request);

/* The confidence from which on an article is taken for an answer; docs/evidence/check.md tells what it costs. */
#define CHECK_THRESHOLD 0.08
struct check_request {
    const char *text;   /* the claim */
    const char *filter; /* NULL: none */
    double threshold;
    uint32_t limit;
    bool explain;
};
enum status evidence_check(struct evidence *ev, const struct check_request *request);

/* Each cited sentence with the passage of its source that has most of its words.  NOT_FOUND. */
enum status evidence_trace(struct evidence *ev, const char *id);

struct claims_request {                               /* Google's claims:search */
    const char *query, *language, *site, *page_token; /* NULL: not given */
    int64_t max_age_days;                             /* -1: any */
    uint32_t page_size, offset;
};
/* INVALID_VALUE: a page token of another request. */
enum status evidence_claims_search(struct evidence *ev, const struct claims_request *request);

#endif
