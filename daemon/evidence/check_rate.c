/* What an article has of a claim; check.h tells the figures.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * On the worker of the call.  Words are compared by their stems in the article's language. */
#include "check.h"

#include "base/hash.h"
#include "text/language.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { SHORT_WORDS = 60, RAREST = 9 };

/* ---- the claim ---- */

const char *check_as_words(struct arena *arena, const char *claim) {
    char *out = arena_strdup(arena, claim);
    for (char *at = out; *at; at++) {
        bool first = at == out || isspace((unsigned char)at[-1]) || at[-1] == '(' || at[-1] == '"';
        if (strchr("\"()*~<>^", *at) || (first && strchr("+-", *at)) || (*at == ':' && at[1] != '/')) *at = ' ';
    }
    for (char *at = out; *at; at++) { /* AND, OR, NOT, NEAR, ADJ in capitals bind */
        static const char *const operators[] = {"AND", "OR", "NOT", "NEAR", "ADJ"};
        if (at > out && !isspace((unsigned char)at[-1])) continue;
        for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
            size_t len = strlen(operators[i]);
            if (strncmp(at, operators[i], len) == 0 && (isspace((unsigned char)at[len]) || strchr("/", at[len])))
                for (size_t c = 0; c < len; c++)
                    at[c] = (char)tolower((unsigned char)at[c]);
        }
    }
    return out;
}

/* Remembers that word `at` stands behind the one before it. */
static void take_pair(struct check *check, size_t at) {
    if (check->last < check->word_count && check->pair_count < CLAIM_WORDS_MAX)
        check->pairs[check->pair_count++] = (struct claim_pair){(uint16_t)check->last, (uint16_t)at};
    check->last = at;
}

static bool take_word(void *arg, const struct token *token) {
    struct check *check = arg;
    for (size_t i = 0; i < check->word_count; i++)
        if (check->words[i].len == token->len && memcmp(check->words[i].word, token->term, token->len) == 0) {
            take_pair(check, i);
            return true;
        }
    if (check->word_count == CLAIM_WORDS_MAX) return false;
    take_pair(check, check->word_count);
    check->words[check->word_count++] = (struct claim_word){
        .word = arena_strndup(check->ev->arena, token->term, token->len), .len = token->len, .flags = token->flags};
    return true;
}

static bool is_address(const char *word) {
    return strncmp(word, "http", 4) == 0 || strstr(word, "://") || strncmp(word, "pic.twitter.com", 15) == 0;
}

/* #GreatWall is Great Wall too. */
static void add_tag(struct buf *out, const char *word) {
    for (const char *at = word + 1; *at; at++) {
        bool begins = at > word + 1 && isupper((unsigned char)*at) && islower((unsigned char)at[-1]);
        if (begins || *at == '_') buf_char(out, ' ');
        if (*at != '_') buf_char(out, *at);
    }
    buf_char(out, ' ');
}

/* The words of the claim, without addresses. */
static void read_words(struct check *check) {
    char *rest = NULL, *copy = arena_strdup(check->ev->arena, check->request->text);
    struct buf kept;
    buf_init(&kept, 0);
    for (char *word = strtok_r(copy, " \t\r\n", &rest); word; word = strtok_r(NULL, " \t\r\n", &rest)) {
        if (is_address(word)) continue;
        if (*word == '#' || *word == '@') add_tag(&kept, word);
        buf_str(&kept, word);
        buf_char(&kept, ' ');
    }
    if (kept.len > 0) analyser_run(terms_analyser(check->terms), kept.data, kept.len, NULL, take_word, check);
    buf_free(&kept);
}

/* BM25's idf, scaled. */
static double rarity_of(const struct check *check, uint32_t documents) {
    double rarity = log(1 + (check->documents - documents + 0.5) / (documents + 0.5));
    return rarity * RAREST / log(1 + (check->documents + 1) / 1.5);
}

/* A word's rarity: that of its most frequent stem among the archive's languages. */
static enum status rate_words(struct check *check) {
    struct engine_db *db = reader_engine(check->ev->reader, STORE_ARTICLE);
    size_t language_count = 0, known = 0;
    const char *const *languages = reader_languages(check->ev->reader, STORE_ARTICLE, &language_count);
    struct engine_info info;
    struct buf term;
    enum status st = engine_info(db, &info, check->ev->err);
    check->documents = (double)info.documents;
    buf_init(&term, 0);
    for (size_t i = 0; i < check->word_count && st == ST_OK; i++) {
        struct claim_word *word = &check->words[i];
        for (size_t l = 0; l < language_count && st == ST_OK; l++) {
            uint32_t documents = 0;
            uint64_t occurrences = 0;
            size_t len = 0;
            const char *stem = terms_stem(check->terms, languages[l], word->word, word->len, word->flags, &len);
            terms_stemmed(&term, "", stem, len);
            st = engine_term_stats(db, term.data, term.len, &documents, &occurrences, check->ev->err);
            if (documents > word->documents) word->documents = documents;
        }
        if (word->documents == 0) continue;
        known++;
        word->rarity = rarity_of(check, word->documents);
        check->whole += word->rarity;
    }
    buf_free(&term);
    check->known = check->word_count ? (double)known / (double)check->word_count : 0;
    return st;
}

/* ---- holding an article against it ---- */

static void stem_words(struct check *check, const char *language) {
    if (check->language && strcmp(check->language, language) == 0) return;
    check->language = arena_strdup(check->ev->arena, language);
    for (size_t i = 0; i < check->word_count; i++) {
        size_t len = 0;
        const struct claim_word *word = &check->words[i];
        const char *stem = terms_stem(check->terms, language, word->word, word->len, word->flags, &len);
        check->stems[i] = hash64(stem, len);
    }
}

/* Of a word of an article; a fault of the engine shows in the next call. */
static double rarity_of_stem(struct check *check, const char *stem, size_t len) {
    uint32_t documents = 0;
    uint64_t occurrences = 0;
    struct err ignored = ERR_NONE;
    terms_stemmed(&check->term, "", stem, len);
    engine_term_stats(reader_engine(check->ev->reader, STORE_ARTICLE), check->term.data, check->term.len, &documents,
                      &occurrences, &ignored);
    return rarity_of(check, documents);
}

struct passage {
    struct check *check;
    bool has[CLAIM_WORDS_MAX], *in_article;
    double whole, shared; /* Σ rarity of its words; of those that the claim has */
    size_t words;
    size_t last; /* the claim's word that the text's last one was; CLAIM_WORDS_MAX: none */
    bool *pair_found;
};

/* A pair counts by the less rare of its words. */
static void find_pair(struct passage *passage, size_t at) {
    struct check *check = passage->check;
    for (size_t i = 0; i < check->pair_count && passage->last < CLAIM_WORDS_MAX; i++)
        if (check->pairs[i].first == passage->last && check->pairs[i].second == at) passage->pair_found[i] = true;
    passage->last = at;
}

static bool mark_word(void *arg, const struct token *token) {
    struct passage *passage = arg;
    struct check *check = passage->check;
    size_t len = 0;
    const char *stem = terms_stem(check->terms, check->language, token->term, token->len, token->flags, &len);
    uint64_t hash = hash64(stem, len);
    size_t found = CLAIM_WORDS_MAX;
    for (size_t i = 0; i < check->word_count; i++) {
        if (check->stems[i] != hash) continue;
        passage->has[i] = passage->in_article[i] = true;
        if (found == CLAIM_WORDS_MAX) found = i;
    }
    bool shared = found < CLAIM_WORDS_MAX;
    if (shared)
        find_pair(passage, found);
    else
        passage->last = CLAIM_WORDS_MAX;
    if (passage->words++ < SHORT_WORDS) {
        double rarity = rarity_of_stem(check, stem, len);
        passage->whole += rarity;
        passage->shared += shared ? rarity : 0;
    }
    return true;
}

struct seen { /* of the claim, in an article */
    bool words[CLAIM_WORDS_MAX], pairs[CLAIM_WORDS_MAX];
};

static void look_in(struct check *check, struct answer *answer, struct seen *seen, const char *field,
                    const struct section *section, const char *text, size_t len) {
    struct passage passage = {
        .check = check, .in_article = seen->words, .pair_found = seen->pairs, .last = CLAIM_WORDS_MAX};
    double sum = 0;
    analyser_run(terms_analyser(check->terms), text, len, check->language, mark_word, &passage);
    for (size_t i = 0; i < check->word_count; i++)
        sum += passage.has[i] ? check->words[i].rarity : 0;
    if (passage.words <= SHORT_WORDS && passage.whole > 0 && passage.shared / passage.whole > answer->back)
        answer->back = passage.shared / passage.whole;
    if (sum <= answer->near) return;
    answer->near = sum;
    answer->field = field;
    answer->section = section;
    answer->passage = text;
    answer->passage_len = len;
}

void check_rate(struct check *check, struct answer *answer) {
    const struct article *article = answer->loaded.article;
    struct seen seen = {0};
    char language[9];
    size_t count = 0;
    const char *const *languages = reader_languages(check->ev->reader, STORE_ARTICLE, &count);
    language_base(language, article->language ? article->language : "");
    stem_words(check, language[0] ? language : count > 0 ? languages[0] : "en");
    if (article->title) look_in(check, answer, &seen, "title", NULL, article->title, strlen(article->title));
    for (size_t i = 0; i < article->claim_count; i++)
        look_in(check, answer, &seen, "claim", NULL, article->claims[i].text, strlen(article->claims[i].text));
    for (size_t i = 0; i < article->section_count; i++)
        look_in(check, answer, &seen, "text", &article->sections[i], article->sections[i].clean.text,
                article->sections[i].clean.len);
    for (size_t i = 0; i < check->word_count; i++)
        answer->mass += seen.words[i] ? check->words[i].rarity : 0;
    for (size_t i = 0; i < check->pair_count; i++)
        if (seen.pairs[i])
            answer->pairs +=
                fmin(check->words[check->pairs[i].first].rarity, check->words[check->pairs[i].second].rarity);
    answer->share = check->whole > 0 ? answer->mass / check->whole : 0;
    answer->near = answer->mass > 0 ? answer->near / answer->mass : 0;
}

enum status check_read_claim(struct check *check) {
    check->last = CLAIM_WORDS_MAX;
    buf_init(&check->term, 0);
    read_words(check);
    return rate_words(check);
}

void check_free(struct check *check) {
    buf_free(&check->term);
}
