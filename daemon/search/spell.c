/* Did you mean: corrections from the words of the index.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A word that no record has is replaced by the word alike that is worth most:
 *
 *   worth = log(documents + 1) - 3 · distance + (same first letter ? 1 : 0)
 *
 * so a word one edit further away must be some twenty times as frequent.  A word that some records have is kept,
 * unless a word one edit away is in RARER times as many and the whole query then finds more.  Words with an
 * apostrophe or a digit are never proposed. */
#include "spell.h"

#include "base/when.h"
#include "clean.h"
#include "search/suggest.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 12, LETTERS_MIN = 4, LETTERS_TWO = 7, RARER = 100, RARE_MAX = 20, TIME_US = 200000, SHOWN_MAX = 5 };

struct finder {
    struct run *run;
    struct compiler compilers[2]; /* of the run's kinds; without an arena: not made yet */
    struct spellings *out;
    struct err *err;
    enum status status;
    const char *leaf;
    uint32_t leaf_start;
    size_t words;
};

/* ---- how often ---- */

/* Made once for all words of the query. */
static struct compiler *compiler_of(struct finder *finder, size_t kind) {
    struct compiler *compiler = &finder->compilers[kind];
    if (!compiler->arena) run_compiler(finder->run, finder->run->kinds[kind].kind, compiler, finder->err);
    return compiler;
}

/* Documents with the word or another of its stem, in the kinds that are searched. */
static uint32_t documents_of(struct finder *finder, const struct match_word *word) {
    uint64_t sum = 0;
    for (size_t k = 0; k < finder->run->kind_count; k++) {
        struct compiler *compiler = compiler_of(finder, k);
        struct stems stems;
        stems_of(compiler, word, &stems);
        sum += stems_documents(compiler, &stems);
        if (finder->status == ST_OK) finder->status = compiler->status;
    }
    return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

/* ---- what is alike ---- */

static double worth(const struct match_word *word, const struct found_term *term) {
    return log((double)term->documents + 1) - 3.0 * term->distance + (term->term[0] == word->word[0] ? 1 : 0);
}

static void sort_alike(const struct match_word *word, struct found_terms *terms) {
    for (size_t i = 1; i < terms->count; i++) {
        struct found_term item = terms->items[i];
        size_t at = i;
        for (; at > 0 && worth(word, &terms->items[at - 1]) < worth(word, &item); at--)
            terms->items[at] = terms->items[at - 1];
        terms->items[at] = item;
    }
}

static bool is_good(const struct found_term *term) {
    return term->len >= 3 && term->distance > 0 && !memchr(term->term, '\'', term->len) &&
           !memchr(term->term, '.', term->len);
}

/* Looks through the words of the first kind; gives up silently when that takes too long. */
static void find_words(struct finder *finder, const struct match_word *word, struct found_terms *out) {
    struct compiler compiler = *compiler_of(finder, 0);
    struct err fault = ERR_NONE;
    struct query unheard = {0};
    struct node node = {.type = NODE_FUZZY, .text = word->word, .number = word->len >= LETTERS_TWO ? 2 : 1};
    int64_t until_us = when_mono_us() + TIME_US;
    struct searcher *searcher = finder->run->searcher;
    enum store_kind kind = finder->run->kinds[0].kind;
    compiler.err = &fault;
    compiler.query = &unheard;
    if (compiler.deadline_us == 0 || until_us < compiler.deadline_us) compiler.deadline_us = until_us;
    /* A list that is not of this very view will do. */
    struct shared_lexicon *shared =
        lexicons_take(searcher->shared->lexicons, searcher->ix, kind, reader_generation(searcher->reader),
                      reader_revision(searcher->reader));
    if (shared) compiler.lexicon = shared->lexicon;
    find_alike(&compiler, NULL, word, &node, out);
    lexicons_give(searcher->shared->lexicons, shared);
    if (compiler.status != ST_OK) out->count = 0;
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (is_good(&out->items[i])) out->items[kept++] = out->items[i];
    out->count = kept;
    sort_alike(word, out);
}

/* A word that the archive's synonyms know is no mistake. */
static bool has_synonyms(struct finder *finder, const struct match_word *word) {
    const struct run *run = finder->run;
    return run->words && synonyms_find(run->words->synonyms, run->searcher->terms, word, 1) != NULL;
}

static void look_at(struct finder *finder, const struct match_word *word, uint32_t start, uint32_t end) {
    struct found_terms alike = {0};
    bool letters = word->len >= LETTERS_MIN && !(word->flags & (TOKEN_NUMBER | TOKEN_ACRONYM | TOKEN_DICTIONARY));
    if (!letters || finder->status != ST_OK || has_synonyms(finder, word)) return;
    uint32_t documents = documents_of(finder, word);
    if (finder->status != ST_OK || documents > RARE_MAX) return;
    find_words(finder, word, &alike);
    if (alike.count == 0) return;
    const struct found_term *best = &alike.items[0];
    if (documents > 0 && (best->distance > 1 || best->documents < (uint64_t)RARER * documents)) return;
    struct spellings *out = finder->out;
    out->items = arena_grow(finder->run->arena, out->items, out->count, &out->cap, sizeof *out->items);
    out->items[out->count++] =
        (struct spelling){.word = word->word, .start = start, .end = end, .documents = documents, .alike = alike};
}

/* ---- the words of a query ---- */

static bool take_token(void *arg, const struct token *token) {
    struct finder *finder = arg;
    struct match_word word = {
        .word = arena_strndup(finder->run->arena, token->term, token->len), .len = token->len, .flags = token->flags};
    look_at(finder, &word, finder->leaf_start + token->start, finder->leaf_start + token->end);
    return finder->status == ST_OK && ++finder->words < WORDS_MAX;
}

static bool has_digit_or_slash(const char *text) {
    for (; *text; text++)
        if (isdigit((unsigned char)*text) || *text == '/' || *text == '@' || *text == '#') return true;
    return false;
}

static void visit(struct finder *finder, const struct node *node) {
    if (node->field || node->occur == OCCUR_MUST_NOT || finder->status != ST_OK) return;
    if (node->type == NODE_NOT) return;
    for (size_t i = 0; i < node->count; i++)
        if (node->type != NODE_AND_NOT || i == 0) visit(finder, node->children[i]);
    if (node->type != NODE_WORD || is_address(node->text) || has_digit_or_slash(node->text)) return;
    if (finder->words >= WORDS_MAX) return;
    finder->leaf = node->text;
    finder->leaf_start = node->start;
    analyser_run(terms_analyser(finder->run->searcher->terms), node->text, strlen(node->text), NULL, take_token,
                 finder);
}

/* ---- whether it helps ---- */

/* Records that have all the words of a query. */
static enum status count_all(struct run *run, const char *text, uint64_t *out, struct err *err) {
    struct query query, *own = &query;
    *out = 0;
    query_parse(run->arena, reader_schema(run->searcher->reader), text, strlen(text), own);
    query.root->type = NODE_AND;
    for (size_t k = 0; k < run->kind_count; k++) {
        struct compiler compiler;
        struct engine_result *result = NULL;
        run_compiler(run, run->kinds[k].kind, &compiler, err);
        compiler.query = own;
        struct engine_query *all = compile_query(&compiler, query.root);
        if (!all) return compiler.status;
        struct engine_search search = {.query = all,
                                       .weight = {.k1 = 1, .b = 0.5},
                                       .check_at_least = 1000,
                                       .deadline_us = run->request->deadline_us};
        enum status st = engine_search(compiler.db, &search, &result, err);
        if (st == ST_OK) *out += result->total_estimate;
        engine_query_free(all);
        if (st != ST_OK) return st;
        engine_result_free(result);
    }
    return ST_OK;
}

/* Corrections of words that exist stay only if the query then finds more. */
static enum status check_rare(struct run *run, struct spellings *spellings, struct err *err) {
    uint64_t before = 0, after = 0;
    bool any = false;
    for (size_t i = 0; i < spellings->count; i++)
        any = any || spellings->items[i].documents > 0;
    if (!any) return ST_OK;
    const char *text = run->request->query;
    enum status st = count_all(run, text, &before, err);
    if (st == ST_OK) st = count_all(run, spell_text(run->arena, text, spellings), &after, err);
    if (st != ST_OK || after > before) return st;
    size_t kept = 0;
    for (size_t i = 0; i < spellings->count; i++)
        if (spellings->items[i].documents == 0) spellings->items[kept++] = spellings->items[i];
    spellings->count = kept;
    return ST_OK;
}

enum status spell_find(struct run *run, struct spellings *out, struct err *err) {
    struct finder finder = {.run = run, .out = out, .err = err};
    *out = (struct spellings){0};
    if (run->query.pasted || run->kind_count == 0 || !run->request->query) return ST_OK;
    visit(&finder, run->query.root);
    return finder.status == ST_OK ? check_rare(run, out, err) : finder.status;
}

const char *spell_text(struct arena *arena, const char *text, const struct spellings *spellings) {
    struct buf out;
    uint32_t at = 0;
    if (spellings->count == 0) return NULL;
    buf_init(&out, 0);
    for (size_t i = 0; i < spellings->count; i++) {
        const struct spelling *spelling = &spellings->items[i];
        buf_add(&out, text + at, spelling->start - at);
        buf_add(&out, spelling->alike.items[0].term, spelling->alike.items[0].len);
        at = spelling->end;
    }
    buf_str(&out, text + at);
    const char *copy = arena_strndup(arena, out.data, out.len);
    buf_free(&out);
    return copy;
}

/* ---- the method ---- */

static void write_word(struct jw *jw, const struct spelling *spelling) {
    jw_object(jw);
    jw_kstring(jw, "word", spelling->word);
    jw_kint(jw, "count", spelling->documents);
    jw_key(jw, "suggestions");
    jw_array(jw);
    for (size_t i = 0; i < spelling->alike.count && i < SHOWN_MAX; i++) {
        const struct found_term *term = &spelling->alike.items[i];
        jw_object(jw);
        jw_key(jw, "text");
        jw_stringn(jw, term->term, term->len);
        jw_kint(jw, "count", term->documents);
        jw_kint(jw, "distance", term->distance);
        jw_object_end(jw);
    }
    jw_array_end(jw);
    jw_object_end(jw);
}

enum status spell_run(struct searcher *searcher, struct arena *arena, const char *text, int64_t deadline_us,
                      struct jw *jw, struct err *err) {
    struct search_request request = {.query = text, .articles = true, .sources = true, .deadline_us = deadline_us};
    struct run run = {.searcher = searcher, .arena = arena, .request = &request, .kind_count = 2};
    struct spellings spellings;
    run.kinds[0].kind = STORE_ARTICLE;
    run.kinds[1].kind = STORE_SOURCE;
    query_parse(arena, reader_schema(searcher->reader), text, strlen(text), &run.query);
    enum status st = spell_find(&run, &spellings, err);
    if (st != ST_OK) return st;
    jw_kstring(jw, "corrected", spell_text(arena, text, &spellings));
    jw_key(jw, "words");
    jw_array(jw);
    for (size_t i = 0; i < spellings.count; i++)
        write_word(jw, &spellings.items[i]);
    jw_array_end(jw);
    return ST_OK;
}
