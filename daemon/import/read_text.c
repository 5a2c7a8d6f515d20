/* Reads a plain text: title, summary, sections and sources, as archive/structure finds them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Boilerplate is left out; everything else is in the record.  An entry of the bibliography keeps its wording in
 * `citation`, unless it is nothing but a URL, so that what its parts don't hold (authors, pages) is not lost.  The
 * file's name is kept in `file`.  Pure: any thread. */
#include "format.h"
#include "plain_text.h"
#include "sources.h"

#include "archive/structure.h"
#include <string.h>

static bool add_words(cJSON *object, const char *name, const char *words) {
    if (!*words) return false;
    cJSON_AddStringToObject(object, name, words);
    return true;
}

static char *span_words(const struct reading *reading, const char *text, struct span span) {
    return text_tidy(arena_strndup(reading->arena, text + span.start, span.end - span.start));
}

static bool add_parts(const struct reading *reading, cJSON *record, const char *text,
                      const struct structure *structure) {
    cJSON *sections = cJSON_CreateArray();
    bool any = false;
    for (size_t i = 0; i < structure->part_count; i++) {
        const struct part *part = &structure->parts[i];
        const char *body = text_tidy((char *)structure_body(reading->arena, structure, text, part));
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
    enum status status = text_read(reading->arena, piece->bytes, piece->len, &text, &len, err);
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
