/* Quotations held against one text: every verdict, ellipses, brackets, places and differences.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "quote.h"

static const char text[] =
    "The harbour master said that “the northern pier is closed” until Friday [1] [2]. Divers from the "
    "U.S. will look at the wreck, a crane of 50,000 tonnes; nobody was hurt. The ferry goes from the "
    "southern pier — for now.";

static const struct {
    const char *quote;
    enum quote_verdict verdict;
    const char *given, *found; /* the first difference */
} cases[] = {
    {"Divers from the U.S. will look at the wreck", QUOTE_EXACT, NULL, NULL},
    {"“Divers from the U.S. will look at the wreck”", QUOTE_EXACT, NULL, NULL},
    {"until Friday [1] [2]. Divers from", QUOTE_EXACT, NULL, NULL},
    {"until Friday. Divers from", QUOTE_NORMALIZED, NULL, NULL},
    {"DIVERS FROM THE US WILL LOOK", QUOTE_NORMALIZED, NULL, NULL},
    {"that \"the northern pier is closed\" until", QUOTE_NORMALIZED, NULL, NULL},
    {"southern pier - for now", QUOTE_NORMALIZED, NULL, NULL},
    {"a crane of  50000\ntonnes; nobody", QUOTE_NORMALIZED, NULL, NULL},
    {"Divers … nobody was hurt", QUOTE_NORMALIZED, NULL, NULL},
    {"Divers [...] look at the wreck", QUOTE_NORMALIZED, NULL, NULL},
    {"nobody was hurt ... Divers from the", QUOTE_ALTERED, NULL, NULL},
    {"[They] will look at the wreck", QUOTE_NORMALIZED, NULL, NULL},
    {"[T]he ferry goes from the [other] pier", QUOTE_NORMALIZED, NULL, NULL},
    {"[D]ivers from the U.S. will look at the wreck [sic]", QUOTE_NORMALIZED, NULL, NULL},
    {"Divers from the U.S. will stare at the wreck", QUOTE_ALTERED, "stare", "look"},
    {"Divers from the U.S. will not look at the wreck", QUOTE_ALTERED, "not", ""},
    {"Divers from U.S. will look at the wreck", QUOTE_ALTERED, "", "the"},
    {"wreck the at look will U.S. the from Divers", QUOTE_ABSENT, NULL, NULL},
    {"a quotation that stands nowhere in this text", QUOTE_ABSENT, NULL, NULL},
    {"ivers from the U.S. will loo", QUOTE_ALTERED, NULL, NULL},
};

static bool match(const char *quote, struct pattern *pattern, struct quoted *quoted) {
    struct quote_text in;
    pattern_make(world.arena, world.analyser, quote, strlen(quote), pattern);
    quote_text_make(world.arena, text, strlen(text), &in);
    return quote_match(world.arena, world.analyser, pattern, &in, quoted);
}

static void verdicts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern pattern;
        struct quoted quoted;
        match(cases[i].quote, &pattern, &quoted);
        if (quoted.verdict != cases[i].verdict)
            fail_msg("'%s': expected %s, got %s", cases[i].quote, quote_verdict_name(cases[i].verdict),
                     quote_verdict_name(quoted.verdict));
        if (!cases[i].given) continue;
        assert_int_equal(quoted.difference_count, 1);
        const struct difference *difference = &quoted.differences[0];
        const char *given = arena_strndup(world.arena, pattern.given + difference->given_start,
                                          difference->given_end - difference->given_start);
        const char *found =
            arena_strndup(world.arena, text + difference->found_start, difference->found_end - difference->found_start);
        assert_string_equal(given, cases[i].given);
        assert_string_equal(found, cases[i].found);
    }
}

static void places(void **state) {
    struct pattern pattern;
    struct quoted quoted;
    (void)state;
    assert_true(match("said that the northern pier is closed until Friday. Divers", &pattern, &quoted));
    assert_int_equal(quoted.verdict, QUOTE_NORMALIZED);
    assert_memory_equal(text + quoted.start, "said that", 9);
    assert_memory_equal(text + quoted.end - 10, "2]. Divers", 10);
}

/* A hundred thousand words: only a part is aligned, and it is the right one. */
static void long_text(void **state) {
    struct buf long_one;
    struct pattern pattern;
    struct quoted quoted;
    struct quote_text in;
    (void)state;
    buf_init(&long_one, 0);
    for (int i = 0; i < 50000; i++)
        buf_printf(&long_one, "word%d of ", i % 977);
    buf_str(&long_one, text);
    for (int i = 0; i < 50000; i++)
        buf_printf(&long_one, " word%d of", i % 977);
    const char *quote = "Divers from the U.S. will look at the wreck, a tower of 50,000 tonnes; nobody was hurt.";
    pattern_make(world.arena, world.analyser, quote, strlen(quote), &pattern);
    quote_text_make(world.arena, long_one.data, long_one.len, &in);
    assert_true(quote_match(world.arena, world.analyser, &pattern, &in, &quoted));
    assert_int_equal(quoted.verdict, QUOTE_ALTERED);
    assert_int_equal(quoted.edits, 1);
    assert_memory_equal(long_one.data + quoted.start, "Divers", 6);
    buf_free(&long_one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(places),
        cmocka_unit_test(long_text),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
