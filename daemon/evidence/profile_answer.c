/* The answer of `evidence`: the profile, independence and circles.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A circle is a chain of citations between articles of the archive that comes back to its beginning; it is looked
 * for along at most CIRCLE_LENGTH articles and CIRCLE_STEPS of them in all. */
#include "load.h"

#include <string.h>

enum { CIRCLE_LENGTH = 4, CIRCLE_STEPS = 200, CIRCLES_MAX = 20 };

/* ---- circles ---- */

struct circles {
    struct evidence *ev;
    uint32_t start;
    uint32_t path[CIRCLE_LENGTH];
    size_t length, steps, found;
    uint32_t list[CIRCLES_MAX][CIRCLE_LENGTH + 1]; /* each ends with 0 */
};

static enum status walk(struct circles *circles, uint32_t docid);

static enum status step_to(struct circles *circles, uint32_t source) {
    struct evidence *ev = circles->ev;
    struct source_line line;
    uint32_t next = 0;
    if (++circles->steps > CIRCLE_STEPS) return ST_OK;
    enum status st = store_source_line(reader_store(ev->reader), ev->arena, source, &line, ev->err);
    if (st == ST_OK) st = load_address(ev, line.id, &next);
    if (st != ST_OK || !next) return st;
    if (next == circles->start) {
        if (circles->found == CIRCLES_MAX) return ST_OK;
        memcpy(circles->list[circles->found], circles->path, circles->length * sizeof *circles->path);
        circles->list[circles->found++][circles->length] = 0;
        return ST_OK;
    }
    for (size_t i = 0; i < circles->length; i++)
        if (circles->path[i] == next) return ST_OK;
    return circles->length < CIRCLE_LENGTH ? walk(circles, next) : ST_OK;
}

static enum status walk(struct circles *circles, uint32_t docid) {
    struct citation *citations = NULL;
    size_t count = 0;
    circles->path[circles->length++] = docid;
    enum status st = store_citations(reader_store(circles->ev->reader), circles->ev->arena, docid, &citations, &count,
                                     circles->ev->err);
    for (size_t i = 0; i < count && st == ST_OK && circles->steps <= CIRCLE_STEPS; i++)
        if (i == 0 || citations[i].source != citations[i - 1].source) st = step_to(circles, citations[i].source);
    circles->length--;
    return st;
}

static enum status write_circles(struct evidence *ev, uint32_t docid) {
    struct circles *circles = arena_alloc(ev->arena, sizeof *circles);
    circles->ev = ev;
    circles->start = docid;
    enum status st = walk(circles, docid);
    jw_key(ev->jw, "cycles");
    jw_array(ev->jw);
    for (size_t i = 0; i < circles->found && st == ST_OK; i++) {
        jw_array(ev->jw);
        for (const uint32_t *at = circles->list[i]; *at && st == ST_OK; at++) {
            struct record record;
            st = store_get_docid(reader_store(ev->reader), ev->arena, STORE_ARTICLE, *at, &record, ev->err);
            jw_string(ev->jw, st == ST_OK ? record.id : NULL);
        }
        jw_array_end(ev->jw);
    }
    jw_array_end(ev->jw);
    return st;
}

/* ---- figures ---- */

static void write_share(struct jw *jw, const char *key, uint32_t part, uint32_t whole) {
    jw_key(jw, key);
    jw_fixed(jw, whole ? (double)part / whole : 0, 3);
}

static void write_figures(struct jw *jw, const struct figures *figures) {
    jw_kint(jw, "sentences", figures->sentences);
    jw_kint(jw, "cited_sentences", figures->cited_sentences);
    jw_key(jw, "coverage");
    jw_fixed(jw, profile_coverage(figures), 3);
    jw_kint(jw, "mentions", figures->mentions);
    jw_kint(jw, "clusters", figures->clusters);
    jw_kint(jw, "sources", figures->sources);
    jw_kint(jw, "domains", figures->domains);
    jw_kint(jw, "independent_sources", figures->independent);
    jw_kint(jw, "unknown_sources", figures->unknown);
    jw_kint(jw, "own_sources", figures->own);
    jw_kint(jw, "dead_sources", figures->dead);
    jw_kint(jw, "retracted_sources", figures->retracted);
    write_share(jw, "dead_or_retracted_share", figures->dead + figures->retracted, figures->sources);
    jw_kstring(jw, "oldest_source", figures->oldest);
    jw_kstring(jw, "newest_source", figures->newest);
}

static void write_numbers(struct jw *jw, const char *key, const uint32_t *numbers, size_t count) {
    jw_key(jw, key);
    jw_array(jw);
    for (size_t i = 0; i < count; i++)
        jw_int(jw, numbers[i]);
    jw_array_end(jw);
}

static void write_sections(struct jw *jw, const struct article *article, const struct profile *profile) {
    jw_key(jw, "sections");
    jw_array(jw);
    for (size_t i = 0; i < article->section_count; i++) {
        jw_object(jw);
        jw_kint(jw, "section", article->sections[i].number);
        jw_kstring(jw, "heading", article->sections[i].heading);
        write_figures(jw, &profile->sections[i]);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

/* Groups of more than one entry: these sources count once (or, the archive's own, not at all). */
static void write_groups(struct jw *jw, const struct loaded *loaded, const struct profile *profile) {
    const struct article *article = loaded->article;
    jw_key(jw, "dependent");
    jw_array(jw);
    for (int32_t group = -1; group < profile->groups; group++) {
        size_t members = 0, first = 0;
        bool same_text = false;
        for (size_t i = 0; i < article->source_count; i++) {
            if (profile->group[i] != group) continue;
            first = members++ ? first : i;
            same_text = same_text || profile->same_text[i];
        }
        if (members == 0 || (members == 1 && group >= 0)) continue;
        jw_object(jw);
        jw_kstring(jw, "because", group < 0 ? "own_archive" : same_text ? "same_text" : "same_outlet");
        jw_kstring(jw, "outlet",
                   loaded->sources[first].outlet ? loaded->sources[first].outlet : loaded->sources[first].domain);
        jw_key(jw, "sources");
        jw_array(jw);
        for (size_t i = 0; i < article->source_count; i++)
            if (profile->group[i] == group) jw_string(jw, loaded->sources[i].key);
        jw_array_end(jw);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

enum status evidence_profile(struct evidence *ev, const char *id) {
    struct loaded loaded;
    struct profile profile;
    enum status st = load_article(ev, ev->arena, id, &loaded);
    if (st == ST_OK) st = load_sources(ev, ev->arena, &loaded, true);
    if (st != ST_OK) return st;
    profile_make(ev->arena, loaded.article, loaded.sources, &profile);
    jw_object(ev->jw);
    jw_kstring(ev->jw, "article", loaded.record.id);
    jw_kstring(ev->jw, "title", loaded.article->title);
    write_figures(ev->jw, &profile.all);
    write_numbers(ev->jw, "single_source_sections", profile.single, profile.single_count);
    write_numbers(ev->jw, "uncited_sections", profile.uncited, profile.uncited_count);
    write_groups(ev->jw, &loaded, &profile);
    st = write_circles(ev, loaded.record.docid);
    write_sections(ev->jw, loaded.article, &profile);
    jw_object_end(ev->jw);
    return st;
}
