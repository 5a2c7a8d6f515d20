/* May a sentence end here?  The judgement of the sentence splitter.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Looks forward: after white space and opening quotes, a capital, a digit or a letter without case can begin
 * a sentence; a small letter (but `iPhone`), a comma, another stop cannot.  Then, for a single full stop, looks
 * back at the word before it: abbreviation, initial, acronym, ordinal, number of an item.  Acronyms, initials
 * and those abbreviations that may end a sentence do so before a word that often begins one, before a
 * quotation, and behind a citation marker. */
#include "base/utf8.h"
#include "chars.h"
#include "sentence_private.h"

#include <string.h>

enum { WORD_BYTES = 32, OPENERS = 8, ITEM_DIGITS = 3, ORDINAL_DIGITS = 2, ROMAN_LETTERS = 5 };

size_t sentence_step_back(const struct sentence_text *t, size_t at) {
    if (at == 0) return 0;
    size_t from = at - 1, floor = at > 4 ? at - 4 : 0;
    while (from > floor && (t->text[from] & 0xc0) == 0x80)
        from--;
    size_t next = from;
    (void)chars_next(t->text, t->len, &next);
    return next == at ? from : at - 1; /* a broken sequence goes byte by byte */
}

uint32_t sentence_before(const struct sentence_text *t, size_t at) {
    return at ? sentence_peek(t, sentence_step_back(t, at)) : 0;
}

static unsigned class_of(uint32_t c) {
    return chars_of(c) & CHAR_CLASS_MASK;
}

static bool is_opener(uint32_t c) {
    switch (c) {
    case '"':
    case '\'':
    case '(':
    case '[':
    case '{':
    case '-':
    case '*':
    case '#':
    case 0x00a1: /* ¡ ¿ */
    case 0x00bf:
    case 0x00ab: /* « » */
    case 0x00bb:
    case 0x2013: /* – — */
    case 0x2014:
    case 0x2018: /* ‘ ‚ “ „ */
    case 0x201a:
    case 0x201c:
    case 0x201e:
    case 0x2022: /* • */
    case 0x2039: /* ‹ › */
    case 0x203a:
    case 0x3008: /* 〈《「『【（ */
    case 0x300a:
    case 0x300c:
    case 0x300e:
    case 0x3010:
    case 0xff08: return true;
    default: return false;
    }
}

static bool is_quote(uint32_t c) {
    return c == '"' || c == 0xab || c == 0xbb || c == 0x201c || c == 0x201e || c == 0x300c || c == 0x300e;
}

/* What stands behind a stop. */
struct follow {
    size_t at; /* its first letter, digit or sign */
    uint32_t first;
    bool space, quoted;
};

static struct follow look_ahead(const struct sentence_text *t, size_t at) {
    struct follow follow = {.at = at};
    for (int openers = 0; openers < OPENERS && at < t->len;) {
        size_t next = at;
        uint32_t c = chars_next(t->text, t->len, &next);
        follow.at = at;
        follow.first = c;
        if (class_of(c) == CHAR_SPACE)
            follow.space = follow.space || openers == 0;
        else if (is_opener(c))
            openers++;
        else
            return follow;
        follow.quoted |= is_quote(c);
        at = next;
    }
    follow.first = at < t->len ? follow.first : 0;
    return follow;
}

/* A small letter begins no sentence, unless a capital follows it: iPhone, eBay. */
static bool can_begin(const struct sentence_text *t, const struct follow *follow) {
    uint8_t flags = chars_of(follow->first);
    size_t next = follow->at;
    if (follow->first == 0) return true;
    (void)chars_next(t->text, t->len, &next);
    if (flags & CHAR_LOWER) return chars_of(sentence_peek(t, next)) & CHAR_UPPER;
    switch (follow->first) {
    case '.':
    case ',':
    case ';':
    case ':':
    case '!':
    case '?':
    case ')':
    case ']':
    case '}':
    case '/':
    case 0x2019:
    case 0x201d:
    case 0x2026: return false;
    default: return true;
    }
}

static size_t word_behind(const struct sentence_text *t, size_t at) {
    while (at < t->len) {
        size_t next = at;
        unsigned class = class_of(chars_next(t->text, t->len, &next));
        if (class != CHAR_LETTER && class != CHAR_MARK) break;
        at = next;
    }
    return at;
}

static bool is_starter(const struct sentence_text *t, const struct follow *follow) {
    size_t len = word_behind(t, follow->at) - follow->at;
    return abbreviations_kind(t->abbreviations, t->language, t->text + follow->at, len) == STOP_STARTER;
}

/* Where the word before `at` begins; at most WORD_BYTES back and not before `floor`. */
static size_t word_start(const struct sentence_text *t, size_t floor, size_t at) {
    size_t end = at;
    while (at > floor && end - at < WORD_BYTES) {
        uint32_t c = sentence_before(t, at);
        if (class_of(c) == CHAR_SPACE || (c != '-' && is_opener(c)) || c == '/' || c == ')' || c == 0x2019) break;
        if (c == '-' || c == 0x2010 || c == 0x2011) break;
        at = sentence_step_back(t, at);
    }
    return at;
}

/* What the table says of text[from..to): no-break blanks count as blanks there. */
static enum stop_kind table_entry(const struct sentence_text *t, size_t from, size_t to) {
    char word[3 * WORD_BYTES + 8];
    size_t len = 0;
    while (from < to && len + 4 <= sizeof word) {
        uint32_t c = chars_next(t->text, t->len, &from);
        len += class_of(c) == CHAR_SPACE ? utf8_put(word + len, ' ') : utf8_put(word + len, c);
    }
    return from == to ? abbreviations_kind(t->abbreviations, t->language, word, len) : STOP_PLAIN;
}

/* Of the last three words before the stop, the last two, the last one: the first that is in the table. */
static enum stop_kind table_kind(const struct sentence_text *t, const struct stop_place *place) {
    size_t starts[3], count = 0, at = place->at;
    while (count < 3) {
        at = word_start(t, place->sentence, at);
        starts[count++] = at;
        if (at <= place->sentence || class_of(sentence_before(t, at)) != CHAR_SPACE) break;
        at = sentence_step_back(t, at);
    }
    while (count-- > 0) {
        enum stop_kind kind = table_entry(t, starts[count], place->at + 1);
        if (kind != STOP_PLAIN) return kind;
    }
    return STOP_PLAIN;
}

/* What the word before the stop looks like. */
struct shape {
    size_t letters, digits, stops, others; /* letters with case; stops inside */
    bool roman;
};

static struct shape shape_of(const struct sentence_text *t, size_t from, size_t to) {
    struct shape shape = {.roman = true};
    for (size_t at = from; at < to;) {
        uint32_t c = chars_next(t->text, t->len, &at);
        uint8_t flags = chars_of(c);
        if (flags & (CHAR_UPPER | CHAR_LOWER))
            shape.letters++;
        else if (class_of(c) == CHAR_DIGIT)
            shape.digits++;
        else if (c == '.')
            shape.stops++;
        else if (class_of(c) != CHAR_MARK)
            shape.others++;
        shape.roman = shape.roman && c < 0x80 && strchr("IVXLC", (int)c);
    }
    return shape;
}

/* J. and U.S. and p.m., also with an ordinal's 3. or II. where the language has them. */
static bool may_go_on(const struct sentence_text *t, const struct shape *shape) {
    if (shape->others) return false;
    if (shape->digits == 0 && shape->letters >= 1 && shape->letters == shape->stops + 1) return true;
    bool ordinal = (shape->letters == 0 && shape->digits >= 1 && shape->digits <= ORDINAL_DIGITS && !shape->stops) ||
                   (shape->roman && shape->letters >= 1 && shape->letters <= ROMAN_LETTERS);
    return ordinal && abbreviations_kind(t->abbreviations, t->language, "0.", 2) != STOP_PLAIN;
}

/* `1.` and `IV.` in front of a sentence are its number. */
static bool is_item_number(const struct shape *shape) {
    if (shape->others || shape->stops) return false;
    return shape->letters == 0 ? shape->digits >= 1 && shape->digits <= ITEM_DIGITS
                               : shape->digits == 0 && shape->roman && shape->letters <= ROMAN_LETTERS;
}

/* Vol. 5, Vol. II, but not `No. I said`. */
static bool is_number(const struct sentence_text *t, const struct follow *follow) {
    size_t end = word_behind(t, follow->at);
    if (class_of(follow->first) == CHAR_DIGIT) return true;
    return end - follow->at >= 2 && shape_of(t, follow->at, end).roman;
}

static bool full_stop_ends(const struct sentence_text *t, const struct stop_place *place, const struct follow *follow) {
    enum stop_kind kind = table_kind(t, place);
    if (kind == STOP_NEVER) return false;
    if (kind == STOP_BEFORE_NUMBER && is_number(t, follow)) return false;
    size_t from = word_start(t, place->sentence, place->at);
    struct shape shape = shape_of(t, from, place->at);
    if (from == place->sentence && is_item_number(&shape)) return false;
    if (kind != STOP_MAY_END && !may_go_on(t, &shape)) return true;
    return place->marker || follow->quoted || is_starter(t, follow);
}

bool sentence_may_end(const struct sentence_text *t, const struct stop_place *place) {
    if (place->end >= t->len) return true;
    struct follow follow = look_ahead(t, place->end);
    if (place->wide) return can_begin(t, &follow) && !(place->closer && follow.first == 0x3068); /* 」と */
    bool capital = chars_of(follow.first) & CHAR_UPPER;
    if (!follow.space && !(place->marker && capital)) return false;
    if (!can_begin(t, &follow)) return false;
    return !place->single || full_stop_ends(t, place, &follow);
}
