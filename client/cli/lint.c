/* footnote lint: the findings, and an exit code for pipelines.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

#include "args.h"
#include "memory.h"
#include "pick.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

/* From the mildest. */
static const char *const levels[] = {"info", "warning", "error"};

enum { LEVELS = sizeof levels / sizeof *levels };

/* A level that this version does not know is taken as the gravest: a gate must not let it pass. */
static size_t level_of(const char *name) {
    size_t i = 0;
    while (i < LEVELS && strcmp(levels[i], name) != 0)
        i++;
    return i;
}

static int keep_from(cJSON *result, size_t level) {
    cJSON *findings = cJSON_GetObjectItemCaseSensitive(result, "findings");
    for (int i = cJSON_GetArraySize(findings); i-- > 0;)
        if (level_of(pick_text(cJSON_GetArrayItem(findings, i), "severity")) < level)
            cJSON_DeleteItemFromArray(findings, i);
    return cJSON_GetArraySize(findings);
}

/* Prints what is grave enough; 1 if there is any. */
static int gate(struct context *context, const char *result, size_t level) {
    cJSON *parsed = cJSON_Parse(result);
    int found = keep_from(parsed, level);
    cJSON_DeleteItemFromObjectCaseSensitive(parsed, "total");
    cJSON_AddNumberToObject(parsed, "total", found);
    char *text = cJSON_PrintUnformatted(parsed);
    cJSON_Delete(parsed);
    int exit_code = text ? output_result(context, text) : 1;
    cJSON_free(text);
    return exit_code == 0 && found > 0 ? 1 : exit_code;
}

int run_lint(struct context *context) {
    const char *severity = args_text(&context->args, "severity");
    int exit_code = 0;
    char *problem;
    if (args_has(&context->args, "all") + args_has(&context->args, "query") + (context->args.word_count > 0) != 1)
        return run_usage(context, text_format("needs either ids, --query or --all"));
    if (severity && level_of(severity) == LEVELS)
        return run_usage(context, text_format("--severity: expected error, warning or info, got '%s'", severity));
    cJSON *params = args_params(&context->args, &problem);
    if (!params) return run_usage(context, problem);
    char *result = run_method(context, "lint", params, &exit_code);
    if (result) exit_code = severity ? gate(context, result, level_of(severity)) : output_result(context, result);
    footnote_free(result);
    return exit_code;
}
