/* impact: what rests on a source.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A section relies on a source when one of its sentences cites it; the source is its sole support when the section
 * cites nothing else, and a sentence's when the sentence cites nothing else.  Counts are over all that rely on the
 * source; the sections of a page of articles are written. */
#include "sources.h"

#include <string.h>

struct impact {
    struct evidence *ev;
    const struct impact_request *request;
    uint32_t source;
    struct edge *edges;
    size_t count;
    uint64_t articles, sections, sentences, sole_sections;
};

/* Distinct sentences, sections and articles: the edges are ordered so. */
static void count_up(struct impact *impact) {
    const struct edge *last = NULL;
    for (size_t i = 0; i < impact->count; i++) {
        const struct edge *edge = &impact->edges[i];
        bool article = !last || last->article != edge->article;
        bool section = article || last->section != edge->section;
        impact->articles += article;
        impact->sections += section;
        impact->sentences += section || last->sentence != edge->sentence;
        last = edge;
    }
}

/* Does anything from first to last mention in the range cite another source? */
static bool is_alone(const struct loaded *loaded, uint32_t source, const struct section *section, uint32_t sentence) {
    for (size_t i = 0; i < section->mention_count; i++) {
        const struct mention *mention = &loaded->article->mentions[section->mention_first + i];
        if (sentence && mention->sentence != sentence) continue;
        if (mention->source < 0 || loaded->docids[mention->source] != source) return false;
    }
    return true;
}

static void write_sentences(struct impact *impact, const struct loaded *loaded, const struct section *section,
                            const struct edge *edges, size_t count) {
    struct jw *jw = impact->ev->jw;
    jw_key(jw, "sentences");
    jw_array(jw);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && edges[i].sentence == edges[i - 1].sentence) continue;
        jw_object(jw);
        jw_kint(jw, "number", edges[i].sentence);
        jw_kstring(jw, "sentence", sources_sentence(impact->ev->arena, section, edges[i].sentence));
        jw_kbool(jw, "sole_support", is_alone(loaded, impact->source, section, edges[i].sentence));
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

static void write_section(struct impact *impact, const struct loaded *loaded, const struct edge *edges, size_t count) {
    struct jw *jw = impact->ev->jw;
    const struct section *section = sources_section(loaded->article, edges[0].section);
    bool alone = section && is_alone(loaded, impact->source, section, 0);
    impact->sole_sections += alone;
    jw_object(jw);
    jw_kstring(jw, "article", loaded->record.id);
    jw_kstring(jw, "title", loaded->article->title);
    jw_kstring(jw, "published", loaded->article->published);
    jw_kint(jw, "section", edges[0].section);
    jw_kstring(jw, "heading", section ? section->heading : "");
    jw_kbool(jw, "sole_support", alone);
    write_sentences(impact, loaded, section, edges, count);
    jw_object_end(jw);
}

static enum status write_article(struct impact *impact, const struct edge *edges, size_t count) {
    struct arena *arena = arena_new();
    struct loaded loaded;
    enum status st = load_article_docid(impact->ev, arena, edges[0].article, &loaded);
    if (st == ST_OK) st = load_docids(impact->ev, arena, &loaded);
    for (size_t at = 0; at < count && st == ST_OK;) {
        size_t end = at + 1;
        while (end < count && edges[end].section == edges[at].section)
            end++;
        write_section(impact, &loaded, edges + at, end - at);
        at = end;
    }
    arena_free(arena);
    return st;
}

static enum status write_sections(struct impact *impact) {
    uint64_t article = 0, first = impact->request->offset, last = first + impact->request->limit;
    enum status st = ST_OK;
    jw_key(impact->ev->jw, "sections");
    jw_array(impact->ev->jw);
    for (size_t at = 0; at < impact->count && article < last && st == ST_OK; article++) {
        size_t end = at + 1;
        while (end < impact->count && impact->edges[end].article == impact->edges[at].article)
            end++;
        if (article >= first) st = write_article(impact, impact->edges + at, end - at);
        at = end;
    }
    jw_array_end(impact->ev->jw);
    return st;
}

/* Articles that list the source without citing it in a sentence. */
static enum status count_listed(struct impact *impact, uint64_t *out) {
    uint64_t cited = 0;
    enum status st = edges_cited(reader_store(impact->ev->reader), impact->source, &cited, impact->ev->err);
    *out = cited - impact->articles;
    return st;
}

enum status evidence_impact(struct evidence *ev, const struct impact_request *request) {
    struct impact impact = {.ev = ev, .request = request};
    struct source *source = NULL;
    const char *key = NULL;
    uint64_t listed = 0;
    enum status st = sources_find_one(ev, request->source, &impact.source, &key);
    if (st == ST_OK) st = load_source(ev, ev->arena, impact.source, &source);
    if (st == ST_OK)
        st = edges_mentions(reader_store(ev->reader), ev->arena, impact.source, &impact.edges, &impact.count, ev->err);
    if (st != ST_OK) return st;
    count_up(&impact);
    st = count_listed(&impact, &listed);
    jw_object(ev->jw);
    jw_kstring(ev->jw, "source", key);
    jw_kstring(ev->jw, "title", source->title);
    jw_kstring(ev->jw, "status", source->status ? source->status : "live");
    jw_kstring(ev->jw, "status_since", source->status_since);
    jw_kstring(ev->jw, "note", source->note);
    jw_kint(ev->jw, "articles", (int64_t)impact.articles);
    jw_kint(ev->jw, "section_count", (int64_t)impact.sections);
    jw_kint(ev->jw, "sentences", (int64_t)impact.sentences);
    jw_kint(ev->jw, "listed", (int64_t)listed);
    if (st == ST_OK) st = write_sections(&impact);
    jw_kint(ev->jw, "offset", request->offset);
    jw_kint(ev->jw, "limit", request->limit);
    jw_object_end(ev->jw);
    return st;
}

/* ---- source_status ---- */

enum { REVISIONS_LOOKED_AT = 1000 };

static bool is_untouched(const cJSON *record) {
    const char *status = json_get_string(record, "status");
    return !status || strcmp(status, "live") == 0;
}

/* The newest revision in which nothing was said of the source's status. */
static enum status find_before(struct evidence *ev, const char *id, const cJSON **out) {
    struct store *store = reader_store(ev->reader);
    uint64_t *revisions = NULL;
    size_t count = 0;
    *out = NULL;
    enum status st = store_revisions(store, ev->arena, STORE_SOURCE, id, &revisions, &count, ev->err);
    for (size_t i = 0; i < count && i < REVISIONS_LOOKED_AT && !*out && st == ST_OK; i++) {
        struct record record;
        st = store_get(store, ev->arena, STORE_SOURCE, id, revisions[i], &record, ev->err);
        cJSON *json = st == ST_OK ? cJSON_ParseWithLength(record.json, record.len) : NULL;
        if (!json) continue;
        json_defer(ev->arena, json);
        if (is_untouched(json)) *out = json;
    }
    return st;
}

enum status evidence_source(struct evidence *ev, const char *given, struct source_state *out) {
    struct source_line line;
    uint32_t docid = 0;
    *out = (struct source_state){0};
    enum status st = sources_find_one(ev, given, &docid, &out->id);
    if (st == ST_OK) st = store_source_line(reader_store(ev->reader), ev->arena, docid, &line, ev->err);
    if (st != ST_OK) return st;
    out->articles = line.cited;
    out->mentions = line.mentions;
    return find_before(ev, out->id, &out->before);
}
