/* Words to terms: stems with a cache, hashed long terms, folded values.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stem cache is one open-addressing table a language: most tokens of a text are words seen before, and a
 * look-up is some ten times cheaper than stemming. */
#include "index/terms.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

enum {
    LANGUAGES_MAX = 40,
    CACHE_SLOTS = 1 << 16,
    CACHE_FILL_MAX = CACHE_SLOTS / 2,
    STEM_WORD_MAX = 64, /* longer words are not natural ones: they stay as they are */
};

struct cached {
    uint64_t hash; /* 0: free */
    const char *word, *stem;
    uint16_t len, stem_len;
};

struct language {
    char name[9];
    struct engine_stemmer *stemmer; /* NULL: none for it */
    struct cached *slots;
    size_t used;
    struct arena *arena;
};

struct terms {
    struct analyser *analyser;
    struct language languages[LANGUAGES_MAX];
    size_t language_count;
};

enum status terms_open(struct terms **out, struct err *err) {
    struct terms *terms = mem_alloc(sizeof *terms);
    enum status st = analyser_open(&terms->analyser, err);
    if (st != ST_OK) {
        terms_close(terms);
        terms = NULL;
    }
    *out = terms;
    return st;
}

void terms_close(struct terms *terms) {
    if (!terms) return;
    for (size_t i = 0; i < terms->language_count; i++) {
        engine_stemmer_close(terms->languages[i].stemmer);
        mem_free(terms->languages[i].slots);
        arena_free(terms->languages[i].arena);
    }
    analyser_close(terms->analyser);
    mem_free(terms);
}

struct analyser *terms_analyser(struct terms *terms) {
    return terms->analyser;
}

/* The entry of a language; NULL for no language, and when there are more than an archive can sensibly have. */
static struct language *language_of(struct terms *terms, const char *name) {
    if (!name || !*name) return NULL;
    for (size_t i = 0; i < terms->language_count; i++)
        if (strcmp(terms->languages[i].name, name) == 0) return &terms->languages[i];
    if (terms->language_count == LANGUAGES_MAX) return NULL;
    struct language *language = &terms->languages[terms->language_count++];
    snprintf(language->name, sizeof language->name, "%s", name);
    if (engine_stemmer_open(&language->stemmer, name, NULL) != ST_OK) language->stemmer = NULL;
    if (language->stemmer) {
        language->slots = mem_alloc(CACHE_SLOTS * sizeof *language->slots);
        language->arena = arena_new();
    }
    return language;
}

bool terms_has_stemmer(struct terms *terms, const char *language) {
    struct language *entry = language_of(terms, language);
    return entry && entry->stemmer;
}

static struct cached *cache_slot(struct language *language, uint64_t hash, const char *word, size_t len) {
    size_t at = hash & (CACHE_SLOTS - 1);
    for (;; at = (at + 1) & (CACHE_SLOTS - 1)) {
        struct cached *slot = &language->slots[at];
        if (slot->hash == 0) return slot;
        if (slot->hash == hash && slot->len == len && memcmp(slot->word, word, len) == 0) return slot;
    }
}

static void cache_clear(struct language *language) {
    memset(language->slots, 0, CACHE_SLOTS * sizeof *language->slots);
    arena_free(language->arena);
    language->arena = arena_new();
    language->used = 0;
}

const char *terms_stem(struct terms *terms, const char *language_name, const char *word, size_t len, unsigned flags,
                       size_t *out_len) {
    *out_len = len;
    if (flags & (TOKEN_NUMBER | TOKEN_DICTIONARY) || len > STEM_WORD_MAX) return word;
    struct language *language = language_of(terms, language_name);
    if (!language || !language->stemmer) return word;
    if (language->used >= CACHE_SLOTS - CACHE_SLOTS / 8) cache_clear(language);
    uint64_t hash = hash64(word, len) | 1;
    struct cached *slot = cache_slot(language, hash, word, len);
    if (slot->hash == 0) {
        char stem[STEM_WORD_MAX + 1];
        size_t stem_len = engine_stem(language->stemmer, word, len, stem, sizeof stem);
        *slot = (struct cached){.hash = hash,
                                .word = arena_strndup(language->arena, word, len),
                                .stem = arena_strndup(language->arena, stem, stem_len),
                                .len = (uint16_t)len,
                                .stem_len = (uint16_t)stem_len};
        language->used++;
    }
    *out_len = slot->stem_len;
    return slot->stem;
}

void terms_trim(struct terms *terms) {
    for (size_t i = 0; i < terms->language_count; i++)
        if (terms->languages[i].used > CACHE_FILL_MAX) cache_clear(&terms->languages[i]);
}

static void add_term(struct buf *out, const char *prefix, const char *word, size_t len) {
    buf_str(out, prefix);
    size_t room = ENGINE_TERM_MAX - out->len;
    if (len <= room) {
        buf_add(out, word, len);
        return;
    }
    size_t kept = utf8_floor(word, len, room - 17);
    buf_add(out, word, kept);
    buf_printf(out, "#%016llx", (unsigned long long)hash64(word, len));
}

void terms_exact(struct buf *out, const char *prefix, const char *word, size_t len) {
    buf_clear(out);
    add_term(out, prefix, word, len);
}

void terms_stemmed(struct buf *out, const char *prefix, const char *stem, size_t len) {
    buf_clear(out);
    buf_char(out, 'Z');
    add_term(out, prefix, stem, len);
}

void terms_value(struct terms *terms, struct buf *out, const char *prefix, const char *value, size_t len,
                 bool exact_case) {
    buf_clear(out);
    size_t folded_len = len;
    const char *folded = exact_case ? value : analyser_fold(terms->analyser, value, len, &folded_len);
    add_term(out, prefix, folded, folded_len);
}
