/* The commands that have code of their own.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each gives the exit code; what went wrong has been said on stderr. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "command.h"

int run_import(struct context *context);
int run_record(struct context *context); /* put, patch: a record from stdin or a file */
int run_delete(struct context *context);
int run_raw(struct context *context); /* call */
int run_lint(struct context *context);
int run_batch(struct context *context);
int run_export(struct context *context);
int run_task(struct context *context); /* starts a task and follows it */
int run_reindex(struct context *context);

#endif
