/* footnote put and patch; footnote call.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A record goes to the daemon as the text that was read, byte for byte: numbers and the order of members stay.
 * Nothing waits on a terminal for JSON that nobody knows to type. */
#include "commands.h"

#include "args.h"
#include "input.h"
#include "memory.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where in the text a fault is, as line:column of bytes. */
static void complain_json(struct context *context, const char *name, const char *text, const char *at) {
    size_t line = 1, column = 1;
    for (const char *c = text; c < at && *c; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    run_complain(context, "%s:%zu:%zu: not JSON", name, line, column);
}

/* The library checks the text again, and strictly, when it is sent. */
static bool is_one_value(struct context *context, const char *name, const char *text) {
    const char *end = text;
    cJSON *parsed = cJSON_ParseWithOpts(text, &end, 0);
    bool trailing = parsed && end[strspn(end, " \t\r\n")];
    if (trailing) end += strspn(end, " \t\r\n");
    if (!parsed || trailing) complain_json(context, name, text, end);
    cJSON_Delete(parsed);
    return parsed && !trailing;
}

/* A BOM is not JSON, but editors write it. */
static const char *skip_bom(const char *text) {
    return strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
}

static int unreadable(struct context *context, char *take_problem) {
    run_complain(context, "%s", take_problem);
    free(take_problem);
    return 1;
}

int run_record(struct context *context) {
    char *problem = NULL;
    int exit_code = 1;
    /* The file is the last word; patch has the id before it. */
    size_t before = context->command->words[0].type == WORD_LOCAL ? 0 : 1;
    const char *path = context->args.word_count > before ? context->args.words[before] : NULL;
    if (context->args.word_count > before + 1)
        return run_usage(context, text_format("one word too many: '%s'", context->args.words[before + 1]));
    cJSON *params = args_params(&context->args, &problem);
    if (!params) return run_usage(context, problem);
    if (input_is_terminal(path, &problem)) {
        cJSON_Delete(params);
        return run_usage(context, problem);
    }
    char *input = input_read(path, &problem);
    if (problem) {
        cJSON_Delete(params);
        return unreadable(context, problem);
    }
    const char *record = input ? skip_bom(input) : NULL;
    if (record && is_one_value(context, path ? path : "standard input", record)) {
        cJSON_AddRawToObject(params, "record", record);
        char *result = run_method(context, context->command->method, params, &exit_code);
        if (result) exit_code = output_result(context, result);
        footnote_free(result);
        params = NULL;
    }
    cJSON_Delete(params);
    free(input);
    return exit_code;
}

int run_raw(struct context *context) {
    const struct args *args = &context->args;
    int exit_code = 0;
    char *result = NULL, *problem = NULL;
    if (args->word_count == 0) return run_usage(context, text_format("METHOD is missing"));
    if (args->word_count > 2) return run_usage(context, text_format("one word too many: '%s'", args->words[2]));
    const char *given = args->word_count > 1 ? args->words[1] : "{}";
    if (input_is_terminal(given, &problem)) return run_usage(context, problem);
    char *input = strcmp(given, "-") == 0 ? input_read(given, &problem) : memory_text(given);
    if (problem) return unreadable(context, problem);
    if (run_connect(context, &exit_code)) {
        enum footnote_status status = footnote_call(context->client, args->words[0], skip_bom(input), &result);
        if (status != FOOTNOTE_OK)
            exit_code = run_failed(context, status);
        else
            output_json(context, result);
    }
    footnote_free(result);
    free(input);
    return exit_code;
}
