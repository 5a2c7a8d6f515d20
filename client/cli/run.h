/* Running a command: connecting, calling, telling errors, printing answers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Functions that return int return the exit code; what went wrong has been said on stderr by then. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "command.h"

int run_call(struct context *context); /* the command of a row that has no code of its own */

int run_time_limit(const struct context *context); /* milliseconds that an answer may take; 0: no limit */
bool run_connect(struct context *context, int *exit_code);
/* Calls a method; takes and frees `take_params` (NULL: none).  NULL: it failed. */
char *run_method(struct context *context, const char *method, cJSON *take_params, int *exit_code);

/* Says an error of ours or of the daemon's; the second gives the exit code that belongs to it. */
void run_complain(struct context *context, const char *format, ...) __attribute__((format(printf, 2, 3)));
int run_failed(struct context *context, enum footnote_status status);
int run_usage(struct context *context, char *take_problem);

/* Prints a result in the form that was asked for; gives the exit code of --exit-status. */
int output_result(struct context *context, const char *result);
void output_json(struct context *context, const char *text); /* one value, indented on a terminal */
void output_columns(struct context *context, const char *columns, const cJSON *element);
void print_any(struct context *context, const cJSON *value); /* any answer, for people */

#endif
