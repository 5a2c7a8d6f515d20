/* Terms: growing, folding, and the folding of whole strings for keys.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The quick way folds character by character (chars.c).  The slow way is for text that may compose: NFC, then
 * character by character, then NFC again, since half-width letters compose only once they are folded. */
#include "analyse_private.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "chars.h"

#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

void term_grow(struct term *term, size_t more) {
    if (term->cap - term->len >= more) return;
    size_t cap = term->cap ? term->cap : 64;
    while (cap - term->len < more)
        cap *= 2;
    term->data = mem_realloc(term->data, cap);
    term->cap = cap;
}

void term_add_char(struct term *term, char c) {
    term_grow(term, 1);
    term->data[term->len++] = c;
}

void term_add_raw(struct term *term, uint32_t c) {
    term_grow(term, 4);
    term->len += utf8_put(term->data + term->len, c);
}

/* Above U+FFFF: mathematical letters are plain ones, Deseret has case; ideographs stay. */
static void add_fold_beyond(struct term *term, uint32_t c) {
    UErrorCode status = U_ZERO_ERROR;
    UChar in[2] = {U16_LEAD(c), U16_TRAIL(c)}, out[32];
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);
    int32_t len = unorm2_normalize(form, in, 2, out, 32, &status), i = 0;
    if (U_FAILURE(status)) {
        term_add_raw(term, c);
        return;
    }
    while (i < len) {
        UChar32 folded;
        U16_NEXT(out, i, len, folded);
        if (folded < 0x10000)
            term_add_fold(term, (uint32_t)folded);
        else
            term_add_raw(term, (uint32_t)folded);
    }
}

void term_add_fold(struct term *term, uint32_t c) {
    if (c >= 0x10000) {
        add_fold_beyond(term, c);
        return;
    }
    uint16_t fold = chars_fold[c];
    if (fold == CHAR_FOLD_MANY) {
        size_t len;
        const uint16_t *many = chars_fold_many(c, &len);
        for (size_t i = 0; i < len; i++)
            term_add_raw(term, many[i]);
    } else if (fold) {
        term_grow(term, 3);
        unsigned char *out = (unsigned char *)term->data + term->len;
        if (fold < 0x80) {
            out[0] = (unsigned char)fold;
            term->len += 1;
        } else if (fold < 0x800) {
            out[0] = (unsigned char)(0xc0 | fold >> 6);
            out[1] = (unsigned char)(0x80 | (fold & 0x3f));
            term->len += 2;
        } else {
            out[0] = (unsigned char)(0xe0 | fold >> 12);
            out[1] = (unsigned char)(0x80 | (fold >> 6 & 0x3f));
            out[2] = (unsigned char)(0x80 | (fold & 0x3f));
            term->len += 3;
        }
    }
}

void scratch_grow(struct analyser *analyser, size_t units) {
    if (analyser->units_cap >= units) return;
    size_t cap = analyser->units_cap ? analyser->units_cap : 256;
    while (cap < units)
        cap *= 2;
    analyser->units = mem_realloc(analyser->units, cap * sizeof *analyser->units);
    analyser->places = mem_realloc(analyser->places, (cap + 1) * sizeof *analyser->places);
    analyser->units_cap = cap;
}

/* The term in NFC, as UTF-16 in fresh memory. */
static UChar *composed(struct analyser *analyser, const struct term *term, int32_t *out_len) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t units = 0;
    scratch_grow(analyser, term->len + 1);
    u_strFromUTF8WithSub(analyser->units, (int32_t)analyser->units_cap, &units, term->data, (int32_t)term->len, 0xfffd,
                         NULL, &status);
    /* NFC makes no text longer than three times its units. */
    int32_t cap = 3 * units + 1;
    UChar *out = mem_alloc((size_t)cap * sizeof *out);
    *out_len = unorm2_normalize(unorm2_getNFCInstance(&status), analyser->units, units, out, cap, &status);
    if (U_FAILURE(status)) *out_len = 0;
    return out;
}

void term_fold_slow(struct analyser *analyser, struct term *term) {
    for (int round = 0; round < 2; round++) {
        int32_t len, i = 0;
        UChar *units = composed(analyser, term, &len);
        term->len = 0;
        while (i < len) {
            UChar32 c;
            U16_NEXT(units, i, len, c);
            if (round == 0)
                term_add_fold(term, (uint32_t)c);
            else
                term_add_raw(term, (uint32_t)c);
        }
        mem_free(units);
    }
}

void term_refold(struct term *term) {
    struct term raw = *term;
    *term = (struct term){0};
    term_grow(term, raw.len + 1);
    for (size_t at = 0; at < raw.len;)
        term_add_fold(term, chars_next(raw.data, raw.len, &at));
    mem_free(raw.data);
}

const char *analyser_fold(struct analyser *analyser, const char *text, size_t len, size_t *out_len) {
    struct term *term = &analyser->folded;
    bool slow = false, blank = false;
    term->len = 0;
    for (size_t at = 0; at < len;) {
        uint32_t c = chars_next(text, len, &at);
        uint8_t flags = chars_of(c);
        if (flags & CHAR_SLOW) slow = true;
        bool space = (flags & CHAR_CLASS_MASK) == CHAR_SPACE;
        if ((flags & CHAR_CLASS_MASK) == CHAR_FORMAT) continue;
        if (blank && c < 0x10000 && chars_fold[c] == 0) continue; /* would leave two blanks side by side */
        if (space && !blank) term_add_char(term, ' ');
        if (!space) term_add_raw(term, c);
        blank = space;
    }
    if (slow)
        term_fold_slow(analyser, term);
    else
        term_refold(term);
    *out_len = term->len;
    term_grow(term, 1);
    term->data[term->len] = 0;
    return term->data;
}
