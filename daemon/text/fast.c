/* The analyser's fast path: words of ASCII.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Same outcome as word.c by one table look-up a byte; a word that touches a byte above 127 goes back to word.c
 * before anything is handed out.  A word in lower case is not copied: its term points into the text. */
#include "analyse_private.h"

#include "chars.h"

#include <pthread.h>
#include <string.h>

enum { LOWER = 1, UPPER = 2, LETTER = LOWER | UPPER, DIGIT = 4, WORD = LETTER | DIGIT, BEYOND = 8 };

static uint8_t kind[256];
static char lower[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void) {
    for (int b = 0; b < 256; b++) {
        lower[b] = (char)(b >= 'A' && b <= 'Z' ? b + 'a' - 'A' : b);
        kind[b] = (uint8_t)(b >= 'a' && b <= 'z'   ? LOWER
                            : b >= 'A' && b <= 'Z' ? UPPER
                            : b >= '0' && b <= '9' ? DIGIT
                            : b >= 0x80            ? BEYOND
                                                   : 0);
    }
}

void fast_open(void) {
    pthread_once(&once, build);
}

static unsigned kind_at(const struct run *run, size_t at) {
    return at < run->len ? kind[(unsigned char)run->text[at]] : 0;
}

/* What the byte at `at`, no letter and no digit, does to the word before it. */
enum joint { ENDS, JOINS, GIVES_UP };

static enum joint joint_beyond(const struct run *run, size_t at) {
    uint32_t c = chars_next(run->text, run->len, &at);
    switch (chars_of(c) & CHAR_CLASS_MASK) {
    case CHAR_SEPARATOR:
    case CHAR_SPACE:
    case CHAR_DICTIONARY:
    case CHAR_HEBREW_QUOTE: return ENDS;
    case CHAR_APOSTROPHE: return kind_at(run, at) & (LETTER | BEYOND) ? GIVES_UP : ENDS;
    default: return GIVES_UP;
    }
}

static enum joint joint_at(const struct run *run, size_t at, size_t *next) {
    unsigned before = kind_at(run, at - 1), after = kind_at(run, at + 1);
    *next = at + 1;
    switch (run->text[at]) {
    case '\'':
        if (!(before & LETTER)) return ENDS;
        return after & LETTER ? JOINS : after & BEYOND ? GIVES_UP : ENDS;
    case '.':
    case ',':
        if (!(before & DIGIT)) return ENDS;
        return after & DIGIT ? JOINS : after & BEYOND ? GIVES_UP : ENDS;
    case '_':
        while (*next < run->len && run->text[*next] == '_')
            ++*next;
        after = kind_at(run, *next);
        return after & WORD ? JOINS : after & BEYOND ? GIVES_UP : ENDS;
    default: return kind_at(run, at) & BEYOND ? joint_beyond(run, at) : ENDS;
    }
}

static void count(const char *text, size_t len, struct letters *letters) {
    for (size_t i = 0; i < len; i++) {
        unsigned k = kind[(unsigned char)text[i]];
        letters->upper += k == UPPER;
        letters->lower += k == LOWER;
    }
}

/* A copy in lower case, with the commas of numbers settled. */
static void copy_term(struct run *run, size_t start, size_t end, bool commas) {
    struct term *term = &run->analyser->term;
    size_t chunk = 0;
    bool in_number = false;
    term->len = 0;
    term_grow(term, end - start);
    for (size_t i = start; i < end; i++) {
        unsigned char b = (unsigned char)run->text[i];
        bool number = (kind[b] & DIGIT) || (in_number && (b == '.' || b == ','));
        if (number && !in_number) chunk = term->len;
        if (!number && in_number && commas) number_normalise(term, chunk);
        in_number = number;
        term->data[term->len++] = lower[b];
    }
    if (in_number && commas) number_normalise(term, chunk);
}

/* The end of the word that begins at `start`; 0 when the general path must take it. */
static size_t word_end(const struct run *run, size_t start, unsigned *seen, bool *commas) {
    const unsigned char *text = (const unsigned char *)run->text;
    size_t i = start, next;
    for (;;) {
        unsigned k;
        while (i < run->len && ((k = kind[text[i]]) & WORD)) {
            *seen |= k;
            i++;
        }
        if (i == run->len || text[i] == ' ') return i;
        enum joint joint = joint_at(run, i, &next);
        if (joint == ENDS) return i;
        if (joint == GIVES_UP) return 0;
        *commas |= text[i] == ',';
        i = next;
    }
}

static void hand_out(struct run *run, size_t start, size_t end, unsigned seen, bool commas) {
    struct letters letters = {.first_upper = kind_at(run, start) == UPPER, .digit = seen & DIGIT};
    if (!(seen & UPPER) && !commas) {
        run_emit(run, start, end, run->text + start, end - start, letters.digit ? TOKEN_NUMBER : 0);
        return;
    }
    bool possessive = end - start > 2 && run->text[end - 1] == 's' && run->text[end - 2] == '\'';
    if (!(seen & LOWER) || possessive) count(run->text + start, end - start, &letters);
    copy_term(run, start, end, commas);
    const struct term *term = &run->analyser->term;
    run_emit(run, start, end, term->data, term->len, run_flags(run, start, end, &letters, possessive));
}

bool fast_word(struct run *run, size_t *at) {
    const unsigned char *text = (const unsigned char *)run->text;
    size_t start = *at;
    while (start < run->len && !kind[text[start]])
        start++;
    *at = start;
    if (start == run->len) return true;
    unsigned seen = kind[text[start]];
    if (seen & BEYOND) return false;
    bool commas = false;
    if ((seen & LETTER) && start + 1 < run->len && text[start + 1] == '.') {
        size_t behind = acronym_word(run, start);
        if (behind) {
            *at = behind;
            return true;
        }
    }
    size_t end = word_end(run, start, &seen, &commas);
    if (!end) return false;
    hand_out(run, start, end, seen, commas);
    *at = end;
    return true;
}
