/* From nodes of schema.org to records; see schema_org.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#include "schema_org.h"
#include "sources.h"

#include "archive/source_key.h"
#include "base/hash.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const review_types[] = {"ClaimReview", "MediaReview", NULL};
static const char *const article_types[] = {"Article",
                                            "NewsArticle",
                                            "ReportageNewsArticle",
                                            "AnalysisNewsArticle",
                                            "BackgroundNewsArticle",
                                            "OpinionNewsArticle",
                                            "ReviewNewsArticle",
                                            "AskPublicNewsArticle",
                                            "ScholarlyArticle",
                                            "TechArticle",
                                            "BlogPosting",
                                            "LiveBlogPosting",
                                            "Report",
                                            "SatiricalArticle",
                                            NULL};
static const char *const organizations[] = {"Organization",
                                            "NewsMediaOrganization",
                                            "Corporation",
                                            "NGO",
                                            "EducationalOrganization",
                                            "GovernmentOrganization",
                                            NULL};

enum { HASH_ROOM = 17 /* of # and a hash in hex */ };

struct maker { /* of one record */
    const struct schema_org *so;
    struct arena *arena;
    cJSON *record;
    struct labels urls, authors, tags; /* that it has */
};

static void add(cJSON *record, const char *name, const char *text) {
    if (text && *text && !json_get(record, name)) cJSON_AddStringToObject(record, name, text);
}

void schema_org_add_date(cJSON *record, const char *name, const char *text, enum when_order order) {
    char date[32], raw[64];
    if (!text || json_get(record, name)) return;
    if (when_parse_loose(date, text, order, NULL) == ST_OK) {
        cJSON_AddStringToObject(record, name, date);
        return;
    }
    snprintf(raw, sizeof raw, "%s_text", name);
    add(record, raw, text);
}

/* ---- members that are told in several ways ---- */

enum how { TEXT, NAME, URL, DATE };
static const struct row {
    const char *member, *field;
    enum how how;
} rows[] = {
    {"headline", "title", TEXT},
    {"name", "title", TEXT},
    {"claimReviewed", "title", TEXT},
    {"url", "url", URL},
    {"mainEntityOfPage", "url", URL},
    {"@id", "url", URL},
    {"datePublished", "published", DATE},
    {"dateModified", "updated", DATE},
    {"inLanguage", "language", NAME},
    {"publisher", "outlet", NAME},
    {"abstract", "summary", TEXT},
    {"description", "summary", TEXT},
    {"articleBody", "text", TEXT},
    {"reviewBody", "text", TEXT},
    {"text", "text", TEXT},
};

static void add_rows(struct maker *maker, const cJSON *node) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const cJSON *value = jsonld_first(&maker->so->ld, node, rows[i].member);
        if (!value) continue;
        switch (rows[i].how) {
        case TEXT: add(maker->record, rows[i].field, jsonld_text(maker->arena, value)); break;
        case NAME: add(maker->record, rows[i].field, jsonld_name(maker->arena, value)); break;
        case URL: add(maker->record, rows[i].field, jsonld_url(maker->arena, value)); break;
        case DATE:
            schema_org_add_date(maker->record, rows[i].field, jsonld_text(maker->arena, value), maker->so->date_order);
            break;
        }
    }
}

static cJSON *list_of(cJSON *record, const char *name) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(record, name);
    return list ? list : cJSON_AddArrayToObject(record, name);
}

static void add_to_list(struct maker *maker, const char *name, struct labels *known, const char *text, size_t len) {
    while (len && strchr(" \t\r\n", *text))
        text++, len--;
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    if (!len || !labels_note(known, text, len)) return;
    cJSON_AddItemToArray(list_of(maker->record, name), cJSON_CreateString(arena_strndup(maker->arena, text, len)));
}

/* A review is its organisation's; every other author is a person. */
static void add_authors(struct maker *maker, const cJSON *node, bool review) {
    static const char *const members[] = {"author", "creator", "contributor"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const cJSON *at = NULL, *author;
        while ((author = jsonld_next(&maker->so->ld, node, members[i], &at))) {
            const char *name = jsonld_name(maker->arena, author);
            bool person = jsonld_is(author, "Person") || (!review && !jsonld_is_any(author, organizations));
            if (name && (person || i > 0)) add_to_list(maker, "authors", &maker->authors, name, strlen(name));
            if (name && !person && i == 0) add(maker->record, "outlet", name);
        }
    }
}

/* A list, or one text with commas. */
static void add_tags(struct maker *maker, const cJSON *node) {
    const cJSON *at = NULL, *value;
    while ((value = jsonld_next(&maker->so->ld, node, "keywords", &at))) {
        const char *text = jsonld_name(maker->arena, value);
        if (!text) continue;
        bool list = cJSON_IsArray(json_get(node, "keywords"));
        for (size_t len; *text; text += len + (text[len] == ',')) {
            len = list ? strlen(text) : strcspn(text, ",");
            add_to_list(maker, "tags", &maker->tags, text, len);
        }
    }
}

static void add_sections(struct maker *maker, const cJSON *node) {
    const cJSON *at = NULL, *part;
    while ((part = jsonld_next(&maker->so->ld, node, "hasPart", &at))) {
        const char *text = jsonld_text(maker->arena, json_get(part, "text"));
        const char *heading = jsonld_name(maker->arena, part);
        if (!cJSON_IsObject(part) || !text) continue;
        cJSON *section = cJSON_CreateObject();
        cJSON_AddItemToArray(list_of(maker->record, "sections"), section);
        add(section, "heading", heading);
        cJSON_AddStringToObject(section, "text", text);
    }
}

/* ---- sources ---- */

static void add_source(struct maker *maker, const cJSON *work, const char *relation) {
    struct arena *arena = maker->arena;
    const struct jsonld *ld = &maker->so->ld;
    const char *url = jsonld_url(arena, work), *title = jsonld_name(arena, work);
    if (title && jsonld_is_web(title)) title = NULL;
    if (!url && !title) return;
    if (url && !labels_note(&maker->urls, url, strlen(url)) && relation) return;
    cJSON *entry = cJSON_CreateObject();
    cJSON *list = list_of(maker->record, "sources");
    cJSON_AddItemToArray(list, entry);
    const cJSON *position = jsonld_first(ld, work, "position");
    bool numbered = cJSON_IsNumber(position) && position->valuedouble >= 1 && position->valuedouble < 10000;
    if (numbered) cJSON_AddNumberToObject(entry, "n", position->valuedouble);
    add(entry, "url", url);
    add(entry, "title", title);
    add(entry, "outlet", jsonld_name(arena, jsonld_first(ld, work, "publisher")));
    add(entry, "outlet", jsonld_name(arena, jsonld_first(ld, work, "isPartOf")));
    schema_org_add_date(entry, "published", jsonld_text(arena, jsonld_first(ld, work, "datePublished")),
                        maker->so->date_order);
    add(entry, "archived_url", jsonld_url(arena, jsonld_first(ld, work, "archivedAt")));
    add(entry, "relation", relation);
}

static void add_sources(struct maker *maker, const cJSON *node, const char *member, const char *relation) {
    const cJSON *at = NULL, *work;
    while ((work = jsonld_next(&maker->so->ld, node, member, &at)))
        add_source(maker, work, relation);
}

/* What has no number gets one behind all the others. */
static void number_sources(cJSON *record) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(record, "sources");
    double next = 1;
    for (cJSON *entry = list ? list->child : NULL; entry; entry = entry->next) {
        const cJSON *n = json_get(entry, "n");
        if (n && n->valuedouble >= next) next = n->valuedouble + 1;
    }
    for (cJSON *entry = list ? list->child : NULL; entry; entry = entry->next)
        if (!json_get(entry, "n")) cJSON_AddNumberToObject(entry, "n", next++);
}

/* ---- claims and verdicts ---- */

static const char *rating_words(struct maker *maker, const cJSON *node) {
    const cJSON *rating = jsonld_first(&maker->so->ld, node, "reviewRating");
    if (!rating) return jsonld_text(maker->arena, json_get(node, "mediaAuthenticityCategory"));
    const char *words = jsonld_name(maker->arena, rating);
    const char *value = jsonld_text(maker->arena, json_get(rating, "ratingValue"));
    const char *best = jsonld_text(maker->arena, json_get(rating, "bestRating"));
    if (words || !value) return words;
    return best ? arena_printf(maker->arena, "%s/%s", value, best) : value;
}

/* The numbers behind the words, where a review has them. */
static void add_rating(struct maker *maker, const cJSON *node) {
    static const char *const members[] = {"ratingValue", "bestRating", "worstRating", "ratingExplanation"};
    static const char *const names[] = {"value", "best", "worst", "explanation"};
    const cJSON *rating = jsonld_first(&maker->so->ld, node, "reviewRating");
    cJSON *out = NULL;
    for (size_t i = 0; cJSON_IsObject(rating) && !json_get(maker->record, "rating") && i < 4; i++) {
        const cJSON *value = json_get(rating, members[i]);
        if (!value || cJSON_IsNull(value)) continue;
        if (!out) out = cJSON_CreateObject();
        cJSON_AddItemToObject(out, names[i], cJSON_Duplicate(value, true));
    }
    if (out) cJSON_AddItemToObject(maker->record, "rating", out);
}

static void add_verdict(struct maker *maker, const cJSON *node) {
    add(maker->record, "verdict", rating_words(maker, node));
    add_rating(maker, node);
}

static void add_claim(struct maker *maker, const cJSON *item, const char *text) {
    cJSON *claim = cJSON_CreateObject();
    cJSON_AddItemToArray(list_of(maker->record, "claims"), claim);
    cJSON_AddStringToObject(claim, "text", text);
    if (!item) return;
    add(claim, "claimant", jsonld_name(maker->arena, jsonld_first(&maker->so->ld, item, "author")));
    schema_org_add_date(claim, "date", jsonld_text(maker->arena, json_get(item, "datePublished")),
                        maker->so->date_order);
}

static const char *claim_text(struct maker *maker, const cJSON *item) {
    const char *text = jsonld_text(maker->arena, json_get(item, "text"));
    return text ? text : jsonld_name(maker->arena, item);
}

/* The first item is the claim reviewed; further ones are claims of their own where they have a text. */
static void add_review(struct maker *maker, const cJSON *node) {
    const char *reviewed = jsonld_text(maker->arena, json_get(node, "claimReviewed"));
    const cJSON *at = NULL, *item;
    bool told = false;
    while ((item = jsonld_next(&maker->so->ld, node, "itemReviewed", &at))) {
        const char *text = told || !reviewed ? claim_text(maker, item) : reviewed;
        if (text) add_claim(maker, item, text);
        told = told || text;
        add_sources(maker, item, "firstAppearance", "first_appearance");
        add_sources(maker, item, "appearance", "appearance");
        add_sources(maker, item, "mediaItemAppearance", "appearance");
    }
    if (!told && reviewed) add_claim(maker, NULL, reviewed);
    add_verdict(maker, node);
}

static void add_about(struct maker *maker, const cJSON *node) {
    const cJSON *at = NULL, *claim;
    while ((claim = jsonld_next(&maker->so->ld, node, "about", &at))) {
        if (!jsonld_is(claim, "Claim")) continue;
        const char *text = claim_text(maker, claim);
        const cJSON *review = jsonld_first(&maker->so->ld, claim, "review");
        if (text) add_claim(maker, claim, text);
        if (review) add(maker->record, "verdict", rating_words(maker, review));
    }
}

/* The id that footnote's own export gives. */
static void add_id(struct maker *maker, const cJSON *node) {
    const cJSON *at = NULL, *value;
    while ((value = jsonld_next(&maker->so->ld, node, "identifier", &at))) {
        const char *property = json_get_string(value, "propertyID");
        if (property && strcmp(property, "footnote") == 0) add(maker->record, "id", json_get_string(value, "value"));
    }
}

/* ---- records ---- */

static cJSON *make(const struct schema_org *so, const cJSON *node) {
    struct maker maker = {.so = so, .arena = so->ld.arena, .record = cJSON_CreateObject()};
    bool review = jsonld_is_any(node, review_types);
    labels_init(&maker.urls, maker.arena, false);
    labels_init(&maker.authors, maker.arena, false);
    labels_init(&maker.tags, maker.arena, false);
    add_id(&maker, node);
    add_rows(&maker, node);
    add_authors(&maker, node, review);
    add_tags(&maker, node);
    add_sections(&maker, node);
    add_sources(&maker, node, "citation", NULL);
    if (review)
        add_review(&maker, node);
    else if (json_get(node, "reviewRating"))
        add_verdict(&maker, node);
    add_about(&maker, node);
    number_sources(maker.record);
    if (json_get(maker.record, "sections")) cJSON_DeleteItemFromObjectCaseSensitive(maker.record, "text");
    return maker.record;
}

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
        if (!jsonld_is_any(so->ld.nodes[i], review_types)) continue;
        cJSON *record = make(so, so->ld.nodes[i]);
        tell_apart(so, record);
        cJSON_AddItemToArray(records, record);
    }
    int reviews = cJSON_GetArraySize(records);
    for (size_t i = 0; i < so->ld.count; i++) {
        const cJSON *node = so->ld.nodes[i];
        if (!jsonld_is_any(node, article_types) || jsonld_is_any(node, review_types)) continue;
        cJSON *record = make(so, node);
        if (reviews == 1 && is_reviewed(records, record))
            take_rest(records->child, record);
        else
            cJSON_AddItemToArray(records, record);
    }
    return records;
}

bool schema_org_is_document(const cJSON *value) {
    const cJSON *context = cJSON_IsObject(value) ? json_get(value, "@context") : NULL;
    if (!context && (jsonld_is_any(value, review_types) || jsonld_is_any(value, article_types))) return true;
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

static void set_verdicts(cJSON *record, const cJSON *review, cJSON *claims) {
    const char *verdict = json_get_string(review, "verdict");
    for (cJSON *claim = claims ? claims->child : NULL; claim && verdict; claim = claim->next)
        add(claim, "verdict", verdict);
    if (!json_get(record, "verdict"))
        add(record, "verdict", verdict);
    else if (verdict && !same_text(record, review, "verdict"))
        cJSON_ReplaceItemInObjectCaseSensitive(record, "verdict", cJSON_CreateString(""));
}

static void append(cJSON *record, cJSON *other, const char *name) {
    cJSON *list = cJSON_GetObjectItemCaseSensitive(other, name), *one;
    while (list && (one = list->child))
        cJSON_AddItemToArray(list_of(record, name), cJSON_DetachItemViaPointer(list, one));
}

cJSON *schema_org_page(const struct schema_org *so) {
    cJSON *page = NULL;
    size_t reviews = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < so->ld.count; i++) {
            const cJSON *node = so->ld.nodes[i];
            bool review = jsonld_is_any(node, review_types);
            if (review != (pass == 1) || (!review && (page || !jsonld_is_any(node, article_types)))) continue;
            cJSON *record = make(so, node);
            if (review) {
                reviews++;
                if (!page) page = cJSON_CreateObject();
                set_verdicts(page, record, cJSON_GetObjectItemCaseSensitive(record, "claims"));
                append(page, record, "claims");
                if (json_get(page, "sources") && json_get(record, "sources")) append(page, record, "sources");
                take_rest(page, record);
            } else {
                page = record;
            }
        }
    }
    const char *verdict = page ? json_get_string(page, "verdict") : NULL;
    if (verdict && !*verdict) cJSON_DeleteItemFromObjectCaseSensitive(page, "verdict");
    cJSON *claims = page ? cJSON_GetObjectItemCaseSensitive(page, "claims") : NULL;
    for (cJSON *claim = claims && reviews == 1 ? claims->child : NULL; claim; claim = claim->next)
        cJSON_DeleteItemFromObjectCaseSensitive(claim, "verdict");
    return page;
}
