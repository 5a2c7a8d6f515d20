/* Reading rules, and a table from the stems of a phrase to its entry.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "synonyms.h"

#include "base/buf.h"
#include "base/hash.h"
#include "search/entries.h"

#include <stdio.h>
#include <string.h>

struct synonyms {
    struct arena *arena;
    char language[16];
    struct synonym_entry *entries;
    size_t count, cap, longest;
    uint32_t *slots; /* number of an entry + 1; 0: free */
    size_t slot_count;
};

struct reading {
    struct synonyms *synonyms;
    struct terms *terms;
    const char *name;
    size_t rule; /* its number, from 1 */
    struct err *err;
};

struct sides { /* of a rule */
    struct synonym_phrase phrases[RULE_PHRASES_MAX];
    size_t count;
    size_t left; /* phrases before =>; 0: there is none */
};

/* ---- the table ---- */

/* The stems of a row of words, apart by spaces, in out. */
static void make_key(struct buf *out, const struct synonyms *synonyms, struct terms *terms,
                     const struct match_word *words, size_t count) {
    buf_clear(out);
    for (size_t i = 0; i < count; i++) {
        size_t len = 0;
        const char *stem = terms_stem(terms, synonyms->language, words[i].word, words[i].len, words[i].flags, &len);
        if (i > 0) buf_char(out, ' ');
        buf_add(out, stem, len);
    }
}

static uint32_t *slot_of(const struct synonyms *synonyms, const char *key, size_t len) {
    size_t at = hash64(key, len) & (synonyms->slot_count - 1);
    for (; synonyms->slots[at]; at = (at + 1) & (synonyms->slot_count - 1)) {
        const char *have = synonyms->entries[synonyms->slots[at] - 1].key;
        if (strlen(have) == len && memcmp(have, key, len) == 0) break;
    }
    return &synonyms->slots[at];
}

static void grow_slots(struct synonyms *synonyms) {
    synonyms->slot_count = synonyms->slot_count ? 2 * synonyms->slot_count : 64;
    synonyms->slots = arena_alloc(synonyms->arena, synonyms->slot_count * sizeof *synonyms->slots);
    memset(synonyms->slots, 0, synonyms->slot_count * sizeof *synonyms->slots);
    for (size_t i = 0; i < synonyms->count; i++)
        *slot_of(synonyms, synonyms->entries[i].key, strlen(synonyms->entries[i].key)) = (uint32_t)i + 1;
}

static struct synonym_entry *entry_of(struct synonyms *synonyms, const struct buf *key) {
    if (2 * (synonyms->count + 1) > synonyms->slot_count) grow_slots(synonyms);
    uint32_t *slot = slot_of(synonyms, key->data, key->len);
    if (*slot) return &synonyms->entries[*slot - 1];
    synonyms->entries =
        arena_grow(synonyms->arena, synonyms->entries, synonyms->count, &synonyms->cap, sizeof *synonyms->entries);
    synonyms->entries[synonyms->count] =
        (struct synonym_entry){.key = arena_strndup(synonyms->arena, key->data, key->len)};
    *slot = (uint32_t)++synonyms->count;
    return &synonyms->entries[synonyms->count - 1];
}

static bool same_words(const struct synonym_phrase *a, const struct synonym_phrase *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->words[i].len != b->words[i].len || memcmp(a->words[i].word, b->words[i].word, a->words[i].len) != 0)
            return false;
    return true;
}

static void add(struct reading *reading, const struct synonym_phrase *from, const struct synonym_phrase *to) {
    struct synonyms *synonyms = reading->synonyms;
    struct buf key, other;
    buf_init(&key, 0);
    buf_init(&other, 0);
    make_key(&key, synonyms, reading->terms, from->words, from->count);
    make_key(&other, synonyms, reading->terms, to->words, to->count);
    bool forms_of_one = key.len == other.len && memcmp(key.data, other.data, key.len) == 0;
    if (!forms_of_one) {
        struct synonym_entry *entry = entry_of(synonyms, &key);
        bool known = false;
        for (size_t i = 0; i < entry->count && !known; i++)
            known = same_words(&entry->phrases[i], to);
        if (!known) {
            entry->phrases =
                arena_grow(synonyms->arena, entry->phrases, entry->count, &entry->cap, sizeof *entry->phrases);
            entry->phrases[entry->count++] = *to;
        }
        if (from->count > synonyms->longest) synonyms->longest = from->count;
    }
    buf_free(&key);
    buf_free(&other);
}

/* ---- reading ---- */

struct words {
    struct arena *arena;
    struct match_word items[PHRASE_WORDS_MAX + 1];
    size_t count;
};

static bool take_word(void *arg, const struct token *token) {
    struct words *words = arg;
    words->items[words->count++] = (struct match_word){
        .word = arena_strndup(words->arena, token->term, token->len), .len = token->len, .flags = token->flags};
    return words->count <= PHRASE_WORDS_MAX;
}

static enum status read_phrase(struct reading *reading, const char *text, size_t len, struct synonym_phrase *out) {
    struct words words = {.arena = reading->synonyms->arena};
    analyser_run(terms_analyser(reading->terms), text, len, reading->synonyms->language, take_word, &words);
    if (words.count == 0 || words.count > PHRASE_WORDS_MAX)
        return err_set(reading->err, ST_INVALID_VALUE, "%s, rule %zu: expected 1 to %d words, got \"%.*s\"",
                       reading->name, reading->rule, PHRASE_WORDS_MAX, (int)(len > 80 ? 80 : len), text);
    out->count = words.count;
    out->words = arena_alloc(words.arena, words.count * sizeof *out->words);
    memcpy(out->words, words.items, words.count * sizeof *out->words);
    return ST_OK;
}

static enum status read_phrases(struct reading *reading, const char *text, size_t len, struct sides *sides) {
    const char *end = text + len;
    enum status st = ST_OK;
    while (st == ST_OK) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        if (sides->count == RULE_PHRASES_MAX)
            return err_set(reading->err, ST_TOO_LARGE, "%s, rule %zu: more than %d phrases", reading->name,
                           reading->rule, RULE_PHRASES_MAX);
        st = read_phrase(reading, text, (size_t)((comma ? comma : end) - text), &sides->phrases[sides->count++]);
        if (!comma) break;
        text = comma + 1;
    }
    return st;
}

static const char *find_arrow(const char *text, size_t len) {
    for (size_t i = 0; i + 1 < len; i++)
        if (text[i] == '=' && text[i + 1] == '>') return text + i;
    return NULL;
}

static enum status read_rule(struct reading *reading, const char *text, size_t len) {
    struct sides sides = {0};
    const char *arrow = find_arrow(text, len), *end = text + len;
    enum status st = ST_OK;
    if (arrow) {
        st = read_phrases(reading, text, (size_t)(arrow - text), &sides);
        sides.left = sides.count;
        text = arrow + 2;
    }
    if (st == ST_OK) st = read_phrases(reading, text, (size_t)(end - text), &sides);
    if (st == ST_OK && sides.count < 2)
        return err_set(reading->err, ST_INVALID_VALUE, "%s, rule %zu: expected \"a, b\" or \"a => b\", got \"%.*s\"",
                       reading->name, reading->rule, (int)(len > 80 ? 80 : len), end - len);
    for (size_t from = 0; st == ST_OK && from < (arrow ? sides.left : sides.count); from++)
        for (size_t to = arrow ? sides.left : 0; to < sides.count; to++)
            if (to != from) add(reading, &sides.phrases[from], &sides.phrases[to]);
    return st;
}

enum status synonyms_read(struct synonyms **out, struct terms *terms, const char *language, const char *text,
                          const char *name, struct err *err) {
    struct arena *arena = arena_new();
    struct synonyms *synonyms = arena_alloc(arena, sizeof *synonyms);
    struct reading reading = {.synonyms = synonyms, .terms = terms, .name = name, .err = err};
    const char **rules = NULL;
    size_t count = 0;
    *synonyms = (struct synonyms){.arena = arena};
    snprintf(synonyms->language, sizeof synonyms->language, "%s", language ? language : "");
    entries_split(arena, text, &rules, &count);
    enum status st = ST_OK;
    if (count > SYNONYM_RULES_MAX) st = err_set(err, ST_TOO_LARGE, "%s: more than %d rules", name, SYNONYM_RULES_MAX);
    for (size_t i = 0; i < count && st == ST_OK; i++) {
        reading.rule = i + 1;
        st = read_rule(&reading, rules[i], strlen(rules[i]));
    }
    if (st != ST_OK) {
        synonyms_free(synonyms);
        synonyms = NULL;
    }
    *out = synonyms;
    return st;
}

void synonyms_free(struct synonyms *synonyms) {
    if (synonyms) arena_free(synonyms->arena);
}

size_t synonyms_longest(const struct synonyms *synonyms) {
    return synonyms->longest;
}

const struct synonym_entry *synonyms_find(const struct synonyms *synonyms, struct terms *terms,
                                          const struct match_word *words, size_t count) {
    struct buf key;
    if (synonyms->count == 0 || count > synonyms->longest) return NULL;
    buf_init(&key, 0);
    make_key(&key, synonyms, terms, words, count);
    uint32_t slot = *slot_of(synonyms, key.data, key.len);
    buf_free(&key);
    return slot ? &synonyms->entries[slot - 1] : NULL;
}
