/* The sentence splitter: one pass over the bytes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Looks only at bytes that can begin a stop or a line break; at each it takes what belongs to the stop (more
 * stops, quotes, brackets, markers) and asks whether what follows can begin a sentence and whether the word
 * before lets it end (stop.c).  No ICU beyond the table of characters, no allocation but the result's; any
 * thread.
 *   tail    = { stop | closer | [ blanks ] marker }
 *   marker  = "[" [ "^" ] number { ( "," [ " " ] | "-" | "–" ) number } "]"
 *   closer  = quote or bracket with no letter behind it | blank "»" */
#include "text/sentence.h"

#include "base/mem.h"
#include "chars.h"
#include "sentence_private.h"
#include "text/language.h"

#include <string.h>

enum { GUESS_BYTES = 2000, MARKER_DIGITS = 5, ITEM_DIGITS = 3 };

struct splitter {
    struct sentence_text t;
    size_t start; /* of the sentence at hand, at its first character; SIZE_MAX: none yet */
    struct span *spans;
    size_t count, capacity;
};

/* Bytes that a stop or a line break may begin with. */
static const bool candidate[256] = {['.'] = true,  ['!'] = true,  ['?'] = true,  ['\n'] = true, [0xd8] = true,
                                    [0xdb] = true, [0xe0] = true, [0xe2] = true, [0xe3] = true, [0xef] = true};

static bool is_stop(uint32_t c) {
    switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x2026: /* … */
    case 0x203c: /* ‼ ⁇ ⁈ ⁉ */
    case 0x2047:
    case 0x2048:
    case 0x2049:
    case 0x061f: /* ؟ */
    case 0x06d4: /* ۔ */
    case 0x0964: /* । ॥ */
    case 0x0965: return true;
    default: return sentence_is_wide_stop(c);
    }
}

/* 。 ！ ？ ｡: no blank needs to follow. */
bool sentence_is_wide_stop(uint32_t c) {
    return c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff61;
}

static bool is_closer(uint32_t c) {
    switch (c) {
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
    case 0x00bb: /* » « */
    case 0x00ab:
    case 0x2018: /* ‘ ’ “ ” */
    case 0x2019:
    case 0x201c:
    case 0x201d:
    case 0x2039: /* ‹ › */
    case 0x203a:
    case 0x3009: /* 〉》」』】 */
    case 0x300b:
    case 0x300d:
    case 0x300f:
    case 0x3011:
    case 0xff09: /* ） */
    case 0xff3d: return true;
    default: return false;
    }
}

static bool is_space(uint32_t c) {
    return (chars_of(c) & CHAR_CLASS_MASK) == CHAR_SPACE;
}

uint32_t sentence_peek(const struct sentence_text *t, size_t at) {
    return at < t->len ? chars_next(t->text, t->len, &at) : 0;
}

static size_t skip_blanks(const struct sentence_text *t, size_t at) {
    while (at < t->len) {
        size_t next = at;
        uint32_t c = chars_next(t->text, t->len, &next);
        if (c == '\n' || !is_space(c)) break;
        at = next;
    }
    return at;
}

static size_t skip_space(const struct sentence_text *t, size_t at) {
    while (at < t->len) {
        size_t next = at;
        if (!is_space(chars_next(t->text, t->len, &next))) break;
        at = next;
    }
    return at;
}

static size_t skip_digits(const struct sentence_text *t, size_t at, size_t max) {
    size_t from = at;
    while (at < t->len && at - from < max && t->text[at] >= '0' && t->text[at] <= '9')
        at++;
    return at;
}

/* The place behind the marker at `at`; `at` when there is none. */
static size_t skip_marker(const struct sentence_text *t, size_t at) {
    size_t i = at + 1;
    if (at >= t->len || t->text[at] != '[') return at;
    if (i < t->len && t->text[i] == '^') i++;
    for (;;) {
        size_t digits = skip_digits(t, i, MARKER_DIGITS);
        if (digits == i || digits == t->len) return at;
        i = digits;
        if (t->text[i] == ']') return i + 1;
        if (t->text[i] == ',') {
            i++;
            while (i < t->len && t->text[i] == ' ')
                i++;
        } else if (t->text[i] == '-') {
            i++;
        } else if (sentence_peek(t, i) == 0x2013) {
            i += 3;
        } else {
            return at;
        }
    }
}

/* What belongs to a stop, from its first byte on. */
struct tail {
    size_t end;
    uint32_t last_stop;
    bool single; /* one full stop, no more */
    bool marker, closer;
};

/* A quote with a letter right behind it opens; but ” and an ideograph close, in scripts without blanks. */
static bool opens(const struct sentence_text *t, uint32_t quote, size_t behind) {
    unsigned class = chars_of(sentence_peek(t, behind)) & CHAR_CLASS_MASK;
    if (class == CHAR_DICTIONARY) return quote != 0x2019 && quote != 0x201d;
    return class == CHAR_LETTER || class == CHAR_DIGIT;
}

static bool take_closer(const struct sentence_text *t, struct tail *tail) {
    size_t next = tail->end;
    uint32_t c = chars_next(t->text, t->len, &next);
    if (is_closer(c)) {
        bool quote = c == '"' || c == '\'' || c == 0xab || c == 0xbb || (c >= 0x2018 && c <= 0x203a);
        if (quote && opens(t, c, next)) return false;
    } else {
        size_t at = skip_blanks(t, tail->end);
        if (at == tail->end || sentence_peek(t, at) != 0xbb) return false;
        next = at + 2;
        if (opens(t, 0xbb, next)) return false;
    }
    tail->end = next;
    tail->closer = true;
    return true;
}

static struct tail take_tail(const struct sentence_text *t, size_t at) {
    struct tail tail = {.end = at, .single = true};
    size_t stops = 0;
    while (tail.end < t->len) {
        size_t next = tail.end;
        uint32_t c = chars_next(t->text, t->len, &next);
        size_t marker = skip_blanks(t, tail.end);
        if (is_stop(c)) {
            tail.single = ++stops == 1 && c == '.';
            tail.last_stop = c;
            tail.end = next;
        } else if (skip_marker(t, marker) > marker) {
            tail.end = skip_marker(t, marker);
            tail.marker = true;
        } else if (!take_closer(t, &tail)) {
            break;
        }
    }
    return tail;
}

/* Is a line at `at`, behind its blanks, an item of a list? */
static bool is_item(const struct sentence_text *t, size_t at) {
    size_t i = at;
    uint32_t c = sentence_peek(t, at);
    if (c == '-' || c == '*' || c == '+' || c == 0x2022 || c == 0x2013 || c == 0x25e6 || c == 0x25aa || c == 0x2023) {
        (void)chars_next(t->text, t->len, &i);
        return i < t->len && is_space(sentence_peek(t, i));
    }
    bool open = c == '(';
    i += open;
    size_t digits = skip_digits(t, i, ITEM_DIGITS);
    if (digits == i && i < t->len && ((t->text[i] | 0x20) >= 'a' && (t->text[i] | 0x20) <= 'z')) digits = i + 1;
    if (digits == i || digits + 1 >= t->len) return false;
    bool letter = t->text[i] > '9';
    bool closed = t->text[digits] == ')' || (t->text[digits] == '.' && !open && !letter);
    return closed && is_space(sentence_peek(t, digits + 1));
}

static void end_sentence(struct splitter *s, size_t end) {
    if (s->start >= end) return;
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 16;
        s->spans = mem_realloc(s->spans, s->capacity * sizeof *s->spans);
    }
    s->spans[s->count++] = (struct span){.start = (uint32_t)s->start, .end = (uint32_t)end};
    s->start = skip_space(&s->t, end);
}

/* A line break at `at`: ends the sentence before a blank line and before an item.  Returns where to go on. */
static size_t line_break(struct splitter *s, size_t at) {
    size_t next = skip_blanks(&s->t, at + 1);
    bool ends = (next < s->t.len && s->t.text[next] == '\n') || is_item(&s->t, next);
    if (!ends) return next;
    size_t end = at;
    while (end > s->start && is_space(sentence_before(&s->t, end)))
        end = sentence_step_back(&s->t, end);
    end_sentence(s, end);
    return skip_space(&s->t, next);
}

static size_t stop(struct splitter *s, size_t at) {
    struct tail tail = take_tail(&s->t, at);
    struct stop_place place = {.sentence = s->start,
                               .at = at,
                               .end = tail.end,
                               .single = tail.single,
                               .marker = tail.marker,
                               .closer = tail.closer,
                               .wide = sentence_is_wide_stop(tail.last_stop)};
    if (sentence_may_end(&s->t, &place)) end_sentence(s, tail.end);
    return tail.end;
}

static const char *choose_language(char base[9], const char *language, const char *text, size_t len) {
    language_base(base, language ? language : "");
    if (*base) return base;
    const char *guess = language_guess(text, len < GUESS_BYTES ? len : GUESS_BYTES);
    return guess ? guess : "en";
}

size_t sentences_find(const struct abbreviations *abbreviations, const char *text, size_t len, const char *language,
                      struct span **out) {
    char base[9];
    struct splitter s = {.t = {.abbreviations = abbreviations, .text = text, .len = len}};
    s.t.language = choose_language(base, language, text, len);
    s.start = skip_space(&s.t, 0);
    size_t at = s.start;
    while (at < len) {
        while (at < len && !candidate[(unsigned char)text[at]])
            at++;
        if (at == len) break;
        size_t next = at;
        uint32_t c = chars_next(text, len, &next);
        if (c == '\n')
            at = line_break(&s, at);
        else
            at = is_stop(c) ? stop(&s, at) : next;
    }
    size_t end = len;
    while (end > s.start && is_space(sentence_before(&s.t, end)))
        end = sentence_step_back(&s.t, end);
    end_sentence(&s, end);
    *out = s.spans;
    return s.count;
}
