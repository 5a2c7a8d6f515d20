/* Languages: the base of a tag, and a guess by script and frequent words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The guess looks at no more than the first 8 KiB.  Letters are counted by script; a script with one language
 * decides by itself, Latin and Cyrillic by the words of language_profiles.def: a word counts the more, the
 * fewer languages have it.  The winner must hold enough of the words and be well ahead, or the answer is NULL.
 * The table of words is built once; any thread. */
#include "text/language.h"

#include "base/utf8.h"

#include <ctype.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { SAMPLE_BYTES = 8192, WORD_BYTES = 24, SLOTS = 4096, LETTERS_MIN = 40, SHARE_MIN = 12, LEAD = 125 };

static const struct language {
    const char *tag, *name, *words;
} languages[] = {
#define LANGUAGE(tag, name, words) {tag, name, words},
#include "language_profiles.def"
#undef LANGUAGE
};
enum { LANGUAGES = sizeof languages / sizeof *languages };

struct slot {
    char word[WORD_BYTES];
    uint64_t languages; /* a bit each */
};
static struct slot slots[SLOTS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct slot *slot_of(const char *word, size_t len) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    struct slot *slot = &slots[hash % SLOTS];
    while (slot->word[0] && (strncmp(slot->word, word, len) != 0 || slot->word[len]))
        slot = slot + 1 < slots + SLOTS ? slot + 1 : slots;
    return slot;
}

static void build(void) {
    for (size_t i = 0; i < LANGUAGES; i++) {
        for (const char *word = languages[i].words; *word;) {
            size_t len = strcspn(word, " ");
            struct slot *slot = slot_of(word, len);
            memcpy(slot->word, word, len);
            slot->languages |= (uint64_t)1 << i;
            word += len + strspn(word + len, " ");
        }
    }
}

/* The letters of the profiles' alphabets; no table of Unicode is needed for them. */
static uint32_t lower(uint32_t c) {
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x0410 && c <= 0x042f)) return c + 32;
    if (c >= 0x0400 && c <= 0x040f) return c + 80;
    if (c == 0x0130) return 'i';
    bool odd_small = (c >= 0x0100 && c <= 0x0137) || (c >= 0x014a && c <= 0x0177) || (c >= 0x0218 && c <= 0x021b) ||
                     (c >= 0x1ea0 && c <= 0x1ef9) || c == 0x01a0;
    if (odd_small && c % 2 == 0) return c + 1;
    bool even_small = (c >= 0x0139 && c <= 0x0148) || (c >= 0x0179 && c <= 0x017e) || c == 0x01af;
    return even_small && c % 2 == 1 ? c + 1 : c;
}

enum script { NONE, LATIN, CYRILLIC, GREEK, HEBREW, ARABIC, DEVANAGARI, THAI, HANGUL, KANA, HAN, OTHER, SCRIPTS };

static const struct {
    uint32_t from, to;
    enum script script;
} ranges[] = {
    {'A', 'Z', LATIN},        {'a', 'z', LATIN},          {0x00c0, 0x024f, LATIN},
    {0x0370, 0x03ff, GREEK},  {0x0400, 0x052f, CYRILLIC}, {0x0591, 0x05f4, HEBREW},
    {0x0620, 0x06d5, ARABIC}, {0x0750, 0x077f, ARABIC},   {0x0900, 0x0963, DEVANAGARI},
    {0x0966, 0x0e00, OTHER},  {0x0e01, 0x0e4e, THAI},     {0x0e80, 0x10ff, OTHER},
    {0x1100, 0x11ff, HANGUL}, {0x1200, 0x1dff, OTHER},    {0x1e00, 0x1eff, LATIN},
    {0x1f00, 0x1fff, GREEK},  {0x3041, 0x30ff, KANA},     {0x3400, 0x9fff, HAN},
    {0xac00, 0xd7a3, HANGUL}, {0xf900, 0xfaff, HAN},      {0x20000, 0x323af, HAN},
};

static enum script script_of(uint32_t c) {
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && c >= ranges[i].from; i++)
        if (c <= ranges[i].to) return c == 0x00d7 || c == 0x00f7 || c == 0x30fb ? NONE : ranges[i].script;
    return NONE;
}

struct counts {
    size_t script[SCRIPTS], letters;
    size_t persian, urdu; /* letters that Arabic does not have */
    size_t words;
    uint32_t score[LANGUAGES];
};

static void count_word(struct counts *counts, const char *word, size_t len) {
    counts->words++;
    const struct slot *slot = slot_of(word, len);
    if (!slot->word[0]) return;
    uint32_t weight = 60 / (uint32_t)__builtin_popcountll(slot->languages);
    for (uint64_t left = slot->languages; left; left &= left - 1)
        counts->score[__builtin_ctzll(left)] += weight;
}

static void count(struct counts *counts, const char *text, size_t len) {
    char word[WORD_BYTES + 4];
    size_t word_len = 0;
    bool fits = true;
    for (size_t at = 0; at <= len;) {
        uint32_t c = at < len ? utf8_next(text, len, &at) : (at++, 0);
        enum script script = script_of(c);
        bool apostrophe = (c == '\'' || c == 0x2019) && word_len;
        counts->script[script]++;
        counts->letters += script != NONE;
        counts->persian += c == 0x067e || c == 0x0686 || c == 0x0698 || c == 0x06af || c == 0x06cc || c == 0x06a9;
        counts->urdu += c == 0x0679 || c == 0x0688 || c == 0x0691 || c == 0x06d2 || c == 0x06ba || c == 0x06be;
        if (script == LATIN || script == CYRILLIC || apostrophe) {
            fits = fits && word_len + 4 < WORD_BYTES;
            if (fits) word_len += utf8_put(word + word_len, apostrophe ? '\'' : lower(c));
            continue;
        }
        if (word_len && fits) count_word(counts, word, word_len);
        counts->words += !fits;
        word_len = 0;
        fits = true;
    }
}

static const char *by_words(const struct counts *counts) {
    size_t best = 0;
    uint32_t second = 0;
    for (size_t i = 1; i < LANGUAGES; i++)
        if (counts->score[i] > counts->score[best]) best = i;
    for (size_t i = 0; i < LANGUAGES; i++)
        if (i != best && counts->score[i] > second) second = counts->score[i];
    uint64_t share = counts->words ? (uint64_t)counts->score[best] * 100 / (60 * counts->words) : 0;
    bool ahead = (uint64_t)counts->score[best] * 100 >= (uint64_t)second * LEAD;
    return share >= SHARE_MIN && ahead ? languages[best].tag : NULL;
}

const char *language_guess(const char *text, size_t len) {
    static const struct {
        enum script script;
        const char *tag;
    } single[] = {{GREEK, "el"}, {HEBREW, "he"}, {DEVANAGARI, "hi"}, {THAI, "th"}, {HANGUL, "ko"}};
    struct counts counts = {0};
    pthread_once(&once, build);
    size_t sample = len > SAMPLE_BYTES ? utf8_floor(text, len, SAMPLE_BYTES) : len;
    count(&counts, text, sample);
    /* A syllable or an ideograph says what three letters say. */
    size_t wide = counts.script[HANGUL] + counts.script[KANA] + counts.script[HAN];
    size_t letters = counts.letters + 2 * wide;
    if (letters < LETTERS_MIN) return NULL;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        size_t weight = single[i].script == HANGUL ? 3 : 1;
        if (counts.script[single[i].script] * weight * 2 > letters) return single[i].tag;
    }
    if (wide * 3 * 2 > letters)
        return counts.script[HANGUL] * 2 > wide ? "ko" : counts.script[KANA] * 10 > wide ? "ja" : "zh";
    if (counts.script[ARABIC] * 2 > letters)
        return counts.urdu * 50 > counts.script[ARABIC]      ? "ur"
               : counts.persian * 50 > counts.script[ARABIC] ? "fa"
                                                             : "ar";
    if ((counts.script[LATIN] + counts.script[CYRILLIC]) * 2 > letters) return by_words(&counts);
    return NULL;
}

void language_base(char out[9], const char *tag) {
    size_t len = 0;
    char low[16] = "";
    out[0] = 0;
    if (!tag) return;
    while (isalpha((unsigned char)tag[len]) && len < sizeof low - 1) {
        low[len] = (char)tolower((unsigned char)tag[len]);
        len++;
    }
    if (tag[len] && tag[len] != '-' && tag[len] != '_') return;
    for (size_t i = 0; i < LANGUAGES && !tag[len]; i++)
        if (strcmp(low, languages[i].name) == 0) memcpy(low, languages[i].tag, 3);
    len = strlen(low);
    if (len == 2 || len == 3) memcpy(out, low, len + 1);
}
