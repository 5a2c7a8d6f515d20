/* The printers of answers that deserve more than names and values.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each takes the whole result; missing members are left out, unknown ones ignored. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "run.h"

void print_search(struct context *context, const cJSON *result);
void print_hits(struct context *context, const cJSON *result); /* similar, related, related-sources */
void print_suggest(struct context *context, const cJSON *result);
void print_schema(struct context *context, const cJSON *result);
void print_entries(struct context *context, const cJSON *result); /* synonyms, stop-words */
void print_spell(struct context *context, const cJSON *result);

void print_show(struct context *context, const cJSON *record); /* as a person reads it */
void print_get(struct context *context, const cJSON *record);  /* as it is kept */
void print_write(struct context *context, const cJSON *result);
void print_delete(struct context *context, const cJSON *result);

void print_cited_by(struct context *context, const cJSON *result);
void print_evidence(struct context *context, const cJSON *result);
void print_lint(struct context *context, const cJSON *result);
void print_quote(struct context *context, const cJSON *result);
void print_check(struct context *context, const cJSON *result);
void print_trace(struct context *context, const cJSON *result);
void print_impact(struct context *context, const cJSON *result);

void print_status(struct context *context, const cJSON *result);
void print_tasks(struct context *context, const cJSON *result);
void print_refused(struct context *context, const cJSON *result);
void print_generation(struct context *context, const cJSON *result); /* reindex, compact, rollback */
void print_backup(struct context *context, const cJSON *result);
void print_restore(struct context *context, const cJSON *result);
void print_verify(struct context *context, const cJSON *result);

/* Parts that several of them share. */
/* "2025-10-08 · Associated Press · False", what there is of it; false: nothing. */
bool print_byline(struct screen *screen, int indent, const cJSON *record);
/* "[3] Title — Outlet  https://…" */
void print_source(struct screen *screen, int indent, const cJSON *source);
/* "§2 Heading", from {number, heading} or a bare number; false: nothing. */
bool print_section(struct screen *screen, const cJSON *section);
/* What another schema would change; says so when that is nothing. */
void print_changes(struct screen *screen, const cJSON *result);
void print_warnings(struct screen *screen, const cJSON *result);
/* "1 article", "2,693 articles". */
void print_counted(struct screen *screen, enum style style, double count, const char *singular, const char *plural);

#endif
