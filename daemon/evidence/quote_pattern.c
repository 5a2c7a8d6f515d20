/* Reading a quotation: its words, and where an editor left some out or put some in.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pattern's text has the length of what was given, so that places in one are places in the other: what is no word
 * of the original is overwritten with spaces.  Pure functions. */
#include "quote.h"

#include "base/hash.h"
#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

/* ---- words ---- */

struct collector {
    struct arena *arena;
    struct words *words;
    size_t hash_cap, place_cap, term_cap;
    bool keep_terms;
};

static bool take_word(void *arg, const struct token *token) {
    struct collector *collector = arg;
    struct words *words = collector->words;
    size_t at = words->count;
    words->hashes = arena_grow(collector->arena, words->hashes, at, &collector->hash_cap, sizeof *words->hashes);
    words->places = arena_grow(collector->arena, words->places, at, &collector->place_cap, sizeof *words->places);
    words->hashes[at] = hash64(token->term, token->len);
    words->places[at] = (struct place){token->start, token->end};
    if (collector->keep_terms) {
        words->terms = arena_grow(collector->arena, words->terms, at, &collector->term_cap, sizeof *words->terms);
        words->terms[at] = arena_strndup(collector->arena, token->term, token->len);
    }
    words->count++;
    return true;
}

void words_make(struct arena *arena, struct analyser *analyser, const char *text, size_t len, const char *language,
                bool keep_terms, struct words *out) {
    struct collector collector = {.arena = arena, .words = out, .keep_terms = keep_terms};
    *out = (struct words){0};
    analyser_run(analyser, text, len, language, take_word, &collector);
}

/* Letters and digits; outside ASCII all but the blocks of punctuation, symbols and spaces. */
static bool is_word_character(uint32_t c) {
    static const struct {
        uint32_t first, last;
    } others[] = {{0x80, 0xa9},     {0xab, 0xb4},     {0xb6, 0xb9},     {0xbb, 0xbf},
                  {0x2000, 0x2bff}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0xfe10, 0xfe6f},
                  {0xff00, 0xff0f}, {0xff1a, 0xff20}, {0xfffd, 0xffff}};
    if (c < 0x80) return isalnum((int)c) != 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (c >= others[i].first && c <= others[i].last) return false;
    return true;
}

bool words_begin_at(const char *text, size_t len, size_t at) {
    return at < len && is_word_character(utf8_next(text, len, &at));
}

bool words_end_at(const char *text, size_t at) {
    size_t start = at > 0 ? utf8_floor(text, at, at - 1) : 0;
    return at > 0 && is_word_character(utf8_next(text, at, &start));
}

void quote_text_make(struct arena *arena, const char *text, size_t len, struct quote_text *out) {
    struct mark *marks = NULL;
    size_t count = citation_marks(arena, text, len, &marks);
    *out = (struct quote_text){.text = text, .len = len};
    citation_clean(arena, text, len, marks, count, &out->clean);
}

/* ---- the pattern ---- */

struct gap {
    uint32_t at, most;
};

struct reader_of_quote {
    struct arena *arena;
    const char *given;
    size_t len;
    char *text;
    struct gap *gaps;
    size_t count, cap;
};

static void add_gap(struct reader_of_quote *reader, size_t at, uint32_t most) {
    reader->gaps = arena_grow(reader->arena, reader->gaps, reader->count, &reader->cap, sizeof *reader->gaps);
    reader->gaps[reader->count++] = (struct gap){(uint32_t)at, most};
}

static void blank(struct reader_of_quote *reader, size_t start, size_t end) {
    memset(reader->text + start, ' ', end - start);
}

/* Bytes of an ellipsis at `at`: the character, three or more dots, or dots with spaces between; 0 if none. */
static size_t ellipsis(const char *text, size_t len, size_t at) {
    static const char sign[] = "\xe2\x80\xa6";
    if (len - at >= 3 && memcmp(text + at, sign, 3) == 0) return 3;
    size_t dots = 0, end = at;
    for (size_t i = at; i < len && (text[i] == '.' || (text[i] == ' ' && i + 1 < len && text[i + 1] == '.')); i++)
        if (text[i] == '.') {
            dots++;
            end = i + 1;
        }
    return dots >= 3 && text[at] == '.' ? end - at : 0;
}

static bool is_all_ellipsis(const char *text, size_t start, size_t end) {
    while (start < end && text[start] == ' ')
        start++;
    while (end > start && text[end - 1] == ' ')
        end--;
    return start < end && ellipsis(text, end, start) == end - start;
}

/* A bracket from `open` to `close`. */
static void read_bracket(struct reader_of_quote *reader, size_t open, size_t close) {
    const char *text = reader->given;
    bool before = words_end_at(text, open), behind = words_begin_at(text, reader->len, close + 1);
    size_t letters = utf8_count(text + open + 1, close - open - 1);
    if (is_all_ellipsis(text, open + 1, close)) {
        add_gap(reader, open, GAP_ANY);
        blank(reader, open, close + 1);
    } else if (behind && !before && letters == 1) { /* [T]he: the letter moves to its word */
        size_t size = close - open - 1;
        memmove(reader->text + close + 1 - size, text + open + 1, size);
        blank(reader, open, close + 1 - size);
    } else {
        size_t start = open, end = close + 1;
        while (words_end_at(text, start))
            start = utf8_floor(text, start, start - 1);
        while (words_begin_at(text, reader->len, end))
            utf8_next(text, reader->len, &end);
        add_gap(reader, open, GAP_BRACKET);
        blank(reader, start, end);
    }
}

static void read_marks(struct reader_of_quote *reader) {
    struct mark *marks = NULL;
    size_t count = citation_marks(reader->arena, reader->given, reader->len, &marks);
    for (size_t i = 0; i < count; i++)
        blank(reader, marks[i].start, marks[i].end);
}

static void read_signs(struct reader_of_quote *reader) {
    for (size_t at = 0; at < reader->len; at++) {
        size_t dots = ellipsis(reader->text, reader->len, at);
        const char *close = reader->text[at] == '[' ? memchr(reader->text + at, ']', reader->len - at) : NULL;
        if (dots > 0) {
            add_gap(reader, at, GAP_ANY);
            blank(reader, at, at + dots);
        } else if (close) {
            read_bracket(reader, at, (size_t)(close - reader->text));
            at = (size_t)(close - reader->text);
        }
    }
}

/* White space and the quotation marks around the whole are not part of the quotation. */
static void trim(const char **given, size_t *len) {
    static const char *const marks[] = {"\"", "'", "“", "”", "„", "‟",  "«",  "»",
                                        "‹",  "›", "‘", "’", " ", "\t", "\n", "\r"};
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < sizeof marks / sizeof *marks && !again; i++) {
            size_t size = strlen(marks[i]);
            if (*len >= size && memcmp(*given, marks[i], size) == 0) {
                *given += size;
                *len -= size;
                again = true;
            } else if (*len >= size && memcmp(*given + *len - size, marks[i], size) == 0) {
                *len -= size;
                again = true;
            }
        }
    }
}

static void place_gaps(const struct reader_of_quote *reader, struct pattern *out) {
    out->gap = arena_alloc(reader->arena, (out->words.count + 1) * sizeof *out->gap);
    for (size_t g = 0; g < reader->count; g++)
        for (size_t i = 1; i < out->words.count; i++)
            if (out->words.places[i].start >= reader->gaps[g].at &&
                out->words.places[i - 1].start < reader->gaps[g].at) {
                if (reader->gaps[g].most > out->gap[i]) out->gap[i] = reader->gaps[g].most;
                break;
            }
}

void pattern_make(struct arena *arena, struct analyser *analyser, const char *given, size_t len, struct pattern *out) {
    *out = (struct pattern){0};
    trim(&given, &len);
    struct reader_of_quote reader = {
        .arena = arena, .given = given, .len = len, .text = arena_strndup(arena, given, len)};
    read_marks(&reader);
    read_signs(&reader);
    out->given = arena_strndup(arena, given, len);
    out->given_len = len;
    out->text = reader.text;
    words_make(arena, analyser, reader.text, len, NULL, true, &out->words);
    place_gaps(&reader, out);
}
