/* The answer of a search, as JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "base/when.h"
#include "section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct answer {
    struct run *run;
    struct jw jw;
    struct err *err;
    struct source_line retracted; /* the first one that the hit at hand cites; id NULL: none */
    uint32_t retracted_n;
};

static void key_text(struct jw *jw, const char *key, struct card_text text) {
    jw_key(jw, key);
    if (text.len)
        jw_stringn(jw, text.at, text.len);
    else
        jw_null(jw);
}

/* ---- hits ---- */

static enum status write_cite(struct answer *answer, const struct card_citation *citation) {
    struct jw *jw = &answer->jw;
    struct source_line line = {0};
    enum status st = ST_NOT_FOUND;
    if (citation->source)
        st = store_source_line(reader_store(answer->run->searcher->reader), answer->run->arena, citation->source, &line,
                               answer->err);
    if (st != ST_OK && st != ST_NOT_FOUND) return st;
    /* The index may be behind the store, where the source is gone already. */
    *answer->err = ERR_NONE;
    jw_object(jw);
    jw_kint(jw, "n", citation->n);
    jw_kstring(jw, "source", line.id);
    jw_kstring(jw, "title", line.title);
    jw_kstring(jw, "url", line.url);
    jw_kstring(jw, "outlet", line.outlet);
    if (line.published) jw_kstring(jw, "published", line.published);
    if (line.status) jw_kstring(jw, "status", line.status);
    jw_object_end(jw);
    if (line.status && strcmp(line.status, "retracted") == 0 && !answer->retracted.id) {
        answer->retracted = line;
        answer->retracted_n = citation->n;
    }
    return ST_OK;
}

/* A hit whose section cites a retracted source says so. */
static void write_retracted(struct answer *answer, const struct card_section *section) {
    struct jw *jw = &answer->jw;
    jw_key(jw, "warnings");
    jw_array(jw);
    jw_object(jw);
    jw_kstring(jw, "code", "retracted_source");
    jw_kint(jw, "n", answer->retracted_n);
    jw_kstring(jw, "source", answer->retracted.id);
    jw_kstring(jw, "message",
               arena_printf(answer->run->arena, "section %u rests on a retracted source, [%u] %s", section->number,
                            answer->retracted_n,
                            answer->retracted.title ? answer->retracted.title : answer->retracted.id));
    jw_object_end(jw);
    jw_array_end(jw);
}

static enum status write_section(struct answer *answer, const struct card *card, const struct section_choice *choice) {
    struct jw *jw = &answer->jw;
    enum status st = ST_OK;
    jw_key(jw, "section");
    if (choice->section && card->kind == STORE_ARTICLE) {
        jw_object(jw);
        jw_kint(jw, "number", choice->section->number);
        jw_key(jw, "heading");
        jw_stringn(jw, choice->section->heading.at, choice->section->heading.len);
        jw_object_end(jw);
    } else {
        jw_null(jw);
    }
    const struct card_section *shown = choice->section;
    if (!shown && card->section_count) shown = &card->sections[0];
    jw_key(jw, "snippet");
    struct snippet snippet = {0};
    struct card_text text = shown ? shown->text : (struct card_text){.at = ""};
    char language[16] = "";
    if (card->language.len < sizeof language) memcpy(language, card->language.at, card->language.len);
    snippet_choose(rules_abbreviations(index_rules(answer->run->searcher->ix)), language, text, &choice->matches,
                   &snippet);
    snippet_write(jw, text, &choice->matches, &snippet, answer->run->request->html);
    jw_key(jw, "cites");
    jw_array(jw);
    for (size_t i = 0; choice->section && i < choice->section->citation_count && st == ST_OK; i++)
        st = write_cite(answer, &choice->section->citations[i]);
    jw_array_end(jw);
    if (choice->section && answer->retracted.id) write_retracted(answer, choice->section);
    answer->retracted = (struct source_line){0};
    return st;
}

static enum status write_source_parts(struct answer *answer, const struct card *card) {
    struct source_line line = {0};
    enum status st = store_source_line(reader_store(answer->run->searcher->reader), answer->run->arena, card->docid,
                                       &line, answer->err);
    if (st != ST_OK && st != ST_NOT_FOUND) return st;
    *answer->err = ERR_NONE;
    jw_kstring(&answer->jw, "domain", line.domain);
    jw_kstring(&answer->jw, "status", line.status ? line.status : "live");
    jw_kint(&answer->jw, "cited", (int64_t)line.cited);
    jw_kint(&answer->jw, "mentions", (int64_t)line.mentions);
    return ST_OK;
}

static enum status write_hit(struct answer *answer, struct kind_result *kind, const struct engine_hit *hit) {
    struct jw *jw = &answer->jw;
    struct card card;
    struct section_choice choice;
    enum status st = card_read(answer->run->arena, hit->data.at, hit->data.len, &card, answer->err);
    if (st != ST_OK) return st;
    section_choose(&kind->matcher, answer->run->searcher->terms, answer->run->arena, &card, &choice);
    jw_object(jw);
    jw_kstring(jw, "kind", kind->kind == STORE_ARTICLE ? "article" : "source");
    key_text(jw, "id", card.id);
    key_text(jw, "title", card.title);
    key_text(jw, "url", card.url);
    key_text(jw, "published", card.published);
    key_text(jw, "outlet", card.outlet);
    if (kind->kind == STORE_ARTICLE)
        key_text(jw, "verdict", card.verdict);
    else
        st = write_source_parts(answer, &card);
    jw_key(jw, "score");
    jw_fixed(jw, hit->score, 4);
    if (answer->run->request->collapse) jw_kint(jw, "collapsed", hit->collapsed);
    jw_key(jw, "matched_in");
    jw_array(jw);
    jw_string(jw, kind->kind == STORE_ARTICLE ? "article" : "source");
    jw_array_end(jw);
    if (st == ST_OK) st = write_section(answer, &card, &choice);
    jw_object_end(jw);
    return st;
}

/* Hits of several kinds by their score, best first. */
static enum status write_hits(struct answer *answer) {
    struct run *run = answer->run;
    bool whole = run->kind_count > 1 || (run->request->ranking == RANKING_DEEP && run->request->sort_count == 0);
    size_t at[2] = {0}, passed = 0, written = 0;
    enum status st = ST_OK;
    jw_key(&answer->jw, "hits");
    jw_array(&answer->jw);
    while (st == ST_OK && written < run->request->limit) {
        struct kind_result *best = NULL;
        for (size_t k = 0; k < run->kind_count; k++) {
            struct kind_result *kind = &run->kinds[k];
            if (at[k] >= kind->result->count) continue;
            if (!best || kind->result->hits[at[k]].score > best->result->hits[at[best - run->kinds]].score) best = kind;
        }
        if (!best) break;
        const struct engine_hit *hit = &best->result->hits[at[best - run->kinds]++];
        if (whole && passed++ < run->request->offset) continue;
        st = write_hit(answer, best, hit);
        written++;
    }
    jw_array_end(&answer->jw);
    return st;
}

/* ---- facets ---- */

static int more_first(const void *a, const void *b) {
    const struct engine_count *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->value, y->value, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* The counts of all kinds together: equal values are added up. */
static size_t merge_counts(struct run *run, size_t facet, struct engine_count **out) {
    size_t total = 0, kept = 0;
    for (size_t k = 0; k < run->kind_count; k++)
        total += run->kinds[k].result->facets[facet].count;
    struct engine_count *all = arena_alloc(run->arena, (total + 1) * sizeof *all);
    for (size_t k = 0; k < run->kind_count; k++) {
        const struct engine_facet_result *result = &run->kinds[k].result->facets[facet];
        size_t before = kept;
        for (size_t i = 0; i < result->count; i++) {
            size_t same = 0;
            while (same < before && (all[same].len != result->counts[i].len ||
                                     memcmp(all[same].value, result->counts[i].value, all[same].len) != 0))
                same++;
            if (same < before)
                all[same].count += result->counts[i].count;
            else
                all[kept++] = result->counts[i];
        }
    }
    if (kept > 1) qsort(all, kept, sizeof *all, more_first);
    *out = all;
    return kept;
}

static bool is_number_facet(const struct run *run, const char *name) {
    const struct schema *schema = reader_schema(run->searcher->reader);
    const struct field *field = schema_field(schema, run->kinds[0].kind, name, strlen(name));
    if (!field && run->kind_count > 1) field = schema_field(schema, run->kinds[1].kind, name, strlen(name));
    return field && (field->type == FIELD_DATE || field->type == FIELD_NUMBER);
}

static void write_counts(struct answer *answer, const struct facet_request *facet, size_t number) {
    struct jw *jw = &answer->jw;
    struct engine_count *counts = NULL;
    size_t count = merge_counts(answer->run, number, &counts);
    jw_key(jw, facet->field);
    jw_array(jw);
    for (size_t i = 0; i < count && i < facet->limit; i++) {
        jw_object(jw);
        jw_key(jw, "value");
        jw_stringn(jw, counts[i].value, counts[i].len);
        jw_kint(jw, "count", (int64_t)counts[i].count);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

static void write_statistics(struct answer *answer, const char *field, size_t number) {
    struct jw *jw = &answer->jw;
    double sum = 0, min = INFINITY, max = -INFINITY;
    uint64_t count = 0;
    for (size_t k = 0; k < answer->run->kind_count; k++) {
        const struct engine_facet_result *result = &answer->run->kinds[k].result->facets[number];
        if (result->numbers == 0) continue;
        count += result->numbers;
        sum += result->sum;
        min = fmin(min, result->min);
        max = fmax(max, result->max);
    }
    jw_key(jw, field);
    jw_object(jw);
    jw_kint(jw, "count", (int64_t)count);
    if (count > 0) {
        jw_key(jw, "min");
        jw_number(jw, min);
        jw_key(jw, "max");
        jw_number(jw, max);
        jw_key(jw, "mean");
        jw_number(jw, sum / (double)count);
    }
    jw_object_end(jw);
}

static void write_facets(struct answer *answer) {
    const struct search_request *request = answer->run->request;
    bool statistics = false;
    jw_key(&answer->jw, "facets");
    jw_object(&answer->jw);
    for (size_t i = 0; i < request->facet_count; i++) {
        if (is_number_facet(answer->run, request->facets[i].field))
            statistics = true;
        else
            write_counts(answer, &request->facets[i], i);
    }
    jw_object_end(&answer->jw);
    if (!statistics) return;
    jw_key(&answer->jw, "facet_stats");
    jw_object(&answer->jw);
    for (size_t i = 0; i < request->facet_count; i++)
        if (is_number_facet(answer->run, request->facets[i].field))
            write_statistics(answer, request->facets[i].field, i);
    jw_object_end(&answer->jw);
}

/* ---- the rest ---- */

static void write_total(struct answer *answer) {
    uint64_t lower = 0, estimate = 0, upper = 0;
    for (size_t k = 0; k < answer->run->kind_count; k++) {
        const struct engine_result *result = answer->run->kinds[k].result;
        lower += result->total_lower;
        estimate += result->total_estimate;
        upper += result->total_upper;
    }
    jw_key(&answer->jw, "total");
    jw_object(&answer->jw);
    jw_kint(&answer->jw, "value", (int64_t)(lower == upper ? lower : estimate));
    jw_kstring(&answer->jw, "relation", lower == upper ? "eq" : "estimate");
    jw_object_end(&answer->jw);
}

static void write_warnings(struct answer *answer) {
    const struct query *queries[] = {&answer->run->query, &answer->run->filter};
    jw_key(&answer->jw, "warnings");
    jw_array(&answer->jw);
    for (size_t q = 0; q < 2; q++) {
        for (size_t i = 0; i < queries[q]->warning_count; i++) {
            const struct query_warning *warning = &queries[q]->warnings[i];
            jw_object(&answer->jw);
            jw_kstring(&answer->jw, "code", warning->code);
            jw_kstring(&answer->jw, "param", q == 0 ? "query" : "filter");
            jw_kint(&answer->jw, "position", warning->position);
            jw_kstring(&answer->jw, "message", warning->message);
            jw_object_end(&answer->jw);
        }
    }
    jw_array_end(&answer->jw);
}

static void write_explain(struct answer *answer) {
    struct run *run = answer->run;
    struct buf parsed;
    buf_init(&parsed, 0);
    query_print(run->query.root, &parsed);
    jw_key(&answer->jw, "explain");
    jw_object(&answer->jw);
    jw_key(&answer->jw, "parsed");
    jw_stringn(&answer->jw, parsed.data, parsed.len);
    for (size_t k = 0; k < run->kind_count; k++)
        jw_kstring(&answer->jw, run->kinds[k].kind == STORE_ARTICLE ? "articles" : "sources", run->kinds[k].described);
    jw_key(&answer->jw, "stages_ms");
    jw_object(&answer->jw);
    jw_key(&answer->jw, "parse");
    jw_fixed(&answer->jw, (double)(run->parsed_us - run->began_us) / 1000, 3);
    jw_key(&answer->jw, "search");
    jw_fixed(&answer->jw, (double)(run->searched_us - run->parsed_us) / 1000, 3);
    jw_key(&answer->jw, "answer");
    jw_fixed(&answer->jw, (double)(when_mono_us() - run->searched_us) / 1000, 3);
    jw_object_end(&answer->jw);
    jw_object_end(&answer->jw);
    buf_free(&parsed);
}

static bool is_partial(const struct run *run) {
    for (size_t k = 0; k < run->kind_count; k++)
        if (run->kinds[k].result->timed_out) return true;
    return false;
}

enum status answer_write(struct run *run, struct buf *out, struct err *err) {
    struct answer answer = {.run = run, .err = err};
    struct jw *jw = &answer.jw;
    jw_init(jw, out);
    jw_object(jw);
    enum status st = write_hits(&answer);
    if (st != ST_OK) return st;
    write_total(&answer);
    jw_kint(jw, "offset", run->request->offset);
    jw_kint(jw, "limit", run->request->limit);
    jw_key(jw, "next_cursor");
    jw_null(jw);
    write_facets(&answer);
    jw_key(jw, "corrected");
    jw_null(jw);
    if (run->request->explain) write_explain(&answer);
    jw_key(jw, "took_ms");
    jw_fixed(jw, (double)(when_mono_us() - run->began_us) / 1000, 3);
    jw_kint(jw, "revision", (int64_t)reader_revision(run->searcher->reader));
    jw_kbool(jw, "partial", is_partial(run));
    write_warnings(&answer);
    jw_object_end(jw);
    if (!buf_ok(out)) return err_set(err, ST_TOO_LARGE, "the answer is above %zu bytes; ask for fewer hits", out->max);
    return ST_OK;
}
