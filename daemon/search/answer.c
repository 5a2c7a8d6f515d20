/* The answer of a search, as JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "answer.h"

#include "base/when.h"
#include "spell.h"

#include <math.h>
#include <string.h>

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

/* Whether an article cites one of the sources that have the query's words. */
static bool cites_match(const struct via *via, const struct card *card) {
    for (size_t s = 0; s < card->section_count; s++)
        for (size_t c = 0; c < card->sections[s].citation_count; c++)
            for (size_t i = 0; i < via->count; i++)
                if (card->sections[s].citations[c].source == via->sources[i]) return true;
    return false;
}

static void write_matched_in(struct jw *jw, const struct page_hit *hit, const struct card *card) {
    const struct via *via = hit->kind->via;
    bool is_article = hit->kind->kind == STORE_ARTICLE;
    bool by_text = !via || hit->hit.score <= 0 || hit->hit.score > VIA_SCORE_MAX;
    jw_key(jw, "matched_in");
    jw_array(jw);
    if (is_article && by_text) jw_string(jw, "article");
    if (!is_article || !by_text || (via && cites_match(via, card))) jw_string(jw, "source");
    jw_array_end(jw);
}

static enum status write_hit(struct answer *answer, const struct page_hit *page_hit) {
    struct kind_result *kind = page_hit->kind;
    const struct engine_hit *hit = &page_hit->hit;
    struct jw *jw = &answer->jw;
    struct card card;
    struct section_choice choice;
    enum status st = card_read(answer->run->arena, hit->data.at, hit->data.len, &card, answer->err);
    if (st != ST_OK) return st;
    section_choose(&kind->matcher, answer->run->searcher->terms, answer->run->arena, &card, &choice);
    jw_object(jw);
    jw_kstring(jw, "kind", store_kind_name(kind->kind));
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
    jw_fixed(jw, page_hit->score, 4);
    if (answer->norm > 0) {
        jw_key(jw, "similarity");
        jw_fixed(jw, fmin(1, page_hit->score / answer->norm), 3);
    }
    if (answer->run->request->collapse) jw_kint(jw, "collapsed", hit->collapsed);
    write_matched_in(jw, page_hit, &card);
    if (st == ST_OK) st = write_section(answer, &card, &choice);
    if (st == ST_OK && answer->run->request->fragments > 0) write_fragments(answer, kind, &card);
    if (st == ST_OK && answer->run->request->highlight_count > 0) write_highlight(answer, kind, &card, choice.section);
    if (answer->run->request->explain) write_parts(answer, page_hit);
    jw_object_end(jw);
    return st;
}

enum status write_hits(struct answer *answer) {
    struct run *run = answer->run;
    enum status st = run->request->explain ? explain_hits(answer) : ST_OK;
    jw_key(&answer->jw, "hits");
    jw_array(&answer->jw);
    for (size_t i = 0; i < run->page_count && st == ST_OK; i++)
        st = write_hit(answer, &run->page[i]);
    jw_array_end(&answer->jw);
    return st;
}

/* ---- the rest ---- */

static void write_total(struct answer *answer) {
    const struct snapshot_totals *totals = &answer->run->totals;
    bool exact = totals->lower == totals->upper;
    jw_key(&answer->jw, "total");
    jw_object(&answer->jw);
    jw_kint(&answer->jw, "value", (int64_t)(exact ? totals->lower : totals->estimate));
    jw_kstring(&answer->jw, "relation", exact ? "eq" : "estimate");
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

void write_circumstances(struct answer *answer) {
    const struct run *run = answer->run;
    struct jw *jw = &answer->jw;
    if (run->request->explain) write_explain(answer);
    jw_key(jw, "took_ms");
    jw_fixed(jw, (double)(when_mono_us() - run->began_us) / 1000, 3);
    jw_kint(jw, "revision", (int64_t)reader_revision(run->searcher->reader));
    jw_kbool(jw, "partial", run->timed_out);
}

enum status answer_end(struct answer *answer) {
    const struct buf *out = answer->jw.buf;
    jw_object_end(&answer->jw);
    if (buf_ok(out)) return ST_OK;
    return err_set(answer->err, ST_TOO_LARGE, "the answer is above %zu bytes; ask for fewer hits", out->max);
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
    jw_kstring(jw, "next_cursor", run->next_cursor);
    write_facets(&answer);
    jw_kstring(jw, "corrected", spell_text(run->arena, run->request->query, &run->spellings));
    write_circumstances(&answer);
    write_warnings(&answer);
    return answer_end(&answer);
}
