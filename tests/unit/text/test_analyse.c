/* The analyser by examples: each row a text and its tokens, by the fast and by the general path.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyse_private.h"
#include "base/mem.h"
#include "tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *text, *tokens;
};

static const struct row words[] = {
    {"", ""},
    {" \t\n ... !?", ""},
    {"a", "a"},
    {"The quick brown fox", "the quick brown fox"},
    {"cartel-directed threats", "cartel directed threats"},
    {"COVID-19 and", "covid:A 19:N and"},
    {"AT&T grew", "at:A t grew"},
    {"C++ and C#", "c and c"},
    {"#DefundTheCBC @name", "defundthecbc name"},
    {"a.b@example.org", "a b example org"},
    {"https://www.example.org/a-b_c?d=1", "https www example org a b_c d 1:N"},
    {"_emphasis_ foo_bar foo__bar __init__", "emphasis foo_bar foo__bar init"},
    {"either/or", "either or"},
    {"Noem's Noem’s Noemʼs Noem＇s", "noem's noem's noem's noem's"},
    {"'quoted' ‘quoted’ dogs' ’tis", "quoted quoted dogs tis"},
    {"rock'n'roll don´t Hawaiʻi", "rock'n'roll don't hawai'i"},
    {"the 1990's", "the 1990:N s"},
    {"“Next” he—said…", "next he said"},
    {"soft\u00adhyphen\u00ad zero\u200dwidth non\u200cjoiner zero\u200bspace",
     "softhyphen zerowidth nonjoiner zero space"},
    {"no\u00a0break narrow\u202fbreak", "no break narrow break"},
    {"😀 smile 👍🏽", "smile"},
    {"x\xff\xfey \xc3 z\xe2\x80", "x y z"},
    {"m² CO₂ terror¹", "m co2:AN terror"},
};

static const struct row numbers[] = {
    {"$50,000 50000", "50000:N 50000:N"},
    {"$2,000 to $1,234,567.89", "2000:N to 1234567.89:N"},
    {"50.000 1,5 3.5%", "50.000:N 1.5:N 3.5:N"},
    {"50,000.75 0,123", "50000.75:N 0.123:N"},
    {"1,2,3 1,23,456 1234,567", "1.2.3:N 1.23.456:N 1234.567:N"},
    {"1,234,56 3.5,000", "1.234.56:N 3.5.000:N"},
    {"1.5m 1st 2nd 10km", "1.5m:N 1st:N 2nd:N 10km:N"},
    {"2011-02-15 10:30 24/7", "2011:N 02:N 15:N 10:N 30:N 24:N 7:N"},
    {"in 2011, 2012. And 5.", "in 2011:N 2012:N and 5:N"},
    {"192.168.0.1 v1.2.3", "192.168.0.1:N v1.2.3:N"},
    {"1,234abc a1,234 1_000", "1234abc:N a1234:N 1_000:N"},
    {"½ 2½", "½:N 2½:N"},
    {"٥٠٫٥ ٥٠٬٠٠٠ ５０，０００", "50.5:N 50000:N 50000:N"},
    {".5 5. ,5 5,", "5:N 5:N 5:N 5:N"},
};

static const struct row acronyms[] = {
    {"in the US and us", "in the us:A and us"},
    {"in the U.S. and u.s. now", "in the us:A and us:A now"},
    {"in the U.S.", "in the us:A"},
    {"in the U.S, the U.S economy", "in the us:A the us:A economy"},
    {"U.S.-based U.S.’s", "us:A based us:A s"},
    {"u.s a.b x.y", "u s a b x y"},
    {"U.S.A. e.g. i.e. a.m.", "usa:A eg:A ie:A am:A"},
    {"J.K. Rowling, J. Smith", "jk:A rowling j smith"},
    {"U.S.News Ph.D. B.Sc.", "us:A news ph d b sc"},
    {"С.Ш.А. и Η.Π.Α.", "сша:A и ηπα:A"},
    {"ICE and ICE's, NASA’s NGOs", "ice:A and ice's:A nasa's:A ngos"},
    {"MI5 and G20", "mi5:AN and g20:N"},
    {"US", "us"},
    {"ALL CAPITALS HERE", "all capitals here"},
    {"ALL Capitals HERE", "all:A capitals here:A"},
    {"ΟΗΕ και ΟΗΕ", "οηε:A και οηε:A"},
    {"가.나.다.", "가 나 다"},
};

static const struct row scripts[] = {
    {"élysée Élysée e\u0301lyse\u0301e elysee", "elysee elysee elysee elysee"},
    {"naïve Ångström Çelik ñandú", "naive angstrom celik nandu"},
    {"Straße STRASSE œuvre Æther Ørsted Łódź Đorđe þing", "strasse strasse:A oeuvre aether orsted lodz dorde thing"},
    {"İstanbul ISPARTA ısparta", "istanbul isparta:A isparta"},
    {"Việt Nam Hồ Chí Minh ơ ư", "viet nam ho chi minh o u"},
    {"ﬁnance ＡＢＣ Ⅷ 𝐁𝐨𝐥𝐝", "finance abc:A viii bold"},
    {"Ελλάδα ΕΛΛΆΔΑ Οδυσσεύς ΟΔΥΣΣΕΥΣ", "ελλαδα ελλαδα:A οδυσσευσ οδυσσευσ:A"},
    {"ёлка Ёлка май маи\u0306 край", "елка елка май май край"},
    {"за\u0301мок їжак", "замок їжак"},
    {"السَّلَامُ عـــربي", "السلام عربي"},
    {"שָׁלוֹם צה\"ל צה״ל", "שלום צהל צהל"},
    {"col·lecció coŀlecció", "colleccio colleccio"},
    {"안녕하세요 한국어, 전함·원자력", "안녕하세요 한국어 전함 원자력"},
    {"\u1112\u1161\u11ab\u1100\u116e\u11a8 한국", "한국 한국"},
    {"ㅋㅋㅋ", "ㅋㅋㅋ"},
    {"हिन्दी क\u093cलम", "हिन्दी क\u093cलम"},
    {"2010年去北京大学。", "2010:N 年:D 去:D 北京:D 大学:D"},
    {"東京 ﾊﾞﾅﾅ バナナ", "東京:D バナナ:D バナナ:D"},
    {"ภาษาไทย abc", "ภาษา:D ไทย:D abc"},
    {"中abc文", "中:D abc 文:D"},
};

static void check(struct analyser *analyser, const struct row *rows, size_t count) {
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < count; i++) {
        for (int general = 0; general < 2; general++) {
            analyser->general_only = general;
            tokens_print(&out, analyser, rows[i].text, strlen(rows[i].text), TOKENS_FLAGS);
            if (strcmp(out.data ? out.data : "", rows[i].tokens) == 0) continue;
            fail_msg("%s path of \"%s\":\n  \"%s\", not\n  \"%s\"", general ? "general" : "fast", rows[i].text,
                     out.data ? out.data : "", rows[i].tokens);
        }
    }
    analyser->general_only = false;
    buf_free(&out);
}

#define CHECK(rows) check(*state, rows, sizeof rows / sizeof *rows)

static void test_words(void **state) {
    CHECK(words);
}

static void test_numbers(void **state) {
    CHECK(numbers);
}

static void test_acronyms(void **state) {
    CHECK(acronyms);
}

static void test_scripts(void **state) {
    CHECK(scripts);
}

static void test_places(void **state) {
    static const struct row rows[] = {
        {"The U.S. is", "the:C@0-3 us:AC@4-8 is@9-11"},
        {"e\u0301t\u00e9\u00ad x", "ete@0-6 x@9-10"},
        {"“Élan”", "elan:C@3-8"},
        {"$50,000.", "50000:N@1-7"},
        {"北京大学", "北京:D@0-6 大学:D@6-12"},
        {"don’t", "don't@0-7"},
    };
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tokens_print(&out, *state, rows[i].text, strlen(rows[i].text), TOKENS_FLAGS | TOKENS_CAPITALS | TOKENS_PLACES);
        assert_string_equal(out.data, rows[i].tokens);
    }
    buf_free(&out);
}

/* Capitals are judged by what stands within 200 bytes, before and behind. */
static void test_capitals_far_away(void **state) {
    char text[700];
    struct buf out;
    buf_init(&out, 0);
    memset(text, '.', sizeof text);
    memcpy(text, "near US", 7);
    memcpy(text + 300, "WHO", 3);
    memcpy(text + 600, "WTO it", 6);
    tokens_print(&out, *state, text, sizeof text, TOKENS_FLAGS);
    assert_string_equal(out.data, "near us:A who wto:A it");
    memcpy(text + 500, "x", 1);
    tokens_print(&out, *state, text, sizeof text, TOKENS_FLAGS);
    assert_string_equal(out.data, "near us:A who:A x wto:A it");
    buf_free(&out);
}

/* No word is cut, however long. */
static void test_long_words(void **state) {
    size_t len = 300000;
    char *text = mem_alloc(len);
    struct buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < len; i++)
        text[i] = i % 2 ? 'B' : 'a';
    tokens_print(&out, *state, text, len, TOKENS_TERMS);
    assert_int_equal(out.len, len);
    buf_clear(&out);
    for (size_t i = 0; i + 3 <= len; i += 3)
        memcpy(text + i, "한", 3);
    tokens_print(&out, *state, text, len, TOKENS_TERMS);
    assert_int_equal(out.len, len);
    mem_free(text);
    buf_free(&out);
}

static bool stop_at_two(void *arg, const struct token *token) {
    (void)arg;
    return token->position < 2;
}

static void test_stops_when_told(void **state) {
    assert_int_equal(analyser_run(*state, "one two three", 13, NULL, stop_at_two, NULL), 2);
    assert_int_equal(analyser_run(*state, "北京 大学 中国", 20, NULL, stop_at_two, NULL), 2);
    assert_int_equal(analyser_run(*state, "北京大学中国", 18, "zh", stop_at_two, NULL), 2);
}

static void test_fold(void **state) {
    static const struct row rows[] = {
        {"", ""},
        {"The  New\tYork\n\nTimes", "the new york times"},
        {" Élysée ", " elysee "},
        {"U.S. – AT&T", "u.s. – at&t"},
        {"Ｆｕｌｌ，ｗｉｄｔｈ！", "full,width!"},
        {"Noem’s", "noem's"},
        {"маи\u0306\u00a0Ё", "май е"},
        {"soft\u00adhyphen", "softhyphen"},
        {"\u1112\u1161\u11ab ﾊﾞ", "한 バ"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len;
        const char *folded = analyser_fold(*state, rows[i].text, strlen(rows[i].text), &len);
        assert_string_equal(folded, rows[i].tokens);
        assert_int_equal(len, strlen(rows[i].tokens));
    }
}

static int open_analyser(void **state) {
    struct analyser *analyser;
    struct err err;
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
        cmocka_unit_test(test_words),      cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_acronyms),   cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_places),     cmocka_unit_test(test_capitals_far_away),
        cmocka_unit_test(test_long_words), cmocka_unit_test(test_stops_when_told),
        cmocka_unit_test(test_fold),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
