/* From a record to the engine's document.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "index/mapping.h"

#include "base/ensure.h"
#include "index/card.h"
#include "postings.h"
#include "text/language.h"
#include "values.h"

#include <string.h>

enum { GUESS_BYTES = 4000 };

struct mapping {
    const struct schema *schema;
    const struct rules *rules;
    struct terms *terms;
    struct buf scratch;
    struct buf card;
};

struct job { /* one document in the making */
    struct mapping *mapping;
    struct view view;
    struct postings postings;
    const struct field *field;
    struct engine_doc *doc;
    struct card card;
    struct buf slot; /* the values of a slot that holds several */
    bool slot_full;  /* a single value was taken */
};

enum status mapping_open(struct mapping **out, const struct schema *schema, const struct rules *rules,
                         struct err *err) {
    struct mapping *mapping = mem_alloc(sizeof *mapping);
    mapping->schema = schema;
    mapping->rules = rules;
    buf_init(&mapping->scratch, 0);
    buf_init(&mapping->card, 0);
    enum status st = terms_open(&mapping->terms, err);
    if (st != ST_OK) {
        mapping_close(mapping);
        mapping = NULL;
    }
    *out = mapping;
    return st;
}

void mapping_close(struct mapping *mapping) {
    if (!mapping) return;
    terms_close(mapping->terms);
    buf_free(&mapping->scratch);
    buf_free(&mapping->card);
    mem_free(mapping);
}

/* ---- terms and slots ---- */

static void index_text(void *arg, const char *text, size_t len) {
    struct job *job = arg;
    postings_text(&job->postings, text, len, job->field->prefix, job->field->body);
}

static void index_value(void *arg, const char *text, size_t len) {
    struct job *job = arg;
    const struct field *field = job->field;
    if (field->prefix[0]) {
        terms_value(job->mapping->terms, &job->mapping->scratch, field->prefix, text, len, field->exact_case);
        engine_doc_term(job->doc, job->mapping->scratch.data, job->mapping->scratch.len, 0);
    }
    if (field->type == FIELD_NAME)
        postings_text(&job->postings, text, len, field->prefix, field->body);
    else if (field->body)
        postings_text(&job->postings, text, len, "", true);
    if (field->slot == FIELD_NO_SLOT) return;
    if (field->multi)
        buf_lstr(&job->slot, text, len);
    else if (!job->slot_full)
        buf_add(&job->slot, text, len);
    job->slot_full = true;
}

static void index_field(struct job *job, const struct field *field) {
    double number = 0;
    job->field = field;
    job->postings.field_position = 0;
    job->slot_full = false;
    buf_clear(&job->slot);
    switch (field->type) {
    case FIELD_TEXT: values_texts(&job->view, field, index_text, job); break;
    case FIELD_NAME:
    case FIELD_KEYWORD:
        values_texts(&job->view, field, index_value, job);
        if (job->slot.len > 0) engine_doc_value(job->doc, field->slot, job->slot.data, job->slot.len);
        break;
    case FIELD_DATE:
    case FIELD_NUMBER:
        if (values_number(&job->view, field, &number)) engine_doc_number(job->doc, field->slot, number);
        break;
    }
}

/* A section begins at the next word of the general text, or the last one has ended before it. */
static void mark_section(struct job *job) {
    engine_doc_posting(job->doc, TERMS_SECTION, strlen(TERMS_SECTION), job->postings.body_position + 1, 0);
}

/* Sections are indexed here and not as plain values, because the card keeps where each one begins. */
static void index_sections(struct job *job, const struct field *field) {
    const struct article *article = job->view.article;
    job->field = field;
    job->postings.field_position = 0;
    for (size_t i = 0; article && i < article->section_count; i++) {
        const struct section *section = &article->sections[i];
        job->card.sections[i].first_position = job->postings.body_position + 1;
        mark_section(job);
        if (section->heading[0]) index_text(job, section->heading, strlen(section->heading));
        index_text(job, section->clean.text, section->clean.len);
    }
    if (article && article->section_count > 0) mark_section(job);
}

/* The text of a source is one section. */
static void index_source_text(struct job *job, const struct field *field) {
    mark_section(job);
    index_field(job, field);
    mark_section(job);
}

static void index_fields(struct job *job, const struct fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].origin == ORIGIN_SECTIONS)
            index_sections(job, &fields->items[i]);
        else if (job->view.source && fields->items[i].body && strcmp(fields->items[i].name, "text") == 0)
            index_source_text(job, &fields->items[i]);
        else
            index_field(job, &fields->items[i]);
    }
}

/* ---- the card ---- */

static struct card_text card_string(const char *text) {
    return (struct card_text){.at = text ? text : "", .len = text ? strlen(text) : 0};
}

static uint32_t source_docid(const struct citation *citations, size_t count, uint32_t n) {
    for (size_t i = 0; i < count; i++)
        if (citations[i].n == n) return citations[i].source;
    return 0;
}

static void card_citations(struct job *job, const struct section *section, struct card_section *out,
                           const struct citation *citations, size_t count) {
    if (section->mention_count == 0) return;
    const struct mention *mentions = job->view.article->mentions + section->mention_first;
    out->citations = arena_alloc(job->view.arena, (section->mention_count + 1) * sizeof *out->citations);
    for (size_t i = 0; i < section->mention_count; i++) {
        bool seen = false;
        for (size_t c = 0; c < out->citation_count && !seen; c++)
            seen = out->citations[c].n == mentions[i].n;
        if (seen) continue;
        out->citations[out->citation_count++] =
            (struct card_citation){.n = mentions[i].n, .source = source_docid(citations, count, mentions[i].n)};
    }
}

static enum status article_card(struct job *job, struct store *store, struct err *err) {
    const struct article *article = job->view.article;
    struct citation *citations = NULL;
    size_t count = 0;
    enum status st = store_citations(store, job->view.arena, job->card.docid, &citations, &count, err);
    if (st != ST_OK) return st;
    job->card.title = card_string(article->title);
    job->card.url = card_string(article->url);
    job->card.published = card_string(article->published);
    job->card.outlet = card_string(article->outlet);
    job->card.verdict = card_string(article->verdict);
    job->card.section_count = article->section_count;
    job->card.sections = arena_alloc(job->view.arena, (article->section_count + 1) * sizeof *job->card.sections);
    for (size_t i = 0; i < article->section_count; i++) {
        const struct section *section = &article->sections[i];
        struct card_section *out = &job->card.sections[i];
        out->number = section->number;
        out->heading = card_string(section->heading);
        out->text = (struct card_text){.at = section->clean.text, .len = section->clean.len};
        card_citations(job, section, out, citations, count);
    }
    return ST_OK;
}

static void source_card(struct job *job) {
    const struct source *source = job->view.source;
    job->card.title = card_string(source->title);
    job->card.url = card_string(source->url);
    job->card.published = card_string(source->published);
    job->card.outlet = card_string(source->outlet);
    job->card.status = card_string(source->status);
    job->card.sections = arena_alloc(job->view.arena, sizeof *job->card.sections);
    if (source->text && source->text[0]) {
        job->card.sections[0].text = card_string(source->text);
        job->card.section_count = 1;
    }
}

/* ---- the record ---- */

static const char *language_of(struct job *job, const char *given) {
    char base[9];
    language_base(base, given ? given : "");
    if (base[0]) return arena_strdup(job->view.arena, base);
    struct buf sample;
    buf_init(&sample, 0);
    const struct article *article = job->view.article;
    const struct source *source = job->view.source;
    ENSURE(article || source);
    const char *title = article ? article->title : source->title;
    buf_str(&sample, title ? title : "");
    if (source && source->text) buf_add(&sample, source->text, strnlen(source->text, GUESS_BYTES));
    for (size_t i = 0; article && i < article->section_count && sample.len < GUESS_BYTES; i++) {
        size_t len = article->sections[i].clean.len;
        buf_char(&sample, ' ');
        buf_add(&sample, article->sections[i].clean.text, len < GUESS_BYTES ? len : GUESS_BYTES);
    }
    const char *guess = language_guess(sample.data, sample.len);
    buf_free(&sample);
    return guess ? guess : job->mapping->schema->language;
}

static enum status read_record(struct job *job, const cJSON *json, struct err *err) {
    struct article *article = NULL;
    struct source *source = NULL;
    struct err fault = ERR_NONE;
    enum status st = ST_OK;
    if (job->view.record->kind == STORE_ARTICLE)
        st = article_read(job->view.arena, job->mapping->rules, json, &article, &fault);
    else
        st = source_read(job->view.arena, job->mapping->rules, json, &source, &fault);
    if (st != ST_OK)
        return err_set(err, ST_CORRUPT, "record '%s' can't be read back: %s", job->view.record->id, fault.text);
    job->view.article = article;
    job->view.source = source;
    const cJSON *language = json_get(json, "language");
    job->view.language = language_of(job, cJSON_IsString(language) ? language->valuestring : NULL);
    return ST_OK;
}

/* What the store knows of the cited sources beyond the article's own entries: status and dates. */
static enum status make_profile(struct job *job, struct store *store, struct err *err) {
    const struct article *article = job->view.article;
    struct profile_source *sources = profile_sources(job->view.arena, job->mapping->rules, article);
    struct profile *profile = arena_alloc(job->view.arena, sizeof *profile);
    struct citation *citations = NULL;
    size_t count = 0, at = 0;
    enum status st = store_citations(store, job->view.arena, job->card.docid, &citations, &count, err);
    for (size_t i = 0; i < article->source_count && st == ST_OK; i++) {
        struct source_line line;
        for (at = 0; at < count && citations[at].n < article->sources[i].n;)
            at++;
        if (at == count || citations[at].n != article->sources[i].n) continue;
        st = store_source_line(store, job->view.arena, citations[at].source, &line, err);
        if (st != ST_OK) break;
        sources[i].key = line.id;
        article->sources[i].key.key = line.id; /* what a person has said it to be */
        sources[i].status = line.status;
        if (!sources[i].outlet) sources[i].outlet = line.outlet;
        if (!sources[i].published) sources[i].published = line.published;
    }
    if (st == ST_NOT_FOUND) st = ST_OK; /* gone since: the log has a later change of this article */
    if (st == ST_OK) profile_make(job->view.arena, article, sources, profile);
    job->view.profile = st == ST_OK ? profile : NULL;
    return st;
}

static enum status build(struct job *job, struct store *store, const cJSON *json, struct err *err) {
    enum status st = read_record(job, json, err);
    job->card.id = card_string(job->view.record->id);
    if (st == ST_OK && job->view.article) {
        st = article_card(job, store, err);
        if (st == ST_OK) st = make_profile(job, store, err);
    } else if (st == ST_OK) {
        source_card(job);
    }
    if (st != ST_OK) return st;
    job->card.language = card_string(job->view.language);
    job->postings.language = job->view.language;
    index_fields(job, &job->mapping->schema->kinds[job->view.record->kind]);
    buf_clear(&job->mapping->card);
    card_write(&job->card, &job->mapping->card);
    engine_doc_data(job->doc, job->mapping->card.data, job->mapping->card.len);
    return ST_OK;
}

enum status mapping_document(struct mapping *mapping, struct store *store, const struct record *record,
                             struct engine_doc **out, size_t *text_bytes, struct err *err) {
    struct arena *arena = arena_new();
    struct job job = {.mapping = mapping,
                      .view = {.record = record, .rules = mapping->rules, .arena = arena},
                      .doc = engine_doc_new(),
                      .card = {.kind = record->kind, .docid = record->docid}};
    job.postings = (struct postings){.terms = mapping->terms, .doc = job.doc};
    buf_init(&job.postings.term, 0);
    buf_init(&job.slot, 0);
    cJSON *json = NULL;
    enum status st = store_record_tree(&json, record, err);
    if (st == ST_OK) st = build(&job, store, json, err);
    *text_bytes = job.postings.text_bytes;
    buf_free(&job.postings.term);
    buf_free(&job.slot);
    cJSON_Delete(json);
    arena_free(arena);
    terms_trim(mapping->terms);
    if (st != ST_OK) {
        engine_doc_free(job.doc);
        job.doc = NULL;
    }
    *out = job.doc;
    return st;
}
