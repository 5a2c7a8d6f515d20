/* What a hit shows: the section that answers, the passage from it, and that HTML is escaped whatever the text.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "archive/rules.h"
#include "base/json.h"
#include "base/utf8.h"
#include "section.h"

static struct terms *terms;
static struct rules *rules;
static struct arena *arena;

static struct card_text text_of(const char *text) {
    return (struct card_text){.at = text, .len = strlen(text)};
}

/* A matcher of words, each a group of its own, the first the rarest. */
static void match_words(struct matcher *matcher, const char *const *words, size_t count) {
    *matcher = (struct matcher){.arena = arena};
    for (size_t i = 0; i < count; i++) {
        struct match_word word = {.word = words[i], .len = strlen(words[i])};
        matcher_add(matcher, MATCH_STEM, &word, 1, 10.0 / (double)(i + 1), (uint32_t)i);
    }
    matcher->groups = (uint32_t)count;
}

static struct section_choice choose(const char *const *words, size_t count, struct card *card) {
    struct matcher matcher;
    struct section_choice choice;
    match_words(&matcher, words, count);
    section_choose(&matcher, terms, arena, card, &choice);
    return choice;
}

static void sections(void **state) {
    (void)state;
    struct card_section list[] = {
        {.number = 0, .heading = text_of(""), .text = text_of("A summary that names the bridge once.")},
        {.number = 1,
         .heading = text_of("The bridge"),
         .text = text_of("Nobody sold the bridge. The contract of the bridge was kept.")},
        {.number = 2, .heading = text_of("Receipts"), .text = text_of("The receipt was written by a ferryman.")}};
    struct card card = {.kind = STORE_ARTICLE, .language = text_of("en"), .sections = list, .section_count = 3};
    static const struct {
        const char *words[2];
        size_t count;
        int number; /* -1: none */
    } rows[] = {{{"bridg"}, 1, 1},
                {{"receipt"}, 1, 2},
                {{"summari"}, 1, 0},
                {{"contract", "ferryman"}, 2, 1},
                {{"ferryman", "bridg"}, 2, 2},
                {{"nowher"}, 1, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct section_choice choice = choose(rows[i].words, rows[i].count, &card);
        int number = choice.section ? (int)choice.section->number : -1;
        if (number != rows[i].number) fail_msg("%s: section %d, expected %d", rows[i].words[0], number, rows[i].number);
    }
    card.section_count = 0;
    assert_null(choose(rows[0].words, 1, &card).section);
}

/* ---- snippets ---- */

struct shown {
    char *segments; /* all together, matches in brackets */
    char *html;
    struct snippet snippet;
    struct match_list matches;
};

static char *join_segments(const char *json, size_t len) {
    struct buf out;
    size_t out_len = 0;
    const cJSON *item = NULL;
    cJSON *tree = cJSON_ParseWithLength(json, len);
    assert_true(cJSON_IsArray(tree));
    buf_init(&out, 0);
    cJSON_ArrayForEach (item, tree) {
        bool match = cJSON_IsTrue(json_get(item, "match"));
        buf_printf(&out, match ? "[%s]" : "%s", json_get_string(item, "text"));
    }
    cJSON_Delete(tree);
    buf_str(&out, "");
    char *text = buf_take(&out, &out_len);
    char *kept = arena_strdup(arena, text ? text : "");
    mem_free(text);
    return kept;
}

static struct shown show(const char *text, size_t len, const char *const *words, size_t count) {
    struct matcher matcher;
    struct shown shown = {0};
    struct card_text whole = {.at = text, .len = len};
    match_words(&matcher, words, count);
    matcher_find(&matcher, terms, arena, "en", text, len, &shown.matches);
    snippet_choose(rules_abbreviations(rules), "en", whole, &shown.matches, &shown.snippet);
    assert_true(shown.snippet.start <= shown.snippet.end && shown.snippet.end <= len);
    for (int html = 0; html < 2; html++) {
        struct buf out;
        struct jw jw;
        buf_init(&out, 0);
        jw_init(&jw, &out);
        snippet_write(&jw, whole, &shown.matches, &shown.snippet, html);
        struct err err = ERR_NONE;
        if (json_check(out.data, out.len, NULL, &err) != ST_OK) fail_msg("%s: %s", err.text, out.data);
        if (html) {
            cJSON *tree = cJSON_ParseWithLength(out.data, out.len);
            shown.html = arena_strdup(arena, tree->valuestring);
            cJSON_Delete(tree);
        } else {
            shown.segments = join_segments(out.data, out.len);
        }
        buf_free(&out);
    }
    return shown;
}

static void known(void **state) {
    (void)state;
    static const char *const bridge[] = {"bridg"};
    static const char small[] = "The bridge is here.";
    assert_string_equal(show(small, strlen(small), bridge, 1).segments, "The [bridge] is here.");
    static const char risky[] = "<b>A \"bridge\" & 'more'</b>";
    assert_string_equal(show(risky, strlen(risky), bridge, 1).html,
                        "&lt;b&gt;A &quot;<mark>bridge</mark>&quot; &amp; &#39;more&#39;&lt;/b&gt;");
    assert_string_equal(show("", 0, bridge, 1).segments, "");
    /* Without a match the text's beginning; with one far behind, its sentence. */
    struct buf text;
    buf_init(&text, 0);
    for (int i = 0; i < 40; i++)
        buf_str(&text, "Filler stands here and says nothing. ");
    struct shown shown = show(text.data, text.len, bridge, 1);
    assert_memory_equal(shown.segments, "Filler stands", 13);
    assert_int_equal(shown.snippet.start, 0);
    buf_str(&text, "Then the bridge was closed. The end.");
    shown = show(text.data, text.len, bridge, 1);
    assert_non_null(strstr(shown.segments, "Then the [bridge] was closed."));
    assert_memory_equal(shown.segments, "…Then", 7);
    buf_free(&text);
}

/* HTML back to what the segments show; anything that is not escaped or a mark is a failure. */
static char *plain(const char *html) {
    static const struct {
        const char *code, *text;
    } codes[] = {{"&amp;", "&"}, {"&lt;", "<"},   {"&gt;", ">"},   {"&quot;", "\""},
                 {"&#39;", "'"}, {"<mark>", "["}, {"</mark>", "]"}};
    struct buf out;
    buf_init(&out, 0);
    while (*html) {
        size_t i = 0;
        while (i < 7 && strncmp(html, codes[i].code, strlen(codes[i].code)) != 0)
            i++;
        if (i < 7) {
            buf_str(&out, codes[i].text);
            html += strlen(codes[i].code);
            continue;
        }
        if (strchr("<>&\"'", *html)) fail_msg("not escaped: %s", html);
        buf_char(&out, *html++);
    }
    char *text = arena_strdup(arena, out.len ? out.data : "");
    buf_free(&out);
    return text;
}

/* The segments without marks and dots are the passage itself. */
static void check_passage(const char *text, const struct shown *shown) {
    struct buf out;
    const char *at = shown->segments;
    buf_init(&out, 0);
    if (shown->snippet.start > 0 && strncmp(at, "…", 3) == 0) at += 3;
    for (; *at; at++)
        if (*at != '[' && *at != ']') buf_char(&out, *at);
    size_t len = shown->snippet.end - shown->snippet.start;
    if (out.len > len) assert_memory_equal(out.data + len, "…", 3);
    assert_true(out.len == len || out.len == len + 3);
    assert_memory_equal(out.data, text + shown->snippet.start, len);
    buf_free(&out);
}

static void any_text(void **state) {
    (void)state;
    static const char *const pieces[] = {"bridge",   "ferry", "the", "élysée",  "漢字",   "😀",
                                         "<script>", "&amp;", "\"",  "'",       ". ",     "U.S.",
                                         "\n\n",     "a",     "—",   "bridges", "Brücke", "supercalifragilistic",
                                         "</mark>",  "ﬁ"};
    static const char *const words[] = {"bridg", "ferri", "漢字"};
    arena_free(arena);
    for (int round = 0; round < 3000; round++) {
        char text[9000];
        size_t len = 0;
        arena = arena_new();
        for (unsigned i = random_below(round % 10 ? 60 : 700); i > 0; i--) {
            const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
            len += (size_t)sprintf(text + len, "%s%s", piece, random_below(5) ? " " : "");
        }
        struct shown shown = show(text, len, words, 3);
        assert_int_equal(utf8_valid(text + shown.snippet.start, shown.snippet.end - shown.snippet.start),
                         shown.snippet.end - shown.snippet.start);
        assert_string_equal(plain(shown.html), shown.segments);
        check_passage(text, &shown);
        if (shown.matches.count > 0) assert_non_null(strchr(shown.segments, '['));
        assert_true(utf8_count(shown.segments, strlen(shown.segments)) <= SNIPPET_CHARACTERS * 3);
        arena_free(arena);
    }
    arena = arena_new();
}

/* What matches between two bytes are worth: a word's rarity once, and a tenth of it each time more. */
static double worth_between(const struct match_list *matches, uint32_t start, uint32_t end) {
    bool seen[8] = {false};
    double worth = 0;
    for (size_t i = 0; i < matches->count; i++) {
        const struct match *match = &matches->items[i];
        if (match->start < start || match->end > end) continue;
        worth += seen[match->group] ? match->weight / 10 : match->weight;
        seen[match->group] = true;
    }
    return worth;
}

/* No passage of the same length is better than the one chosen. */
static void best_passage(void **state) {
    (void)state;
    static const char *const pieces[] = {"bridge ", "ferry ", "receipt ", "contract ", "a ", "filler ", "of ", "text "};
    static const char *const words[] = {"bridg", "ferri", "receipt", "contract"};
    arena_free(arena);
    for (int round = 0; round < 500; round++) {
        char text[9000];
        size_t len = 0;
        unsigned often = 1 + random_below(20);
        arena = arena_new();
        for (unsigned i = 100 + random_below(500); i > 0; i--) {
            unsigned piece = random_below(often) ? 4 + random_below(4) : random_below(8);
            len += (size_t)sprintf(text + len, "%s", pieces[piece]);
        }
        struct shown shown = show(text, len, words, 4);
        double chosen = worth_between(&shown.matches, shown.snippet.start, shown.snippet.end);
        for (size_t i = 0; i < shown.matches.count; i++) {
            uint32_t start = shown.matches.items[i].start;
            double other = worth_between(&shown.matches, start, start + SNIPPET_CHARACTERS);
            if (other > chosen + 0.001)
                fail_msg("%g at %u, %g at %u: %s", chosen, shown.snippet.start, other, start, text);
        }
        arena_free(arena);
    }
    arena = arena_new();
}

static int setup(void **state) {
    struct err err = ERR_NONE;
    arena = arena_new();
    if (terms_open(&terms, &err) != ST_OK || rules_open(&rules, FOOTNOTE_SOURCE_DIR "/index-schema", &err) != ST_OK)
        return -1;
    return search_setup(state);
}

static int teardown(void **state) {
    terms_close(terms);
    rules_close(rules);
    arena_free(arena);
    return search_teardown(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections),
        cmocka_unit_test(known),
        cmocka_unit_test(any_text),
        cmocka_unit_test(best_passage),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
