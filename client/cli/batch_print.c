/* The answers of a batch: see batch_print.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "batch_print.h"

#include "args.h"
#include "memory.h"
#include "pick.h"
#include "run.h"

#include <string.h>

static void print_jsonl(struct batch_print *print, const char *name, const char *result, const char *error) {
    FILE *out = print->context->out.file;
    cJSON *string = cJSON_CreateString(name);
    char *quoted = cJSON_PrintUnformatted(string);
    fprintf(out, "{\"_id\":%s", quoted ? quoted : "null");
    if (error)
        fprintf(out, ",\"error\":%s}", error);
    else
        fprintf(out, "%s%s", result[strspn(result + 1, " \t\r\n") + 1] == '}' ? "" : ",", result + 1);
    cJSON_free(quoted);
    cJSON_Delete(string);
    if (print->context->output != OUTPUT_JSON) fputc('\n', out);
}

static void put_csv(FILE *out, const char *text) {
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void print_csv(struct batch_print *print, const char *name, const char *result, const char *error) {
    static const char *const members[] = {"id", "score", "title", "url"};
    FILE *out = print->context->out.file;
    cJSON *parsed = error ? NULL : cJSON_Parse(result);
    const cJSON *hit;
    int rank = 0;
    cJSON_ArrayForEach (hit, pick(parsed, "hits")) {
        put_csv(out, name);
        fprintf(out, ",%d", ++rank);
        for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
            char buffer[40];
            fputc(',', out);
            put_csv(out, pick_scalar(buffer, hit, members[i]));
        }
        fputs("\r\n", out);
    }
    cJSON_Delete(parsed);
}

static bool has_space(const char *text) {
    return text[strcspn(text, " \t\r\n\v\f")] != '\0';
}

static void print_trec(struct batch_print *print, const char *name, const char *result, const char *error) {
    cJSON *parsed = error ? NULL : cJSON_Parse(result);
    const cJSON *hit;
    int rank = 0;
    cJSON_ArrayForEach (hit, pick(parsed, "hits")) {
        const char *id = pick_text(hit, "id");
        rank++;
        if (has_space(id) || has_space(name)) {
            run_complain(print->context, "query '%s', record '%s': a name with a space can't stand in a TREC run", name,
                         id);
            print->refused = true;
            continue;
        }
        fprintf(print->context->out.file, "%s Q0 %s %d %.9g %s\n", name, id, rank, pick_number(hit, "score"),
                print->tag);
    }
    cJSON_Delete(parsed);
}

bool batch_print_choose(struct batch_print *print, char **problem) {
    const struct args *args = &print->context->args;
    const char *format = args_text(args, "format"), *tag = args_text(args, "tag");
    print->tag = tag ? tag : "footnote";
    if (!format || strcmp(format, "jsonl") == 0)
        print->answer = print_jsonl;
    else if (strcmp(format, "csv") == 0)
        print->answer = print_csv;
    else if (strcmp(format, "trec") == 0)
        print->answer = print_trec;
    else
        *problem = text_format("--format: expected jsonl, csv or trec, got '%s'", format);
    if (print->answer && print->answer != print_jsonl && print->context->output == OUTPUT_JSON) {
        *problem = text_format("--json and --format %s exclude each other", format);
        print->answer = NULL;
    }
    if (print->answer && has_space(print->tag)) {
        *problem = text_format("--tag: expected a name without spaces, got '%s'", print->tag);
        print->answer = NULL;
    }
    return print->answer != NULL;
}

void batch_print_begin(struct batch_print *print) {
    if (print->answer == print_csv) fputs("query,rank,id,score,title,url\r\n", print->context->out.file);
    if (print->context->output == OUTPUT_JSON) fputc('[', print->context->out.file);
}

void batch_print_answer(struct batch_print *print, const char *name, const char *result, const char *error) {
    if (print->context->output == OUTPUT_JSON && print->count > 0) fputc(',', print->context->out.file);
    print->count++;
    print->answer(print, name, result, error);
}

void batch_print_end(struct batch_print *print) {
    if (print->context->output == OUTPUT_JSON) fputs("]\n", print->context->out.file);
}
