/* Terms: prefixes, long words, stems and their cache, folded values.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/engine.h"
#include "index/terms.h"

#include <stdio.h>
#include <string.h>

static struct terms *terms;

static int open_terms(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    return terms_open(&terms, &err) == ST_OK ? 0 : -1;
}

static int close_terms(void **state) {
    (void)state;
    terms_close(terms);
    return 0;
}

static void assert_stem(const char *language, const char *word, unsigned flags, const char *expected) {
    size_t len = 0;
    const char *stem = terms_stem(terms, language, word, strlen(word), flags, &len);
    if (len != strlen(expected) || memcmp(stem, expected, len) != 0)
        fail_msg("%s of %s: expected %s, got %.*s", word, language ? language : "no language", expected, (int)len,
                 stem);
}

static void stems(void **state) {
    (void)state;
    for (int round = 0; round < 2; round++) { /* the second time out of the cache */
        assert_stem("en", "running", 0, "run");
        assert_stem("en", "claims", 0, "claim");
        assert_stem("de", "häuser", 0, "haus");
        assert_stem("fr", "mangeons", 0, "mangeon");
        assert_stem(NULL, "running", 0, "running");
        assert_stem("", "running", 0, "running");
        assert_stem("xx", "running", 0, "running");
        assert_stem("en", "2020s", TOKEN_NUMBER, "2020s");
    }
    assert_true(terms_has_stemmer(terms, "en"));
    assert_false(terms_has_stemmer(terms, "th"));
    assert_false(terms_has_stemmer(terms, NULL));
}

/* Many words overflow the cache; what it gives stays right. */
static void many_stems(void **state) {
    (void)state;
    for (int i = 0; i < 150000; i++) {
        char word[32];
        size_t len = 0;
        snprintf(word, sizeof word, "qz%xings", i);
        const char *stem = terms_stem(terms, "en", word, strlen(word), 0, &len);
        assert_true(len > 0 && len <= strlen(word) && memcmp(stem, word, 2) == 0);
        if (i % 50000 == 0) terms_trim(terms);
        if (i % 1000 == 0) assert_stem("en", "running", 0, "run");
    }
}

static void prefixes(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 0);
    terms_exact(&out, "S", "word", 4);
    assert_string_equal(out.data, "Sword");
    terms_exact(&out, "", "word", 4);
    assert_string_equal(out.data, "word");
    terms_stemmed(&out, "XH", "stem", 4);
    assert_string_equal(out.data, "ZXHstem");
    terms_value(terms, &out, "XO", "The GAUGE Élysée", 18, false);
    assert_string_equal(out.data, "XOthe gauge elysee");
    terms_value(terms, &out, "Q", "Mixed-Case", 10, true);
    assert_string_equal(out.data, "QMixed-Case");
    buf_free(&out);
}

/* Longer words than a term may be get a hash: different words stay different, and no character is cut in two. */
static void long_words(void **state) {
    (void)state;
    static const char *const units[] = {"a", "é", "漢", "😀"};
    struct buf first, second;
    buf_init(&first, 0);
    buf_init(&second, 0);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        for (size_t count = 50; count < 400; count += 7) {
            struct buf word;
            buf_init(&word, 0);
            for (size_t i = 0; i < count; i++)
                buf_str(&word, units[u]);
            terms_exact(&first, "XR", word.data, word.len);
            assert_true(first.len <= ENGINE_TERM_MAX);
            assert_int_equal(utf8_valid(first.data, first.len), first.len);
            buf_str(&word, "x");
            terms_exact(&second, "XR", word.data, word.len);
            assert_true(second.len <= ENGINE_TERM_MAX);
            assert_string_not_equal(first.data, second.data);
            if (word.len + 2 <= ENGINE_TERM_MAX) assert_string_equal(second.data + 2, word.data);
            buf_free(&word);
        }
    }
    buf_free(&first);
    buf_free(&second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems),
        cmocka_unit_test(many_stems),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(long_words),
    };
    return cmocka_run_group_tests(tests, open_terms, close_terms);
}
