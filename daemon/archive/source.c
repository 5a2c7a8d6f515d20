/* Source records: reading one, making one from an article's entry.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A source's id is the key of its URL; an id that is no key is a fault, told with the key.  Pure functions: any
 * thread. */
#include "archive/article.h"
#include "record_reader.h"

#include <string.h>

static const char *const statuses[] = {"live",      "dead",      "usurped",  "unfit",     "deviated",
                                       "corrected", "retracted", "disputed", "superseded"};

static void read_status(struct record_reader *reader, const struct place *place, struct source *source) {
    source->status = read_string(reader, place, "status");
    if (!source->status) return;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (strcmp(source->status, statuses[i]) == 0) return;
    fault_at(&reader->faults, place, "status",
             "expected live, dead, usurped, unfit, deviated, corrected, retracted, disputed or superseded, got %s",
             value_shown(reader->arena, read_member(place, "status")));
}

/* The id, the domain and an archive's copy follow from the key. */
static void read_key(struct record_reader *reader, const struct rules *rules, const struct place *place,
                     struct source *source) {
    struct source_key of_url = {0}, of_id = {0};
    const char *id = read_id(reader, place, SOURCE_KEY_MAX);
    if (source->url) source_key_from_url(reader->arena, rules, source->url, &of_url);
    if (id) source_key_from_url(reader->arena, rules, id, &of_id);
    if (!of_url.key && !id && source->archived_url)
        source_key_from_url(reader->arena, rules, source->archived_url, &of_url);
    if (!of_url.key && !id)
        source_key_from_reference(reader->arena, source->title, source->outlet, source->published, &of_url);
    if (id && !of_id.key)
        fault_at(&reader->faults, place, "id", "expected a source's key or URL, got %s",
                 value_shown(reader->arena, read_member(place, "id")));
    else if (id && of_url.key && strcmp(of_id.key, of_url.key) != 0)
        fault_at(&reader->faults, place, "id", "expected the key of `url`, \"%s\", got %s", of_url.key,
                 value_shown(reader->arena, read_member(place, "id")));
    else if (!id && !of_url.key && reader->faults.count == 0)
        fault_at(&reader->faults, place, "url", "expected a URL, an id or a title, got none");
    const struct source_key *key = of_url.key ? &of_url : &of_id;
    source->id = key->key;
    if (!source->domain) source->domain = key->domain;
    if (!source->archived_url) source->archived_url = key->archived_url;
}

enum status source_read(struct arena *arena, const struct rules *rules, const cJSON *record, struct source **out,
                        struct err *err) {
    *out = NULL;
    if (!cJSON_IsObject(record))
        return err_set(err, ST_INVALID_RECORD, "record: expected an object, got %s", value_shown(arena, record));
    struct record_reader reader = {.arena = arena};
    struct place place = {.object = record};
    struct source *source = arena_alloc(arena, sizeof *source);
    faults_init(&reader.faults);
    source->record = record;
    source->url = read_string(&reader, &place, "url");
    source->title = read_string(&reader, &place, "title");
    source->outlet = read_string(&reader, &place, "outlet");
    source->domain = read_string(&reader, &place, "domain");
    source->published = read_date(&reader, &place, "published");
    source->kind = read_string(&reader, &place, "kind");
    source->text = read_string(&reader, &place, "text");
    source->archived_url = read_string(&reader, &place, "archived_url");
    source->status_since = read_date(&reader, &place, "status_since");
    source->note = read_string(&reader, &place, "note");
    read_status(&reader, &place, source);
    read_key(&reader, rules, &place, source);
    enum status status = faults_end(&reader.faults, err);
    if (status == ST_OK) *out = source;
    return status;
}

static bool fill(cJSON *record, const char *name, const char *value) {
    const cJSON *old = json_get(record, name);
    if (!value || (old && !cJSON_IsNull(old) && !(cJSON_IsString(old) && !*old->valuestring))) return false;
    if (old) cJSON_DeleteItemFromObjectCaseSensitive(record, name);
    return cJSON_AddStringToObject(record, name, value) != NULL;
}

bool source_record_fill(cJSON *record, const struct source_entry *entry) {
    const struct source_key *key = &entry->key;
    const struct {
        const char *name, *value;
    } fields[] = {
        {"id", key->key},        {"url", key->url ? key->url : entry->url},
        {"title", entry->title}, {"outlet", entry->outlet},
        {"domain", key->domain}, {"published", entry->published},
        {"text", entry->text},   {"archived_url", entry->archived_url ? entry->archived_url : key->archived_url},
    };
    bool added = false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        added = fill(record, fields[i].name, fields[i].value) || added;
    return added;
}

cJSON *source_record_from_entry(const struct source_entry *entry) {
    cJSON *record = cJSON_CreateObject();
    if (record) source_record_fill(record, entry);
    return record;
}
