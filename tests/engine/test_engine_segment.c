/* Places: NEAR, PHRASE and segments against a slow model, and clones of such queries.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Documents are random rows of few words, so that most queries match some and not others. */
#include "fixture.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS = 120, WORDS = 24, LETTERS = 4, QUERIES = 3000, SECTION_GAP = 10 };
#define BOUNDARY "#"

static char texts[DOCUMENTS][WORDS];
static uint32_t places_of[DOCUMENTS][WORDS], sections[DOCUMENTS][WORDS];

static uint32_t state = 1;
static uint32_t draw(uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 10) % below;
}

/* A letter a word; now and then a new section begins behind a gap.  The last ones are behind all sections. */
static void make(struct engine_db *db) {
    for (uint32_t d = 0; d < DOCUMENTS; d++) {
        struct engine_doc *doc = engine_doc_new();
        uint32_t position = 3, section = 1;
        engine_doc_posting(doc, BOUNDARY, 1, position, 0);
        for (uint32_t w = 0; w < WORDS; w++, position++) {
            if ((w > 0 && w < WORDS - 2 && draw(6) == 0) || w == WORDS - 2) {
                position += SECTION_GAP;
                engine_doc_posting(doc, BOUNDARY, 1, position, 0);
                section = w < WORDS - 2 ? section + 1 : 0;
            }
            texts[d][w] = (char)('a' + draw(LETTERS + (d % 9)));
            places_of[d][w] = position;
            sections[d][w] = section;
            engine_doc_posting(doc, &texts[d][w], 1, position, 1);
        }
        fixture_take(db, d + 1, doc);
    }
    assert_ok(engine_commit(db, &fixture_err));
}

/* ---- the model ---- */

struct model_row {
    char words[3][3]; /* alternatives as letters */
    size_t count;
    uint32_t window;
    bool ordered;
};

static bool row_from(uint32_t d, const struct model_row *row, size_t word, uint32_t low, uint32_t high, size_t last,
                     uint32_t section) {
    if (word == row->count) return high - low < row->window;
    for (size_t w = 0; w < WORDS; w++) {
        if (!strchr(row->words[word], texts[d][w]) || (section != UINT32_MAX && sections[d][w] != section)) continue;
        if (row->ordered && word > 0 && places_of[d][w] <= places_of[d][last]) continue;
        uint32_t at = places_of[d][w];
        if (row_from(d, row, word + 1, word && low < at ? low : at, word && high > at ? high : at, w, section))
            return true;
    }
    return false;
}

static bool has_row(uint32_t d, const struct model_row *row, uint32_t section) {
    return row_from(d, row, 0, 0, 0, 0, section);
}

static void draw_row(struct model_row *row) {
    row->count = 1 + draw(3);
    row->ordered = draw(2);
    row->window = (uint32_t)row->count + draw(8);
    for (size_t w = 0; w < row->count; w++) {
        /* Each word has letters of its own: two words at one place are one in no engine's NEAR. */
        char first = (char)('a' + 3 * w + draw(2));
        row->words[w][0] = first;
        row->words[w][1] = draw(2) ? (char)(first + 1) : '\0';
        row->words[w][2] = '\0';
    }
    if (row->count == 1) row->window = 1;
}

/* ---- the engine ---- */

static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"};
static const size_t ones[] = {1, 1, 1};

struct engine_parts {
    const char *terms[3][3];
    struct engine_alternatives words[3];
};

static struct engine_row engine_row_of(const struct model_row *row, struct engine_parts *parts) {
    for (size_t w = 0; w < row->count; w++) {
        size_t count = strlen(row->words[w]);
        for (size_t i = 0; i < count; i++)
            parts->terms[w][i] = letters[row->words[w][i] - 'a'];
        parts->words[w] = (struct engine_alternatives){.terms = parts->terms[w], .lens = ones, .count = count};
    }
    return (struct engine_row){
        .words = parts->words, .count = row->count, .window = row->window, .ordered = row->ordered};
}

static struct engine_query *window_query(const struct model_row *row) {
    struct engine_query *words[3];
    for (size_t w = 0; w < row->count; w++) {
        struct engine_query *either[2];
        size_t count = strlen(row->words[w]);
        for (size_t i = 0; i < count; i++)
            either[i] = engine_query_term(&row->words[w][i], 1, 1);
        words[w] = engine_query_op(ENGINE_OR, either, count, 0);
    }
    return engine_query_op(row->ordered ? ENGINE_PHRASE : ENGINE_NEAR, words, row->count, row->window);
}

static void compare(struct engine_db *db, struct engine_query *take_query, const bool *expected, int number) {
    struct engine_query *clone = engine_query_clone(take_query);
    engine_query_free(take_query);
    struct engine_search search = fixture_search(clone);
    search.limit = DOCUMENTS;
    struct engine_result *result = fixture_run(db, &search);
    bool found[DOCUMENTS] = {false};
    for (size_t i = 0; i < result->count; i++)
        found[result->hits[i].docid - 1] = true;
    for (size_t d = 0; d < DOCUMENTS; d++)
        if (found[d] != expected[d])
            fail_msg("query %d: document %zu: expected %d, got %d", number, d + 1, expected[d], found[d]);
    engine_result_free(result);
    engine_query_free(clone);
}

static void windows(void **ctx) {
    struct engine_db *db = fixture_open(ctx, "db", ENGINE_WRITE);
    size_t matches = 0;
    make(db);
    for (int i = 0; i < QUERIES; i++) {
        struct model_row row;
        bool expected[DOCUMENTS];
        draw_row(&row);
        for (uint32_t d = 0; d < DOCUMENTS; d++)
            matches += expected[d] = has_row(d, &row, UINT32_MAX);
        compare(db, window_query(&row), expected, i);
    }
    assert_true(matches > QUERIES);
    engine_close(db);
}

static bool has_section(uint32_t d, const struct model_row *rows, size_t count, bool last_forbidden) {
    for (uint32_t section = 1; section <= WORDS; section++) {
        bool all = true, any = false;
        for (size_t w = 0; w < WORDS; w++)
            any = any || sections[d][w] == section;
        for (size_t r = 0; r < count && all; r++)
            all = has_row(d, &rows[r], section) != (last_forbidden && r + 1 == count);
        if (any && all) return true;
    }
    return false;
}

static void segments(void **ctx) {
    struct engine_db *db = fixture_open(ctx, "db", ENGINE_WRITE);
    size_t matches = 0;
    make(db);
    for (int i = 0; i < QUERIES; i++) {
        struct model_row rows[3];
        struct engine_row engine_rows[3];
        struct engine_parts parts[3];
        struct engine_place places[3];
        size_t count = 1 + draw(3);
        bool last_forbidden = count > 1 && draw(2), expected[DOCUMENTS];
        for (size_t r = 0; r < count; r++) {
            draw_row(&rows[r]);
            engine_rows[r] = engine_row_of(&rows[r], &parts[r]);
            places[r] = (struct engine_place){.rows = &engine_rows[r], .count = 1};
        }
        places[count - 1].forbidden = last_forbidden;
        for (uint32_t d = 0; d < DOCUMENTS; d++)
            matches += expected[d] = has_section(d, rows, count, last_forbidden);
        compare(db, engine_query_segment(BOUNDARY, 1, places, count), expected, i);
    }
    assert_true(matches > QUERIES);
    engine_close(db);
}

static void nothing_wanted(void **ctx) {
    struct engine_db *db = fixture_open(ctx, "db", ENGINE_WRITE);
    struct model_row row = {.words = {"a"}, .count = 1, .window = 1};
    struct engine_parts parts;
    struct engine_row engine_row = engine_row_of(&row, &parts);
    struct engine_place place = {.rows = &engine_row, .count = 1, .forbidden = true};
    struct engine_query *query = engine_query_segment(BOUNDARY, 1, &place, 1);
    struct engine_search search = fixture_search(query);
    struct engine_result *result = NULL;
    make(db);
    assert_status(engine_search(db, &search, &result, &fixture_err), INVALID_VALUE);
    engine_query_free(query);
    engine_close(db);
}

/* The newest first where nothing else tells them apart; what has no number scores nothing. */
static void curves(void **ctx) {
    struct engine_db *db = fixture_open(ctx, "db", ENGINE_WRITE);
    for (uint32_t d = 1; d <= 4; d++) {
        struct engine_doc *doc = fixture_doc("word");
        if (d < 4) engine_doc_number(doc, 1, d == 1 ? 500 : d == 2 ? 1000 : -100);
        fixture_take(db, d, doc);
    }
    assert_ok(engine_commit(db, &fixture_err));
    for (int curve = ENGINE_DECAY; curve <= ENGINE_SATURATE; curve++) {
        struct engine_query *both[] = {fixture_term("word"),
                                       engine_query_curve((enum engine_curve)curve, 1, 2, 1000, 500)};
        struct engine_query *query = engine_query_op(ENGINE_AND_MAYBE, both, 2, 0);
        struct engine_search search = fixture_search(query);
        struct engine_result *result = fixture_run(db, &search);
        assert_int_equal(result->count, 4);
        assert_int_equal(result->hits[0].docid, 2);
        assert_int_equal(result->hits[1].docid, 1);
        double least = result->hits[3].score;
        double expected = curve == ENGINE_DECAY ? 1.0 : 2.0 * 500 / 1000;
        assert_true(result->hits[1].score - least > expected - 1e-9 && result->hits[1].score - least < expected + 1e-9);
        engine_result_free(result);
        engine_query_free(query);
    }
    engine_close(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(windows, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(segments, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(nothing_wanted, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(curves, fixture_setup, fixture_teardown),
    };
    engine_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
