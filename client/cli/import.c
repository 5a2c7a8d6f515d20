/* footnote import: files, folders or stdin, one session a file, one after the other.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One after the other, so that of two files with the same record the later one always wins. */
#include "commands.h"

#include "args.h"
#include "files.h"
#include "interrupt.h"
#include "memory.h"
#include "pick.h"
#include "report.h"
#include "run.h"
#include "upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 100 };

struct import {
    struct context *context;
    cJSON *options;
    struct files files;
    struct report report;
    struct progress progress;
    double sent_bytes, taken;
    bool refused; /* a file, or a part of one */
};

/* false: the exit code is in *exit_code. */
static bool import_all(struct import *import, int *exit_code) {
    for (size_t i = 0; i < import->files.count; i++) {
        const struct file *file = import->files.list + i;
        struct upload upload = {.context = import->context,
                                .file = file,
                                .options = import->options,
                                .report = &import->report,
                                .progress = &import->progress,
                                .sent_before = import->sent_bytes,
                                .total_bytes = import->files.bytes};
        report_begin_file(&import->report, file->path);
        enum upload_end end = upload_file(&upload);
        if (end == UPLOAD_DONE) import->taken++;
        if (end == UPLOAD_REFUSED) import->refused = true;
        if (end == UPLOAD_STOPPED) *exit_code = upload.exit_code;
        if (end == UPLOAD_INTERRUPTED) *exit_code = EXIT_INTERRUPTED;
        if (end == UPLOAD_STOPPED || end == UPLOAD_INTERRUPTED) return false;
        if (file->size > 0) import->sent_bytes += file->size;
    }
    return true;
}

static void say_summary(struct import *import, const char *before) {
    char seconds[40], *sentence = report_sentence(&import->report);
    bool dry = args_has(&import->context->args, "dry-run");
    fprintf(*before ? import->context->err.file : import->context->out.file, "%s%s%s in %s\n", before,
            dry ? "dry run: " : "", sentence, show_seconds(seconds, progress_seconds(&import->progress)));
    free(sentence);
}

/* How far the index has come; -1: *exit_code. */
static double ask_revision(struct import *import, int *exit_code) {
    char *result = run_method(import->context, "status", NULL, exit_code);
    cJSON *status = result ? cJSON_Parse(result) : NULL;
    double revision = status ? pick_number(status, "revision") : -1;
    cJSON_Delete(status);
    footnote_free(result);
    return revision;
}

/* All is durable; the index follows.  It is asked, not waited for in one request: a large import may take longer
 * than any request may. */
static int wait_visible(struct import *import) {
    struct progress progress;
    int exit_code = 0;
    double seq = import->report.seq, first = ask_revision(import, &exit_code), revision = first;
    progress_clear(&import->progress);
    progress_begin(&progress, &import->context->err, PROGRESS_RECORDS, import->context->quiet);
    while (exit_code == 0 && revision < seq && !interrupt_came()) {
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
        revision = ask_revision(import, &exit_code);
        if (exit_code == 0) progress_update(&progress, revision - first, seq - first, 0);
    }
    progress_clear(&progress);
    if (interrupt_came())
        run_complain(import->context, "interrupted; everything is committed, but not yet in the index");
    return interrupt_came() ? EXIT_INTERRUPTED : exit_code;
}

static int finish(struct import *import, bool complete, int exit_code) {
    if (complete && import->report.seq > 0 && args_has(&import->context->args, "wait"))
        exit_code = wait_visible(import);
    progress_clear(&import->progress);
    if (!complete) {
        say_summary(import,
                    exit_code == EXIT_INTERRUPTED ? "interrupted; committed so far: " : "stopped; committed so far: ");
        return exit_code;
    }
    if (import->context->output == OUTPUT_HUMAN) {
        say_summary(import, "");
    } else {
        char *json = report_json(&import->report, import->taken);
        output_result(import->context, json);
        free(json);
    }
    bool some_failed = import->refused || import->files.failed || report_failed(&import->report) > 0;
    bool nothing = import->taken == 0 && report_read(&import->report) == 0;
    if (exit_code != 0) return exit_code;
    return !some_failed ? 0 : nothing ? 1 : EXIT_PARTLY;
}

static bool open_errors_to(struct import *import, int *exit_code) {
    const char *path = args_text(&import->context->args, "errors-to");
    if (!path) return true;
    import->report.errors_to = fopen(path, "we");
    if (!import->report.errors_to) {
        run_complain(import->context, "%s: %s", path, strerror(errno));
        *exit_code = 1;
        return false;
    }
    cJSON_AddTrueToObject(import->options, "errors_raw");
    return true;
}

static bool close_errors_to(struct import *import) {
    FILE *file = import->report.errors_to;
    if (!file) return true;
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0) failed = true;
    if (failed)
        run_complain(import->context, "%s: %s", args_text(&import->context->args, "errors-to"), strerror(errno));
    return !failed;
}

static bool reads_terminal(const struct args *args) {
    for (size_t i = 0; i < args->word_count; i++)
        if (strcmp(args->words[i], "-") == 0) return isatty(STDIN_FILENO) == 1;
    return false;
}

int run_import(struct context *context) {
    char *problem;
    int exit_code = 0;
    struct import import = {.context = context, .report = {.context = context}};
    import.options = args_params(&context->args, &problem);
    if (!import.options) return run_usage(context, problem);
    if (reads_terminal(&context->args)) {
        cJSON_Delete(import.options);
        return run_usage(context, text_format("- reads standard input, which is a terminal"));
    }
    if (open_errors_to(&import, &exit_code) && run_connect(context, &exit_code)) {
        files_find(&import.files, context, context->args.words, context->args.word_count);
        progress_begin(&import.progress, &context->err, PROGRESS_BYTES, context->quiet);
        interrupt_watch();
        bool complete = import_all(&import, &exit_code);
        exit_code = finish(&import, complete, exit_code);
    }
    if (!close_errors_to(&import) && exit_code == 0) exit_code = 1;
    files_free(&import.files);
    report_free(&import.report);
    cJSON_Delete(import.options);
    return exit_code;
}
