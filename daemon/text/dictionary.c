/* Words of scripts without blanks: ICU's dictionaries.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A run of Han, kana, Thai, Lao, Khmer or Burmese letters goes to ICU in one piece, as UTF-16 with a map back
 * to bytes.  The break iterator belongs to its analyser and is opened when the first run comes.  If ICU
 * refuses a run (no memory, no dictionary), every character of it is a word: nothing is lost. */
#include "analyse_private.h"

#include "chars.h"

#include <unicode/utf16.h>

/* Puts the run into the scratch of the analyser; returns its units, and its end in bytes. */
static int32_t collect(struct run *run, size_t at, size_t *end) {
    struct analyser *analyser = run->analyser;
    int32_t units = 0;
    *end = at;
    while (at < run->len) {
        size_t next = at;
        uint32_t c = chars_next(run->text, run->len, &next);
        unsigned class = chars_of(c) & CHAR_CLASS_MASK;
        if (class != CHAR_DICTIONARY && class != CHAR_MARK && class != CHAR_FORMAT) break;
        scratch_grow(analyser, (size_t)units + 2);
        analyser->places[units] = (uint32_t)at;
        if (c >= 0x10000) {
            analyser->units[units++] = U16_LEAD(c);
            analyser->places[units] = (uint32_t)at;
            analyser->units[units++] = U16_TRAIL(c);
        } else {
            analyser->units[units++] = (UChar)c;
        }
        at = next;
        if (class != CHAR_FORMAT) *end = at;
    }
    analyser->places[units] = (uint32_t)at;
    return units;
}

/* ICU finds a dictionary by the script of the first character it meets; ー has none, and a fresh iterator would
 * cut it otherwise than one that has met ideographs.  So each meets two at once (one alone
 * it does not look up). */
static bool open_words(struct analyser *analyser) {
    static const UChar ideographs[] = {0x6f22, 0x5b57};
    UErrorCode status = U_ZERO_ERROR;
    analyser->words = ubrk_open(UBRK_WORD, "", ideographs, 2, &status);
    if (U_FAILURE(status)) return false;
    while (ubrk_next(analyser->words) != UBRK_DONE)
        ;
    return true;
}

/* The places where words begin, into analyser->places, and the end of the last; returns how many.  The places
 * are overwritten from the front, never before they were read: no boundary stands before its number. */
static size_t boundaries(struct analyser *analyser, int32_t units) {
    UErrorCode status = U_ZERO_ERROR;
    uint32_t *places = analyser->places;
    if (!analyser->words && !open_words(analyser)) return (size_t)units + 1;
    ubrk_setText(analyser->words, analyser->units, units, &status);
    if (U_FAILURE(status)) return (size_t)units + 1;
    size_t count = 0;
    for (int32_t at = ubrk_first(analyser->words); at != UBRK_DONE; at = ubrk_next(analyser->words))
        places[count++] = places[at];
    return count;
}

static void emit(struct run *run, size_t from, size_t to) {
    struct analyser *analyser = run->analyser;
    struct term *term = &analyser->term;
    bool slow = false;
    size_t end = from;
    term->len = 0;
    for (size_t at = from; at < to;) {
        uint32_t c = chars_next(run->text, run->len, &at);
        uint8_t flags = chars_of(c);
        slow |= (flags & CHAR_SLOW) != 0 || (flags & CHAR_CLASS_MASK) == CHAR_MARK;
        if ((flags & CHAR_CLASS_MASK) != CHAR_FORMAT) {
            term_add_raw(term, c);
            end = at;
        }
    }
    if (slow)
        term_fold_slow(analyser, term);
    else
        term_refold(term);
    if (term->len) run_emit(run, from, end, term->data, term->len, TOKEN_DICTIONARY);
}

size_t dictionary_words(struct run *run, size_t at) {
    size_t end;
    int32_t units = collect(run, at, &end);
    size_t count = boundaries(run->analyser, units);
    for (size_t i = 0; i + 1 < count && !run->stopped; i++) {
        const uint32_t *places = run->analyser->places;
        if (places[i] < places[i + 1]) emit(run, places[i], places[i + 1]);
    }
    return end;
}
