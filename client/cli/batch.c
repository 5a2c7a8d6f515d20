/* footnote batch: one search a line, several under way, answers in the order of the lines.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   line = query as typed | {"_id": name, "text": query} | {"_id": name, parameters of search}
 *
 * A line that the daemon refuses costs that line only. */
#include "commands.h"

#include "args.h"
#include "batch_print.h"
#include "memory.h"
#include "pick.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW = 32, BUSY_TRIES = 200, BUSY_MS = 50 };

struct question {
    unsigned long id; /* of its request */
    char *name, *params, *result, *error;
    bool answered;
    int tries;
};

struct batch {
    struct context *context;
    struct batch_print print;
    cJSON *base; /* parameters that all lines share */
    FILE *file;
    const char *path;
    size_t line_number, asked, printed, failed;
    struct question window[WINDOW]; /* asked % WINDOW comes next, printed % WINDOW is the oldest */
    bool at_end;
};

static char *name_of(const cJSON *query, size_t line_number) {
    char buffer[40];
    const char *name = pick_scalar(buffer, query, "_id");
    return *name ? memory_text(name) : text_format("%zu", line_number);
}

/* The parameters of one line.  NULL: it is no JSON. */
static cJSON *read_query(const struct batch *batch, const char *line) {
    cJSON *query = NULL;
    const char *end;
    const cJSON *shared;
    if (*line != '{') {
        query = cJSON_CreateObject();
        cJSON_AddStringToObject(query, "query", line);
    } else if (!(query = cJSON_ParseWithOpts(line, &end, 0)) || end[strspn(end, " \t\r\n")]) {
        cJSON_Delete(query);
        return NULL;
    }
    cJSON *text = cJSON_DetachItemFromObjectCaseSensitive(query, "text");
    if (text && !pick(query, "query"))
        cJSON_AddItemToObject(query, "query", text);
    else
        cJSON_Delete(text);
    cJSON_ArrayForEach (shared, batch->base) {
        if (!cJSON_GetObjectItemCaseSensitive(query, shared->string))
            cJSON_AddItemToObject(query, shared->string, cJSON_Duplicate(shared, true));
    }
    /* Collections of judged queries carry notes that are no parameters. */
    cJSON_DeleteItemFromObjectCaseSensitive(query, "metadata");
    return query;
}

static void fail(struct batch *batch, struct question *question, const char *code, const char *message) {
    cJSON *error = cJSON_CreateObject();
    cJSON_AddStringToObject(error, "code", code);
    cJSON_AddStringToObject(error, "message", message);
    question->error = cJSON_PrintUnformatted(error);
    cJSON_Delete(error);
    question->answered = true;
    run_complain(batch->context, "%s: query %s: %s", batch->path, question->name, message);
    batch->failed++;
}

static enum footnote_status ask(struct batch *batch, struct question *question, const char *line) {
    cJSON *query = read_query(batch, line);
    question->name = name_of(query, batch->line_number);
    batch->asked++;
    if (!query) {
        fail(batch, question, footnote_status_code(FOOTNOTE_PARSE), "the line is not JSON");
        return FOOTNOTE_OK;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(query, "_id");
    question->params = cJSON_PrintUnformatted(query);
    cJSON_Delete(query);
    return footnote_send(batch->context->client, "search", question->params, &question->id);
}

static enum footnote_status ask_more(struct batch *batch) {
    char *line = NULL;
    size_t size = 0;
    enum footnote_status status = FOOTNOTE_OK;
    while (status == FOOTNOTE_OK && !batch->at_end && batch->asked - batch->printed < WINDOW) {
        ssize_t len = getline(&line, &size, batch->file);
        batch->at_end = len < 0;
        if (len < 0) break;
        batch->line_number++;
        while (len > 0 && strchr(" \t\r\n", line[len - 1]))
            line[--len] = '\0';
        const char *start = line + strspn(line, " \t");
        if (batch->line_number == 1 && strncmp(start, "\xEF\xBB\xBF", 3) == 0) start += 3;
        if (*start) status = ask(batch, batch->window + batch->asked % WINDOW, start);
    }
    free(line);
    return status;
}

static void print_answered(struct batch *batch) {
    while (batch->printed < batch->asked && batch->window[batch->printed % WINDOW].answered) {
        struct question *question = batch->window + batch->printed++ % WINDOW;
        batch_print_answer(&batch->print, question->name, question->result, question->error);
        free(question->name);
        cJSON_free(question->params);
        footnote_free(question->result);
        cJSON_free(question->error);
        *question = (struct question){.id = 0};
    }
}

static struct question *find(struct batch *batch, unsigned long id) {
    for (size_t i = 0; i < WINDOW; i++)
        if (id != 0 && batch->window[i].id == id && !batch->window[i].answered) return batch->window + i;
    return NULL;
}

static enum footnote_status take_answer(struct batch *batch) {
    struct footnote_client *client = batch->context->client;
    unsigned long id;
    char *result;
    enum footnote_status status = footnote_receive(client, &id, &result);
    struct question *question = find(batch, id);
    if (!question) return status;
    bool busy = status == FOOTNOTE_BUSY || status == FOOTNOTE_TOO_MANY;
    if (busy && ++question->tries <= BUSY_TRIES) {
        nanosleep(&(struct timespec){.tv_nsec = BUSY_MS * 1000000L}, NULL);
        return footnote_send(client, "search", question->params, &question->id);
    }
    if (status != FOOTNOTE_OK) fail(batch, question, footnote_status_code(status), footnote_error(client));
    question->result = result;
    question->answered = true;
    return FOOTNOTE_OK;
}

static int run_all(struct batch *batch) {
    enum footnote_status status = FOOTNOTE_OK;
    batch_print_begin(&batch->print);
    while (status == FOOTNOTE_OK) {
        status = ask_more(batch);
        print_answered(batch);
        if (batch->printed == batch->asked && batch->at_end) break;
        if (status == FOOTNOTE_OK && batch->printed < batch->asked) status = take_answer(batch);
    }
    if (status != FOOTNOTE_OK) return run_failed(batch->context, status);
    batch_print_end(&batch->print);
    if (ferror(batch->file)) {
        run_complain(batch->context, "%s: %s", batch->path, strerror(errno));
        return 1;
    }
    bool some = batch->failed > 0 || batch->print.refused;
    return !some ? 0 : batch->failed == batch->asked ? 1 : EXIT_PARTLY;
}

static void discard(struct batch *batch) {
    for (size_t i = 0; i < WINDOW; i++) {
        free(batch->window[i].name);
        cJSON_free(batch->window[i].params);
        footnote_free(batch->window[i].result);
        cJSON_free(batch->window[i].error);
    }
    cJSON_Delete(batch->base);
    if (batch->file && batch->file != stdin) fclose(batch->file);
}

int run_batch(struct context *context) {
    char *problem;
    int exit_code = 1;
    struct batch batch = {.context = context, .print = {.context = context}};
    batch.base = args_params(&context->args, &problem);
    if (batch.base && !batch_print_choose(&batch.print, &problem)) {
        cJSON_Delete(batch.base);
        batch.base = NULL;
    }
    if (!batch.base) return run_usage(context, problem);
    batch.path = context->args.words[0];
    bool is_stdin = strcmp(batch.path, "-") == 0;
    if (context->args.word_count > 1 || (is_stdin && isatty(STDIN_FILENO) == 1)) {
        discard(&batch);
        return run_usage(context,
                         text_format(is_stdin ? "- reads standard input, which is a terminal" : "takes one FILE"));
    }
    batch.file = is_stdin ? stdin : fopen(batch.path, "re");
    if (!batch.file)
        run_complain(context, "%s: %s", batch.path, strerror(errno));
    else if (run_connect(context, &exit_code))
        exit_code = run_all(&batch);
    discard(&batch);
    return exit_code;
}
