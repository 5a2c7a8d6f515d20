/* A JSON file of rules: read, parse, point at a place.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * cJSON keeps no positions.  A place is found by walking the text and the tree side by side, which is only done
 * when there is a fault to report.  Runs on the thread that opens the rules. */
#include "rules_file.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 };

static void place(const struct rules_file *file, size_t offset, long *line, long *column) {
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < file->len; i++) {
        bool newline = file->text[i] == '\n';
        *line += newline;
        *column = newline ? 1 : *column + 1;
    }
}

static enum status fault_at(const struct rules_file *file, size_t offset, struct err *err, const char *text) {
    long line, column;
    place(file, offset, &line, &column);
    enum status status = err_set(err, ST_INVALID_FORMAT, "%s:%ld:%ld: %s", file->path, line, column, text);
    if (err) {
        err->position = (long)offset;
        err->line = line;
        err->column = column;
    }
    return status;
}

enum status rules_file_open(struct rules_file *out, const char *path, struct err *err) {
    *out = (struct rules_file){.path = path};
    enum status status = file_read(&out->text, &out->len, path, FILE_MAX, err);
    if (status != ST_OK) return status;
    struct err cause = ERR_NONE;
    status = json_parse(&out->tree, out->text, out->len, &(struct json_limits){.depth = 8}, &cause);
    if (status == ST_PARSE || status == ST_TOO_LARGE) {
        status = fault_at(out, cause.position > 0 ? (size_t)cause.position : 0, err, cause.text);
    } else if (status == ST_OK && !cJSON_IsObject(out->tree)) {
        status = fault_at(out, 0, err, "expected an object");
    } else if (status != ST_OK && err) {
        *err = cause;
    }
    if (status != ST_OK) rules_file_close(out);
    return status;
}

void rules_file_close(struct rules_file *file) {
    cJSON_Delete(file->tree);
    mem_free(file->text);
    file->tree = NULL;
    file->text = NULL;
}

static void skip_space(const char *text, size_t *at) {
    *at += strspn(text + *at, " \t\r\n");
}

static void skip_string(const char *text, size_t *at) {
    for (++*at; text[*at] != '"'; ++*at) {
        if (text[*at] == '\\') ++*at;
    }
    ++*at;
}

/* Moves *at over the value of `node`; true as soon as *at stands where `wanted` begins.  The text is valid JSON. */
static bool locate(const char *text, size_t *at, const cJSON *node, const cJSON *wanted) {
    skip_space(text, at);
    if (node == wanted) return true;
    if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
        if (text[*at] == '"') {
            skip_string(text, at);
        } else {
            *at += strcspn(text + *at, ",]} \t\r\n");
        }
        return false;
    }
    ++*at;
    for (const cJSON *child = node->child; child; child = child->next) {
        if (cJSON_IsObject(node)) {
            skip_space(text, at);
            skip_string(text, at);
            skip_space(text, at);
            ++*at;
        }
        if (locate(text, at, child, wanted)) return true;
        skip_space(text, at);
        if (child->next) ++*at;
    }
    skip_space(text, at);
    ++*at;
    return false;
}

enum status rules_file_fault(const struct rules_file *file, const cJSON *node, struct err *err, const char *format,
                             ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t offset = 0;
    if (!node || !locate(file->text, &offset, file->tree, node)) offset = 0;
    return fault_at(file, offset, err, text);
}

static bool listed(const char *names, const char *name) {
    size_t len = strlen(name);
    for (const char *at = names; len && (at = strstr(at, name)); at += len) {
        bool starts = at == names || at[-1] == ' ';
        if (starts && (at[len] == ' ' || at[len] == '\0')) return true;
    }
    return false;
}

enum status rules_file_keys(const struct rules_file *file, const cJSON *object, const char *names, struct err *err) {
    for (const cJSON *child = object->child; child; child = child->next) {
        if (listed(names, child->string)) continue;
        return rules_file_fault(file, child, err, "unknown field '%s': expected one of %s", child->string, names);
    }
    return ST_OK;
}
