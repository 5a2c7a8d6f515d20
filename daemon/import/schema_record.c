/* One node of schema.org, as a record; schema_org.h has its members.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#include "schema_org.h"

#include "plain_text.h"

#include <stdio.h>
#include <string.h>

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
    const char *trimmed = text_trimmed(maker->arena, text, len);
    if (*trimmed && labels_note(known, trimmed, strlen(trimmed)))
        cJSON_AddItemToArray(list_of(maker->record, name), cJSON_CreateString(trimmed));
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

/* ---- the record ---- */

bool schema_is_review(const cJSON *node) {
    return jsonld_is_any(node, review_types);
}

bool schema_is_article(const cJSON *node) {
    return jsonld_is_any(node, article_types);
}

cJSON *schema_record(const struct schema_org *so, const cJSON *node) {
    struct maker maker = {.so = so, .arena = so->ld.arena, .record = cJSON_CreateObject()};
    bool review = schema_is_review(node);
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
