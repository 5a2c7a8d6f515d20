/* What tasks have done, and the list of tasks, for people.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include "pick.h"

#include <string.h>
#include <time.h>

static enum style status_style(const char *status) {
    if (strcmp(status, "succeeded") == 0) return STYLE_GOOD;
    if (strcmp(status, "failed") == 0) return STYLE_BAD;
    return strcmp(status, "processing") == 0 ? STYLE_WARN : STYLE_NONE;
}

/* Seconds since 1970 of 2025-10-08T09:10:11Z; 0: none. */
static double read_time(const char *text) {
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    return end ? (double)timegm(&tm) : 0;
}

static void print_when(struct screen *screen, const cJSON *task) {
    char buffer[40];
    const char *created = pick_text(task, "created");
    double started = read_time(pick_text(task, "started")), ended = read_time(pick_text(task, "ended"));
    char day[20] = "";
    if (strlen(created) >= 19) snprintf(day, sizeof day, "%.10s %.8s", created, created + 11);
    screen_cell(screen, STYLE_DIM, 21, day);
    screen_cell(screen, STYLE_NONE, -9, started > 0 && ended >= started ? show_seconds(buffer, ended - started) : "");
    screen_put(screen, STYLE_NONE, "  ");
    screen_cell(screen, STYLE_DIM, 7, pick_text(task, "who"));
}

static void print_progress(struct screen *screen, const cJSON *task) {
    char buffer[40], done[40], total[40];
    if (pick_number(task, "total") > 0)
        screen_say(screen, STYLE_NONE, "  %s of %s", show_count(done, pick_number(task, "done")),
                   show_count(total, pick_number(task, "total")));
    if (*pick_text(task, "stage")) screen_say(screen, STYLE_NONE, "  %s", pick_text(task, "stage"));
    if (cJSON_IsNumber(pick(task, "eta_seconds")))
        screen_say(screen, STYLE_DIM, "  %s left", show_seconds(buffer, pick_number(task, "eta_seconds")));
}

void print_tasks(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *task;
    cJSON_ArrayForEach (task, pick(result, "tasks")) {
        char buffer[40];
        const char *status = pick_text(task, "status"), *message = pick_text(task, "error.message");
        screen_cell(screen, STYLE_NONE, -6, pick_scalar(buffer, task, "task"));
        screen_put(screen, STYLE_NONE, "  ");
        screen_cell(screen, STYLE_NONE, 10, pick_text(task, "type"));
        screen_cell(screen, status_style(status), 12, status);
        print_when(screen, task);
        print_progress(screen, task);
        if (*message) screen_say(screen, STYLE_BAD, "  %s", message);
        screen_line_end(screen);
    }
    if (pick_size(result, "tasks") == 0) screen_paragraph(screen, STYLE_DIM, 0, "no tasks");
}

void print_changes(struct screen *screen, const cJSON *result) {
    const cJSON *change;
    if (pick_size(result, "changes") == 0)
        screen_paragraph(screen, STYLE_NONE, 0, "The schema is the one in force: nothing will differ.");
    cJSON_ArrayForEach (change, pick(result, "changes")) {
        screen_say(screen, STYLE_NONE, "%ss: ", pick_text(change, "kind"));
        screen_say(screen, STYLE_TITLE, "%s", pick_text(change, "field"));
        screen_say(screen, STYLE_NONE, " %s", pick_text(change, "change"));
        screen_line_end(screen);
    }
}

void print_refused(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *record;
    if (pick_size(result, "refused") == 0) screen_paragraph(screen, STYLE_DIM, 0, "no refused records");
    cJSON_ArrayForEach (record, pick(result, "refused")) {
        screen_say(screen, STYLE_NONE, "%s ", pick_text(record, "kind"));
        screen_say(screen, STYLE_TITLE, "%s", pick_text(record, "id"));
        screen_line_end(screen);
        screen_paragraph(screen, STYLE_WARN, 2, pick_text(record, "reason"));
    }
}

void print_generation(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    char buffer[40];
    bool has_task = cJSON_IsNumber(pick(result, "task"));
    if (!cJSON_IsNumber(pick(result, "generation"))) { /* it has only been started, or not even that */
        if (!has_task || pick_size(result, "changes") > 0) print_changes(screen, result);
        if (!has_task) return;
        screen_say(screen, STYLE_NONE, "Task %s has begun; footnote tasks shows how far it is.",
                   pick_scalar(buffer, result, "task"));
        screen_line_end(screen);
        return;
    }
    screen_say(screen, STYLE_NONE, "Generation %s is served: ", pick_scalar(buffer, result, "generation"));
    print_counted(screen, STYLE_NONE, pick_number(result, "records"), "record", "records");
    screen_say(screen, STYLE_NONE, ", %s", show_bytes(buffer, pick_number(result, "index_bytes")));
    if (pick_number(result, "previous") > 0)
        screen_say(screen, STYLE_DIM, "; footnote rollback returns to generation %s",
                   pick_scalar(buffer, result, "previous"));
    screen_line_end(screen);
}

static void print_archive(struct screen *screen, const cJSON *result) {
    char buffer[40];
    print_counted(screen, STYLE_NONE, pick_number(result, "articles"), "article", "articles");
    screen_put(screen, STYLE_NONE, " and ");
    print_counted(screen, STYLE_NONE, pick_number(result, "sources"), "source", "sources");
    screen_say(screen, STYLE_NONE, ", up to revision %s", pick_scalar(buffer, result, "seq"));
}

void print_backup(struct context *context, const cJSON *result) {
    char buffer[40];
    print_archive(&context->out, result);
    screen_say(&context->out, STYLE_NONE, ", %s, are in %s", show_bytes(buffer, pick_number(result, "bytes")),
               pick_text(result, "dir"));
    screen_line_end(&context->out);
}

void print_restore(struct context *context, const cJSON *result) {
    char buffer[40];
    print_archive(&context->out, result);
    screen_say(&context->out, STYLE_NONE, ", are served as generation %s", pick_scalar(buffer, result, "generation"));
    screen_line_end(&context->out);
}

static void print_finding(struct screen *screen, const cJSON *finding) {
    char buffer[40];
    bool repaired = pick_true(finding, "repaired");
    const char *kind = pick_text(finding, "kind"), *id = pick_text(finding, "id");
    screen_say(screen, STYLE_TITLE, "%s", pick_text(finding, "place"));
    if (*kind) screen_say(screen, STYLE_NONE, " %s", kind);
    if (*id) screen_say(screen, STYLE_NONE, " %s", id);
    if (pick(finding, "revision")) screen_say(screen, STYLE_DIM, " at %s", pick_scalar(buffer, finding, "revision"));
    screen_line_end(screen);
    screen_paragraph(screen, STYLE_NONE, 2, pick_text(finding, "message"));
    screen_paragraph(screen, repaired ? STYLE_GOOD : STYLE_WARN, 2,
                     repaired ? "It has been repaired." : pick_text(finding, "remedy"));
}

void print_verify(struct context *context, const cJSON *result) {
    struct screen *screen = &context->out;
    const cJSON *finding;
    cJSON_ArrayForEach (finding, pick(result, "findings"))
        print_finding(screen, finding);
    double beyond = pick_number(result, "findings_beyond");
    if (beyond > 0) {
        print_counted(screen, STYLE_NONE, beyond, "finding more", "findings more");
        screen_line_end(screen);
    }
    print_counted(screen, STYLE_NONE, pick_number(result, "records"), "record and revision", "records and revisions");
    screen_say(screen, pick_true(result, "ok") ? STYLE_GOOD : STYLE_WARN, ": %s", pick_text(result, "advice"));
    screen_line_end(screen);
}
