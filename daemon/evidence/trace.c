/* trace: for each cited sentence the passage of the cited source that supports it best.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   support(sentence, passage) = Σ rarity of the sentence's words that the passage has / Σ rarity of its words
 *
 * Words are compared by their stems, numbers as they are; words of less than RARITY_MIN (the, and, …) count on neither
 * side.  A passage is a sentence of the source, or two in a row where the second adds at least SECOND_MIN.  This is
 * lexical: it tells where to look, not whether the source is right or says so in other words.  Where the archive has
 * no text of the source, support is unknown. */
#include "sources.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "search/select.h"
#include "text/language.h"

#include <math.h>
#include <string.h>

enum { SENTENCE_WORDS_MAX = 200, SOURCE_BYTES_MAX = 4 << 20 };
static const double RARITY_MIN = 0.12, SECOND_MIN = 0.08; /* shares of the greatest rarity, of the whole */

struct traced_word {
    const char *word; /* as the analyser has it */
    uint64_t stem;
    double rarity;
};

struct trace {
    struct evidence *ev;
    struct terms *terms;
    const char *language;
    double documents;
    struct traced_word words[SENTENCE_WORDS_MAX];
    size_t word_count;
    double whole;
    struct buf term;
};

struct support {
    double value;
    uint32_t start, end; /* bytes of the source's text */
    bool has[SENTENCE_WORDS_MAX];
};

/* ---- the article's sentence ---- */

static double rarity_of(struct trace *trace, const char *stem, size_t len) {
    uint32_t documents = 0;
    uint64_t occurrences = 0;
    struct err ignored = ERR_NONE;
    terms_stemmed(&trace->term, "", stem, len);
    engine_term_stats(reader_engine(trace->ev->reader, STORE_ARTICLE), trace->term.data, trace->term.len, &documents,
                      &occurrences, &ignored);
    double most = log(1 + (trace->documents + 1) / 1.5);
    return log(1 + (trace->documents - documents + 0.5) / (documents + 0.5)) / most;
}

static bool take_word(void *arg, const struct token *token) {
    struct trace *trace = arg;
    size_t len = 0;
    const char *stem = terms_stem(trace->terms, trace->language, token->term, token->len, token->flags, &len);
    uint64_t hash = hash64(stem, len);
    for (size_t i = 0; i < trace->word_count; i++)
        if (trace->words[i].stem == hash) return true;
    double rarity = rarity_of(trace, stem, len);
    if (rarity < RARITY_MIN && !(token->flags & TOKEN_NUMBER)) return true;
    trace->words[trace->word_count++] = (struct traced_word){
        .word = arena_strndup(trace->ev->arena, token->term, token->len), .stem = hash, .rarity = rarity};
    trace->whole += rarity;
    return trace->word_count < SENTENCE_WORDS_MAX;
}

static void read_sentence(struct trace *trace, const char *sentence) {
    trace->word_count = 0;
    trace->whole = 0;
    analyser_run(terms_analyser(trace->terms), sentence, strlen(sentence), trace->language, take_word, trace);
}

/* ---- the source's passages ---- */

struct passage {
    struct trace *trace;
    bool *has;
};

static bool mark_word(void *arg, const struct token *token) {
    struct passage *passage = arg;
    struct trace *trace = passage->trace;
    size_t len = 0;
    const char *stem = terms_stem(trace->terms, trace->language, token->term, token->len, token->flags, &len);
    uint64_t hash = hash64(stem, len);
    for (size_t i = 0; i < trace->word_count; i++)
        if (trace->words[i].stem == hash) passage->has[i] = true;
    return true;
}

static double value_of(const struct trace *trace, const bool *has, const bool *more) {
    double sum = 0;
    for (size_t i = 0; i < trace->word_count; i++)
        sum += has[i] || (more && more[i]) ? trace->words[i].rarity : 0;
    return trace->whole > 0 ? sum / trace->whole : 0;
}

static void offer(const struct trace *trace, struct support *best, double value, struct span span, const bool *has,
                  const bool *more) {
    if (value <= best->value) return;
    best->value = value;
    best->start = span.start;
    best->end = span.end;
    for (size_t i = 0; i < trace->word_count; i++)
        best->has[i] = has[i] || (more && more[i]);
}

static void best_passage(struct trace *trace, const char *text, struct support *best) {
    struct span *spans = NULL;
    size_t len = strlen(text);
    if (len > SOURCE_BYTES_MAX) len = utf8_floor(text, len, SOURCE_BYTES_MAX);
    size_t count = sentences_find(rules_abbreviations(index_rules(trace->ev->ix)), text, len, trace->language, &spans);
    bool before[SENTENCE_WORDS_MAX] = {false}, now[SENTENCE_WORDS_MAX];
    double value_before = 0;
    *best = (struct support){0};
    for (size_t i = 0; i < count; i++) {
        struct passage passage = {.trace = trace, .has = now};
        memset(now, 0, sizeof now);
        analyser_run(terms_analyser(trace->terms), text + spans[i].start, spans[i].end - spans[i].start,
                     trace->language, mark_word, &passage);
        double value = value_of(trace, now, NULL), both = i > 0 ? value_of(trace, now, before) : 0;
        offer(trace, best, value, spans[i], now, NULL);
        if (both >= value + SECOND_MIN && both >= value_before + SECOND_MIN)
            offer(trace, best, both, (struct span){spans[i - 1].start, spans[i].end}, now, before);
        memcpy(before, now, sizeof before);
        value_before = value;
    }
    mem_free(spans);
}

/* ---- the answer ---- */

static void write_support(struct trace *trace, const char *text, const struct support *support) {
    struct jw *jw = trace->ev->jw;
    jw_key(jw, "support");
    jw_fixed(jw, support->value, 3);
    jw_key(jw, "passage");
    if (support->value > 0)
        jw_stringn(jw, text + support->start, support->end - support->start);
    else
        jw_null(jw);
    jw_kint(jw, "start", support->start);
    jw_kint(jw, "end", support->end);
    jw_key(jw, "missing");
    jw_array(jw);
    for (size_t i = 0; i < trace->word_count; i++)
        if (!support->has[i]) jw_string(jw, trace->words[i].word);
    jw_array_end(jw);
}

static void write_unknown(struct jw *jw) {
    jw_key(jw, "support");
    jw_null(jw);
    jw_key(jw, "passage");
    jw_null(jw);
    jw_key(jw, "missing");
    jw_array(jw);
    jw_array_end(jw);
}

static bool is_first(const struct article *article, const struct section *section, size_t at) {
    const struct mention *mentions = article->mentions + section->mention_first;
    for (size_t i = 0; i < at; i++)
        if (mentions[i].sentence == mentions[at].sentence && mentions[i].n == mentions[at].n) return false;
    return true;
}

static void trace_mention(struct trace *trace, const struct loaded *loaded, const struct section *section,
                          const struct mention *mention) {
    struct jw *jw = trace->ev->jw;
    const char *sentence = sources_sentence(trace->ev->arena, section, mention->sentence);
    const struct profile_source *source = mention->source >= 0 ? &loaded->sources[mention->source] : NULL;
    jw_object(jw);
    jw_kint(jw, "section", section->number);
    jw_kstring(jw, "heading", section->heading);
    jw_kint(jw, "number", mention->sentence);
    jw_kstring(jw, "sentence", sentence);
    jw_kint(jw, "n", mention->n);
    jw_kstring(jw, "source", source ? source->key : NULL);
    jw_kstring(jw, "status", source ? source->status ? source->status : "live" : NULL);
    if (source && source->text && *source->text && sentence) {
        struct support support;
        read_sentence(trace, sentence);
        best_passage(trace, source->text, &support);
        write_support(trace, source->text, &support);
    } else {
        write_unknown(jw);
    }
    jw_object_end(jw);
}

static enum status write_sentences(struct trace *trace, const struct loaded *loaded) {
    const struct article *article = loaded->article;
    enum status st = ST_OK;
    jw_key(trace->ev->jw, "sentences");
    jw_array(trace->ev->jw);
    for (size_t s = 0; s < article->section_count && st == ST_OK; s++) {
        const struct section *section = &article->sections[s];
        for (size_t i = 0; i < section->mention_count && st == ST_OK; i++) {
            if (!is_first(article, section, i)) continue;
            trace_mention(trace, loaded, section, &article->mentions[section->mention_first + i]);
            st = load_in_time(trace->ev);
        }
    }
    jw_array_end(trace->ev->jw);
    return st;
}

enum status evidence_trace(struct evidence *ev, const char *id) {
    struct trace *trace = arena_alloc(ev->arena, sizeof *trace);
    struct loaded loaded;
    struct engine_info info;
    char language[9] = "";
    size_t count = 0;
    const char *const *languages = reader_languages(ev->reader, STORE_ARTICLE, &count);
    trace->ev = ev;
    trace->terms = searcher_terms(ev->searcher);
    enum status st = load_article(ev, ev->arena, id, &loaded);
    if (st == ST_OK) st = load_sources(ev, ev->arena, &loaded, true);
    if (st == ST_OK) st = engine_info(reader_engine(ev->reader, STORE_ARTICLE), &info, ev->err);
    if (st != ST_OK) return st;
    if (loaded.article->language) language_base(language, loaded.article->language);
    trace->language = language[0] ? arena_strdup(ev->arena, language) : count > 0 ? languages[0] : "en";
    trace->documents = (double)info.documents;
    buf_init(&trace->term, 0);
    jw_object(ev->jw);
    jw_kstring(ev->jw, "article", loaded.record.id);
    jw_kstring(ev->jw, "title", loaded.article->title);
    st = write_sentences(trace, &loaded);
    jw_object_end(ev->jw);
    buf_free(&trace->term);
    return st;
}
