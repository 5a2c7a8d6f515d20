/* The commands whose work is a task of the daemon: it is started, followed to its end with a bar, and its result is
 * the command's answer.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The task belongs to the daemon: an interrupt here ends the waiting, not the work. */
#include "commands.h"

#include "args.h"
#include "interrupt.h"
#include "memory.h"
#include "pick.h"
#include "print.h"
#include "progress.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POLL_FIRST_MS = 10, POLL_MS = 250 };

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

/* What the method answers when it is asked to wait: the task's number and its result. */
static int answer(struct context *context, const cJSON *task) {
    cJSON *whole = cJSON_CreateObject();
    const cJSON *member;
    cJSON_AddNumberToObject(whole, "task", pick_number(task, "task"));
    cJSON_ArrayForEach (member, pick(task, "result"))
        cJSON_AddItemToObject(whole, member->string, cJSON_Duplicate(member, true));
    char *text = cJSON_PrintUnformatted(whole);
    int exit_code = output_result(context, text);
    cJSON_free(text);
    cJSON_Delete(whole);
    return exit_code;
}

static int report_end(struct context *context, const cJSON *task) {
    const char *status = pick_text(task, "status"), *message = pick_text(task, "error.message");
    if (strcmp(status, "succeeded") == 0) return answer(context, task);
    run_complain(context, "%s%s%s", status, *message ? ": " : "", message);
    return 1;
}

static int follow(struct context *context, double number) {
    struct progress progress;
    int exit_code = 0, pause_ms = POLL_FIRST_MS;
    int64_t end_ms = now_ms() + context->timeout_ms;
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
        if (task) {
            progress_stage(&progress, pick_text(task, "stage"));
            progress_update(&progress, pick_number(task, "done"), pick_number(task, "total"), 0);
        }
        cJSON_Delete(task);
        if (exit_code != 0) return exit_code;
        nanosleep(&(struct timespec){.tv_nsec = pause_ms * 1000000L}, NULL);
        pause_ms = pause_ms * 2 < POLL_MS ? pause_ms * 2 : POLL_MS;
        bool late = context->timeout_ms > 0 && now_ms() >= end_ms;
        if (!interrupt_came() && !late) continue;
        progress_clear(&progress);
        run_complain(context, "%s; task %.0f goes on: footnote cancel %.0f stops it",
                     late ? "not over in time" : "interrupted", number, number);
        return late ? footnote_status_exit(FOOTNOTE_TIMEOUT) : EXIT_INTERRUPTED;
    }
}

/* Starts the task of the command's method and, if so wanted, stays until it is over. */
static int start(struct context *context, cJSON *take_params, bool wait) {
    int exit_code = 0;
    char *result = run_method(context, context->command->method, take_params, &exit_code);
    if (!result) return exit_code;
    cJSON *parsed = cJSON_Parse(result);
    if (wait && cJSON_IsNumber(pick(parsed, "task")))
        exit_code = follow(context, pick_number(parsed, "task"));
    else
        exit_code = output_result(context, result);
    cJSON_Delete(parsed);
    footnote_free(result);
    return exit_code;
}

int run_task(struct context *context) {
    char *problem;
    cJSON *params = args_params(&context->args, &problem);
    if (!params) return run_usage(context, problem);
    cJSON_AddFalseToObject(params, "wait");
    return start(context, params, true);
}

/* What another schema would change, before anything is done. */
static int tell_changes(struct context *context, const cJSON *params) {
    int exit_code = 0;
    cJSON *dry = cJSON_Duplicate(params, true);
    cJSON_AddTrueToObject(dry, "dry_run");
    char *result = run_method(context, "reindex", dry, &exit_code);
    cJSON *parsed = result ? cJSON_Parse(result) : NULL;
    if (parsed) print_changes(&context->err, parsed);
    cJSON_Delete(parsed);
    footnote_free(result);
    return exit_code;
}

int run_reindex(struct context *context) {
    char *problem;
    cJSON *params = args_params(&context->args, &problem);
    if (!params) return run_usage(context, problem);
    bool dry = args_has(&context->args, "dry-run");
    bool tells = !dry && !context->quiet && context->output == OUTPUT_HUMAN && args_has(&context->args, "schema");
    int exit_code = tells ? tell_changes(context, params) : 0;
    if (exit_code == 0) return start(context, params, args_has(&context->args, "wait") && !dry);
    cJSON_Delete(params);
    return exit_code;
}
