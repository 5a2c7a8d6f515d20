/* An article in the vocabulary of schema.org.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   ClaimReview           one claim and a verdict (one page, one claim, one rating, as those who read them expect)
 *   Article, Review       a verdict and no claim, or several: those are `about`
 *   Article               everything else
 *
 * each with identifier (footnote's id), headline, dates, publisher, author, keywords, abstract, hasPart (the sections
 * with their place), citation (the sources with their numbers).  Texts keep their markers.  Pure: any thread. */
#include "archive/export.h"

#include <string.h>

static void begin_node(struct jw *jw, const char *name, const char *type) {
    if (name) jw_key(jw, name);
    jw_object(jw);
    jw_kstring(jw, "@type", type);
}

static void write_named(struct jw *jw, const char *name, const char *type, const char *text) {
    if (!text || !*text) return;
    begin_node(jw, name, type);
    jw_kstring(jw, "name", text);
    jw_object_end(jw);
}

static bool is_review(const struct article *article) {
    return article->verdict && article->claim_count == 1;
}

static void write_type(struct jw *jw, const struct article *article) {
    jw_key(jw, "@type");
    if (is_review(article)) {
        jw_string(jw, "ClaimReview");
    } else if (article->verdict) {
        jw_array(jw);
        jw_string(jw, "Article");
        jw_string(jw, "Review");
        jw_array_end(jw);
    } else {
        jw_string(jw, "Article");
    }
}

/* A review's author is who answers for it: the outlet. */
static void write_people(struct jw *jw, const struct article *article) {
    bool review = is_review(article);
    write_named(jw, "publisher", "Organization", article->outlet);
    if (review) write_named(jw, "author", "Organization", article->outlet);
    if (!article->author_count) return;
    jw_key(jw, review ? "contributor" : "author");
    jw_array(jw);
    for (size_t i = 0; i < article->author_count; i++)
        write_named(jw, NULL, "Person", article->authors[i]);
    jw_array_end(jw);
}

static void write_head(struct jw *jw, const struct article *article) {
    begin_node(jw, "identifier", "PropertyValue");
    jw_kstring(jw, "propertyID", "footnote");
    jw_kstring(jw, "value", article->id);
    jw_object_end(jw);
    jw_ksome(jw, "url", article->url);
    jw_ksome(jw, "headline", article->title);
    jw_ksome(jw, "datePublished", article->published);
    jw_ksome(jw, "dateModified", article->updated);
    jw_ksome(jw, "inLanguage", article->language);
    write_people(jw, article);
    if (!article->tag_count) return;
    jw_key(jw, "keywords");
    jw_array(jw);
    for (size_t i = 0; i < article->tag_count; i++)
        jw_string(jw, article->tags[i]);
    jw_array_end(jw);
}

static void write_sections(struct jw *jw, const struct article *article) {
    size_t first = article->section_count && article->sections[0].number == 0;
    if (first) jw_kstring(jw, "abstract", article->sections[0].text);
    if (first == article->section_count) return;
    jw_key(jw, "hasPart");
    jw_array(jw);
    for (size_t i = first; i < article->section_count; i++) {
        const struct section *section = &article->sections[i];
        begin_node(jw, NULL, "WebPageElement");
        jw_kint(jw, "position", section->number);
        jw_ksome(jw, "name", section->heading);
        jw_kstring(jw, "text", section->text);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

/* ---- sources ---- */

/* `appearance` and the like, where the record's list says so. */
static const char *relation_of(const cJSON *raw) {
    return raw ? json_get_string(raw, "relation") : NULL;
}

static void write_source(struct jw *jw, const struct source_entry *entry) {
    begin_node(jw, NULL, "CreativeWork");
    jw_kint(jw, "position", entry->n);
    jw_ksome(jw, "url", entry->url);
    jw_ksome(jw, "name", entry->title);
    write_named(jw, "publisher", "Organization", entry->outlet);
    jw_ksome(jw, "datePublished", entry->published);
    jw_ksome(jw, "archivedAt", entry->archived_url);
    jw_object_end(jw);
}

/* The sources of one relation, NULL: those that are cited. */
static void write_sources(struct jw *jw, const struct article *article, const char *name, const char *relation) {
    const cJSON *list = json_get(article->record, "sources");
    bool told = list && (size_t)cJSON_GetArraySize(list) == article->source_count, any = false;
    const cJSON *raw = told && is_review(article) ? list->child : NULL;
    for (size_t i = 0; i < article->source_count; i++, raw = raw ? raw->next : NULL) {
        const char *given = relation_of(raw);
        bool known = given && (strcmp(given, "appearance") == 0 || strcmp(given, "first_appearance") == 0);
        if (relation ? !(known && strcmp(given, relation) == 0) : known) continue;
        if (!any) jw_key(jw, name);
        if (!any) jw_array(jw);
        any = true;
        write_source(jw, &article->sources[i]);
    }
    if (any) jw_array_end(jw);
}

/* ---- claims and verdicts ---- */

/* Figures that an import has kept beside the verdict. */
static void write_rating(struct jw *jw, const struct article *article) {
    static const char *const kept[] = {"value", "best", "worst", "explanation"};
    static const char *const names[] = {"ratingValue", "bestRating", "worstRating", "ratingExplanation"};
    const cJSON *rating = json_get(article->record, "rating");
    begin_node(jw, "reviewRating", "Rating");
    jw_kstring(jw, "alternateName", article->verdict);
    for (size_t i = 0; rating && cJSON_IsObject(rating) && i < sizeof kept / sizeof *kept; i++) {
        const cJSON *value = json_get(rating, kept[i]);
        if (!value) continue;
        jw_key(jw, names[i]);
        jw_value(jw, value);
    }
    jw_object_end(jw);
}

static void begin_claim(struct jw *jw, const char *name, const struct claim *claim) {
    begin_node(jw, name, "Claim");
    jw_ksome(jw, "text", claim->text);
    if (claim->claimant) {
        jw_key(jw, "author");
        jw_object(jw);
        jw_kstring(jw, "name", claim->claimant);
        jw_object_end(jw);
    }
    jw_ksome(jw, "datePublished", claim->date);
}

static void write_claims(struct jw *jw, const struct article *article) {
    if (article->verdict) write_rating(jw, article);
    if (is_review(article)) {
        jw_ksome(jw, "claimReviewed", article->claims[0].text);
        begin_claim(jw, "itemReviewed", &article->claims[0]);
        write_sources(jw, article, "firstAppearance", "first_appearance");
        write_sources(jw, article, "appearance", "appearance");
        jw_object_end(jw);
        return;
    }
    if (!article->claim_count) return;
    jw_key(jw, "about");
    jw_array(jw);
    for (size_t i = 0; i < article->claim_count; i++) {
        begin_claim(jw, NULL, &article->claims[i]);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

void export_jsonld(struct jw *jw, const struct article *article) {
    jw_object(jw);
    jw_kstring(jw, "@context", "https://schema.org");
    write_type(jw, article);
    write_head(jw, article);
    write_claims(jw, article);
    write_sections(jw, article);
    write_sources(jw, article, "citation", NULL);
    jw_object_end(jw);
}
