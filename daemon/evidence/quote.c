/* The answer of `quote`: is this verbatim, and where?
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Candidates with the words in order are held against their texts first; only when none of them has the quotation
 * are those looked at that have parts of it.  Texts of articles: sections, title, claims; of sources: text, title. */
#include "quote.h"

#include "quote_answer.h"
#include "quote_find.h"
#include "search/select.h"

#include <stdlib.h>
#include <string.h>

enum { VERBATIM_CANDIDATES = 50, ALIKE_CANDIDATES = 30 };

struct match { /* the best place in one record */
    struct quoted quoted;
    const char *article, *source; /* ids; one of them is NULL */
    const char *title, *url, *published, *outlet;
    const char *field;             /* of the record: text, title, claim */
    const struct section *section; /* or NULL */
    struct quote_text text;
    size_t order;
};

struct quote_run {
    struct evidence *ev;
    const struct quote_request *request;
    struct analyser *analyser;
    struct pattern pattern;
    struct match *matches;
    size_t count, cap;
};

static bool is_better(const struct quoted *a, const struct quoted *b) {
    return a->verdict != b->verdict ? a->verdict > b->verdict : a->edits < b->edits;
}

static void look_in(struct quote_run *run, struct match *match, const char *field, const struct section *section,
                    const char *text, size_t len) {
    struct quote_text quote_text;
    struct quoted quoted;
    if (len == 0) return;
    quote_text_make(run->ev->arena, text, len, &quote_text);
    if (!quote_match(run->ev->arena, run->analyser, &run->pattern, &quote_text, &quoted)) return;
    if (match->quoted.verdict != QUOTE_ABSENT && !is_better(&quoted, &match->quoted)) return;
    match->quoted = quoted;
    match->field = field;
    match->section = section;
    match->text = quote_text;
}

static void keep(struct quote_run *run, struct match *match) {
    if (match->quoted.verdict == QUOTE_ABSENT) return;
    match->order = run->count;
    run->matches = arena_grow(run->ev->arena, run->matches, run->count, &run->cap, sizeof *run->matches);
    run->matches[run->count++] = *match;
}

static enum status look_in_article(struct quote_run *run, uint32_t docid) {
    struct loaded loaded;
    enum status st = load_article_docid(run->ev, run->ev->arena, docid, &loaded);
    if (st != ST_OK) return st;
    const struct article *article = loaded.article;
    struct match match = {.article = loaded.record.id,
                          .title = article->title,
                          .url = article->url,
                          .published = article->published,
                          .outlet = article->outlet};
    for (size_t i = 0; i < article->section_count; i++)
        look_in(run, &match, "text", &article->sections[i], article->sections[i].text, article->sections[i].len);
    if (article->title) look_in(run, &match, "title", NULL, article->title, strlen(article->title));
    for (size_t i = 0; i < article->claim_count; i++)
        look_in(run, &match, "claim", NULL, article->claims[i].text, strlen(article->claims[i].text));
    keep(run, &match);
    return ST_OK;
}

static enum status look_in_source(struct quote_run *run, uint32_t docid) {
    struct source *source = NULL;
    enum status st = load_source(run->ev, run->ev->arena, docid, &source);
    if (st != ST_OK) return st;
    struct match match = {.source = source->id,
                          .title = source->title,
                          .url = source->url,
                          .published = source->published,
                          .outlet = source->outlet};
    if (source->text) look_in(run, &match, "text", NULL, source->text, strlen(source->text));
    if (source->title) look_in(run, &match, "title", NULL, source->title, strlen(source->title));
    keep(run, &match);
    return ST_OK;
}

static enum status look_at(struct quote_run *run, bool verbatim) {
    enum status st = ST_OK;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        struct candidates found;
        st = verbatim ? candidates_verbatim(run->ev, &run->pattern, (enum store_kind)kind, VERBATIM_CANDIDATES, &found)
                      : candidates_alike(run->ev, &run->pattern, (enum store_kind)kind, ALIKE_CANDIDATES, &found);
        for (size_t i = 0; i < found.count && st == ST_OK; i++) {
            st = kind == STORE_ARTICLE ? look_in_article(run, found.docids[i]) : look_in_source(run, found.docids[i]);
            if (st == ST_NOT_FOUND) st = ST_OK; /* deleted since the index was brought up to date */
            if (st == ST_OK) st = load_in_time(run->ev);
        }
    }
    return st;
}

/* ---- the answer ---- */

static int best_first(const void *left, const void *right) {
    const struct match *a = left, *b = right;
    if (is_better(&a->quoted, &b->quoted)) return -1;
    if (is_better(&b->quoted, &a->quoted)) return 1;
    return (a->order > b->order) - (a->order < b->order);
}

static void write_match(struct quote_run *run, const struct match *match) {
    struct jw *jw = run->ev->jw;
    jw_object(jw);
    jw_kstring(jw, match->article ? "article" : "source", match->article ? match->article : match->source);
    jw_kstring(jw, "title", match->title);
    jw_kstring(jw, "url", match->url);
    jw_kstring(jw, "published", match->published);
    jw_kstring(jw, "outlet", match->outlet);
    jw_kstring(jw, "verdict", quote_verdict_name(match->quoted.verdict));
    jw_kstring(jw, "field", match->field);
    jw_key(jw, "section");
    if (match->section) {
        jw_object(jw);
        jw_kint(jw, "number", match->section->number);
        jw_kstring(jw, "heading", match->section->heading);
        jw_object_end(jw);
    } else {
        jw_null(jw);
    }
    quote_write_place(jw, match->text.text, match->text.len, &match->quoted, match->url);
    quote_write_differences(jw, &run->pattern, match->text.text, &match->quoted);
    jw_object_end(jw);
}

/* Altered places beside a verbatim one are not what was asked for. */
static void write_answer(struct quote_run *run) {
    struct jw *jw = run->ev->jw;
    const struct match *best = run->count ? &run->matches[0] : NULL;
    enum quote_verdict verdict = best ? best->quoted.verdict : QUOTE_ABSENT;
    jw_object(jw);
    jw_kstring(jw, "verdict", quote_verdict_name(verdict));
    jw_kint(jw, "words", (int64_t)run->pattern.words.count);
    jw_key(jw, "matches");
    jw_array(jw);
    for (size_t i = 0; run->matches && i < run->count && i < run->request->limit; i++) {
        if (verdict > QUOTE_ALTERED && run->matches[i].quoted.verdict <= QUOTE_ALTERED) break;
        write_match(run, &run->matches[i]);
    }
    jw_array_end(jw);
    if (best) {
        quote_write_differences(jw, &run->pattern, best->text.text, &best->quoted);
    } else {
        jw_key(jw, "differences");
        jw_array(jw);
        jw_array_end(jw);
    }
    jw_object_end(jw);
}

static enum status check_length(const struct quote_run *run) {
    size_t words = run->pattern.words.count;
    if (words < QUOTE_WORDS_MIN)
        return err_param(run->ev->err, ST_INVALID_VALUE, "text",
                         "parameter 'text': %zu words are too few to be a quotation (at least %d)", words,
                         QUOTE_WORDS_MIN);
    if (words > QUOTE_WORDS_MAX)
        return err_param(run->ev->err, ST_TOO_LARGE, "text", "parameter 'text': %zu words are above the limit of %d",
                         words, QUOTE_WORDS_MAX);
    return ST_OK;
}

enum status evidence_quote(struct evidence *ev, const struct quote_request *request) {
    struct quote_run run = {.ev = ev, .request = request, .analyser = terms_analyser(searcher_terms(ev->searcher))};
    if (request->article) return quote_article(ev, request->article);
    pattern_make(ev->arena, run.analyser, request->text, strlen(request->text), &run.pattern);
    enum status st = check_length(&run);
    if (st == ST_OK) st = look_at(&run, true);
    bool verbatim = false;
    for (size_t i = 0; i < run.count; i++)
        verbatim = verbatim || run.matches[i].quoted.verdict > QUOTE_ALTERED;
    if (st == ST_OK && !verbatim) {
        run.count = 0;
        st = look_at(&run, false);
    }
    if (st != ST_OK) return st;
    if (run.count > 1) qsort(run.matches, run.count, sizeof *run.matches, best_first);
    write_answer(&run);
    return ST_OK;
}
