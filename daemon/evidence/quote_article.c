/* `quote` for a whole article: every quotation in it, held against the texts of the sources it cites.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A quotation is what stands between double quotation marks of one pair ("…", “…”, „…“, «…», 「…」), on one line and of
 * at least QUOTE_WORDS_MIN words.  It is held against the sources that its sentence cites; when the sentence cites
 * none, against those of its section, else of the article.  `unknown`: the archive has the text of none of them. */
#include "quote_answer.h"
#include "search/select.h"
#include "sources.h"

#include <string.h>

struct pair {
    const char *open, *close;
};

static const struct pair pairs[] = {{"“", "”"}, {"„", "“"},   {"„", "”"},  {"«", "»"},
                                    {"»", "«"}, {"「", "」"}, {"\"", "\""}};

struct article_quotes {
    struct evidence *ev;
    struct analyser *analyser;
    struct loaded loaded;
    uint64_t counts[4], unknown, total;
};

struct quotation {
    uint32_t start, end; /* between the marks, in the section's text as given */
    uint32_t sentence;
};

static uint32_t sentence_at(const struct section *section, uint32_t at) {
    uint32_t sentence = 0;
    while (sentence < section->sentence_count && section->sentences[sentence].start <= at)
        sentence++;
    return sentence;
}

/* The next quotation from *at on; *at moves behind it. */
static bool next_quotation(const struct section *section, uint32_t *at, struct quotation *out) {
    const char *text = section->text;
    for (uint32_t i = *at; i < section->len; i++) {
        for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
            size_t open = strlen(pairs[p].open), close = strlen(pairs[p].close);
            if (section->len - i < open || memcmp(text + i, pairs[p].open, open) != 0) continue;
            const char *start = text + i + open, *line = memchr(start, '\n', section->len - i - open);
            size_t room = line ? (size_t)(line - start) : section->len - i - open;
            const char *end = memmem(start, room, pairs[p].close, close);
            if (!end) continue;
            *out = (struct quotation){.start = (uint32_t)(start - text), .end = (uint32_t)(end - text)};
            out->sentence = sentence_at(section, out->start);
            *at = out->end + (uint32_t)close;
            return true;
        }
    }
    return false;
}

/* Marks the entries that the sentence, else the section, else the article cites. */
static void choose_sources(const struct article *article, const struct section *section, uint32_t sentence,
                           bool *chosen) {
    bool any = false;
    for (int pass = 0; pass < 2 && !any; pass++)
        for (size_t i = 0; i < section->mention_count; i++) {
            const struct mention *mention = &article->mentions[section->mention_first + i];
            if (mention->source < 0 || (pass == 0 && mention->sentence != sentence)) continue;
            chosen[mention->source] = any = true;
        }
    for (size_t i = 0; i < article->source_count && !any; i++)
        chosen[i] = true;
}

static void write_quotation(struct article_quotes *quotes, const struct section *section,
                            const struct quotation *quotation, const struct pattern *pattern) {
    const struct article *article = quotes->loaded.article;
    struct arena *arena = quotes->ev->arena;
    struct jw *jw = quotes->ev->jw;
    bool *chosen = arena_alloc(arena, article->source_count + 1), known = false;
    struct quoted best = {0};
    struct quote_text best_text = {0};
    size_t best_entry = 0;
    choose_sources(article, section, quotation->sentence, chosen);
    for (size_t i = 0; i < article->source_count; i++) {
        const char *text = chosen[i] ? quotes->loaded.sources[i].text : NULL;
        struct quote_text quote_text;
        struct quoted quoted;
        if (!text || !*text) continue;
        known = true;
        quote_text_make(arena, text, strlen(text), &quote_text);
        if (!quote_match(arena, quotes->analyser, pattern, &quote_text, &quoted)) continue;
        if (quoted.verdict < best.verdict || (quoted.verdict == best.verdict && quoted.edits >= best.edits)) continue;
        best = quoted;
        best_text = quote_text;
        best_entry = i;
    }
    quotes->total++;
    if (known)
        quotes->counts[best.verdict]++;
    else
        quotes->unknown++;
    jw_object(jw);
    jw_kint(jw, "section", section->number);
    jw_kstring(jw, "heading", section->heading);
    jw_kint(jw, "number", quotation->sentence);
    jw_kstring(jw, "sentence", sources_sentence(arena, section, quotation->sentence));
    jw_kstring(jw, "quote", pattern->given);
    jw_kstring(jw, "verdict", known ? quote_verdict_name(best.verdict) : "unknown");
    if (best.verdict != QUOTE_ABSENT) {
        jw_kint(jw, "n", article->sources[best_entry].n);
        jw_kstring(jw, "source", quotes->loaded.sources[best_entry].key);
        jw_key(jw, "match");
        jw_object(jw);
        quote_write_place(jw, best_text.text, best_text.len, &best, article->sources[best_entry].url);
        jw_object_end(jw);
        quote_write_differences(jw, pattern, best_text.text, &best);
    }
    jw_object_end(jw);
}

static enum status write_section(struct article_quotes *quotes, const struct section *section) {
    struct quotation quotation;
    uint32_t at = 0;
    while (next_quotation(section, &at, &quotation)) {
        struct pattern pattern;
        pattern_make(quotes->ev->arena, quotes->analyser, section->text + quotation.start,
                     quotation.end - quotation.start, &pattern);
        if (pattern.words.count >= QUOTE_WORDS_MIN && pattern.words.count <= QUOTE_WORDS_MAX)
            write_quotation(quotes, section, &quotation, &pattern);
        if (load_in_time(quotes->ev) != ST_OK) return quotes->ev->err->status;
    }
    return ST_OK;
}

enum status quote_article(struct evidence *ev, const char *id) {
    struct article_quotes quotes = {.ev = ev, .analyser = terms_analyser(searcher_terms(ev->searcher))};
    enum status st = load_article(ev, ev->arena, id, &quotes.loaded);
    if (st == ST_OK) st = load_sources(ev, ev->arena, &quotes.loaded, true);
    if (st != ST_OK) return st;
    jw_object(ev->jw);
    jw_kstring(ev->jw, "article", quotes.loaded.record.id);
    jw_kstring(ev->jw, "title", quotes.loaded.article->title);
    jw_key(ev->jw, "quotations");
    jw_array(ev->jw);
    for (size_t i = 0; i < quotes.loaded.article->section_count && st == ST_OK; i++)
        st = write_section(&quotes, &quotes.loaded.article->sections[i]);
    jw_array_end(ev->jw);
    jw_kint(ev->jw, "total", (int64_t)quotes.total);
    for (int verdict = QUOTE_EXACT; verdict >= QUOTE_ABSENT; verdict--)
        jw_kint(ev->jw, quote_verdict_name((enum quote_verdict)verdict), (int64_t)quotes.counts[verdict]);
    jw_kint(ev->jw, "unknown", (int64_t)quotes.unknown);
    jw_object_end(ev->jw);
    return st;
}
