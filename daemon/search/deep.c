/* Deep ranking: the best candidates ranked again by nearness and parts of words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   score(d) = first score
 *            + GRAM_WEIGHT · Σ over grams g of the query  w(g) · I(df g) · 2.2 tf / (tf + 1.2 (0.4 + 0.6 length/average))
 *            + Σ over pairs of query words up to SPAN apart  NEAR_WEIGHT · B(near) + (neighbours) ROW_WEIGHT · B(in a row)
 *
 * with w(g) = 6 q / (5 + q), q the gram's frequency in the query, I(n) BM25's idf (Xapian's form), near the number of
 * places where the two words are less than WINDOW words apart, each occurrence used once, in a row those where the
 * second follows the first, B(c) = I(n) · 3 c / (c + 2 (0.4 + 0.6 length/average)).  Gram evidence is McNamee and
 * Mayfield's (2004); nearness is a form of Tao and Zhai's (2007).
 *
 * The text is that of the cards: the cost is bounded by DEEP_CANDIDATES and TEXT_MAX, not by the archive. */
#include "deep.h"

#include "base/hash.h"
#include "base/when.h"
#include "grams.h"
#include "index/card.h"
#include "index/mapping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPAN = 3,
    WINDOW = 8,
    WORDS_MAX = 64, /* query words that are looked for */
    QUERY_GRAMS_MAX = 1024,
    GRAM_SLOTS = 4096,
    TEXT_MAX = 65536, /* bytes of a candidate's text that are looked at */
    KNOWN_SLOTS = 1 << 14,
    POSITIONS_MAX = 512, /* of one word in one candidate */
};

static const double gram_weight = 0.15, near_weight = 0.07, row_weight = 0.15;

struct known {      /* a word of the texts, looked at once a query */
    uint64_t hash;  /* 0: free */
    int16_t word;   /* the query word that has its stem; -1: none */
    uint16_t grams; /* it has */
    uint16_t hit_count;
    const uint16_t *hits; /* numbers of the query's grams in it */
};

struct query_gram {
    uint32_t gram, qtf;
    double weight; /* w(g) · I(df g) */
};

struct found { /* a query word in the candidate at hand */
    uint32_t positions[POSITIONS_MAX];
    size_t count;
};

struct pair {
    uint8_t first, second;
    bool row;
};

struct pair_counts {
    float near, row;
};

struct ranker {
    const struct deep *deep;
    const struct ranked_word *words[WORDS_MAX]; /* distinct, in the query's order */
    size_t word_count;
    char language[16]; /* of the stems at hand */
    struct match_word stems[WORDS_MAX];
    bool first[256]; /* first bytes of the stems */
    struct query_gram grams[QUERY_GRAMS_MAX];
    size_t gram_count;
    uint16_t gram_slots[GRAM_SLOTS]; /* number of the gram + 1; 0: free */
    double average_grams;
    struct pair *pairs;
    size_t pair_count;
    struct known *known; /* words seen in the language at hand */
    size_t known_count;
    /* the candidate at hand */
    struct found *found;
    uint32_t *gram_tf;
    uint32_t base, last; /* positions */
    uint64_t gram_length;
};

struct candidate {
    double first_score, length;
    struct pair_counts *pairs;
};

/* ---- the query ---- */

/* BM25's idf as the engine has it: ln r, flattened for words that most documents have. */
static double idf(double documents, double n) {
    double ratio = (documents - n + 0.5) / (n + 0.5);
    return log(ratio < 2 ? ratio / 2 + 1 : ratio);
}

static struct query_gram *gram_find(struct ranker *ranker, uint32_t gram, bool add) {
    size_t at = (gram * 2654435761u) >> 20 & (GRAM_SLOTS - 1);
    for (; ranker->gram_slots[at] != 0; at = (at + 1) & (GRAM_SLOTS - 1))
        if (ranker->grams[ranker->gram_slots[at] - 1].gram == gram) return &ranker->grams[ranker->gram_slots[at] - 1];
    if (!add || ranker->gram_count == QUERY_GRAMS_MAX) return NULL;
    struct query_gram *entry = &ranker->grams[ranker->gram_count++];
    *entry = (struct query_gram){.gram = gram};
    ranker->gram_slots[at] = (uint16_t)ranker->gram_count;
    return entry;
}

static void set_grams(struct ranker *ranker, const struct gram_table *table) {
    uint32_t grams[GRAMS_MAX];
    for (size_t i = 0; i < ranker->word_count; i++) {
        size_t count = grams_of(ranker->words[i]->word.word, ranker->words[i]->word.len, grams);
        for (size_t g = 0; g < count; g++) {
            struct query_gram *entry = gram_find(ranker, grams[g], true);
            if (entry) entry->qtf += ranker->words[i]->qtf;
        }
    }
    double documents = (double)gram_table_documents(table);
    for (size_t i = 0; i < ranker->gram_count; i++) {
        struct query_gram *gram = &ranker->grams[i];
        gram->weight = 6.0 * gram->qtf / (5 + gram->qtf) * gram_burst(table, gram->gram) *
                       idf(documents, gram_documents(table, gram->gram));
    }
    ranker->average_grams = gram_average_length(table);
}

static void set_pairs(struct ranker *ranker) {
    ranker->pairs = arena_alloc(ranker->deep->arena, (ranker->word_count * SPAN + 1) * sizeof *ranker->pairs);
    for (size_t i = 0; i < ranker->word_count; i++)
        for (size_t j = i + 1; j < ranker->word_count && j <= i + SPAN; j++)
            ranker->pairs[ranker->pair_count++] =
                (struct pair){.first = (uint8_t)i, .second = (uint8_t)j, .row = j == i + 1};
}

static void set_words(struct ranker *ranker) {
    const struct deep *deep = ranker->deep;
    for (size_t i = 0; i < deep->word_count && ranker->word_count < WORDS_MAX; i++)
        ranker->words[ranker->word_count++] = &deep->words[i];
}

/* ---- a candidate ---- */

static void set_stems(struct ranker *ranker, const char *language) {
    if (ranker->first[0] && strcmp(ranker->language, language) == 0) return;
    memset(ranker->first, 0, sizeof ranker->first);
    memcpy(ranker->language, language, strlen(language) + 1);
    ranker->first[0] = true;
    memset(ranker->known, 0, KNOWN_SLOTS * sizeof *ranker->known);
    ranker->known_count = 0;
    for (size_t i = 0; i < ranker->word_count; i++) {
        const struct match_word *word = &ranker->words[i]->word;
        size_t len = 0;
        const char *stem = terms_stem(ranker->deep->terms, language, word->word, word->len, word->flags, &len);
        ranker->stems[i] = (struct match_word){.word = arena_strndup(ranker->deep->arena, stem, len), .len = len};
        if (len > 0) ranker->first[(unsigned char)stem[0]] = true;
    }
}

static int16_t word_with_stem(struct ranker *ranker, const struct token *token) {
    size_t len = 0;
    if (!ranker->first[(unsigned char)token->term[0]]) return -1;
    const char *stem = terms_stem(ranker->deep->terms, ranker->language, token->term, token->len, token->flags, &len);
    for (size_t i = 0; i < ranker->word_count; i++)
        if (ranker->stems[i].len == len && memcmp(ranker->stems[i].word, stem, len) == 0) return (int16_t)i;
    return -1;
}

static void learn(struct ranker *ranker, struct known *known, const struct token *token) {
    uint32_t grams[GRAMS_MAX];
    uint16_t hits[GRAMS_MAX];
    known->grams = (uint16_t)grams_of(token->term, token->len, grams);
    for (size_t i = 0; i < known->grams; i++) {
        const struct query_gram *gram = gram_find(ranker, grams[i], false);
        if (gram) hits[known->hit_count++] = (uint16_t)(gram - ranker->grams);
    }
    uint16_t *copy = arena_alloc(ranker->deep->arena, (known->hit_count + 1u) * sizeof *copy);
    memcpy(copy, hits, known->hit_count * sizeof *hits);
    known->hits = copy;
    known->word = word_with_stem(ranker, token);
}

static struct known *look_up(struct ranker *ranker, const struct token *token) {
    uint64_t hash = hash64(token->term, token->len) | 1;
    if (ranker->known_count > KNOWN_SLOTS / 2) {
        memset(ranker->known, 0, KNOWN_SLOTS * sizeof *ranker->known);
        ranker->known_count = 0;
    }
    size_t at = hash >> 20 & (KNOWN_SLOTS - 1);
    while (ranker->known[at].hash != 0 && ranker->known[at].hash != hash)
        at = (at + 1) & (KNOWN_SLOTS - 1);
    struct known *known = &ranker->known[at];
    if (known->hash == 0) {
        known->hash = hash;
        ranker->known_count++;
        learn(ranker, known, token);
    }
    return known;
}

static bool take_token(void *arg, const struct token *token) {
    struct ranker *ranker = arg;
    const struct known *known = look_up(ranker, token);
    ranker->gram_length += known->grams;
    for (size_t i = 0; i < known->hit_count; i++)
        ranker->gram_tf[known->hits[i]]++;
    ranker->last = ranker->base + token->position;
    if (known->word < 0) return true;
    struct found *found = &ranker->found[known->word];
    if (found->count < POSITIONS_MAX) found->positions[found->count++] = ranker->last;
    return true;
}

static void read_text(struct ranker *ranker, struct card_text text, size_t *room) {
    size_t len = text.len < *room ? text.len : *room;
    ranker->base = ranker->last;
    analyser_run(terms_analyser(ranker->deep->terms), text.at, len, ranker->language, take_token, ranker);
    ranker->last += POSITION_GAP;
    *room -= len;
}

static void read_card(struct ranker *ranker, const struct card *card) {
    char language[16] = "";
    size_t room = TEXT_MAX;
    if (card->language.len < sizeof language) memcpy(language, card->language.at, card->language.len);
    set_stems(ranker, language);
    for (size_t i = 0; i < ranker->word_count; i++)
        ranker->found[i].count = 0;
    memset(ranker->gram_tf, 0, (ranker->gram_count + 1) * sizeof *ranker->gram_tf);
    ranker->gram_length = ranker->last = 0;
    read_text(ranker, card->title, &room);
    for (size_t i = 0; i < card->section_count; i++) {
        if (card->sections[i].heading.len) read_text(ranker, card->sections[i].heading, &room);
        read_text(ranker, card->sections[i].text, &room);
    }
}

/* Pairs of occurrences less than WINDOW apart, each occurrence used once. */
static float count_near(const struct found *a, const struct found *b) {
    size_t i = 0, j = 0;
    float count = 0;
    while (i < a->count && j < b->count) {
        int64_t gap = (int64_t)b->positions[j] - (int64_t)a->positions[i];
        if (gap > -WINDOW && gap < WINDOW && gap != 0) {
            count++;
            i++;
            j++;
        } else if (gap > 0) {
            i++;
        } else {
            j++;
        }
    }
    return count;
}

static float count_row(const struct found *a, const struct found *b) {
    size_t j = 0;
    float count = 0;
    for (size_t i = 0; i < a->count; i++) {
        while (j < b->count && b->positions[j] <= a->positions[i])
            j++;
        count += j < b->count && b->positions[j] == a->positions[i] + 1;
    }
    return count;
}

static double gram_score(const struct ranker *ranker) {
    double sum = 0, norm = 1.2 * (0.4 + 0.6 * (double)ranker->gram_length / ranker->average_grams);
    for (size_t i = 0; i < ranker->gram_count; i++) {
        double tf = ranker->gram_tf[i];
        if (tf > 0) sum += ranker->grams[i].weight * 2.2 * tf / (tf + norm);
    }
    return gram_weight * sum;
}

static enum status measure(struct ranker *ranker, const struct engine_hit *hit, struct candidate *out,
                           struct err *err) {
    struct card card;
    enum status st = card_read(ranker->deep->arena, hit->data.at, hit->data.len, &card, err);
    if (st != ST_OK) return st;
    read_card(ranker, &card);
    out->first_score = hit->score + gram_score(ranker);
    out->length = (double)ranker->gram_length;
    out->pairs = arena_alloc(ranker->deep->arena, (ranker->pair_count + 1) * sizeof *out->pairs);
    for (size_t p = 0; p < ranker->pair_count; p++) {
        const struct found *a = &ranker->found[ranker->pairs[p].first], *b = &ranker->found[ranker->pairs[p].second];
        if (a->count == 0 || b->count == 0) continue;
        out->pairs[p] =
            (struct pair_counts){.near = count_near(a, b), .row = ranker->pairs[p].row ? count_row(a, b) : 0};
    }
    return ST_OK;
}

/* ---- scores ---- */

/* Documents where the pair stands so: the rarer word's, times the share of candidates with it. */
static double pair_documents(const struct ranker *ranker, const struct pair *pair, double with, size_t candidates) {
    double a = (double)ranker->words[pair->first]->documents, b = (double)ranker->words[pair->second]->documents;
    double n = (a < b ? a : b) * with / (double)candidates;
    return n < with ? with : n;
}

static void add_pairs(const struct ranker *ranker, const struct candidate *candidates, size_t count, double *scores) {
    double documents = (double)ranker->deep->documents;
    for (size_t p = 0; p < ranker->pair_count; p++) {
        double near = 0, row = 0;
        for (size_t i = 0; i < count; i++) {
            near += candidates[i].pairs[p].near > 0;
            row += candidates[i].pairs[p].row > 0;
        }
        if (near == 0) continue;
        double near_idf = idf(documents, pair_documents(ranker, &ranker->pairs[p], near, count));
        double row_idf = idf(documents, pair_documents(ranker, &ranker->pairs[p], row, count));
        for (size_t i = 0; i < count; i++) {
            double norm = 2 * (0.4 + 0.6 * candidates[i].length / ranker->average_grams);
            double u = candidates[i].pairs[p].near, o = candidates[i].pairs[p].row;
            if (u > 0) scores[i] += near_weight * near_idf * 3 * u / (u + norm);
            if (o > 0) scores[i] += row_weight * row_idf * 3 * o / (o + norm);
        }
    }
}

/* Insertion sort: the order is nearly right already, and equal scores must keep it. */
static void sort_hits(struct engine_hit *hits, size_t count) {
    for (size_t i = 1; i < count; i++) {
        struct engine_hit hit = hits[i];
        size_t at = i;
        for (; at > 0 && hits[at - 1].score < hit.score; at--)
            hits[at] = hits[at - 1];
        hits[at] = hit;
    }
}

static enum status rank(struct ranker *ranker, struct engine_hit *hits, size_t count, struct err *err) {
    struct arena *arena = ranker->deep->arena;
    struct candidate *candidates = arena_alloc(arena, count * sizeof *candidates);
    double *scores = arena_alloc(arena, count * sizeof *scores);
    for (size_t i = 0; i < count; i++) {
        enum status st = measure(ranker, &hits[i], &candidates[i], err);
        if (st != ST_OK) return st;
        scores[i] = candidates[i].first_score;
        if (ranker->deep->parts)
            ranker->deep->parts[i] =
                (struct deep_part){.docid = hits[i].docid, .grams = candidates[i].first_score - hits[i].score};
        if (ranker->deep->deadline_us && when_mono_us() > ranker->deep->deadline_us)
            return err_set(err, ST_TIMEOUT, "the deep ranking did not end in time; ranking \"default\" is faster");
    }
    add_pairs(ranker, candidates, count, scores);
    for (size_t i = 0; i < count; i++) {
        if (ranker->deep->parts) ranker->deep->parts[i].near = scores[i] - candidates[i].first_score;
        hits[i].score = scores[i];
    }
    sort_hits(hits, count);
    return ST_OK;
}

static enum status refresh_table(const struct deep *deep, struct gram_table **table, struct err *err) {
    double now = (double)deep->documents, then = *table ? (double)gram_table_documents(*table) : 0;
    if (*table && fabs(now - then) <= then / 10) return ST_OK;
    gram_table_free(*table);
    *table = NULL;
    return gram_table_make(table, deep->db, deep->documents, err);
}

enum status deep_rank(const struct deep *deep, struct gram_table **table, struct engine_hit *hits, size_t count,
                      struct err *err) {
    if (count < 2 || deep->word_count == 0) return ST_OK;
    enum status st = refresh_table(deep, table, err);
    if (st != ST_OK) return st;
    struct ranker *ranker = arena_alloc(deep->arena, sizeof *ranker);
    ranker->deep = deep;
    set_words(ranker);
    set_grams(ranker, *table);
    set_pairs(ranker);
    ranker->known = mem_alloc(KNOWN_SLOTS * sizeof *ranker->known);
    arena_defer(deep->arena, mem_free, ranker->known);
    ranker->found = arena_alloc(deep->arena, (ranker->word_count + 1) * sizeof *ranker->found);
    ranker->gram_tf = arena_alloc(deep->arena, (ranker->gram_count + 1) * sizeof *ranker->gram_tf);
    return rank(ranker, hits, count, err);
}
