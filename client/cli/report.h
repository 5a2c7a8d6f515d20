/* What an import has done: counts, and the records that were refused.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An answer holds the counts of its session so far and the errors since the answer before; answers may come out
 * of order, so the highest counts are the newest.  Errors are told once, as they come: `file:line:column:
 * message` and a piece of the text; their raw lines go to --errors-to. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "command.h"
#include "memory.h"
#include "progress.h"

#include <stdint.h>

enum { TALLIES = 5 };

struct report {
    struct context *context;
    const char *file;                        /* the one that is under way */
    FILE *errors_to;                         /* NULL: not asked for */
    double total[TALLIES], current[TALLIES]; /* of closed files; of the one under way */
    double seq, revision;
    uint64_t *told; /* marks of the current file's errors */
    size_t told_count, told_size, told_sorted;
    size_t change_count; /* of dirty values */
    struct text changes; /* JSON objects apart by commas, for machines */
    struct text errors;  /* JSON objects apart by commas, for machines */
};

void report_begin_file(struct report *report, const char *file);
void report_add(struct report *report, const cJSON *answer, struct progress *progress);
void report_close(struct report *report, const cJSON *answer, struct progress *progress);
double report_read(const struct report *report);
double report_failed(const struct report *report);
char *report_json(const struct report *report, double files); /* the caller's */
/* "2,693 read: 2,693 added, 0 updated, 0 unchanged, 0 failed" */
char *report_sentence(const struct report *report);
void report_free(struct report *report);

#endif
