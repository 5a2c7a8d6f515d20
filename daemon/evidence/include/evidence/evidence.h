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

#endif
