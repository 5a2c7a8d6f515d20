/* Reads a plain text: title, summary, sections and sources, as archive/structure finds them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Boilerplate is left out; everything else is in the record.  An entry of the bibliography keeps its wording in
 * `citation`, unless it is nothing but a URL, so that what its parts don't hold (authors, pages) is not lost.  The
 * file's name is kept in `file`.  Pure: any thread. */
#include "format.h"
#include "sources.h"

#include "archive/structure.h"
#include "base/utf8.h"

#include <string.h>

/* Line and column of a byte that is wrong. */
static void set_place(struct err *err, const char *text, size_t at) {
    const char *line = text;
    err->line = 1;
    for (const char *end; (end = memchr(line, '\n', (size_t)(text + at - line))); line = end + 1)
        err->line++;
    err->column = (long)(text + at - line) + 1;
    err->position = (long)at;
}

enum status read_utf8(const struct reading *reading, const struct piece *piece, char **out, size_t *len,
                      struct err *err) {
    const char *nul = memchr(piece->bytes, '\0', piece->len);
    size_t valid = utf8_valid(piece->bytes, piece->len);
    size_t nul_at = nul ? (size_t)(nul - piece->bytes) : piece->len;
    size_t bad = valid < nul_at ? valid : nul_at;
    if (bad < piece->len) {
        unsigned byte = (unsigned char)piece->bytes[bad];
        err_set(err, ST_INVALID_FORMAT, "expected UTF-8 text, got byte 0x%02x", byte);
        set_place(err, piece->bytes, bad);
        return ST_INVALID_FORMAT;
    }
    char *text = arena_alloc(reading->arena, piece->len + 1);
    size_t n = 0;
    for (size_t i = 0; i < piece->len; i++) {
        char c = piece->bytes[i];
        if (c == '\r') {
            if (i + 1 < piece->len && piece->bytes[i + 1] == '\n') continue;
            c = '\n';
        }
        text[n++] = c;
    }
    *out = text;
    *len = n;
    return ST_OK;
}

/* Takes blank lines off both ends, and leaves at most one between paragraphs: dropped lines left holes. */
static char *tidy(char *text) {
    size_t at = strspn(text, " \t\n"), len = 0, breaks = 0;
    for (; text[at]; at++) {
        if (text[at] == '\n') {
            while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
                len--;
            if (++breaks > 2) continue;
        } else if (text[at] != ' ' && text[at] != '\t') {
            breaks = 0;
        }
        text[len++] = text[at];
    }
    while (len && strchr(" \t\n", text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

static bool add_words(cJSON *object, const char *name, const char *words) {
    if (!*words) return false;
    cJSON_AddStringToObject(object, name, words);
    return true;
}

static char *span_words(const struct reading *reading, const char *text, struct span span) {
    return tidy(arena_strndup(reading->arena, text + span.start, span.end - span.start));
}

static bool add_parts(const struct reading *reading, cJSON *record, const char *text,
                      const struct structure *structure) {
    cJSON *sections = cJSON_CreateArray();
    bool any = false;
    for (size_t i = 0; i < structure->part_count; i++) {
        const struct part *part = &structure->parts[i];
        const char *body = tidy((char *)structure_body(reading->arena, structure, text, part));
        if (part->number == 0) {
            any |= add_words(record, "summary", body);
            continue;
        }
        cJSON *section = cJSON_CreateObject();
        cJSON_AddItemToArray(sections, section);
        any |= add_words(section, "heading", span_words(reading, text, part->heading));
        any |= *body != '\0';
        cJSON_AddStringToObject(section, "text", body);
    }
    if (sections->child)
        cJSON_AddItemToObject(record, "sections", sections);
    else
        cJSON_Delete(sections);
    return any;
}

enum status read_text(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err) {
    char *text;
    size_t len;
    enum status status = read_utf8(reading, piece, &text, &len, err);
    if (status) return status;
    struct structure structure;
    structure_find(reading->arena, reading->rules, text, len, true, NULL, &structure);
    cJSON *record = cJSON_CreateObject();
    bool any = add_words(record, "title", span_words(reading, text, structure.title));
    if (structure.published) cJSON_AddStringToObject(record, "published", structure.published);
    if (structure.updated) cJSON_AddStringToObject(record, "updated", structure.updated);
    any |= add_parts(reading, record, text, &structure);
    if (!any) {
        cJSON_Delete(record);
        return err_set(err, ST_INVALID_RECORD, "expected a title or text, got only boilerplate and white space");
    }
    sources_add_references(record, structure.references, structure.reference_count);
    if (reading->file) cJSON_AddStringToObject(record, "file", reading->file);
    *out = record;
    return ST_OK;
}
