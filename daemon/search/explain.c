/* Explain: how a search was understood and done, and what each hit's score is made of.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   explain  = { parsed, filter, articles, sources, expansions, stages_ms }          of the answer
 *            | { parts: [{ how, word, field, documents, score }] }                   of a hit
 *
 * The parts of a hit are listed with the greatest first and add up to its score.  `how` is
 *
 *   stem phrase prefix fuzzy near adj value address      what the word was looked for by
 *   synonyms                                             a word or a row of words that has some, the best of all
 *   decay boost                                          a field of the request
 *   sources                                              the texts that the article cites
 *   grams nearness deep                                  the second stage of a deep ranking; deep is the two together,
 *                                                        behind a cursor, which keeps only their sum */
#include "answer.h"

#include "base/when.h"
#include "deep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the answer ---- */

static void write_tree(struct jw *jw, const char *key, const struct query *query) {
    struct buf printed;
    if (!query->root) return;
    buf_init(&printed, 0);
    query_print(query->root, &printed);
    jw_key(jw, key);
    jw_stringn(jw, printed.data, printed.len);
    buf_free(&printed);
}

static void write_expansions(struct jw *jw, const struct kind_result *kind) {
    for (size_t i = 0; kind->parts && i < kind->parts->expansion_count; i++) {
        const struct expansion_note *note = &kind->parts->expansions[i];
        jw_object(jw);
        jw_kstring(jw, "in", kind->kind == STORE_ARTICLE ? "articles" : "sources");
        jw_kstring(jw, "param", note->filter ? "filter" : "query");
        jw_kint(jw, "position", note->position);
        jw_kstring(jw, "of", note->of);
        jw_key(jw, "words");
        jw_array(jw);
        for (size_t w = 0; w < note->count; w++) {
            jw_object(jw);
            jw_kstring(jw, "word", note->words[w].word);
            jw_kint(jw, "documents", note->words[w].documents);
            if (note->words[w].distance) jw_kint(jw, "distance", note->words[w].distance);
            jw_object_end(jw);
        }
        jw_array_end(jw);
        jw_object_end(jw);
    }
}

static void write_stages(struct answer *answer) {
    const struct run *run = answer->run;
    struct jw *jw = &answer->jw;
    int64_t sources_us = 0, compile_us = 0, match_us = 0, deep_us = 0;
    for (size_t k = 0; k < run->kind_count; k++) {
        sources_us += run->kinds[k].sources_us;
        compile_us += run->kinds[k].compile_us;
        match_us += run->kinds[k].match_us;
        deep_us += run->kinds[k].deep_us;
    }
    const struct {
        const char *name;
        int64_t us;
    } stages[] = {{"parse", run->parsed_us - run->began_us},
                  {"sources", sources_us},
                  {"compile", compile_us},
                  {"match", match_us},
                  {"deep", deep_us},
                  {"search", run->searched_us - run->parsed_us},
                  {"answer", when_mono_us() - run->searched_us}};
    jw_key(jw, "stages_ms");
    jw_object(jw);
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        jw_key(jw, stages[i].name);
        jw_fixed(jw, (double)stages[i].us / 1000, 3);
    }
    jw_object_end(jw);
}

void write_explain(struct answer *answer) {
    const struct run *run = answer->run;
    struct jw *jw = &answer->jw;
    jw_key(jw, "explain");
    jw_object(jw);
    write_tree(jw, "parsed", &run->query);
    write_tree(jw, "filter", &run->filter);
    for (size_t k = 0; k < run->kind_count; k++)
        if (run->kinds[k].described)
            jw_kstring(jw, run->kinds[k].kind == STORE_ARTICLE ? "articles" : "sources", run->kinds[k].described);
    jw_key(jw, "expansions");
    jw_array(jw);
    for (size_t k = 0; k < run->kind_count; k++)
        write_expansions(jw, &run->kinds[k]);
    jw_array_end(jw);
    write_stages(answer);
    jw_object_end(jw);
}

/* ---- the hits ---- */

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

enum status explain_hits(struct answer *answer) {
    struct run *run = answer->run;
    struct engine_weight weight = run_weight(run);
    for (size_t k = 0; k < run->kind_count; k++) {
        struct kind_result *kind = &run->kinds[k];
        struct explained *explained = &answer->explained[k];
        if (!kind->parts) continue;
        explained->docids = arena_alloc(run->arena, (run->page_count + 1) * sizeof *explained->docids);
        for (size_t i = 0; i < run->page_count; i++)
            if (run->page[i].kind == kind) explained->docids[explained->count++] = run->page[i].hit.docid;
        if (explained->count > 1) qsort(explained->docids, explained->count, sizeof *explained->docids, ascending);
        enum status st =
            parts_score(kind->parts, reader_engine(run->searcher->reader, kind->kind), &weight, explained->docids,
                        explained->count, run->request->deadline_us, &explained->scores, answer->err);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

struct shown_part {
    const char *how, *word, *field;
    uint64_t documents;
    double score;
};

static int greatest_first(const void *a, const void *b) {
    double x = ((const struct shown_part *)a)->score, y = ((const struct shown_part *)b)->score;
    return (x < y) - (x > y);
}

static size_t collect(const struct parts *parts, const struct explained *explained, size_t document,
                      struct shown_part *out) {
    size_t count = 0;
    for (size_t p = 0; p < parts->count; p++) {
        const struct score_part *part = &parts->items[p];
        double score = explained->scores[p * explained->count + document];
        if (score == 0) continue;
        out[count++] = (struct shown_part){part->how, part->word, part->field, part->documents, score};
    }
    return count;
}

/* What the second stage added. */
static size_t collect_deep(const struct kind_result *kind, const struct engine_hit *hit, double sum, double score,
                           struct shown_part *out) {
    size_t count = 0;
    for (size_t i = 0; i < kind->deep_count; i++) {
        const struct deep_part *part = &kind->deep_parts[i];
        if (part->docid != hit->docid) continue;
        if (part->grams > 0) out[count++] = (struct shown_part){.how = "grams", .score = part->grams};
        if (part->near > 0) out[count++] = (struct shown_part){.how = "nearness", .score = part->near};
    }
    if (kind->deep_count == 0 && score - sum > 1e-6)
        out[count++] = (struct shown_part){.how = "deep", .score = score - sum};
    return count;
}

static void write_part(struct jw *jw, const struct shown_part *part, double scale) {
    jw_object(jw);
    jw_kstring(jw, "how", part->how);
    if (part->word && *part->word) jw_kstring(jw, "word", part->word);
    if (part->word && *part->word) jw_kstring(jw, "field", part->field ? part->field : "text");
    if (part->word && !*part->word && part->field) jw_kstring(jw, "field", part->field);
    if (part->documents) jw_kint(jw, "documents", (int64_t)part->documents);
    jw_key(jw, "score");
    jw_fixed(jw, part->score * scale, 4);
    jw_object_end(jw);
}

void write_parts(struct answer *answer, const struct page_hit *page_hit) {
    const struct run *run = answer->run;
    const struct kind_result *kind = page_hit->kind;
    const struct explained *explained = &answer->explained[kind - run->kinds];
    const uint32_t *docid = NULL;
    if (!kind->parts || explained->count == 0) return;
    docid = bsearch(&page_hit->hit.docid, explained->docids, explained->count, sizeof *docid, ascending);
    struct shown_part *shown = arena_alloc(run->arena, (kind->parts->count + 3) * sizeof *shown);
    size_t count = collect(kind->parts, explained, (size_t)(docid - explained->docids), shown);
    double sum = 0, scale = page_hit->hit.score > 0 ? page_hit->score / page_hit->hit.score : 1;
    for (size_t i = 0; i < count; i++)
        sum += shown[i].score;
    if (run->request->ranking == RANKING_DEEP)
        count += collect_deep(kind, &page_hit->hit, sum, page_hit->hit.score, shown + count);
    if (count > 1) qsort(shown, count, sizeof *shown, greatest_first);
    jw_key(&answer->jw, "explain");
    jw_object(&answer->jw);
    jw_key(&answer->jw, "parts");
    jw_array(&answer->jw);
    for (size_t i = 0; i < count; i++)
        write_part(&answer->jw, &shown[i], scale);
    jw_array_end(&answer->jw);
    jw_object_end(&answer->jw);
}
