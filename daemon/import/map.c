/* Renaming of fields: reading a map; the grammar stands in map.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Read once when an import begins, then read-only: any thread. */
#include "map_rules.h"

#include "base/mem.h"

#include <string.h>

struct reader {
    const char *text;
    size_t at;
    struct err *err;
};

static enum status wrong(struct reader *reader, size_t at, const char *expected) {
    err_param(reader->err, ST_INVALID_VALUE, "map", "map: %s at character %zu of \"%s\"", expected, at + 1,
              reader->text);
    if (reader->err) reader->err->position = (long)at;
    return ST_INVALID_VALUE;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(const struct reader *reader, size_t at) {
    while (is_space(reader->text[at]))
        at++;
    return at;
}

/* A path that ends before `=`, `,` or the end; its bytes without the white space around. */
static enum status read_path(struct reader *reader, const char *ends, size_t max, struct map_path *out) {
    size_t at = skip_space(reader, reader->at);
    size_t end = at + strcspn(reader->text + at, ends);
    reader->at = end;
    while (end > at && is_space(reader->text[end - 1]))
        end--;
    if (end == at) return ST_OK;
    out->text = mem_strndup(reader->text + at, end - at);
    while (at <= end) {
        size_t len = strcspn(reader->text + at, ".");
        if (at + len > end) len = end - at;
        if (len == 0) return wrong(reader, at, "expected a field's name");
        if (out->count == max)
            return wrong(reader, at, max == 2 ? "expected at most two names" : "expected fewer names");
        out->names[out->count++] = mem_strndup(reader->text + at, len);
        at += len + 1;
    }
    return ST_OK;
}

static enum status read_rule(struct reader *reader, struct map_rule *rule) {
    enum status status = read_path(reader, "=,", MAP_DEPTH, &rule->theirs);
    if (status) return status;
    if (rule->theirs.count == 0) return wrong(reader, reader->at, "expected a field's name");
    if (reader->text[reader->at] != '=') return wrong(reader, reader->at, "expected '='");
    reader->at++;
    status = read_path(reader, "=,", 2, &rule->ours);
    if (status) return status;
    if (reader->text[reader->at] == '=') return wrong(reader, reader->at, "expected ',' or the end");
    return ST_OK;
}

static void mark_copies(struct map *map) {
    for (size_t i = 0; i < map->count; i++) {
        for (size_t j = i + 1; j < map->count; j++) {
            if (strcmp(map->rules[i].theirs.text, map->rules[j].theirs.text) == 0) map->rules[i].copy = true;
        }
    }
}

enum status map_open(struct map **out, const char *text, struct err *err) {
    struct reader reader = {.text = text, .err = err};
    struct map *map = mem_alloc(sizeof *map);
    enum status status = ST_OK;
    *out = NULL;
    while (!status && text[skip_space(&reader, reader.at)]) {
        map->rules = mem_realloc(map->rules, (map->count + 1) * sizeof *map->rules);
        struct map_rule *rule = &map->rules[map->count++];
        memset(rule, 0, sizeof *rule);
        status = read_rule(&reader, rule);
        if (!status && text[reader.at] == ',') reader.at++;
    }
    if (status) {
        map_close(map);
        return status;
    }
    mark_copies(map);
    *out = map;
    return ST_OK;
}

static void free_path(struct map_path *path) {
    for (size_t i = 0; i < path->count; i++)
        mem_free(path->names[i]);
    mem_free((char *)path->text);
}

void map_close(struct map *map) {
    if (!map) return;
    for (size_t i = 0; i < map->count; i++) {
        free_path(&map->rules[i].theirs);
        free_path(&map->rules[i].ours);
    }
    mem_free(map->rules);
    mem_free(map);
}
