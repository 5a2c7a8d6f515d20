/* Entries of a bibliography as an article's `sources`; see sources.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The wording of an entry is kept in `citation`, unless it is nothing but a number and a URL.  Pure: any thread. */
#include "sources.h"

#include <string.h>

cJSON *sources_of(cJSON *record) {
    cJSON *sources = cJSON_GetObjectItemCaseSensitive(record, "sources");
    return sources ? sources : cJSON_AddArrayToObject(record, "sources");
}

static void add(cJSON *object, const char *name, const char *value) {
    if (value && *value) cJSON_AddStringToObject(object, name, value);
}

/* Behind `[1]`, `[^1]:`, `1.` and the like. */
static const char *without_label(const char *raw) {
    size_t open = strspn(raw, "[^"), digits = strspn(raw + open, "0123456789");
    size_t close = strspn(raw + open + digits, "]:.)");
    return digits && close ? raw + open + digits + close + strspn(raw + open + digits + close, " \t") : raw;
}

void sources_add_reference(cJSON *record, const struct reference *reference) {
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddItemToArray(sources_of(record), entry);
    cJSON_AddNumberToObject(entry, "n", reference->n);
    add(entry, "url", reference->url);
    add(entry, "title", reference->title);
    add(entry, "outlet", reference->outlet);
    add(entry, "published", reference->published);
    add(entry, "archived_url", reference->archived_url);
    if (reference->title || reference->outlet || reference->published || !reference->url)
        add(entry, "citation", without_label(reference->raw));
}

void sources_add_references(cJSON *record, const struct reference *references, size_t count) {
    for (size_t i = 0; i < count; i++)
        sources_add_reference(record, &references[i]);
}
