/* The answer of a search, as JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "base/when.h"
#include "section.h"
#include "spell.h"

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

/* ---- more of a hit's text ---- */

static const char *language_of(const struct card *card, char out[16]) {
    memset(out, 0, 16);
    if (card->language.len < 16) memcpy(out, card->language.at, card->language.len);
    return out;
}

struct fragment {
    const struct card_section *section;
    struct match_list matches;
    struct snippet snippet;
    double worth;
};

static int more_worth_first(const void *a, const void *b) {
    const struct fragment *x = a, *y = b;
    if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
    if (x->section->number != y->section->number) return x->section->number < y->section->number ? -1 : 1;
    return (x->snippet.start > y->snippet.start) - (x->snippet.start < y->snippet.start);
}

/* The passages of one section, best first: each is chosen from the matches that no passage before has. */
static size_t find_fragments(struct answer *answer, const struct card *card, const struct card_section *section,
                             const struct match_list *matches, size_t max, struct fragment *out) {
    char language[16];
    const struct abbreviations *abbreviations = rules_abbreviations(index_rules(answer->run->searcher->ix));
    struct match_list left = {.items = arena_alloc(answer->run->arena, (matches->count + 1) * sizeof *left.items),
                              .words = matches->words};
    size_t found = 0;
    memcpy(left.items, matches->items, matches->count * sizeof *left.items);
    left.count = matches->count;
    while (left.count > 0 && found < max) {
        struct fragment *fragment = &out[found];
        size_t kept = 0, inside = 0;
        *fragment = (struct fragment){.section = section, .matches = *matches};
        snippet_choose(abbreviations, language_of(card, language), section->text, &left, &fragment->snippet);
        for (size_t i = 0; i < left.count; i++) {
            const struct match *match = &left.items[i];
            if (match->start >= fragment->snippet.start && match->end <= fragment->snippet.end) {
                fragment->worth += match->weight;
                inside++;
            } else {
                left.items[kept++] = *match;
            }
        }
        left.count = kept;
        if (inside == 0) break;
        found++;
    }
    return found;
}

static void write_fragments(struct answer *answer, struct kind_result *kind, const struct card *card) {
    struct jw *jw = &answer->jw;
    struct arena *arena = answer->run->arena;
    size_t wanted = answer->run->request->fragments, count = 0;
    char language[16];
    struct fragment *all = arena_alloc(arena, (card->section_count * wanted + 1) * sizeof *all);
    for (size_t i = 0; i < card->section_count; i++) {
        struct match_list matches;
        const struct card_section *section = &card->sections[i];
        matcher_find(&kind->matcher, answer->run->searcher->terms, arena, language_of(card, language), section->text.at,
                     section->text.len, &matches);
        count += find_fragments(answer, card, section, &matches, wanted, all + count);
    }
    if (count > 1) qsort(all, count, sizeof *all, more_worth_first);
    jw_key(jw, "fragments");
    jw_array(jw);
    for (size_t i = 0; i < count && i < wanted; i++) {
        jw_object(jw);
        jw_kint(jw, "section", all[i].section->number);
        jw_key(jw, "snippet");
        snippet_write(jw, all[i].section->text, &all[i].matches, &all[i].snippet, answer->run->request->html);
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

/* A whole text, its matches marked. */
static void write_marked(struct answer *answer, struct kind_result *kind, const struct card *card,
                         struct card_text text) {
    char language[16];
    struct match_list matches;
    struct snippet whole = {.start = 0, .end = (uint32_t)text.len};
    matcher_find(&kind->matcher, answer->run->searcher->terms, answer->run->arena, language_of(card, language), text.at,
                 text.len, &matches);
    snippet_write(&answer->jw, text, &matches, &whole, answer->run->request->html);
}

static void write_highlight(struct answer *answer, struct kind_result *kind, const struct card *card) {
    struct jw *jw = &answer->jw;
    const struct search_request *request = answer->run->request;
    jw_key(jw, "highlight");
    jw_object(jw);
    for (size_t i = 0; i < request->highlight_count; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again = again || strcmp(request->highlight[i], request->highlight[j]) == 0;
        if (again) continue;
        jw_key(jw, request->highlight[i]);
        if (strcmp(request->highlight[i], "title") == 0) {
            write_marked(answer, kind, card, card->title);
            continue;
        }
        jw_array(jw);
        for (size_t s = 0; s < card->section_count; s++) {
            jw_object(jw);
            jw_kint(jw, "section", card->sections[s].number);
            jw_key(jw, "heading");
            write_marked(answer, kind, card, card->sections[s].heading);
            jw_key(jw, "text");
            write_marked(answer, kind, card, card->sections[s].text);
            jw_object_end(jw);
        }
        jw_array_end(jw);
    }
    jw_object_end(jw);
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
    jw_fixed(jw, page_hit->score, 4);
    if (answer->run->request->collapse) jw_kint(jw, "collapsed", hit->collapsed);
    write_matched_in(jw, page_hit, &card);
    if (st == ST_OK) st = write_section(answer, &card, &choice);
    if (st == ST_OK && answer->run->request->fragments > 0) write_fragments(answer, kind, &card);
    if (st == ST_OK && answer->run->request->highlight_count > 0) write_highlight(answer, kind, &card);
    jw_object_end(jw);
    return st;
}

static enum status write_hits(struct answer *answer) {
    struct run *run = answer->run;
    enum status st = ST_OK;
    jw_key(&answer->jw, "hits");
    jw_array(&answer->jw);
    for (size_t i = 0; i < run->page_count && st == ST_OK; i++)
        st = write_hit(answer, &run->page[i]);
    jw_array_end(&answer->jw);
    return st;
}

/* ---- facets ---- */

static int by_value(const void *a, const void *b) {
    const struct engine_count *x = a, *y = b;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->value, y->value, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static int more_first(const void *a, const void *b) {
    const struct engine_count *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return by_value(a, b);
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
    if (kept > 1) qsort(all, kept, sizeof *all, run->request->facets[facet].by_value ? by_value : more_first);
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
    if (request->facet_count > 0 && !request->cursor) jw_kbool(&answer->jw, "facets_exact", !answer->run->timed_out);
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
        if (run->kinds[k].described)
            jw_kstring(&answer->jw, run->kinds[k].kind == STORE_ARTICLE ? "articles" : "sources",
                       run->kinds[k].described);
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
    if (run->request->explain) write_explain(&answer);
    jw_key(jw, "took_ms");
    jw_fixed(jw, (double)(when_mono_us() - run->began_us) / 1000, 3);
    jw_kint(jw, "revision", (int64_t)reader_revision(run->searcher->reader));
    jw_kbool(jw, "partial", run->timed_out);
    write_warnings(&answer);
    jw_object_end(jw);
    if (!buf_ok(out)) return err_set(err, ST_TOO_LARGE, "the answer is above %zu bytes; ask for fewer hits", out->max);
    return ST_OK;
}
