/* Finding a field's values: along a path in the record, or computed.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "values.h"

#include "base/json.h"
#include "base/when.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct visit {
    const struct view *view;
    void (*fn)(void *arg, const char *text, size_t len);
    void *arg;
};

static void give(const struct visit *visit, const char *text) {
    if (text && *text) visit->fn(visit->arg, text, strlen(text));
}

/* Strings as they are; numbers and truth values as JSON writes them. */
static void give_value(const struct visit *visit, const cJSON *value) {
    if (cJSON_IsString(value)) {
        give(visit, value->valuestring);
    } else if (cJSON_IsNumber(value) || cJSON_IsBool(value)) {
        struct buf text;
        struct jw jw;
        buf_init(&text, 0);
        jw_init(&jw, &text);
        jw_value(&jw, value);
        give(visit, arena_strndup(visit->view->arena, text.data, text.len));
        buf_free(&text);
    }
}

/* A list anywhere on the path stands for each of its items. */
static void walk_path(const struct visit *visit, const cJSON *value, char *const *path, size_t len) {
    if (!value) return;
    if (cJSON_IsArray(value)) {
        const cJSON *item = NULL;
        cJSON_ArrayForEach (item, value)
            walk_path(visit, item, path, len);
    } else if (len == 0) {
        give_value(visit, value);
    } else if (cJSON_IsObject(value)) {
        walk_path(visit, json_get(value, path[0]), path + 1, len - 1);
    }
}

static void each_source(const struct visit *visit, enum field_origin origin) {
    const struct article *article = visit->view->article;
    for (size_t i = 0; article && i < article->source_count; i++) {
        const struct source_entry *entry = &article->sources[i];
        if (origin == ORIGIN_SOURCE_KEYS) give(visit, entry->key.key);
        if (origin == ORIGIN_SOURCE_DOMAINS) give(visit, entry->key.domain);
        if (origin == ORIGIN_SOURCE_WORDS) {
            give(visit, entry->title);
            give(visit, entry->outlet);
        }
    }
}

static void each_section(const struct visit *visit, bool headings) {
    const struct article *article = visit->view->article;
    for (size_t i = 0; article && i < article->section_count; i++) {
        const struct section *section = &article->sections[i];
        if (headings)
            give(visit, section->heading);
        else
            visit->fn(visit->arg, section->clean.text, section->clean.len);
    }
}

/* The key of the record's own page. */
static void address(const struct visit *visit) {
    struct source_key key = {0};
    const struct article *article = visit->view->article;
    if (article && article->url) source_key_from_url(visit->view->arena, visit->view->rules, article->url, &key);
    give(visit, key.key);
}

/* The words of an address: `apnews.com/article/ice-raid` is found by `ice raid`. */
static void url_words(const struct visit *visit) {
    const struct source *source = visit->view->source;
    if (!source || !source->url) return;
    char *words = arena_strdup(visit->view->arena, source->url);
    char *path = strstr(words, "://");
    path = path ? strchr(path + 3, '/') : strchr(words, '/');
    if (!path) return;
    for (char *at = path; *at; at++)
        if (ispunct((unsigned char)*at)) *at = ' ';
    give(visit, path);
}

/* Figures of the evidence profile that are dates; the numbers are in figure_number. */
static void figure(const struct visit *visit, enum field_origin origin) {
    const struct profile *profile = visit->view->profile;
    if (!profile) return;
    if (origin == ORIGIN_OLDEST_SOURCE) give(visit, profile->all.oldest);
    if (origin == ORIGIN_NEWEST_SOURCE) give(visit, profile->all.newest);
}

static void computed(const struct visit *visit, enum field_origin origin) {
    const struct view *view = visit->view;
    switch (origin) {
    case ORIGIN_ID: give(visit, view->record->id); break;
    case ORIGIN_LANGUAGE: give(visit, view->language); break;
    case ORIGIN_SECTIONS: each_section(visit, false); break;
    case ORIGIN_HEADINGS: each_section(visit, true); break;
    case ORIGIN_SOURCE_WORDS:
    case ORIGIN_SOURCE_KEYS:
    case ORIGIN_SOURCE_DOMAINS: each_source(visit, origin); break;
    case ORIGIN_DOMAIN: give(visit, view->source ? view->source->domain : NULL); break;
    case ORIGIN_URL_WORDS: url_words(visit); break;
    case ORIGIN_ADDRESS: address(visit); break;
    case ORIGIN_STATUS: give(visit, view->source && view->source->status ? view->source->status : "live"); break;
    case ORIGIN_PATH:
    case ORIGIN_SOURCE_COUNT:
    case ORIGIN_MENTION_COUNT:
    case ORIGIN_CITED: break;
    default: figure(visit, origin); break;
    }
}

void values_texts(const struct view *view, const struct field *field,
                  void (*fn)(void *arg, const char *text, size_t len), void *arg) {
    struct visit visit = {.view = view, .fn = fn, .arg = arg};
    const cJSON *record = view->article ? view->article->record : view->source->record;
    if (field->origin == ORIGIN_PATH)
        walk_path(&visit, record, field->path, field->path_len);
    else
        computed(&visit, field->origin);
}

/* Distinct sources that have an identity. */
static double count_sources(const struct article *article) {
    size_t count = 0;
    for (size_t i = 0; i < article->source_count; i++) {
        const char *key = article->sources[i].key.key;
        bool seen = !key;
        for (size_t j = 0; j < i && !seen; j++)
            seen = article->sources[j].key.key && strcmp(article->sources[j].key.key, key) == 0;
        count += !seen;
    }
    return (double)count;
}

struct first_number {
    enum field_type type;
    double value;
    bool found;
};

static void take_number(void *arg, const char *text, size_t len) {
    struct first_number *first = arg;
    int64_t seconds = 0;
    char *end = NULL;
    if (first->found) return;
    if (first->type == FIELD_DATE) {
        first->found = when_parse(&seconds, text, NULL) == ST_OK;
        first->value = (double)seconds;
        return;
    }
    first->value = strtod(text, &end);
    first->found = end == text + len && isfinite(first->value);
}

/* Rounded as `evidence` shows it, so that a filter means what is seen. */
static double rounded(double share) {
    return round(share * 1000) / 1000;
}

static bool figure_number(const struct profile *profile, enum field_origin origin, double *out) {
    if (!profile) return false;
    switch (origin) {
    case ORIGIN_SENTENCES: *out = profile->all.sentences; return true;
    case ORIGIN_CITED_SENTENCES: *out = profile->all.cited_sentences; return true;
    case ORIGIN_COVERAGE: *out = rounded(profile_coverage(&profile->all)); return true;
    case ORIGIN_DOMAINS: *out = profile->all.domains; return true;
    case ORIGIN_INDEPENDENT: *out = profile->all.independent; return true;
    case ORIGIN_SINGLE_SECTIONS: *out = (double)profile->single_count; return true;
    case ORIGIN_UNCITED_SECTIONS: *out = (double)profile->uncited_count; return true;
    case ORIGIN_DEAD_SOURCES: *out = profile->all.dead; return true;
    case ORIGIN_RETRACTED_SOURCES: *out = profile->all.retracted; return true;
    default: return false;
    }
}

bool values_number(const struct view *view, const struct field *field, double *out) {
    switch (field->origin) {
    case ORIGIN_SOURCE_COUNT: *out = view->article ? count_sources(view->article) : 0; return view->article != NULL;
    case ORIGIN_MENTION_COUNT:
        *out = view->article ? (double)view->article->mention_count : (double)view->record->mentions;
        return true;
    case ORIGIN_CITED: *out = (double)view->record->cited; return true;
    default: break;
    }
    if (figure_number(view->profile, field->origin, out)) return true;
    struct first_number first = {.type = field->type};
    values_texts(view, field, take_number, &first);
    *out = first.value;
    return first.found;
}
