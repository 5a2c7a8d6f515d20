/* From documents of schema.org to records, one of them or several; see schema_org.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#include "schema_org.h"

#include "archive/source_key.h"
#include "base/hash.h"
#include "base/utf8.h"

#include <string.h>

enum { HASH_ROOM = 17 /* of # and a hash in hex */ };

static bool same_text(const cJSON *a, const cJSON *b, const char *name) {
    const char *left = json_get_string(a, name), *right = json_get_string(b, name);
    return left && right && strcmp(left, right) == 0;
}

/* Several reviews of one page would have one id: all but the first get one with their claim in it. */
static void tell_apart(const struct schema_org *so, cJSON *record) {
    const cJSON *claims = json_get(record, "claims");
    const char *text = claims && claims->child ? json_get_string(claims->child, "text") : NULL;
    const char *url = json_get_string(record, "url");
    struct source_key key = {.key = NULL};
    if (!so->reviews || !url || json_get(record, "id")) return;
    source_key_from_url(so->ld.arena, so->rules, url, &key);
    if (!key.key) return;
    uint64_t page = hash64(key.key, strlen(key.key));
    if (!labels_find(so->reviews, (const char *)&page, sizeof page)) {
        labels_add(so->reviews, (const char *)&page, sizeof page, 0);
        return;
    }
    size_t len = utf8_floor(key.key, strlen(key.key), SOURCE_KEY_MAX - HASH_ROOM);
    unsigned long long claim = text ? (unsigned long long)hash64(text, strlen(text)) : 0;
    cJSON_AddStringToObject(record, "id", arena_printf(so->ld.arena, "%.*s#%016llx", (int)len, key.key, claim));
}

/* An article that carries a review of its own page is that review's page. */
static bool is_reviewed(const cJSON *records, const cJSON *article) {
    for (const cJSON *one = records->child; one; one = one->next)
        if (!json_get(one, "url") || !json_get(article, "url") || same_text(one, article, "url")) return true;
    return false;
}

/* Moves what the record lacks. */
static void take_rest(cJSON *record, cJSON *take_other) {
    cJSON *next;
    for (cJSON *member = take_other->child; member; member = next) {
        next = member->next;
        if (json_get(record, member->string)) continue;
        cJSON_DetachItemViaPointer(take_other, member);
        cJSON_AddItemToObject(record, member->string, member);
    }
    cJSON_Delete(take_other);
}

cJSON *schema_org_records(const struct schema_org *so) {
    cJSON *records = cJSON_CreateArray();
    for (size_t i = 0; i < so->ld.count; i++) {
        if (!schema_is_review(so->ld.nodes[i])) continue;
        cJSON *record = schema_record(so, so->ld.nodes[i]);
        tell_apart(so, record);
        cJSON_AddItemToArray(records, record);
    }
    int reviews = cJSON_GetArraySize(records);
    for (size_t i = 0; i < so->ld.count; i++) {
        const cJSON *node = so->ld.nodes[i];
        if (!schema_is_article(node) || schema_is_review(node)) continue;
        cJSON *record = schema_record(so, node);
        if (reviews == 1 && is_reviewed(records, record))
            take_rest(records->child, record);
        else
            cJSON_AddItemToArray(records, record);
    }
    return records;
}

bool schema_org_is_document(const cJSON *value) {
    const cJSON *context = cJSON_IsObject(value) ? json_get(value, "@context") : NULL;
    if (!context && (schema_is_review(value) || schema_is_article(value))) return true;
    if (!context && cJSON_IsObject(value) && json_get(value, "@graph")) return true;
    if (context && cJSON_IsArray(context)) context = context->child;
    if (context && cJSON_IsObject(context)) context = json_get(context, "@vocab");
    const char *text = context && cJSON_IsString(context) ? context->valuestring : "";
    return strstr(text, "schema.org") != NULL;
}

cJSON *schema_org_read(const struct reading *reading, const cJSON *root) {
    struct schema_org so = {
        .rules = reading->rules, .date_order = reading->options->date_order, .reviews = &reading->memory->reviews};
    jsonld_init(&so.ld, reading->arena);
    jsonld_add(&so.ld, root);
    cJSON *records = schema_org_records(&so);
    if (records->child) return records;
    cJSON_Delete(records);
    return NULL;
}

/* ---- one page ---- */

static void add_verdict(cJSON *object, const char *verdict) {
    if (verdict && !json_get(object, "verdict")) cJSON_AddStringToObject(object, "verdict", verdict);
}

static void set_verdicts(cJSON *record, const cJSON *review, cJSON *claims) {
    const char *verdict = json_get_string(review, "verdict");
    for (cJSON *claim = claims ? claims->child : NULL; claim && verdict; claim = claim->next)
        add_verdict(claim, verdict);
    if (!json_get(record, "verdict"))
        add_verdict(record, verdict);
    else if (verdict && !same_text(record, review, "verdict"))
        cJSON_ReplaceItemInObjectCaseSensitive(record, "verdict", cJSON_CreateString(""));
}

static void append(cJSON *record, cJSON *other, const char *name) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(other, name), *one;
    cJSON *own = cJSON_GetObjectItemCaseSensitive(record, name);
    if (list && !own) own = cJSON_AddArrayToObject(record, name);
    while (list && (one = list->child))
        cJSON_AddItemToArray(own, cJSON_DetachItemViaPointer(list, one));
}

/* The first article that is no review; NULL when there is none. */
static cJSON *first_article(const struct schema_org *so) {
    for (size_t i = 0; i < so->ld.count; i++)
        if (schema_is_article(so->ld.nodes[i]) && !schema_is_review(so->ld.nodes[i]))
            return schema_record(so, so->ld.nodes[i]);
    return NULL;
}

static void add_review(cJSON *page, cJSON *take_review) {
    set_verdicts(page, take_review, cJSON_GetObjectItemCaseSensitive(take_review, "claims"));
    append(page, take_review, "claims");
    if (json_get(page, "sources") && json_get(take_review, "sources")) append(page, take_review, "sources");
    take_rest(page, take_review);
}

/* Of one review the page's verdict is the claim's; of several that give different ones there is none. */
static void settle_verdicts(cJSON *page, size_t reviews) {
    const char *verdict = json_get_string(page, "verdict");
    if (verdict && !*verdict) cJSON_DeleteItemFromObjectCaseSensitive(page, "verdict");
    cJSON *claims = cJSON_GetObjectItemCaseSensitive(page, "claims");
    for (cJSON *claim = claims && reviews == 1 ? claims->child : NULL; claim; claim = claim->next)
        cJSON_DeleteItemFromObjectCaseSensitive(claim, "verdict");
}

cJSON *schema_org_page(const struct schema_org *so) {
    cJSON *page = first_article(so);
    size_t reviews = 0;
    for (size_t i = 0; i < so->ld.count; i++) {
        if (!schema_is_review(so->ld.nodes[i])) continue;
        if (!page) page = cJSON_CreateObject();
        add_review(page, schema_record(so, so->ld.nodes[i]));
        reviews++;
    }
    if (page) settle_verdicts(page, reviews);
    return page;
}
