/* Words and phrases as engine queries.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A word is looked for by its stem.  Where the archive has several languages, the stems that their stemmers give
 * are one synonym.  Its weight is BM25's, times
 *
 *   burst(t) = ((occurrences + 1) / documents) ^ ranking.burst
 *
 * for words that repeat inside the documents that hold them say more about them (INEB2's F/n factor, see Amati and
 * van Rijsbergen 2002).  Each field with a weight adds its own score for the word. */
#include "compile.h"

#include <math.h>
#include <string.h>

static void add_stem(struct compiler *compiler, struct stems *stems, const char *stem, size_t len) {
    for (size_t i = 0; i < stems->count; i++)
        if (stems->items[i].len == len && memcmp(stems->items[i].word, stem, len) == 0) return;
    stems->items = arena_grow(compiler->arena, stems->items, stems->count, &stems->cap, sizeof *stems->items);
    stems->items[stems->count++] = (struct match_word){.word = arena_strndup(compiler->arena, stem, len), .len = len};
}

void stems_add(struct compiler *compiler, const struct match_word *word, struct stems *stems) {
    for (size_t i = 0; i < compiler->language_count; i++) {
        size_t len = 0;
        const char *stem =
            terms_stem(compiler->terms, compiler->languages[i], word->word, word->len, word->flags, &len);
        add_stem(compiler, stems, stem, len);
    }
    if (compiler->language_count == 0) add_stem(compiler, stems, word->word, word->len);
}

void stems_of(struct compiler *compiler, const struct match_word *word, struct stems *out) {
    *out = (struct stems){0};
    stems_add(compiler, word, out);
}

uint64_t stems_documents(struct compiler *compiler, const struct stems *stems) {
    uint64_t sum = 0;
    struct buf term;
    buf_init(&term, 0);
    for (size_t i = 0; i < stems->count; i++) {
        uint32_t documents = 0;
        uint64_t occurrences = 0;
        terms_stemmed(&term, "", stems->items[i].word, stems->items[i].len);
        compile_failed(compiler,
                       engine_term_stats(compiler->db, term.data, term.len, &documents, &occurrences, compiler->err));
        sum += documents;
    }
    buf_free(&term);
    return sum;
}

struct stem_query {
    struct engine_query *query;
    uint64_t documents, occurrences;
};

/* The stems with a prefix as one term or one synonym.  k3's curve for repeated query words, which the engine
 * knows only for single terms, is applied to synonyms here. */
static struct stem_query stem_query(struct compiler *compiler, const char *prefix, const struct stems *stems,
                                    uint32_t qtf) {
    struct stem_query out = {0};
    struct query_list list = {0};
    struct buf term;
    buf_init(&term, 0);
    for (size_t i = 0; i < stems->count; i++) {
        uint32_t documents = 0;
        uint64_t occurrences = 0;
        terms_stemmed(&term, prefix, stems->items[i].word, stems->items[i].len);
        compile_failed(compiler,
                       engine_term_stats(compiler->db, term.data, term.len, &documents, &occurrences, compiler->err));
        if (documents == 0) continue;
        out.documents += documents;
        out.occurrences += occurrences;
        query_list_add(compiler, &list, engine_query_term(term.data, term.len, qtf));
    }
    buf_free(&term);
    bool single = list.count == 1;
    double k3 = compiler->schema->ranking.k3;
    out.query = list.count ? query_list_join(&list, ENGINE_SYNONYM) : engine_query_none();
    if (!single && qtf > 1) out.query = engine_query_scale(out.query, (k3 + 1) * qtf / (k3 + qtf));
    return out;
}

/* BM25's idf, for the highlighter's idea of a word's importance. */
double rarity(const struct compiler *compiler, uint64_t documents) {
    double n = (double)documents, all = (double)compiler->documents;
    return log(1 + (all - n + 0.5 > 0.5 ? (all - n + 0.5) : 0.5) / (n + 0.5));
}

void look_for(struct compiler *compiler, enum match_type type, const struct match_word *words, size_t count,
              uint64_t documents) {
    if (compiler->matcher)
        matcher_add(compiler->matcher, type, words, count, rarity(compiler, documents), compiler->matcher->groups++);
}

void look_for_also(struct compiler *compiler, enum match_type type, const struct match_word *words, size_t count,
                   uint64_t documents) {
    if (compiler->matcher)
        matcher_add(compiler->matcher, type, words, count, rarity(compiler, documents), compiler->matcher->groups - 1);
}

/* BM25 gives a word its idf times k1 + 1 at most. */
double compile_norm(const struct compiler *compiler) {
    const struct ranking *ranking = &compiler->schema->ranking;
    double sum = 0;
    for (size_t i = 0; i < compiler->ranked_count; i++) {
        const struct ranked_word *word = &compiler->ranked[i];
        if (word->documents == 0) continue;
        double burst = pow(((double)word->occurrences + 1) / (double)word->documents, ranking->burst);
        double repeated = (ranking->k3 + 1) * word->qtf / (ranking->k3 + word->qtf);
        sum += rarity(compiler, word->documents) * burst * repeated * (ranking->k1 + 1);
    }
    return sum;
}

static void note_word(struct compiler *compiler, const struct match_word *word, uint32_t qtf,
                      const struct stem_query *body) {
    if (!compiler->matcher) return;
    compiler->ranked = arena_grow(compiler->arena, compiler->ranked, compiler->ranked_count, &compiler->ranked_cap,
                                  sizeof *compiler->ranked);
    compiler->ranked[compiler->ranked_count++] =
        (struct ranked_word){.word = *word, .qtf = qtf, .documents = body->documents, .occurrences = body->occurrences};
}

/* The word in the general text and, with their weights, in the fields that score by themselves. */
static struct engine_query *general_word(struct compiler *compiler, const struct match_word *word, uint32_t qtf) {
    const struct fields *fields = &compiler->schema->kinds[compiler->kind];
    struct query_list list = {0};
    struct stems stems;
    size_t mark = parts_mark(compiler->parts);
    stems_of(compiler, word, &stems);
    const struct synonym_entry *synonyms = word_synonyms(compiler, word, &stems);
    struct stem_query body = stem_query(compiler, "", &stems, qtf);
    look_for(compiler, MATCH_STEM, word, 1, body.documents);
    note_word(compiler, word, qtf, &body);
    if (compiler->plain) {
        parts_note(compiler->parts, "stem", NULL, word->word, word->len, body.documents, body.query);
        return body.query;
    }
    if (body.documents > 0) {
        double ratio = ((double)body.occurrences + 1) / (double)body.documents;
        body.query = engine_query_scale(body.query, pow(ratio, compiler->schema->ranking.burst));
    }
    if (body.documents > 0)
        parts_note(compiler->parts, "stem", NULL, word->word, word->len, body.documents, body.query);
    query_list_add(compiler, &list, body.query);
    for (size_t i = 0; i < fields->count && body.documents > 0; i++) {
        if (fields->items[i].weight <= 0) continue;
        struct stem_query own = stem_query(compiler, fields->items[i].prefix, &stems, qtf);
        if (own.documents == 0) {
            engine_query_free(own.query);
            continue;
        }
        own.query = engine_query_scale(own.query, fields->items[i].weight);
        parts_note(compiler->parts, "stem", &fields->items[i], word->word, word->len, own.documents, own.query);
        query_list_add(compiler, &list, own.query);
    }
    return or_phrases(compiler, NULL, word, synonyms, mark, query_list_join(&list, ENGINE_OR));
}

struct engine_query *word_query(struct compiler *compiler, const struct field *field, const struct match_word *word,
                                uint32_t qtf) {
    if (!field || !field->prefix[0]) return general_word(compiler, word, qtf);
    struct stems stems;
    size_t mark = parts_mark(compiler->parts);
    stems_of(compiler, word, &stems);
    const struct synonym_entry *synonyms = word_synonyms(compiler, word, &stems);
    struct stem_query own = stem_query(compiler, field->prefix, &stems, qtf);
    if (field->body) look_for(compiler, MATCH_STEM, word, 1, own.documents);
    parts_note(compiler->parts, "stem", field, word->word, word->len, own.documents, own.query);
    return or_phrases(compiler, field, word, synonyms, mark, own.query);
}

static struct engine_query *exact_term(struct compiler *compiler, const char *prefix, const struct match_word *word,
                                       uint32_t *documents) {
    struct buf term;
    uint64_t occurrences = 0;
    buf_init(&term, 0);
    terms_exact(&term, prefix, word->word, word->len);
    compile_failed(compiler,
                   engine_term_stats(compiler->db, term.data, term.len, documents, &occurrences, compiler->err));
    struct engine_query *query = engine_query_term(term.data, term.len, 1);
    buf_free(&term);
    return query;
}

struct engine_query *words_query(struct compiler *compiler, const struct field *field, const struct match_word *words,
                                 size_t count, uint32_t *rarest) {
    struct query_list list = {0};
    const char *prefix = field ? field->prefix : "";
    *rarest = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        uint32_t documents = 0;
        query_list_add(compiler, &list, exact_term(compiler, prefix, &words[i], &documents));
        if (documents < *rarest) *rarest = documents;
    }
    if (count == 1) return list.items[0];
    return engine_query_op(ENGINE_PHRASE, list.items, count, (uint32_t)count);
}

struct engine_query *phrase_query(struct compiler *compiler, const struct field *field, const char *text) {
    struct match_word *words = NULL;
    uint32_t rarest = 0;
    size_t count = words_of(compiler, text, &words);
    if (count == 0) return engine_query_none();
    struct engine_query *query = words_query(compiler, field, words, count, &rarest);
    parts_note(compiler->parts, "phrase", field, text, strlen(text), count == 1 ? rarest : 0, query);
    if (!field || field->body) look_for(compiler, count == 1 ? MATCH_EXACT : MATCH_PHRASE, words, count, rarest);
    return query;
}
