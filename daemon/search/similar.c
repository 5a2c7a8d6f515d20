/* More like this, over text: the words that tell most of a record are searched for.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   telling(word) = idf · tf / (tf + 1.5)        tf in the text, a word of the title counting TITLE_TIMES
 *
 * The SIMILAR_WORDS_MAX words that tell most, of those that another record has too, are a query; each is in it as often
 * as in the text, up to REPEAT_MAX.  A hit's similarity is its score as a share of what the words are worth at most;
 * what is below SIMILARITY_MIN shares a word or two by chance and is no hit.  Of a long text the most frequent
 * CANDIDATES_MAX words are looked at. */
#include "search/similar.h"

#include "answer.h"
#include "base/hash.h"
#include "base/when.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE_TIMES = 3, REPEAT_MAX = 4, CANDIDATES_MAX = 1000 };

static const double similarity_min = 0.05;

struct telling {
    const char *word;
    size_t len;
    unsigned flags;
    uint32_t tf;
    uint64_t documents;
    double worth;
};

struct reading {
    struct arena *arena;
    struct telling *words;
    size_t count, cap;
    uint32_t *slots; /* number of a word + 1; 0: free */
    size_t slot_count;
    uint32_t times;
};

static void grow_slots(struct reading *reading) {
    reading->slot_count = reading->slot_count ? 2 * reading->slot_count : 1024;
    reading->slots = arena_alloc(reading->arena, reading->slot_count * sizeof *reading->slots);
    for (size_t i = 0; i < reading->count; i++) {
        size_t at = hash64(reading->words[i].word, reading->words[i].len) & (reading->slot_count - 1);
        while (reading->slots[at])
            at = (at + 1) & (reading->slot_count - 1);
        reading->slots[at] = (uint32_t)i + 1;
    }
}

static bool take_token(void *arg, const struct token *token) {
    struct reading *reading = arg;
    if (2 * (reading->count + 1) > reading->slot_count) grow_slots(reading);
    size_t at = hash64(token->term, token->len) & (reading->slot_count - 1);
    for (; reading->slots[at]; at = (at + 1) & (reading->slot_count - 1)) {
        struct telling *have = &reading->words[reading->slots[at] - 1];
        if (have->len != token->len || memcmp(have->word, token->term, token->len) != 0) continue;
        have->tf += reading->times;
        return true;
    }
    reading->words = arena_grow(reading->arena, reading->words, reading->count, &reading->cap, sizeof *reading->words);
    reading->words[reading->count++] = (struct telling){.word = arena_strndup(reading->arena, token->term, token->len),
                                                        .len = token->len,
                                                        .flags = token->flags,
                                                        .tf = reading->times};
    reading->slots[at] = (uint32_t)reading->count;
    return true;
}

static void read_text(struct run *run, struct reading *reading, const char *language, const char *text, size_t len,
                      uint32_t times) {
    reading->times = times;
    analyser_run(terms_analyser(run->searcher->terms), text, len, language, take_token, reading);
}

/* ---- the record ---- */

struct found {
    uint32_t docid;
};

static bool take_docid(void *arg, uint32_t docid, uint32_t wdf) {
    struct found *found = arg;
    (void)wdf;
    found->docid = docid;
    return false;
}

static enum status find_record(struct run *run, const struct similar_request *request, struct buf *term,
                               struct card *out, struct err *err) {
    struct engine_db *db = reader_engine(run->searcher->reader, request->kind);
    const struct field *id = schema_field(reader_schema(run->searcher->reader), request->kind, "id", 2);
    struct found found = {0};
    char *data = NULL;
    size_t len = 0;
    terms_value(run->searcher->terms, term, id ? id->prefix : "Q", request->id, strlen(request->id), true);
    enum status st = engine_postings(db, term->data, term->len, 0, take_docid, &found, err);
    if (st != ST_OK) return st;
    if (found.docid == 0)
        return err_param(err, ST_NOT_FOUND, "id", "there is no %s '%.200s' in the index",
                         store_kind_name(request->kind), request->id);
    st = engine_data(db, found.docid, &data, &len, err);
    if (st != ST_OK) return st;
    arena_defer(run->arena, mem_free, data);
    return card_read(run->arena, data, len, out, err);
}

static void read_card(struct run *run, struct reading *reading, const struct card *card) {
    char language[16];
    language_of(card, language);
    read_text(run, reading, language, card->title.at, card->title.len, TITLE_TIMES);
    for (size_t i = 0; i < card->section_count; i++) {
        const struct card_section *section = &card->sections[i];
        read_text(run, reading, language, section->heading.at, section->heading.len, 1);
        read_text(run, reading, language, section->text.at, section->text.len, 1);
    }
}

/* ---- its words ---- */

static int often_first(const void *a, const void *b) {
    const struct telling *x = a, *y = b;
    return (x->tf < y->tf) - (x->tf > y->tf);
}

static int telling_first(const void *a, const void *b) {
    const struct telling *x = a, *y = b;
    if (x->worth != y->worth) return x->worth < y->worth ? 1 : -1;
    return strcmp(x->word, y->word);
}

/* In how many records of the kind searched a word is, in any of its forms. */
static void measure_word(struct compiler *compiler, struct telling *word) {
    struct match_word as_word = {.word = word->word, .len = word->len, .flags = word->flags};
    struct stems stems;
    stems_of(compiler, &as_word, &stems);
    word->documents = stems_documents(compiler, &stems);
}

static bool tells_nothing(const struct compiler *compiler, const struct telling *word) {
    return stop_has(compiler->stop, compiler->languages, compiler->language_count, word->word, word->len);
}

/* Sorts the words, the most telling first, and gives how many of them are the query.  is_among: the record itself is
 * one of those that are searched. */
static enum status choose_words(struct run *run, struct reading *reading, bool is_among, size_t *out, struct err *err) {
    struct compiler compiler;
    enum store_kind kind = run->request->articles ? STORE_ARTICLE : STORE_SOURCE;
    query_parse(run->arena, reader_schema(run->searcher->reader), "", 0, &run->query); /* the compiler looks at it */
    run_compiler(run, kind, &compiler, err);
    if (reading->count > CANDIDATES_MAX) qsort(reading->words, reading->count, sizeof *reading->words, often_first);
    if (reading->count > CANDIDATES_MAX) reading->count = CANDIDATES_MAX;
    *out = 0;
    for (size_t i = 0; i < reading->count && compiler.status == ST_OK; i++) {
        struct telling *word = &reading->words[i];
        if (tells_nothing(&compiler, word)) continue;
        measure_word(&compiler, word);
        if (word->documents < (is_among ? 2u : 1u)) continue; /* itself alone */
        word->worth = rarity(&compiler, word->documents) * word->tf / (word->tf + 1.5);
    }
    if (compiler.status != ST_OK) return compiler.status;
    if (reading->count > 1) qsort(reading->words, reading->count, sizeof *reading->words, telling_first);
    while (*out < reading->count && *out < SIMILAR_WORDS_MAX && reading->words[*out].worth > 0)
        ++*out;
    return ST_OK;
}

/* Folded words are no operators, so that the query is what it looks like. */
static const char *query_of(struct arena *arena, const struct reading *reading, size_t count) {
    struct buf text;
    buf_init(&text, 0);
    for (size_t i = 0; i < count; i++)
        for (uint32_t again = 0; again < reading->words[i].tf && again < REPEAT_MAX; again++)
            buf_printf(&text, "%s ", reading->words[i].word);
    const char *query = arena_strndup(arena, text.data ? text.data : "", text.len);
    buf_free(&text);
    return query;
}

/* ---- the answer ---- */

static void drop_chance(struct run *run) {
    while (run->page_count > 0) {
        const struct page_hit *last = &run->page[run->page_count - 1];
        double norm = run->kinds[0].norm;
        if (norm > 0 && last->score / norm >= similarity_min) return;
        run->page_count--;
    }
}

static enum status write_answer(struct run *run, const struct reading *reading, size_t count, struct buf *out,
                                struct err *err) {
    struct answer answer = {.run = run, .err = err, .norm = run->kinds[0].norm};
    struct jw *jw = &answer.jw;
    jw_init(jw, out);
    jw_object(jw);
    enum status st = write_hits(&answer);
    if (st != ST_OK) return st;
    jw_kint(jw, "limit", run->request->limit);
    jw_key(jw, "words");
    jw_array(jw);
    for (size_t i = 0; i < count; i++)
        jw_string(jw, reading->words[i].word);
    jw_array_end(jw);
    write_circumstances(&answer);
    return answer_end(&answer);
}

/* Everything but the record itself. */
static struct engine_query *all_but(const struct buf *term) {
    struct engine_query *both[] = {engine_query_scale(engine_query_all(), 0),
                                   engine_query_term(term->data, term->len, 1)};
    return engine_query_op(ENGINE_AND_NOT, both, 2, 0);
}

static enum status read_and_choose(struct run *run, const struct similar_request *request, struct reading *reading,
                                   struct buf *term, size_t *count, struct err *err) {
    struct card card;
    enum status st = ST_OK;
    if (request->id) st = find_record(run, request, term, &card, err);
    if (st != ST_OK) return st;
    if (request->id)
        read_card(run, reading, &card);
    else
        read_text(run, reading, "", request->text, strlen(request->text), 1);
    bool is_among = request->kind == STORE_ARTICLE ? run->request->articles : run->request->sources;
    return choose_words(run, reading, request->id && is_among, count, err);
}

enum status search_similar(struct searcher *searcher, struct arena *arena, const struct similar_request *request,
                           struct buf *out, struct err *err) {
    struct search_request search = request->search;
    struct run run = {.searcher = searcher, .arena = arena, .request = &search, .began_us = when_mono_us()};
    struct reading reading = {.arena = arena};
    struct buf term;
    size_t count = 0;
    buf_init(&term, 0);
    enum status st = read_and_choose(&run, request, &reading, &term, &count, err);
    struct engine_query *others = request->id && st == ST_OK ? all_but(&term) : NULL;
    search.query = count > 0 ? query_of(arena, &reading, count) : "-*";
    search.via_sources = false;
    search.synonyms = false;
    search.within = others;
    if (st == ST_OK) st = run_search(&run, err);
    if (st == ST_OK) drop_chance(&run);
    if (st == ST_OK) st = write_answer(&run, &reading, count, out, err);
    engine_query_free(others);
    buf_free(&term);
    return st;
}
