/* What holds for every text: both paths agree, places are sound, folding is idempotent.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Random texts from a seed that is printed; FOOTNOTE_SEED repeats a run.  Exceptions of idempotence: words of
 * a dictionary (cut by what stands around them) and flags (an acronym's term has lost its capitals). */
#include "analyse_private.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { TEXT_MAX = 400 };

static uint64_t seed, state64;

static uint32_t next_random(uint32_t below) {
    state64 ^= state64 << 13;
    state64 ^= state64 >> 7;
    state64 ^= state64 << 17;
    return (uint32_t)((state64 >> 16) % below);
}

static size_t random_ascii(char *text, const char *alphabet) {
    size_t len = next_random(TEXT_MAX), letters = strlen(alphabet);
    for (size_t i = 0; i < len; i++)
        text[i] = alphabet[next_random((uint32_t)letters)];
    return len;
}

/* Characters where the rules are: letters with marks, joints, invisible ones, all scripts, broken bytes. */
static const char *const pieces[] = {
    "a",      "B",      "s",      "l",        "US",     "U.S.",   "9",      "50",     ".",      ",",      "'",
    "’",      "\"",     "·",      "_",        "-",      " ",      "\n",     "é",      "e",      "\u0301", "\u0308",
    "\u0306", "ß",      "Æ",      "ŀ",        "İ",      "ı",      "ﬁ",      "ǅ",      "ά",      "Σ",      "ΐ",
    "и",      "Ё",      "й",      "й",        "ї",      "א",      "ב",      "\u05b8", "״",      "ع",      "\u064e",
    "\u0654", "ا",      "ـ",      "ﷺ",        "한",     "\u1112", "\u1161", "\u11ab", "ㅋ",     "ﾡ",      "ￂ",
    "漢",     "字",     "か",     "\u3099",   "ｶ",      "ﾞ",      "ー",     "ไทย",    "\u0e48", "ກ",      "क",
    "\u093c", "\u094d", "\u00ad", "\u200d",   "\u200b", "\u00a0", "“",      "”",      "—",      "½",      "₂",
    "²",      "٥",      "٫",      "５",       "，",     "Ａ",     "𝐀",      "𐐀",      "𠀀",     "😀",      "\ufe0f",
    "\xff",   "\xe2",   "\xc3",   "\xf0\x9f", "\u20ac", "ʻ",      "Ⅷ",      "Å",      "\u0345", "ᾳ",      "ఠ",
};

static size_t random_pieces(char *text) {
    size_t len = 0, count = next_random(TEXT_MAX / 8);
    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[next_random(sizeof pieces / sizeof *pieces)];
        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return len;
}

static size_t random_unicode(char *text) {
    size_t len = 0, count = next_random(TEXT_MAX / 8);
    for (size_t i = 0; i < count; i++) {
        uint32_t c = next_random(8) ? next_random(0x3100) : next_random(0x20000);
        if (c >= 0xd800 && c <= 0xdfff) c = 'x';
        len += utf8_put(text + len, c);
        if (next_random(10) == 0) text[len++] = ' ';
    }
    return len;
}

static void print_bytes(const char *text, size_t len) {
    print_message("seed %llu, %zu bytes: ", (unsigned long long)seed, len);
    for (size_t i = 0; i < len; i++)
        print_message("\\x%02x", (unsigned char)text[i]);
    print_message("\n");
}

static void same_paths(struct analyser *analyser, const char *text, size_t len) {
    struct buf fast, general;
    buf_init(&fast, 0);
    buf_init(&general, 0);
    int show = TOKENS_FLAGS | TOKENS_CAPITALS | TOKENS_PLACES;
    tokens_print(&fast, analyser, text, len, show);
    analyser->general_only = true;
    tokens_print(&general, analyser, text, len, show);
    analyser->general_only = false;
    if (fast.len != general.len || (fast.len && memcmp(fast.data, general.data, fast.len) != 0)) {
        print_bytes(text, len);
        fail_msg("fast:\n  %s\ngeneral:\n  %s", fast.data, general.data);
    }
    buf_free(&fast);
    buf_free(&general);
}

static void test_paths_agree_on_ascii(void **state) {
    static const char *const alphabets[] = {
        "abcdeXYZ ,.'_", "aB.,'_ 0123456789", "U.S. us,", "09,.", "abcdefghijklmnopqrstuvwxyz    ", "'_.a1 ",
    };
    char text[TEXT_MAX + 8], every[128];
    for (int b = 0; b < 127; b++)
        every[b] = (char)(b + 1);
    every[127] = 0;
    for (int round = 0; round < 10000; round++) {
        size_t which = next_random(sizeof alphabets / sizeof *alphabets + 1);
        size_t len = random_ascii(text, which ? alphabets[which - 1] : every);
        same_paths(*state, text, len);
    }
}

static void test_paths_agree_on_all(void **state) {
    char text[4 * TEXT_MAX];
    for (int round = 0; round < 10000; round++)
        same_paths(*state, text, round % 2 ? random_pieces(text) : random_unicode(text));
}

static bool copy(void *arg, const struct token *token) {
    struct buf *terms = arg;
    if (token->flags & TOKEN_DICTIONARY) return true;
    buf_add(terms, token->term, token->len);
    buf_char(terms, 0);
    return true;
}

static void same_again(struct analyser *analyser, const char *text, size_t len) {
    struct buf terms, again;
    buf_init(&terms, 0);
    buf_init(&again, 0);
    analyser_run(analyser, text, len, NULL, copy, &terms);
    for (size_t at = 0; at < terms.len; at += strlen(terms.data + at) + 1) {
        const char *term = terms.data + at;
        assert_int_equal(utf8_valid(term, strlen(term)), strlen(term));
        tokens_print(&again, analyser, term, strlen(term), TOKENS_TERMS);
        if (again.data && strcmp(term, again.data) == 0) continue;
        print_bytes(text, len);
        print_bytes(term, strlen(term));
        fail_msg("\"%s\" again is \"%s\"", term, again.data ? again.data : "");
    }
    buf_free(&terms);
    buf_free(&again);
}

static void test_terms_are_their_own_terms(void **state) {
    char text[4 * TEXT_MAX];
    for (int round = 0; round < 10000; round++)
        same_again(*state, text, round % 2 ? random_pieces(text) : random_unicode(text));
}

/* Every character by itself, between letters, and behind a letter of another script. */
static void test_every_character(void **state) {
    char text[16];
    for (uint32_t c = 1; c < 0x20000; c++) {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        size_t len = utf8_put(text, c);
        same_again(*state, text, len);
        same_paths(*state, text, len);
        text[0] = 'a';
        len = 1 + utf8_put(text + 1, c);
        text[len++] = 'b';
        same_again(*state, text, len);
        same_paths(*state, text, len);
    }
}

static void test_fold_is_idempotent(void **state) {
    char text[4 * TEXT_MAX];
    for (int round = 0; round < 10000; round++) {
        size_t len = round % 2 ? random_pieces(text) : random_unicode(text), once_len, twice_len;
        char *once = mem_strdup(analyser_fold(*state, text, len, &once_len));
        const char *twice = analyser_fold(*state, once, once_len, &twice_len);
        if (once_len != twice_len || memcmp(once, twice, once_len) != 0) {
            print_bytes(text, len);
            fail_msg("\"%s\" again is \"%s\"", once, twice);
        }
        assert_int_equal(utf8_valid(once, once_len), once_len);
        mem_free(once);
    }
}

static int open_analyser(void **state) {
    struct analyser *analyser;
    struct err err;
    const char *given = getenv("FOOTNOTE_SEED");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    state64 = seed * 2654435761u + 1;
    print_message("seed %llu (FOOTNOTE_SEED repeats it)\n", (unsigned long long)seed);
    if (analyser_open(&analyser, &err) != ST_OK) return -1;
    *state = analyser;
    return 0;
}

static int close_analyser(void **state) {
    analyser_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_agree_on_ascii),      cmocka_unit_test(test_paths_agree_on_all),
        cmocka_unit_test(test_terms_are_their_own_terms), cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_fold_is_idempotent),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
