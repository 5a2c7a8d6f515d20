/* An answer in the form that was asked for: JSON, JSON lines, columns, or for people.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * --json is the answer itself, on one line unless it goes to a terminal.  --jsonl and --plain walk through the
 * list that the command's row names; without a list the answer is one element, and --plain prints its scalar
 * members as "name TAB value". */
#include "run.h"

#include "args.h"
#include "json_text.h"
#include "pick.h"

#include <string.h>

void output_json(struct context *context, const char *text) {
    if (context->out.terminal)
        json_text_indented(context->out.file, text);
    else
        fprintf(context->out.file, "%s\n", text);
}

static void put_field(struct context *context, const cJSON *value) {
    char buffer[40];
    if (cJSON_IsArray(value) || cJSON_IsObject(value)) {
        const cJSON *element;
        int count = 0;
        cJSON_ArrayForEach (element, value) {
            if (count++) fputc(' ', context->out.file);
            put_field(context, element);
        }
        return;
    }
    screen_put(&context->out, STYLE_NONE, pick_scalar(buffer, value, ""));
}

void output_columns(struct context *context, const char *columns, const cJSON *element) {
    char path[64];
    for (const char *at = columns; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        snprintf(path, sizeof path, "%.*s", (int)len, at);
        if (at != columns) fputc('\t', context->out.file);
        put_field(context, pick(element, path));
        at += len;
    }
    fputc('\n', context->out.file);
}

static void output_members(struct context *context, const cJSON *result) {
    const cJSON *member;
    cJSON_ArrayForEach (member, result) {
        if (cJSON_IsObject(member) || cJSON_IsArray(member) || !member->string) continue;
        screen_say(&context->out, STYLE_NONE, "%s", member->string);
        fputc('\t', context->out.file);
        put_field(context, member);
        fputc('\n', context->out.file);
    }
}

static void output_plain(struct context *context, const cJSON *result) {
    const struct command *command = context->command;
    const cJSON *element, *list = command->list ? pick(result, command->list) : NULL;
    if (!list) output_members(context, result);
    cJSON_ArrayForEach (element, list)
        output_columns(context, command->columns, element);
}

static void output_lines(struct context *context, const char *result) {
    struct json_span list = {NULL, 0}, element;
    if (context->command->list) list = json_text_member(result, context->command->list);
    const char *at = list.start;
    if (!list.start || *list.start != '[') {
        fprintf(context->out.file, "%s\n", result);
        return;
    }
    while ((element = json_text_element(&at)).start)
        fprintf(context->out.file, "%.*s\n", (int)element.len, element.start);
}

/* Warnings go to stderr where people do not read the answer itself. */
static void tell_warnings(struct context *context, const cJSON *result) {
    const cJSON *warning;
    cJSON_ArrayForEach (warning, pick(result, "warnings")) {
        char buffer[40];
        const char *text = cJSON_IsObject(warning) ? pick_text(warning, "message") : pick_scalar(buffer, warning, "");
        screen_say(&context->err, STYLE_WARN, "footnote: warning: %s", text);
        screen_line_end(&context->err);
    }
}

static bool found_nothing(const struct command *command, const cJSON *result) {
    if (command->absent) return strcmp(pick_text(result, "verdict"), command->absent) == 0;
    return command->list && pick_size(result, command->list) == 0;
}

int output_result(struct context *context, const char *result) {
    cJSON *parsed = cJSON_Parse(result);
    if (!parsed) {
        run_complain(context, "the answer can't be parsed");
        return footnote_status_exit(FOOTNOTE_PARSE);
    }
    switch (context->output) {
    case OUTPUT_JSON: output_json(context, result); break;
    case OUTPUT_JSONL: output_lines(context, result); break;
    case OUTPUT_PLAIN: output_plain(context, parsed); break;
    case OUTPUT_HUMAN:
        if (context->command->print)
            context->command->print(context, parsed);
        else
            print_any(context, parsed);
        break;
    }
    if (context->output == OUTPUT_JSONL || context->output == OUTPUT_PLAIN) tell_warnings(context, parsed);
    bool nothing = found_nothing(context->command, parsed);
    cJSON_Delete(parsed);
    return nothing && args_has(&context->args, "exit-status") ? 1 : 0;
}
