/* What an import has done: see report.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "base64.h"
#include "pick.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[TALLIES] = {"read", "added", "updated", "unchanged", "failed"};

void report_begin_file(struct report *report, const char *file) {
    report->file = file;
    report->told_count = report->told_sorted = 0;
}

static uint64_t mark_text(uint64_t mark, const char *text) {
    for (; *text; text++)
        mark = (mark ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return mark;
}

/* A number that tells errors of one file apart: place and kind. */
static uint64_t mark_of(const cJSON *error) {
    char line[40], column[40];
    uint64_t mark = mark_text(UINT64_C(0xcbf29ce484222325), pick_scalar(line, error, "line"));
    mark = mark_text(mark_text(mark, ":"), pick_scalar(column, error, "column"));
    mark = mark_text(mark_text(mark, ":"), pick_text(error, "code"));
    return mark_text(mark_text(mark, ":"), pick_text(error, "field"));
}

static int by_mark(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void remember(struct report *report, const cJSON *error) {
    if (report->told_count == report->told_size) {
        report->told_size = report->told_size ? report->told_size * 2 : 64;
        report->told = memory_resize(report->told, report->told_size * sizeof *report->told);
    }
    report->told[report->told_count++] = mark_of(error);
}

static void keep_raw(struct report *report, const cJSON *error) {
    const char *raw = pick_text(error, "raw"), *encoded = pick_text(error, "raw_base64");
    unsigned char *bytes;
    size_t len;
    if (pick(error, "raw")) {
        fprintf(report->errors_to, "%s\n", raw);
    } else if (*encoded && base64_decode(&bytes, &len, encoded)) {
        fwrite(bytes, 1, len, report->errors_to);
        fputc('\n', report->errors_to);
        free(bytes);
    }
}

static void keep_json(const struct report *report, struct text *list, const cJSON *error) {
    cJSON *copy = cJSON_Duplicate(error, true);
    cJSON_DeleteItemFromObjectCaseSensitive(copy, "raw");
    cJSON_DeleteItemFromObjectCaseSensitive(copy, "raw_base64");
    cJSON_AddStringToObject(copy, "file", report->file);
    char *text = cJSON_PrintUnformatted(copy);
    text_add(list, "%s%s", list->len ? "," : "", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(copy);
}

/* A place that is not known is 0 or absent. */
static void say_place(struct screen *screen, const cJSON *error, const char *name) {
    double place = pick_number(error, name);
    if (place > 0) screen_say(screen, STYLE_TITLE, "%.0f:", place);
}

static void say(struct report *report, const cJSON *error) {
    struct screen *screen = &report->context->err;
    const char *excerpt = pick_text(error, "excerpt");
    screen_say(screen, STYLE_TITLE, "%s:", report->file);
    say_place(screen, error, "line");
    say_place(screen, error, "column");
    screen_say(screen, STYLE_NONE, " %s", pick_text(error, "message"));
    screen_line_end(screen);
    if (!*excerpt) return;
    screen_indent(screen, 4);
    screen_put(screen, STYLE_DIM, excerpt);
    screen_line_end(screen);
}

/* A dirty value that did not cost its record. */
static void say_change(struct report *report, const cJSON *change) {
    struct screen *screen = &report->context->err;
    screen_say(screen, STYLE_TITLE, "%s:", report->file);
    say_place(screen, change, "line");
    screen_say(screen, STYLE_NONE, " %s: %s, was %s", pick_text(change, "field"), pick_text(change, "action"),
               pick_text(change, "was"));
    screen_line_end(screen);
}

static void tell_changes(struct report *report, const cJSON *answer, struct progress *progress) {
    const cJSON *change;
    cJSON_ArrayForEach (change, pick(answer, "changes")) {
        report->change_count++;
        if (report->context->output == OUTPUT_HUMAN) {
            progress_clear(progress);
            say_change(report, change);
        } else {
            keep_json(report, &report->changes, change);
        }
    }
}

static void tell_errors(struct report *report, const cJSON *answer, struct progress *progress) {
    const cJSON *error;
    bool human = report->context->output == OUTPUT_HUMAN;
    cJSON_ArrayForEach (error, pick(answer, "errors")) {
        uint64_t mark = mark_of(error);
        if (report->told_sorted > 0 && bsearch(&mark, report->told, report->told_sorted, sizeof mark, by_mark))
            continue;
        remember(report, error);
        if (report->errors_to) keep_raw(report, error);
        if (human) {
            progress_clear(progress);
            say(report, error);
        } else {
            keep_json(report, &report->errors, error);
        }
    }
}

void report_add(struct report *report, const cJSON *answer, struct progress *progress) {
    for (size_t i = 0; i < TALLIES; i++) {
        double count = pick_number(answer, names[i]);
        if (count > report->current[i]) report->current[i] = count;
    }
    tell_errors(report, answer, progress);
    tell_changes(report, answer, progress);
}

/* The final report may list again what was told on the way. */
void report_close(struct report *report, const cJSON *answer, struct progress *progress) {
    if (report->told_count > 0) qsort(report->told, report->told_count, sizeof *report->told, by_mark);
    report->told_sorted = report->told_count;
    report_add(report, answer, progress);
    report->told_sorted = 0;
    for (size_t i = 0; i < TALLIES; i++) {
        report->total[i] += report->current[i];
        report->current[i] = 0;
    }
    if (pick_number(answer, "seq") > report->seq) report->seq = pick_number(answer, "seq");
    if (pick_number(answer, "revision") > report->revision) report->revision = pick_number(answer, "revision");
}

static double tally(const struct report *report, size_t i) {
    return report->total[i] + report->current[i];
}

double report_read(const struct report *report) {
    return tally(report, 0);
}

double report_failed(const struct report *report) {
    return tally(report, TALLIES - 1);
}

char *report_json(const struct report *report, double files) {
    struct text text = {.bytes = NULL};
    text_add(&text, "{\"files\":%.0f", files);
    for (size_t i = 0; i < TALLIES; i++)
        text_add(&text, ",\"%s\":%.0f", names[i], tally(report, i));
    text_add(&text, ",\"seq\":%.0f,\"revision\":%.0f,\"errors\":[", report->seq, report->revision);
    if (report->errors.len) text_add_bytes(&text, report->errors.bytes, report->errors.len);
    text_add(&text, "]");
    if (report->changes.len) text_add(&text, ",\"changes\":[%s]", report->changes.bytes);
    text_add(&text, "}");
    return text.bytes;
}

char *report_sentence(const struct report *report) {
    struct text text = {.bytes = NULL};
    for (size_t i = 0; i < TALLIES; i++) {
        char count[40];
        text_add(&text, "%s%s %s", i == 0 ? "" : i == 1 ? ": " : ", ", show_count(count, tally(report, i)), names[i]);
    }
    if (report->change_count) text_add(&text, "; dirty values: %zu", report->change_count);
    return text.bytes;
}

void report_free(struct report *report) {
    free(report->told);
    free(report->errors.bytes);
    free(report->changes.bytes);
}
