/* Finding a query's words in a text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A token is compared with the items in one pass; a phrase is looked for backwards from each token that can be its
 * last, by the hashes of the tokens before.  Most tokens are dismissed by their first byte: a stem keeps the first letter of its word in
 * the languages that SAME_FIRST lists, and in the others every token is stemmed. */
#include "match.h"

#include "base/hash.h"

#include <string.h>

struct finder {
    struct matcher *matcher;
    struct terms *terms;
    struct arena *arena;
    const char *language;
    struct match_list *out;
    bool first[256]; /* bytes that a matching token can begin with */
    bool any_first;
    bool phrases;
    struct seen { /* each token so far, for phrases */
        uint64_t hash;
        uint32_t start;
    } * seen;
    size_t seen_cap;
    uint64_t **hashes; /* by item: of a phrase's words */
};

void matcher_add(struct matcher *matcher, enum match_type type, const struct match_word *words, size_t count,
                 double weight, uint32_t group) {
    struct arena *arena = matcher->arena;
    matcher->items = arena_grow(arena, matcher->items, matcher->count, &matcher->cap, sizeof *matcher->items);
    struct match_word *copy = arena_alloc(arena, count * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = (struct match_word){
            .word = arena_strndup(arena, words[i].word, words[i].len), .len = words[i].len, .flags = words[i].flags};
    matcher->items[matcher->count++] =
        (struct match_item){.type = type, .words = copy, .count = count, .weight = weight, .group = group};
    matcher->language[0] = '\0';
    matcher->stems = NULL;
}

static bool keeps_first_letter(const char *language) {
    static const char *const same_first[] = {"en", "de", "fr", "es", "it", "pt", "nl",
                                             "sv", "da", "no", "nb", "fi", "ro", "hu"};
    for (size_t i = 0; i < sizeof same_first / sizeof *same_first; i++)
        if (strcmp(same_first[i], language) == 0) return true;
    return false;
}

static void stem_items(struct matcher *matcher, struct terms *terms, const char *language) {
    if (matcher->stems && strncmp(matcher->language, language, sizeof matcher->language) == 0) return;
    size_t len = strlen(language);
    if (len >= sizeof matcher->language) len = 0;
    memcpy(matcher->language, language, len);
    matcher->language[len] = '\0';
    matcher->stems = arena_alloc(matcher->arena, (matcher->count + 1) * sizeof *matcher->stems);
    for (size_t i = 0; i < matcher->count; i++) {
        const struct match_item *item = &matcher->items[i];
        if (item->type != MATCH_STEM) continue;
        size_t stem_len = 0;
        const char *stem =
            terms_stem(terms, language, item->words[0].word, item->words[0].len, item->words[0].flags, &stem_len);
        matcher->stems[i] = (struct match_word){.word = arena_strndup(matcher->arena, stem, stem_len), .len = stem_len};
    }
}

static void add_match(struct finder *finder, const struct match_item *item, uint32_t start, uint32_t end,
                      uint32_t word) {
    struct match_list *out = finder->out;
    out->items = arena_grow(finder->arena, out->items, out->count, &out->cap, sizeof *out->items);
    out->items[out->count++] =
        (struct match){.start = start, .end = end, .word = word, .group = item->group, .weight = item->weight};
}

static bool equal(const struct match_word *word, const char *term, size_t len) {
    return word->len == len && memcmp(word->word, term, len) == 0;
}

static void look_back(struct finder *finder, size_t at, const struct token *token) {
    const struct match_item *item = &finder->matcher->items[at];
    uint32_t number = token->position - 1;
    if (number + 1 < item->count) return;
    for (size_t i = 0; i < item->count; i++)
        if (finder->seen[number - i].hash != finder->hashes[at][item->count - 1 - i]) return;
    uint32_t first = number + 1 - (uint32_t)item->count;
    add_match(finder, item, finder->seen[first].start, token->end, first);
}

static void compare(struct finder *finder, const struct token *token) {
    struct matcher *matcher = finder->matcher;
    const char *stem = NULL;
    size_t stem_len = 0;
    for (size_t i = 0; i < matcher->count; i++) {
        const struct match_item *item = &matcher->items[i];
        bool found = false;
        switch (item->type) {
        case MATCH_STEM:
            if (!stem)
                stem = terms_stem(finder->terms, finder->language, token->term, token->len, token->flags, &stem_len);
            found = equal(&matcher->stems[i], stem, stem_len);
            break;
        case MATCH_EXACT: found = equal(&item->words[0], token->term, token->len); break;
        case MATCH_PREFIX:
            found =
                token->len >= item->words[0].len && memcmp(item->words[0].word, token->term, item->words[0].len) == 0;
            break;
        case MATCH_PHRASE: break;
        }
        if (!found) continue;
        add_match(finder, item, token->start, token->end, token->position - 1);
        break; /* a token counts once */
    }
}

static bool take_token(void *arg, const struct token *token) {
    struct finder *finder = arg;
    finder->out->words = token->position;
    if (finder->phrases) {
        uint32_t number = token->position - 1;
        finder->seen = arena_grow(finder->arena, finder->seen, number, &finder->seen_cap, sizeof *finder->seen);
        finder->seen[number] = (struct seen){.hash = hash64(token->term, token->len), .start = token->start};
        for (size_t i = 0; i < finder->matcher->count; i++)
            if (finder->matcher->items[i].type == MATCH_PHRASE) look_back(finder, i, token);
    }
    if (finder->any_first || finder->first[(unsigned char)token->term[0]]) compare(finder, token);
    return true;
}

static void hash_phrases(struct finder *finder) {
    struct matcher *matcher = finder->matcher;
    finder->hashes = arena_alloc(finder->arena, (matcher->count + 1) * sizeof *finder->hashes);
    for (size_t i = 0; i < matcher->count; i++) {
        const struct match_item *item = &matcher->items[i];
        if (item->type != MATCH_PHRASE) continue;
        finder->hashes[i] = arena_alloc(finder->arena, item->count * sizeof **finder->hashes);
        for (size_t w = 0; w < item->count; w++)
            finder->hashes[i][w] = hash64(item->words[w].word, item->words[w].len);
    }
}

static void prepare(struct finder *finder) {
    struct matcher *matcher = finder->matcher;
    bool stems = false;
    for (size_t i = 0; i < matcher->count; i++) {
        const struct match_item *item = &matcher->items[i];
        stems = stems || item->type == MATCH_STEM;
        finder->phrases = finder->phrases || item->type == MATCH_PHRASE;
        if (item->type != MATCH_PHRASE && item->words[0].len > 0)
            finder->first[(unsigned char)item->words[0].word[0]] = true;
    }
    finder->any_first = stems && !keeps_first_letter(finder->language);
    if (finder->phrases) hash_phrases(finder);
}

void matcher_find(struct matcher *matcher, struct terms *terms, struct arena *arena, const char *language,
                  const char *text, size_t len, struct match_list *out) {
    *out = (struct match_list){0};
    if (matcher->count == 0) return;
    stem_items(matcher, terms, language);
    struct finder finder = {.matcher = matcher, .terms = terms, .arena = arena, .language = language, .out = out};
    prepare(&finder);
    analyser_run(terms_analyser(terms), text, len, language, take_token, &finder);
}
