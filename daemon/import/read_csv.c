/* Reads a line of CSV: the header's names, then a record a line.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The grammar stands in cut_csv.c.  A column's name is the field's; one without a name is `column_N`.  Every value is
 * a string; an empty one is no field.  A line has as many fields as the header.  One thread at a time. */
#include "format.h"
#include "plain_text.h"

#include <string.h>

struct line {
    struct arena *arena;
    const char *text, *end, *at;
    char separator;
    const char **fields;
    size_t count, capacity;
};

static enum status wrong(const struct line *line, const char *at, const char *expected, struct err *err) {
    err_set(err, ST_INVALID_FORMAT, "%s", expected);
    text_place(err, line->text, (size_t)(at - line->text));
    return ST_INVALID_FORMAT;
}

static void add(struct line *line, const char *field) {
    line->fields = arena_grow(line->arena, line->fields, line->count, &line->capacity, sizeof *line->fields);
    line->fields[line->count++] = field;
}

/* At the opening quote. */
static enum status read_quoted(struct line *line, struct err *err) {
    const char *open = line->at++;
    char *field = arena_alloc(line->arena, (size_t)(line->end - open) + 1);
    size_t len = 0;
    for (;; line->at++) {
        if (line->at == line->end) return wrong(line, open, "expected a closing quote", err);
        if (*line->at == '"' && (++line->at == line->end || *line->at != '"')) break;
        field[len++] = *line->at;
    }
    add(line, field);
    if (line->at == line->end || *line->at == line->separator) return ST_OK;
    return wrong(line, line->at, "expected a separator behind the closing quote", err);
}

static enum status read_field(struct line *line, struct err *err) {
    if (line->at < line->end && *line->at == '"') return read_quoted(line, err);
    const char *stop = memchr(line->at, line->separator, (size_t)(line->end - line->at));
    if (!stop) stop = line->end;
    add(line, arena_strndup(line->arena, line->at, (size_t)(stop - line->at)));
    line->at = stop;
    return ST_OK;
}

static enum status read_fields(struct line *line, struct err *err) {
    line->at = line->text;
    for (;;) {
        enum status status = read_field(line, err);
        if (status || line->at == line->end) return status;
        line->at++; /* the separator: another field follows, perhaps an empty one */
    }
}

static char find_separator(const struct line *line) {
    size_t counts[3] = {0};
    bool quoted = false;
    for (const char *at = line->text; at < line->end; at++) {
        const char *found = *at && !quoted ? strchr(csv_separators, *at) : NULL;
        if (*at == '"') quoted = !quoted;
        if (found) counts[found - csv_separators]++;
    }
    return csv_separator(counts);
}

static enum status read_header(const struct line *line, struct file_memory *memory, struct err *err) {
    struct labels names;
    labels_init(&names, line->arena, false);
    memory->separator = line->separator;
    const char **columns = arena_alloc(memory->arena, line->count * sizeof *columns);
    for (size_t i = 0; i < line->count; i++) {
        const char *name = text_trimmed(memory->arena, line->fields[i], strlen(line->fields[i]));
        columns[i] = *name ? name : arena_printf(memory->arena, "column_%zu", i + 1);
        if (labels_find(&names, columns[i], strlen(columns[i])))
            return err_set(err, ST_INVALID_FORMAT, "header: expected each name once, got \"%.60s\" again", columns[i]);
        labels_add(&names, columns[i], strlen(columns[i]), (uint32_t)i);
    }
    memory->columns = columns;
    memory->column_count = line->count;
    return ST_OK;
}

enum status read_csv(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err) {
    struct file_memory *memory = reading->memory;
    struct line line = {.arena = reading->arena, .separator = memory->separator};
    char *text;
    size_t len;
    *out = NULL;
    enum status status = text_read(reading->arena, piece->bytes, piece->len, &text, &len, err);
    if (status) return status;
    line.text = text;
    line.end = text + len;
    bool header = !line.separator;
    if (header) line.separator = memory->separator = find_separator(&line);
    status = read_fields(&line, err);
    if (status || header) return status ? status : read_header(&line, memory, err);
    if (!memory->columns) return err_set(err, ST_INVALID_RECORD, "expected a header that can be read above it");
    if (line.count != memory->column_count)
        return err_set(err, ST_INVALID_RECORD, "expected %zu fields, as the header has, got %zu", memory->column_count,
                       line.count);
    cJSON *record = cJSON_CreateObject();
    for (size_t i = 0; i < line.count; i++)
        if (*line.fields[i]) cJSON_AddStringToObject(record, memory->columns[i], line.fields[i]);
    *out = record;
    return ST_OK;
}
