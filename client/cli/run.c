/* Running a command: see run.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "args.h"
#include "memory.h"

#include <stdarg.h>
#include <stdlib.h>

/* What a method may take unless --timeout says otherwise; the daemon's own limit is below. */
enum { TIMEOUT_MS = 60000 };

void run_complain(struct context *context, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (len < 0) return;
    fflush(context->out.file);
    screen_put(&context->err, STYLE_BAD, "footnote: ");
    if (context->command) screen_say(&context->err, STYLE_NONE, "%s: ", context->command->name);
    screen_put(&context->err, STYLE_NONE, text);
    screen_line_end(&context->err);
    free(text);
}

int run_failed(struct context *context, enum footnote_status status) {
    const char *message = footnote_error(context->client);
    run_complain(context, "%s", *message ? message : footnote_status_sentence(status));
    if (status == FOOTNOTE_UNREACHABLE && !context->quiet) {
        screen_put(&context->err, STYLE_DIM,
                   "Is footnoted running? --socket PATH, --connect HOST:PORT or $FOOTNOTE_SOCKET name another place.");
        screen_line_end(&context->err);
    }
    return footnote_status_exit(status);
}

int run_usage(struct context *context, char *take_problem) {
    run_complain(context, "%s", take_problem);
    free(take_problem);
    fprintf(context->err.file, "Try: footnote %s%s--help\n", context->command ? context->command->name : "",
            context->command ? " " : "");
    return EXIT_USAGE;
}

int run_time_limit(const struct context *context) {
    if (context->timeout_ms >= 0) return context->timeout_ms;
    return context->command && context->command->patient ? 0 : TIMEOUT_MS;
}

bool run_connect(struct context *context, int *exit_code) {
    if (context->client) return true;
    int limit_ms = run_time_limit(context);
    enum footnote_status status = footnote_open(&context->client, context->endpoint, limit_ms ? limit_ms : TIMEOUT_MS);
    if (status != FOOTNOTE_OK) {
        *exit_code = run_failed(context, status);
        return false;
    }
    footnote_set_timeout(context->client, limit_ms);
    return true;
}

char *run_method(struct context *context, const char *method, cJSON *take_params, int *exit_code) {
    char *result = NULL, *params = take_params ? cJSON_PrintUnformatted(take_params) : NULL;
    cJSON_Delete(take_params);
    if (run_connect(context, exit_code)) {
        enum footnote_status status = footnote_call(context->client, method, params, &result);
        if (status != FOOTNOTE_OK) *exit_code = run_failed(context, status);
    }
    cJSON_free(params);
    return result;
}

int run_call(struct context *context) {
    char *problem;
    int exit_code = 0;
    cJSON *params = args_params(&context->args, &problem);
    if (!params) return run_usage(context, problem);
    char *result = run_method(context, context->command->method, params, &exit_code);
    if (result) exit_code = output_result(context, result);
    footnote_free(result);
    return exit_code;
}
