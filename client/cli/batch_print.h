/* The answers of a batch, as JSON lines, CSV or a TREC run.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   jsonl  {"_id": query, …the members of the answer} | {"_id": query, "error": {"code", "message"}}
 *   csv    query,rank,id,score,title,url      (RFC 4180, with this heading)
 *   trec   query Q0 id rank score tag */
#ifndef CLI_BATCH_PRINT_H
#define CLI_BATCH_PRINT_H

#include "command.h"

struct batch_print {
    struct context *context;
    void (*answer)(struct batch_print *print, const char *name, const char *result, const char *error);
    const char *tag;
    bool refused; /* an answer that the form can't hold */
    size_t count;
};

/* By --format and --json.  false: *problem. */
bool batch_print_choose(struct batch_print *print, char **problem);
void batch_print_begin(struct batch_print *print);
/* One of result and error is NULL. */
void batch_print_answer(struct batch_print *print, const char *name, const char *result, const char *error);
void batch_print_end(struct batch_print *print);

#endif
