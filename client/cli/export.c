/* footnote export: all records as JSON lines, or in formats of others, page by page.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   export {"format": F, "cursor": C}  ->  {"records": [record, …], "next_cursor": C or null}
 *
 * Records are written byte for byte as the daemon gave them, with what the format wants around them; those of BibTeX
 * are strings and written as the text that they stand for.  A file is written beside its name and takes it at
 * the end, so that a name never stands for half an archive. */
#include "commands.h"

#include "args.h"
#include "interrupt.h"
#include "json_text.h"
#include "memory.h"
#include "pick.h"
#include "progress.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* What stands around the records. */
struct frame {
    const char *format, *open, *joint, *end, *close;
    bool is_text; /* a record is a string */
};
static const struct frame frames[] = {
    {"jsonl", "", "", "\n", "", false},
    {"jsonld", "{\"@context\":\"https://schema.org\",\"@type\":\"DataFeed\",\"dataFeedElement\":[\n", ",\n", "",
     "\n]}\n", false},
    {"csl", "[\n", ",\n", "", "\n]\n", false},
    {"bibtex", "", "\n", "", "", true},
};
static const struct frame one_jsonld = {"jsonld", "", "", "\n", "", false};

struct sink {
    FILE *file;  /* plain */
    gzFile gzip; /* or compressed */
    const struct frame *frame;
};

/* The daemon judges the format; what it doesn't know never gets here. */
static const struct frame *frame_of(const cJSON *params) {
    const char *format = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(params, "format"));
    bool one = cJSON_GetObjectItemCaseSensitive(params, "id") != NULL;
    for (size_t i = 0; format && i < sizeof frames / sizeof *frames; i++)
        if (strcmp(frames[i].format, format) == 0) return one && i == 1 ? &one_jsonld : &frames[i];
    return &frames[0];
}

static bool sink_open(struct sink *sink, const char *path, bool gzip) {
    if (gzip)
        sink->gzip = path ? gzopen(path, "wbe6") : gzdopen(dup(STDOUT_FILENO), "wb6");
    else
        sink->file = path ? fopen(path, "we") : stdout;
    return sink->gzip || sink->file;
}

static bool sink_write(struct sink *sink, const char *bytes, size_t len) {
    if (len == 0) return true;
    if (sink->gzip) return gzfwrite(bytes, 1, len, sink->gzip) == len;
    return fwrite(bytes, 1, len, sink->file) == len;
}

static bool sink_close(struct sink *sink) {
    if (sink->gzip) return gzclose(sink->gzip) == Z_OK;
    if (sink->file == stdout) return fflush(stdout) == 0;
    bool synced = fflush(sink->file) == 0 && fsync(fileno(sink->file)) == 0;
    return fclose(sink->file) == 0 && synced;
}

static bool sink_text(struct sink *sink, const char *text) {
    return sink_write(sink, text, strlen(text));
}

static bool write_string(struct sink *sink, struct json_span record) {
    cJSON *string = cJSON_ParseWithLength(record.start, record.len);
    const char *text = cJSON_GetStringValue(string);
    bool written = sink_text(sink, text ? text : "");
    cJSON_Delete(string);
    return written;
}

static bool write_record(struct sink *sink, struct json_span record, bool first) {
    const struct frame *frame = sink->frame;
    if (!first && !sink_text(sink, frame->joint)) return false;
    bool written = frame->is_text ? write_string(sink, record) : sink_write(sink, record.start, record.len);
    return written && sink_text(sink, frame->end);
}

static bool write_records(struct sink *sink, const char *result, double *count) {
    struct json_span list = json_text_member(result, "records"), record;
    const char *at = list.start;
    while (at && (record = json_text_element(&at)).start) {
        if (!write_record(sink, record, *count == 0)) return false;
        ++*count;
    }
    return true;
}

static cJSON *next_params(const cJSON *base, const char *result) {
    struct json_span cursor = result ? json_text_member(result, "next_cursor") : (struct json_span){NULL, 0};
    if (result && (!cursor.start || *cursor.start == 'n')) return NULL;
    cJSON *params = cJSON_Duplicate(base, true);
    if (!result) return params;
    char *text = text_format("%.*s", (int)cursor.len, cursor.start);
    cJSON_AddRawToObject(params, "cursor", text);
    free(text);
    return params;
}

static int write_pages(struct context *context, struct sink *sink, const cJSON *base, struct progress *progress) {
    double count = 0;
    int exit_code = 0;
    char *result = NULL;
    cJSON *params;
    while ((params = next_params(base, result))) {
        footnote_free(result);
        result = run_method(context, "export", params, &exit_code);
        if (!result) return exit_code;
        bool begun = count > 0 || sink_text(sink, sink->frame->open);
        if (!begun || !write_records(sink, result, &count)) {
            run_complain(context, "writing: %s", strerror(errno));
            exit_code = 1;
            break;
        }
        progress_update(progress, count, 0, 0);
        if (interrupt_came()) exit_code = EXIT_INTERRUPTED;
        if (interrupt_came()) break;
    }
    footnote_free(result);
    return exit_code;
}

int run_export(struct context *context) {
    const char *path = args_text(&context->args, "output");
    char *problem, *beside = path ? text_format("%s.part", path) : NULL;
    cJSON *base = args_params(&context->args, &problem);
    if (!base) {
        free(beside);
        return run_usage(context, problem);
    }
    struct sink sink = {.file = NULL, .frame = frame_of(base)};
    struct progress progress;
    int exit_code = 1;
    if (!sink_open(&sink, beside, args_has(&context->args, "gzip"))) {
        run_complain(context, "%s: %s", beside ? beside : "standard output", strerror(errno));
        goto out;
    }
    /* Lines of records and a bar do not go together on one terminal. */
    progress_begin(&progress, &context->err, PROGRESS_RECORDS, context->quiet || (!path && context->out.terminal));
    interrupt_watch();
    exit_code = write_pages(context, &sink, base, &progress);
    if (exit_code == 0 && !sink_text(&sink, sink.frame->close)) exit_code = 1;
    progress_clear(&progress);
    bool closed = sink_close(&sink);
    if (exit_code == 0 && (!closed || (path && rename(beside, path) != 0))) {
        run_complain(context, "%s: %s", path ? path : "standard output", strerror(errno));
        exit_code = 1;
    }
    if (exit_code != 0 && beside) unlink(beside);
out:
    free(beside);
    cJSON_Delete(base);
    return exit_code;
}
