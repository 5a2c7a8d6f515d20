/* footnote reindex: starts the task and, with --wait, follows it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The task belongs to the daemon: an interrupt here ends the waiting, not the work. */
#include "commands.h"

#include "args.h"
#include "interrupt.h"
#include "memory.h"
#include "pick.h"
#include "progress.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POLL_MS = 250 };

/* The task's row out of the list; NULL: it is not there. */
static cJSON *find_task(struct context *context, double number, int *exit_code) {
    char *result = run_method(context, "tasks", NULL, exit_code);
    cJSON *parsed = result ? cJSON_Parse(result) : NULL, *list = cJSON_GetObjectItemCaseSensitive(parsed, "tasks");
    cJSON *task = NULL;
    footnote_free(result);
    for (int i = cJSON_GetArraySize(list); i-- > 0 && !task;)
        if (pick_number(cJSON_GetArrayItem(list, i), "task") == number) task = cJSON_DetachItemFromArray(list, i);
    cJSON_Delete(parsed);
    if (!task && *exit_code == 0) {
        run_complain(context, "task %.0f is not in the list of tasks", number);
        *exit_code = 1;
    }
    return task;
}

static bool is_over(const char *status) {
    return strcmp(status, "succeeded") == 0 || strcmp(status, "failed") == 0 || strcmp(status, "canceled") == 0;
}

static int report_end(struct context *context, const cJSON *task) {
    const char *status = pick_text(task, "status"), *message = pick_text(task, "error.message");
    char *text = cJSON_PrintUnformatted(task);
    bool succeeded = strcmp(status, "succeeded") == 0;
    if (context->output != OUTPUT_HUMAN)
        output_result(context, text);
    else if (succeeded)
        fprintf(context->out.file, "reindexed: %.0f records\n", pick_number(task, "done"));
    cJSON_free(text);
    if (!*message) message = pick_text(task, "error");
    if (!succeeded) run_complain(context, "%s%s%s", status, *message ? ": " : "", message);
    return succeeded ? 0 : 1;
}

static int follow(struct context *context, double number) {
    struct progress progress;
    int exit_code = 0;
    progress_begin(&progress, &context->err, PROGRESS_RECORDS, context->quiet);
    interrupt_watch();
    for (;;) {
        cJSON *task = find_task(context, number, &exit_code);
        if (task && is_over(pick_text(task, "status"))) {
            progress_clear(&progress);
            exit_code = report_end(context, task);
            cJSON_Delete(task);
            return exit_code;
        }
        if (task) progress_update(&progress, pick_number(task, "done"), pick_number(task, "total"), 0);
        cJSON_Delete(task);
        if (exit_code != 0) return exit_code;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
        if (!interrupt_came()) continue;
        progress_clear(&progress);
        run_complain(context, "interrupted; task %.0f goes on: footnote cancel %.0f stops it", number, number);
        return EXIT_INTERRUPTED;
    }
}

int run_reindex(struct context *context) {
    char *problem;
    int exit_code = 0;
    cJSON *params = args_params(&context->args, &problem);
    if (!params) return run_usage(context, problem);
    char *result = run_method(context, "reindex", params, &exit_code);
    if (!result) return exit_code;
    cJSON *parsed = cJSON_Parse(result);
    bool has_task = cJSON_IsNumber(pick(parsed, "task"));
    if (has_task && args_has(&context->args, "wait"))
        exit_code = follow(context, pick_number(parsed, "task"));
    else
        exit_code = output_result(context, result);
    cJSON_Delete(parsed);
    footnote_free(result);
    return exit_code;
}
