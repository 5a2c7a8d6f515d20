/* footnote delete: by ids, or by query after a question.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Of several ids some may be refused: each of them is told, and the exit code says that it was done in part. */
#include "commands.h"

#include "args.h"
#include "memory.h"
#include "pick.h"
#include "print.h"
#include "run.h"

#include <stdlib.h>
#include <unistd.h>

void print_delete(struct context *context, const cJSON *result) {
    char count[40];
    const cJSON *deleted = pick(result, "deleted"), *matched = pick(result, "matched");
    if (!cJSON_IsNumber(deleted) && !cJSON_IsNumber(matched)) print_any(context, result);
    if (cJSON_IsNumber(matched)) fprintf(context->out.file, "%s matched\n", show_count(count, matched->valuedouble));
    if (cJSON_IsNumber(deleted)) fprintf(context->out.file, "%s deleted\n", show_count(count, deleted->valuedouble));
}

/* How many of the ids were refused; each is told. */
static int tell_refused(struct context *context, const cJSON *result) {
    const cJSON *item;
    int refused = 0;
    cJSON_ArrayForEach (item, pick(result, "results")) {
        if (!pick(item, "error")) continue;
        run_complain(context, "%s", pick_text(item, "error.message"));
        refused++;
    }
    return refused;
}

static int delete_all(struct context *context) {
    char *problem;
    int exit_code = 0;
    cJSON *params = args_params(&context->args, &problem);
    if (!params) return run_usage(context, problem);
    char *result = run_method(context, "delete", params, &exit_code);
    if (!result) return exit_code;
    exit_code = output_result(context, result);
    cJSON *parsed = cJSON_Parse(result);
    int refused = tell_refused(context, parsed);
    if (exit_code == 0 && refused > 0) exit_code = refused == pick_size(parsed, "results") ? 1 : EXIT_PARTLY;
    cJSON_Delete(parsed);
    footnote_free(result);
    return exit_code;
}

/* Whether the person at the terminal agrees.  Without a terminal nobody can be asked. */
static bool confirm(struct context *context, const char *question) {
    char answer[16];
    fprintf(context->err.file, "%s [y/N] ", question);
    fflush(context->err.file);
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

int run_delete(struct context *context) {
    const char *query = args_text(&context->args, "query");
    if (!query == !context->args.word_count) return run_usage(context, text_format("needs either ids or --query"));
    bool sure = !query || args_has(&context->args, "yes") || args_has(&context->args, "dry-run");
    if (!sure && isatty(STDIN_FILENO) != 1)
        return run_usage(context, text_format("--query deletes what it finds; --yes says that this is meant"));
    if (!sure) {
        char *question = text_format("Delete all records that match '%s'?", query);
        sure = confirm(context, question);
        free(question);
        if (!sure) return 1;
    }
    return delete_all(context);
}
