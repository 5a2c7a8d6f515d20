/* Stemmers: languages by code and name, and room for the stem.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include <string.h>

static void expect(const char *language, const char *word, const char *stem) {
    struct engine_stemmer *stemmer;
    char out[64];
    assert_ok(engine_stemmer_open(&stemmer, language, &fixture_err));
    size_t len = engine_stem(stemmer, word, strlen(word), out, sizeof out);
    assert_int_equal(len, strlen(stem));
    assert_memory_equal(out, stem, len);
    engine_stemmer_close(stemmer);
}

static void test_languages(void **state) {
    (void)state;
    expect("en", "sentences", "sentenc");
    expect("english", "running", "run");
    expect("german", "häuser", "haus");
    expect("de", "häuser", "haus");
    expect("fr", "continuellement", "continuel");
    expect("en", "", "");
    expect("en", "日本語", "日本語");
}

static void test_no_language(void **state) {
    (void)state;
    static const char *const names[] = {"", "none", "klingon", "ko"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct engine_stemmer *stemmer;
        assert_status(engine_stemmer_open(&stemmer, names[i], &fixture_err), NOT_FOUND);
        assert_null(stemmer);
    }
}

static void test_room(void **state) {
    (void)state;
    struct engine_stemmer *stemmer;
    char out[8] = "#######";
    assert_ok(engine_stemmer_open(&stemmer, "en", &fixture_err));
    assert_int_equal(engine_stem(stemmer, "runs", 4, out, 3), 3); /* only the stem fits */
    assert_memory_equal(out, "run#", 4);
    assert_int_equal(engine_stem(stemmer, "sentences", 9, out, 2), 0); /* neither: no half word */
    assert_memory_equal(out, "run#", 4);
    engine_stemmer_close(stemmer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_no_language),
        cmocka_unit_test(test_room),
    };
    engine_setup();
    return cmocka_run_group_tests_name("engine stemmer", tests, NULL, NULL);
}
