/* Holding a quotation against a text: byte for byte, word for word, then with the fewest changes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The last is an alignment of word sequences: D[i][j] is the least number of words changed, left out or put in that
 * turns the first i words of the quotation into words of the text that end at j; of two ways with as many, the one that
 * finds more of the quotation's words.  It may begin and end anywhere in the text, and words are skipped for nothing
 * where the quotation has a gap.  When quotation times text is above CELLS_MAX
 * only the neighbourhood with the most common words is aligned.  Pure functions. */
#include "quote.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 4000000, WORDS_ALIKE_MIN = 3, EDIT = 1024, UNFOUND = 1 /* a word of the quotation */ };
/* Below this share of its words in their order, a passage is another one. */
static const double ALIKE = 0.6;

const char *quote_verdict_name(enum quote_verdict verdict) {
    static const char *const names[] = {[QUOTE_ABSENT] = "absent",
                                        [QUOTE_ALTERED] = "altered",
                                        [QUOTE_NORMALIZED] = "normalized",
                                        [QUOTE_EXACT] = "exact"};
    return names[verdict];
}

/* ---- word for word ---- */

/* The words from pattern word `from` to the next gap, at text word `at`. */
static bool run_matches(const struct pattern *pattern, const struct words *text, size_t from, size_t at, size_t *len) {
    size_t i = from;
    do {
        if (at + (i - from) >= text->count || pattern->words.hashes[i] != text->hashes[at + (i - from)]) return false;
        i++;
    } while (i < pattern->words.count && pattern->gap[i] == 0);
    *len = i - from;
    return true;
}

/* The whole pattern with its first word at `at`; *end is behind its last word. */
static bool pattern_matches(const struct pattern *pattern, const struct words *text, size_t at, size_t *end) {
    size_t len = 0, next = at;
    for (size_t i = 0; i < pattern->words.count; i += len) {
        size_t last = next + (i > 0 ? pattern->gap[i] : 0);
        while (next <= last && next < text->count && !run_matches(pattern, text, i, next, &len))
            next++;
        if (next > last || next >= text->count) return false;
        next += len;
    }
    *end = next;
    return true;
}

static void set_span(const struct quote_text *text, const struct words *words, size_t first, size_t last,
                     struct quoted *out) {
    out->start = clean_to_given(&text->clean, words->places[first].start, true);
    out->end = clean_to_given(&text->clean, words->places[last].end, false);
}

static bool word_for_word(const struct pattern *pattern, const struct quote_text *text, const struct words *words,
                          struct quoted *out) {
    size_t end = 0;
    for (size_t i = 0; i + 1 <= words->count; i++) {
        if (words->hashes[i] != pattern->words.hashes[0] || !pattern_matches(pattern, words, i, &end)) continue;
        out->verdict = QUOTE_NORMALIZED;
        set_span(text, words, i, end - 1, out);
        return true;
    }
    return false;
}

/* ---- alignment ---- */

enum step { STEP_START, STEP_SAME, STEP_CHANGED, STEP_LEFT_OUT /* of the quotation */, STEP_PUT_IN, STEP_GAP };

struct alignment {
    struct arena *arena;
    const struct pattern *pattern;
    const struct words *text;
    size_t from, columns; /* of the text */
    unsigned char *steps; /* (words + 1) rows */
    uint32_t cost;
    size_t end, same;
};

/* The part of the text with the most words of the pattern: a window that slides. */
static void choose_part(struct alignment *alignment) {
    const struct pattern *pattern = alignment->pattern;
    size_t rows = pattern->words.count, width = CELLS_MAX / (rows + 1), best = 0, count = 0;
    alignment->from = 0;
    alignment->columns = alignment->text->count;
    if (alignment->columns <= width) return;
    unsigned char *known = arena_alloc(alignment->arena, alignment->columns);
    for (size_t j = 0; j < alignment->columns; j++)
        for (size_t i = 0; i < rows && !known[j]; i++)
            known[j] = pattern->words.hashes[i] == alignment->text->hashes[j];
    size_t inner = rows * 2 < width ? rows * 2 : width;
    for (size_t j = 0; j < alignment->columns; j++) {
        count += known[j];
        if (j >= inner) count -= known[j - inner];
        if (count <= best) continue;
        best = count;
        size_t middle = j + 1 >= inner / 2 ? j + 1 - inner / 2 : 0;
        alignment->from = middle > width / 2 ? middle - width / 2 : 0;
    }
    if (alignment->from + width > alignment->columns) alignment->from = alignment->columns - width;
    alignment->columns = width;
}

static void fill_row(struct alignment *alignment, size_t i, const uint32_t *above, uint32_t *row) {
    const struct pattern *pattern = alignment->pattern;
    unsigned char *steps = alignment->steps + i * (alignment->columns + 1);
    bool gap = i < pattern->words.count && pattern->gap[i] > 0;
    row[0] = (uint32_t)i * (EDIT + UNFOUND);
    steps[0] = STEP_LEFT_OUT;
    for (size_t j = 1; j <= alignment->columns; j++) {
        bool same = pattern->words.hashes[i - 1] == alignment->text->hashes[alignment->from + j - 1];
        uint32_t best = above[j - 1] + (same ? 0 : EDIT + UNFOUND);
        unsigned char step = same ? STEP_SAME : STEP_CHANGED;
        if (above[j] + EDIT + UNFOUND < best) best = above[j] + EDIT + UNFOUND, step = STEP_LEFT_OUT;
        if (gap && row[j - 1] < best)
            best = row[j - 1], step = STEP_GAP;
        else if (row[j - 1] + EDIT < best)
            best = row[j - 1] + EDIT, step = STEP_PUT_IN;
        row[j] = best;
        steps[j] = step;
    }
}

static void align(struct alignment *alignment) {
    size_t rows = alignment->pattern->words.count, columns = alignment->columns;
    uint32_t *above = arena_alloc(alignment->arena, (columns + 1) * sizeof *above);
    uint32_t *row = arena_alloc(alignment->arena, (columns + 1) * sizeof *row);
    alignment->steps = arena_alloc(alignment->arena, (rows + 1) * (columns + 1));
    for (size_t i = 1; i <= rows; i++) {
        fill_row(alignment, i, above, row);
        uint32_t *other = above;
        above = row;
        row = other;
    }
    alignment->cost = UINT32_MAX;
    for (size_t j = 0; j <= columns; j++)
        if (above[j] < alignment->cost) {
            alignment->cost = above[j];
            alignment->end = j;
        }
}

/* ---- differences ---- */

struct changes { /* the path, read backwards */
    struct alignment *alignment;
    const struct quote_text *text;
    struct difference *items;
    size_t count, cap;
    bool open;          /* the difference at hand goes on */
    size_t first, last; /* text words of the path, from the part's beginning */
};

/* Joins a word of either side to the difference at hand; they come from the back. */
static void add_change(struct changes *changes, const struct place *given, const struct place *found) {
    if (!changes->open) {
        changes->items = arena_grow(changes->alignment->arena, changes->items, changes->count, &changes->cap,
                                    sizeof *changes->items);
        changes->items[changes->count++] = (struct difference){0};
    }
    changes->open = true;
    struct difference *difference = &changes->items[changes->count - 1];
    if (given) {
        if (difference->given_end == 0) difference->given_end = given->end;
        difference->given_start = given->start;
    }
    if (found) {
        uint32_t end = clean_to_given(&changes->text->clean, found->end, false);
        if (difference->found_end == 0) difference->found_end = end;
        difference->found_start = clean_to_given(&changes->text->clean, found->start, true);
    }
}

static void walk_back(struct changes *changes) {
    struct alignment *alignment = changes->alignment;
    size_t i = alignment->pattern->words.count, j = alignment->end;
    changes->last = j;
    while (i > 0) {
        unsigned char step = alignment->steps[i * (alignment->columns + 1) + j];
        const struct place *given = &alignment->pattern->words.places[i - 1];
        const struct place *found = j > 0 ? &alignment->text->places[alignment->from + j - 1] : NULL;
        switch (step) {
        case STEP_SAME: alignment->same++; break;
        case STEP_CHANGED: add_change(changes, given, found); break;
        case STEP_LEFT_OUT: add_change(changes, given, NULL); break;
        case STEP_PUT_IN: add_change(changes, NULL, found); break;
        default: break;
        }
        if (step == STEP_SAME || step == STEP_GAP) changes->open = false;
        i -= step == STEP_SAME || step == STEP_CHANGED || step == STEP_LEFT_OUT;
        j -= step != STEP_LEFT_OUT;
    }
    changes->first = j;
}

static void reverse(struct difference *items, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        struct difference other = items[i];
        items[i] = items[count - 1 - i];
        items[count - 1 - i] = other;
    }
}

static bool with_changes(struct arena *arena, const struct pattern *pattern, const struct quote_text *text,
                         const struct words *words, struct quoted *out) {
    struct alignment alignment = {.arena = arena, .pattern = pattern, .text = words};
    struct changes changes = {.alignment = &alignment, .text = text};
    choose_part(&alignment);
    align(&alignment);
    alignment.cost /= EDIT;
    if (alignment.cost * 2 > pattern->words.count) return false;
    walk_back(&changes);
    size_t longer = changes.last - changes.first;
    for (size_t i = 0; i < pattern->words.count; i++)
        if (pattern->gap[i] > 0) longer = 0; /* what a gap spans says nothing */
    if (longer < pattern->words.count) longer = pattern->words.count;
    if (alignment.same < WORDS_ALIKE_MIN || (double)alignment.same < ALIKE * (double)longer) return false;
    reverse(changes.items, changes.count);
    out->verdict = QUOTE_ALTERED;
    out->edits = alignment.cost;
    out->differences = changes.items;
    out->difference_count = changes.count;
    set_span(text, words, alignment.from + changes.first, alignment.from + changes.last - 1, out);
    return true;
}

/* ---- byte for byte ---- */

/* Where the quotation stands as given, not beginning or ending inside a word; NULL: nowhere. */
static const char *byte_for_byte(const struct pattern *pattern, const struct quote_text *text) {
    const char *end = text->text + text->len, *given = pattern->given;
    size_t len = pattern->given_len;
    bool word_first = words_begin_at(given, len, 0), word_last = words_end_at(given, len);
    for (const char *at = text->text; (at = memmem(at, (size_t)(end - at), given, len)); at++) {
        size_t from = (size_t)(at - text->text);
        bool cut_first = word_first && words_end_at(text->text, from);
        bool cut_last = word_last && words_begin_at(text->text, text->len, from + len);
        if (!cut_first && !cut_last) return at;
    }
    return NULL;
}

/* ---- together ---- */

bool quote_match(struct arena *arena, struct analyser *analyser, const struct pattern *pattern,
                 const struct quote_text *text, struct quoted *out) {
    struct words words;
    *out = (struct quoted){0};
    if (pattern->words.count == 0) return false;
    const char *exact = byte_for_byte(pattern, text);
    if (exact) {
        *out = (struct quoted){.verdict = QUOTE_EXACT, .start = (uint32_t)(exact - text->text)};
        out->end = out->start + (uint32_t)pattern->given_len;
        return true;
    }
    words_make(arena, analyser, text->clean.text, text->clean.len, NULL, false, &words);
    if (word_for_word(pattern, text, &words, out)) return true;
    return words.count > 0 && with_changes(arena, pattern, text, &words, out);
}
