/* The state of the daemon, its words and its schema, for people.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include "pick.h"

enum shape { SHAPE_COUNT, SHAPE_BYTES, SHAPE_SECONDS, SHAPE_PLAIN };

static const struct {
    const char *member, *label;
    enum shape shape;
} status_rows[] = {
    {"articles", "Articles", SHAPE_COUNT},
    {"sources", "Sources", SHAPE_COUNT},
    {"mentions", "Mentions", SHAPE_COUNT},
    {"revision", "Revision", SHAPE_PLAIN},
    {"seq", "Writes", SHAPE_PLAIN},
    {"applied_seq", "Writes in index", SHAPE_PLAIN},
    {"generation", "Generation", SHAPE_PLAIN},
    {"index_bytes", "Index", SHAPE_BYTES},
    {"store_bytes", "Store", SHAPE_BYTES},
    {"uptime_seconds", "Up for", SHAPE_SECONDS},
};

static const char *shape_value(char buffer[40], enum shape shape, const cJSON *value) {
    if (!cJSON_IsNumber(value)) return pick_scalar(buffer, value, "");
    switch (shape) {
    case SHAPE_COUNT: return show_count(buffer, value->valuedouble);
    case SHAPE_BYTES: return show_bytes(buffer, value->valuedouble);
    case SHAPE_SECONDS: return show_seconds(buffer, value->valuedouble);
    case SHAPE_PLAIN: break;
    }
    return pick_scalar(buffer, value, "");
}

void print_status(struct context *context, const cJSON *result) {
    enum { ROWS = sizeof status_rows / sizeof *status_rows };
    cJSON *rest = cJSON_Duplicate(result, true);
    for (size_t i = 0; i < ROWS; i++) {
        const cJSON *value = pick(result, status_rows[i].member);
        char buffer[40];
        if (!value) continue;
        screen_cell(&context->out, STYLE_DIM, 16, status_rows[i].label);
        screen_cell(&context->out, STYLE_NONE, -14, shape_value(buffer, status_rows[i].shape, value));
        screen_line_end(&context->out);
        cJSON_DeleteItemFromObjectCaseSensitive(rest, status_rows[i].member);
    }
    if (rest->child) {
        screen_line_end(&context->out);
        print_any(context, rest);
    }
    cJSON_Delete(rest);
}

/* In the form of the files, so that what was printed can be changed and set again. */
void print_entries(struct context *context, const cJSON *result) {
    const cJSON *list = pick(result, "rules"), *entry;
    if (!list) list = pick(result, "words");
    if (!list) {
        print_any(context, result);
        return;
    }
    cJSON_ArrayForEach (entry, list) {
        screen_put(&context->out, STYLE_NONE, pick_text(entry, ""));
        screen_line_end(&context->out);
    }
}

void print_schema(struct context *context, const cJSON *result) {
    const cJSON *schema = pick(result, "schema");
    if (!schema) {
        print_any(context, result);
        return;
    }
    char *text = cJSON_Print(schema);
    fprintf(context->out.file, "%s\n", text);
    cJSON_free(text);
}
