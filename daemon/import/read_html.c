/* Reads a page of HTML: the article in it, and what the page says of it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   - what is said in JSON-LD (an article, ClaimReviews) goes before the head's fields, and these before times and
 *     names in the body; the page's `description` is kept under that name;
 *   - the title is the heading that the head's titles fit best; without one it is theirs;
 *   - the article is found by html_content.c and read as Markdown: sections by headings, notes and lists of sources as
 *     `sources`; without either, links are sources with markers;
 *   - a page whose text stands only in its JSON-LD (articleBody) has that text;
 *   - sources that only JSON-LD names come behind the others.
 * Pure: any thread. */
#include "html.h"
#include "read_markdown.h"
#include "schema_org.h"
#include "sources.h"

#include <string.h>

/* Scripts may stand in comments of their own; what is no JSON says nothing. */
static void add_script(const struct html_page *page, const struct html_script *script, struct jsonld *ld) {
    struct json_limits limits = {.bytes = 0, .depth = page->reading->options->max_depth};
    const char *start = script->text, *end = script->text + script->len;
    while (start < end && *start != '{' && *start != '[')
        start++;
    while (end > start && end[-1] != '}' && end[-1] != ']')
        end--;
    cJSON *root = NULL;
    if (start == end || json_parse(&root, start, (size_t)(end - start), &limits, NULL)) return;
    json_defer(page->arena, root);
    jsonld_add(ld, root);
}

/* What the page's scripts say; an object, the caller's. */
static cJSON *read_scripts(const struct html_page *page) {
    struct schema_org so = {.rules = page->reading->rules, .date_order = page->reading->options->date_order};
    jsonld_init(&so.ld, page->arena);
    for (size_t i = 0; i < page->script_count; i++)
        add_script(page, &page->scripts[i], &so.ld);
    cJSON *record = schema_org_page(&so);
    return record ? record : cJSON_CreateObject();
}

static cJSON *detach(cJSON *record, const char *name) {
    return cJSON_DetachItemFromObjectCaseSensitive(record, name);
}

static size_t text_bytes(const cJSON *record) {
    const char *summary = json_get_string(record, "summary");
    const cJSON *sections = json_get(record, "sections");
    size_t bytes = summary ? strlen(summary) : 0;
    for (const cJSON *section = sections ? sections->child : NULL; section; section = section->next) {
        const char *text = json_get_string(section, "text");
        bytes += text ? strlen(text) : 0;
    }
    return bytes;
}

/* The text that JSON-LD has counts only where the page itself has less than half of it. */
static void choose_text(cJSON *record, cJSON *take_text) {
    if (take_text && cJSON_IsString(take_text) && strlen(take_text->valuestring) > 2 * text_bytes(record)) {
        cJSON_DeleteItemFromObjectCaseSensitive(record, "summary");
        cJSON_DeleteItemFromObjectCaseSensitive(record, "sections");
        cJSON_AddItemToObject(record, "text", take_text);
        return;
    }
    cJSON_Delete(take_text);
}

/* Behind the sources that the text has. */
static void add_sources(struct arena *arena, cJSON *record, cJSON *take_more) {
    if (!take_more) return;
    cJSON *sources = sources_of(record);
    struct labels known;
    labels_init(&known, arena, false);
    double last = 0;
    for (const cJSON *one = sources->child; one; one = one->next) {
        const cJSON *n = json_get(one, "n");
        const char *url = json_get_string(one, "url");
        if (url) labels_note(&known, url, strlen(url));
        if (n && n->valuedouble > last) last = n->valuedouble;
    }
    while (take_more->child) {
        cJSON *one = cJSON_DetachItemViaPointer(take_more, take_more->child);
        const char *url = json_get_string(one, "url");
        if (url && !labels_note(&known, url, strlen(url))) {
            cJSON_Delete(one);
            continue;
        }
        cJSON_DeleteItemFromObjectCaseSensitive(one, "n");
        cJSON_AddNumberToObject(one, "n", ++last);
        cJSON_AddItemToArray(sources, one);
    }
    cJSON_Delete(take_more);
}

static void read_page(struct html_page *page, cJSON *record) {
    cJSON *text = detach(record, "text"), *sources = detach(record, "sources"), *summary = detach(record, "summary");
    if (!json_get(record, "description") && summary)
        cJSON_AddItemToObject(record, "description", summary);
    else
        cJSON_Delete(summary);
    cJSON_Delete(detach(record, "sections"));
    html_read_fields(page, record);
    html_add_fields(page, record);
    html_find_title(page, record);
    html_find_notes(page);
    html_find_content(page);
    struct buf markdown;
    buf_init(&markdown, 0);
    html_write(page, json_get_string(record, "title"), &markdown);
    if (markdown.len) {
        char *copy = arena_strndup(page->arena, markdown.data, markdown.len);
        markdown_read_body(page->reading, record, copy, markdown.len);
    }
    buf_free(&markdown);
    choose_text(record, text);
    add_sources(page->arena, record, sources);
}

enum status read_html(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err) {
    struct html_page page = {.arena = reading->arena, .reading = reading};
    struct buf clean;
    const char *text;
    size_t len;
    *out = NULL;
    enum status status = html_decode(reading->arena, piece->bytes, piece->len, &text, &len, err);
    if (status) return status;
    buf_init(&clean, 0);
    status = html_clean(&page, text, len, &clean, err);
    if (!status) status = html_parse(&page, clean.data ? clean.data : "", clean.len, err);
    buf_free(&clean);
    if (status) return status;
    cJSON *record = read_scripts(&page);
    read_page(&page, record);
    if (!json_get(record, "title") && !text_bytes(record) && !json_get(record, "text")) {
        cJSON_Delete(record);
        return err_set(err, ST_INVALID_RECORD, "expected a title or text, got only boilerplate and white space");
    }
    if (reading->file) cJSON_AddStringToObject(record, "file", reading->file);
    *out = record;
    return ST_OK;
}
