/* Reading an article's record.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads every member before it judges, so that all faults of a record are told at once.  Strings are borrowed from
 * the record; only what structure_find cuts out of `text` is copied.  Pure functions: any thread. */
#include "article_internal.h"

#include "base/hash.h"
#include "base/utf8.h"

#include <string.h>

static void add_section(struct article_reader *reader, uint32_t number, const char *heading, const char *text,
                        uint32_t start) {
    struct article *article = reader->article;
    size_t i = article->section_count++;
    article->sections[i] = (struct section){
        .number = number, .heading = heading ? heading : "", .text = text ? text : "", .len = text ? strlen(text) : 0};
    reader->starts[i] = start;
}

static void reserve_sections(struct article_reader *reader, size_t count) {
    reader->article->sections = arena_alloc(reader->base.arena, (count + 1) * sizeof *reader->article->sections);
    reader->starts = arena_alloc(reader->base.arena, (count + 1) * sizeof *reader->starts);
}

/* A section of `sections`: verbatim, whatever stands in it. */
static void read_sections(struct article_reader *reader, const char *summary) {
    const cJSON *list = read_objects(&reader->base, &reader->root, "sections"), *item;
    reserve_sections(reader, (list ? (size_t)cJSON_GetArraySize(list) : 0) + 1);
    if (summary) add_section(reader, 0, NULL, summary, UINT32_MAX);
    struct place place = {.list = "sections"};
    cJSON_ArrayForEach (item, list) {
        place.object = item;
        const char *heading = read_string(&reader->base, &place, "heading");
        const char *text = read_string(&reader->base, &place, "text");
        add_section(reader, (uint32_t)++place.index, heading, text, UINT32_MAX);
    }
}

static const char *slice(struct article_reader *reader, struct span span) {
    return arena_strndup(reader->base.arena, reader->text + span.start, span.end - span.start);
}

/* A summary given beside the text is section 0; the text's parts then count from 1. */
static void read_text(struct article_reader *reader, const char *summary) {
    struct article *article = reader->article;
    struct structure *structure = &reader->structure;
    structure_find(reader->base.arena, reader->rules, reader->text, reader->text_len, !article->title, article->title,
                   structure);
    if (!article->title && structure->title.end > structure->title.start)
        article->title = slice(reader, structure->title);
    if (!article->published) article->published = structure->published;
    if (!article->updated) article->updated = structure->updated;
    reserve_sections(reader, structure->part_count + 1);
    if (summary) add_section(reader, 0, NULL, summary, UINT32_MAX);
    for (size_t i = 0; i < structure->part_count; i++) {
        const struct part *part = &structure->parts[i];
        const char *body = structure_body(reader->base.arena, structure, reader->text, part);
        uint32_t number = summary ? (uint32_t)i + 1 : part->number;
        add_section(reader, number, slice(reader, part->heading), body, part->body.start);
    }
}

static void read_body(struct article_reader *reader) {
    const char *summary = read_string(&reader->base, &reader->root, "summary");
    reader->text = read_string(&reader->base, &reader->root, "text");
    if (!reader->text) {
        read_sections(reader, summary);
        return;
    }
    reader->text_len = strlen(reader->text);
    if (read_member(&reader->root, "sections")) {
        fault_at(&reader->base.faults, &reader->root, "text", "stands in place of sections, got both");
        return;
    }
    if (reader->text_len >= UINT32_MAX) {
        reader->base.faults.status = ST_TOO_LARGE;
        fault_at(&reader->base.faults, &reader->root, "text", "expected less than 4 GiB");
        return;
    }
    reader->text_chars = (uint32_t)utf8_count(reader->text, reader->text_len);
    read_text(reader, summary);
}

static bool is_blank(const char *text) {
    return !text || text[strspn(text, " \t\r\n\v\f")] == '\0';
}

/* A page of which only the address is known is an article too. */
static void require_text(struct article_reader *reader) {
    const struct article *article = reader->article;
    if (!is_blank(article->title) || !is_blank(reader->text) || !is_blank(article->url)) return;
    for (size_t i = 0; i < article->section_count; i++)
        if (!is_blank(article->sections[i].text)) return;
    if (reader->base.faults.count > 0) return; /* what was meant as text may be among the faults */
    fault_at(&reader->base.faults, &reader->root, "title", "expected a title, some text or a URL, got none");
}

static void read_claims(struct article_reader *reader) {
    const cJSON *list = read_objects(&reader->base, &reader->root, "claims"), *item;
    if (!list) return;
    struct article *article = reader->article;
    article->claims = arena_alloc(reader->base.arena, (size_t)cJSON_GetArraySize(list) * sizeof *article->claims + 1);
    struct place place = {.list = "claims"};
    cJSON_ArrayForEach (item, list) {
        place.object = item;
        struct claim *claim = &article->claims[article->claim_count++];
        const char *text = read_string(&reader->base, &place, "text");
        claim->text = text ? text : "";
        claim->claimant = read_string(&reader->base, &place, "claimant");
        claim->date = read_date(&reader->base, &place, "date");
        place.index++;
    }
}

static void key_of(struct article_reader *reader, struct source_entry *entry) {
    struct arena *arena = reader->base.arena;
    if (entry->url) source_key_from_url(arena, reader->rules, entry->url, &entry->key);
    if (!entry->key.key && entry->archived_url)
        source_key_from_url(arena, reader->rules, entry->archived_url, &entry->key);
    if (!entry->key.key) source_key_from_reference(arena, entry->title, entry->outlet, entry->published, &entry->key);
}

/* `start` and `end` of an entry: an in-text link. */
static void read_link(struct article_reader *reader, const struct place *place, uint32_t source) {
    bool has_start = read_member(place, "start"), has_end = read_member(place, "end");
    if (!has_start && !has_end) return;
    struct faults *faults = &reader->base.faults;
    if (!reader->text) {
        fault_at(faults, place, "start", "counts characters in `text`, which the record lacks");
        return;
    }
    if (!has_start || !has_end) {
        fault_at(faults, place, has_start ? "end" : "start", "expected beside `%s`, got nothing",
                 has_start ? "start" : "end");
        return;
    }
    int64_t start, end;
    if (!read_integer(&reader->base, place, "start", 0, INT32_MAX, &start)) return;
    if (!read_integer(&reader->base, place, "end", start, INT32_MAX, &end)) return;
    reader->links[reader->link_count++] = (struct link){(uint32_t)start, (uint32_t)end, source};
}

static void read_source(struct article_reader *reader, const struct place *place) {
    struct record_reader *base = &reader->base;
    struct article *article = reader->article;
    uint32_t index = (uint32_t)article->source_count++;
    struct source_entry *entry = &article->sources[index];
    int64_t n = (int64_t)place->index + 1;
    read_integer(base, place, "n", 1, SOURCE_NUMBER_MAX, &n);
    entry->n = (uint32_t)n;
    entry->url = read_string(base, place, "url");
    entry->title = read_string(base, place, "title");
    entry->outlet = read_string(base, place, "outlet");
    entry->published = read_date(base, place, "published");
    entry->archived_url = read_string(base, place, "archived_url");
    entry->text = read_string(base, place, "text");
    read_link(reader, place, index);
    key_of(reader, entry);
}

/* A reference found in the text, unless the record's own list has its number. */
static void add_reference(struct article_reader *reader, const struct reference *reference, size_t given) {
    struct article *article = reader->article;
    for (size_t i = 0; i < given; i++)
        if (article->sources[i].n == reference->n) return;
    struct source_entry *entry = &article->sources[article->source_count++];
    *entry = (struct source_entry){.n = reference->n,
                                   .url = reference->url,
                                   .title = reference->title,
                                   .outlet = reference->outlet,
                                   .published = reference->published,
                                   .archived_url = reference->archived_url};
    if (!entry->url && !entry->title) entry->title = reference->raw;
    key_of(reader, entry);
}

static void read_sources(struct article_reader *reader) {
    const cJSON *list = read_objects(&reader->base, &reader->root, "sources"), *item;
    size_t given = list ? (size_t)cJSON_GetArraySize(list) : 0, found = reader->structure.reference_count;
    reader->article->sources = arena_alloc(reader->base.arena, (given + found) * sizeof *reader->article->sources + 1);
    reader->links = arena_alloc(reader->base.arena, given * sizeof *reader->links + 1);
    struct place place = {.list = "sources"};
    cJSON_ArrayForEach (item, list) {
        place.object = item;
        if (cJSON_IsObject(item)) read_source(reader, &place);
        place.index++;
    }
    given = reader->article->source_count;
    for (size_t i = 0; i < found; i++)
        add_reference(reader, &reader->structure.references[i], given);
}

static const char *derive_id(struct article_reader *reader) {
    struct source_key key = {0};
    if (reader->article->url) source_key_from_url(reader->base.arena, reader->rules, reader->article->url, &key);
    if (key.key) return key.key;
    struct buf json;
    struct jw jw;
    char hex[33];
    buf_init(&json, 0);
    jw_init(&jw, &json);
    jw_value(&jw, reader->root.object);
    hash128_hex(hex, json.data, json.len);
    buf_free(&json);
    return arena_printf(reader->base.arena, "c%s", hex);
}

static void read_fields(struct article_reader *reader) {
    struct record_reader *base = &reader->base;
    struct article *article = reader->article;
    const struct place *root = &reader->root;
    article->id = read_id(base, root, RECORD_ID_MAX);
    article->url = read_string(base, root, "url");
    article->title = read_string(base, root, "title");
    article->published = read_date(base, root, "published");
    article->updated = read_date(base, root, "updated");
    article->language = read_string(base, root, "language");
    article->outlet = read_string(base, root, "outlet");
    article->verdict = read_string(base, root, "verdict");
    article->author_count = read_strings(base, root, "authors", &article->authors);
    article->tag_count = read_strings(base, root, "tags", &article->tags);
    read_claims(reader);
    read_body(reader);
    read_sources(reader);
    require_text(reader);
}

enum status article_read(struct arena *arena, const struct rules *rules, const cJSON *record, struct article **out,
                         struct err *err) {
    *out = NULL;
    if (!cJSON_IsObject(record))
        return err_set(err, ST_INVALID_RECORD, "record: expected an object, got %s", value_shown(arena, record));
    struct article_reader reader = {.base = {.arena = arena}, .rules = rules, .root = {.object = record}};
    faults_init(&reader.base.faults);
    reader.article = arena_alloc(arena, sizeof *reader.article);
    reader.article->record = record;
    read_fields(&reader);
    if (reader.base.faults.count == 0) article_find_mentions(&reader);
    enum status status = faults_end(&reader.base.faults, err);
    if (status != ST_OK) return status;
    if (!reader.article->id) reader.article->id = derive_id(&reader);
    *out = reader.article;
    return ST_OK;
}
