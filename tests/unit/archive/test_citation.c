/* Citation markers: what is one, clusters, cleaning, and the maps between both texts.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

/* Marks as text: `n@start-end/cluster`, with `!` for a bad range. */
static const char *shown(const char *text) {
    struct mark *marks;
    struct buf out;
    buf_init(&out, 0);
    size_t count = citation_marks(world.arena, text, strlen(text), &marks);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%u@%u-%u/%u%s", i ? " " : "", marks[i].n, marks[i].start, marks[i].end, marks[i].cluster,
                   marks[i].bad_range ? "!" : "");
    const char *copy = arena_strndup(world.arena, out.data ? out.data : "", out.len);
    buf_free(&out);
    return copy;
}

static const char *cleaned(const char *text) {
    struct mark *marks;
    struct clean_text clean;
    size_t len = strlen(text), count = citation_marks(world.arena, text, len, &marks);
    citation_clean(world.arena, text, len, marks, count, &clean);
    assert_int_equal(strlen(clean.text), clean.len);
    return clean.text;
}

static void finds_markers(void **state) {
    static const struct {
        const char *text, *marks;
    } rows[] = {
        {"", ""},
        {"no marker", ""},
        {"a [1].", "1@2-5/1"},
        {"a[1] b", "1@1-4/1"},
        {"[1] a", "1@0-3/1"},
        {"[1]", "1@0-3/1"},
        {"x [12][3] y", "12@2-6/1 3@6-9/1"},
        {"x [1] [2] [3].", "1@2-5/1 2@6-9/1 3@10-13/1"},
        {"x [1], [2]", "1@2-5/1 2@7-10/1"},
        {"x [1],[2]", "1@2-5/1 2@6-9/1"},
        {"x [1] and [2]", "1@2-5/1 2@10-13/2"},
        {"x [1],, [2]", "1@2-5/1 2@8-11/2"},
        {"x [1]\n[2]", "1@2-5/1 2@6-9/1"},
        {"x [1]\n\n[2]", "1@2-5/1 2@7-10/2"},
        {"x [1]\u00A0[2]", "1@2-5/1 2@7-10/1"},
        {"x [1, 2]", "1@2-8/1 2@2-8/1"},
        {"x [1,2;3]", "1@2-9/1 2@2-9/1 3@2-9/1"},
        {"x [ 1 , 2 ]", "1@2-11/1 2@2-11/1"},
        {"x [1-3]", "1@2-7/1 2@2-7/1 3@2-7/1"},
        {"x [1–3]", "1@2-9/1 2@2-9/1 3@2-9/1"},
        {"x [1 — 2]", "1@2-11/1 2@2-11/1"},
        {"x [2, 4-5, 9]", "2@2-13/1 4@2-13/1 5@2-13/1 9@2-13/1"},
        {"x [3-3]", "3@2-7/1"},
        {"x [5-2]", "5@2-7/1! 2@2-7/1!"},
        {"x [1-9999]", "1@2-10/1! 9999@2-10/1!"},
        {"x [1-101]", "1@2-9/1! 101@2-9/1!"},
        {"x [^1]", "1@2-6/1"},
        {"x [^ 1]", "1@2-7/1"},
        {"x [007]", "7@2-7/1"},
        {"x [0]", ""},
        {"x [0000]", ""},
        {"x [12345]", ""},
        {"x [1-]", ""},
        {"x [1,]", ""},
        {"x [,1]", ""},
        {"x []", ""},
        {"x [1", ""},
        {"x [1 2]", ""},
        {"x [a]", ""},
        {"x [1a]", ""},
        {"x [-1]", ""},
        {"x [^]", ""},
        {"[1](https://a.example/) b", ""},
        {"x [text](u)[2]", "2@11-14/1"},
        {"x[12]y", ""},
        {"é[1]é", ""},
        {"x_[1]_", ""},
        {"x[1].y", "1@1-4/1"},
        {"x[1][2]y", "1@1-4/1 2@4-7/1"},
        {"했다[1]그는", "1@6-9/1"},
        {"[[1]]", "1@1-4/1"},
        {"[1[2]", "2@2-5/1"},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_same(&failed, rows[i].text, shown(rows[i].text), rows[i].marks);
    assert_int_equal(failed, 0);
}

static void removes_clusters(void **state) {
    static const struct {
        const char *text, *clean;
    } rows[] = {
        {"nothing here", "nothing here"},
        {"against agents [1] [2]. The next", "against agents. The next"},
        {"against agents. [1] [2] The next", "against agents. The next"},
        {"against agents[1][2]. The", "against agents. The"},
        {"agents [1, 2], who", "agents, who"},
        {"agents \u00A0[1].", "agents."},
        {"agents\n[1].", "agents."},
        {"One.\n\n[1] Two.", "One.\n\n Two."},
        {"foo [1]bar", "foo bar"},
        {"[1] foo", " foo"},
        {"[1]", ""},
        {"“agents” [1]”", "“agents””"},
        {"했다 [1]그는", "했다 그는"},
        {"했다 [1]。", "했다。"},
        {"a [1] b [2] c [3]", "a b c"},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_same(&failed, rows[i].text, cleaned(rows[i].text), rows[i].clean);
    assert_int_equal(failed, 0);
}

static void maps_offsets(void **state) {
    const char *text = "agents [1] [2]. The";
    struct mark *marks;
    struct clean_text clean;
    (void)state;
    size_t count = citation_marks(world.arena, text, strlen(text), &marks);
    citation_clean(world.arena, text, strlen(text), marks, count, &clean);
    assert_int_equal(clean_to_given(&clean, 5, false), 5);
    assert_int_equal(clean_to_given(&clean, 6, false), 6);
    assert_int_equal(clean_to_given(&clean, 6, true), 14);
    assert_int_equal(clean_to_given(&clean, 7, false), 15);
    assert_int_equal(given_to_clean(&clean, 6), 6);
    assert_int_equal(given_to_clean(&clean, 10), 6);
    assert_int_equal(given_to_clean(&clean, 13), 6);
    assert_int_equal(given_to_clean(&clean, 14), 6);
    assert_int_equal(given_to_clean(&clean, 15), 7);
}

static void borrows_without_marks(void **state) {
    const char *text = "plain";
    struct clean_text clean;
    (void)state;
    citation_clean(world.arena, text, 5, NULL, 0, &clean);
    assert_ptr_equal(clean.text, text);
    assert_int_equal(clean.cut_count, 0);
    assert_int_equal(clean_to_given(&clean, 3, true), 3);
}

static size_t random_text(uint32_t *seed, char *out, size_t size) {
    static const char *const pieces[] = {"a", " ",      "[1]",   "[2]", "[1, 2]", "[3-5]", "[9-2]", "[^4]",
                                         ".", ",",      "\n",    "é",   "한",     "—",     "[",     "]",
                                         "(", "\u00A0", "x[1]y", "12",  "[1](u",  "word",  "\n\n",  "[[7]"};
    size_t len = 0, count = draw(seed, 40);
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[draw(seed, sizeof pieces / sizeof *pieces)];
        if (len + strlen(piece) >= size) break;
        strcpy(out + len, piece);
        len += strlen(piece);
    }
    return len;
}

/* Every byte that stayed is found again by both maps, and nothing but clusters and white space went. */
static void maps_round_trip(void **state) {
    (void)state;
    for (uint32_t round = 0; round < 20000; round++) {
        char text[512];
        uint32_t seed = round;
        size_t len = random_text(&seed, text, sizeof text);
        struct arena *arena = arena_new();
        struct mark *marks;
        struct clean_text clean;
        size_t count = citation_marks(arena, text, len, &marks);
        citation_clean(arena, text, len, marks, count, &clean);
        size_t removed = clean.cut_count ? clean.cuts[clean.cut_count - 1].removed : 0;
        if (clean.len + removed != len) fail_msg("seed %u: %zu + %zu != %zu", round, clean.len, removed, len);
        uint32_t expected = 0;
        for (uint32_t i = 0; i < clean.len; i++) {
            uint32_t given = clean_to_given(&clean, i, true);
            if (text[given] != clean.text[i] || given_to_clean(&clean, given) != i || given < expected)
                fail_msg("seed %u, byte %u", round, i);
            for (; expected < given; expected++)
                if (given_to_clean(&clean, expected) != i) fail_msg("seed %u, cut byte %u", round, expected);
            expected = given + 1;
        }
        for (size_t i = 0; i < count; i++)
            if (given_to_clean(&clean, marks[i].start) != given_to_clean(&clean, marks[i].end))
                fail_msg("seed %u, mark %zu stayed", round, i);
        arena_free(arena);
    }
}

/* A text made to make marks is cut off behind the limit, quickly. */
static void bounds_marks(void **state) {
    enum { COPIES = 10000 };
    char *text = mem_alloc(COPIES * 7 + 1);
    struct arena *arena = arena_new();
    struct mark *marks;
    (void)state;
    for (int i = 0; i < COPIES; i++)
        memcpy(text + i * 7, "[1-100]", 7);
    size_t count = citation_marks(arena, text, COPIES * 7, &marks);
    assert_true(count > CITATION_MARKS_MAX && count <= CITATION_MARKS_MAX + 100);
    arena_free(arena);
    mem_free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_markers),         cmocka_unit_test(removes_clusters), cmocka_unit_test(maps_offsets),
        cmocka_unit_test(borrows_without_marks), cmocka_unit_test(maps_round_trip),  cmocka_unit_test(bounds_marks),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
