/* Characters: what each one is to the analyser, and what it folds to.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two tables of the Basic Multilingual Plane, built once a process from ICU's properties (some 10 ms) and
 * read-only after; characters above it are asked of ICU one by one.  Any thread. */
#ifndef TEXT_CHARS_H
#define TEXT_CHARS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The low four bits of a character's byte in the table. */
enum char_class {
    CHAR_SEPARATOR,
    CHAR_SPACE,        /* separates too; one blank in analyser_fold */
    CHAR_LETTER,       /* of a script that writes blanks between words, Hangul too */
    CHAR_DIGIT,        /* decimal digits of all scripts, below the line too, and vulgar fractions */
    CHAR_MARK,         /* belongs to the letter before it */
    CHAR_FORMAT,       /* invisible: soft hyphen, joiners, tatweel; dropped, does not separate */
    CHAR_DICTIONARY,   /* Han, kana, Thai, Lao, Khmer, Burmese */
    CHAR_APOSTROPHE,   /* joins two letters */
    CHAR_UNDERSCORE,   /* joins letters and digits */
    CHAR_STOP,         /* joins digits; ends the letters of an acronym */
    CHAR_COMMA,        /* joins digits */
    CHAR_HEBREW_QUOTE, /* joins two Hebrew letters and goes */
    CHAR_MIDDLE_DOT,   /* joins two l (Catalan) and goes */
    CHAR_CLASS_MASK = 15,
    CHAR_PLAIN = 16, /* Latin or Greek: a general combining mark behind it just goes */
    CHAR_SLOW = 32,  /* may compose with its neighbours: the word is normalised as a whole */
    CHAR_UPPER = 64,
    CHAR_LOWER = 128,
};

enum { CHAR_FOLD_MANY = 0xffff }; /* in chars_fold: the fold is several characters, see chars_fold_many */

extern uint8_t chars_class[0x10000];
extern uint16_t chars_fold[0x10000]; /* 0: the character goes */

/* Builds the tables at the first call.  INTERNAL when ICU's data are missing. */
enum status chars_open(struct err *err);
/* The folds of several characters: borrowed, *len of them. */
const uint16_t *chars_fold_many(uint32_t code_point, size_t *len);
uint8_t chars_class_beyond(uint32_t code_point); /* for code points above U+FFFF */

static inline uint8_t chars_of(uint32_t code_point) {
    return code_point < 0x10000 ? chars_class[code_point] : chars_class_beyond(code_point);
}

/* Like utf8_next of base, here to be inlined: decoding is half of the analyser's work. */
static inline uint32_t chars_next(const char *text, size_t len, size_t *at) {
    const unsigned char *b = (const unsigned char *)text + *at;
    size_t left = len - *at;
    if (b[0] < 0x80) {
        *at += 1;
        return b[0];
    }
    if (b[0] >= 0xe0 && b[0] < 0xf0 && left >= 3 && (b[1] & 0xc0) == 0x80 && (b[2] & 0xc0) == 0x80) {
        uint32_t c = (uint32_t)(b[0] & 0x0f) << 12 | (uint32_t)(b[1] & 0x3f) << 6 | (b[2] & 0x3f);
        if (c >= 0x800 && (c < 0xd800 || c > 0xdfff)) {
            *at += 3;
            return c;
        }
    } else if (b[0] >= 0xc2 && b[0] < 0xe0 && left >= 2 && (b[1] & 0xc0) == 0x80) {
        *at += 2;
        return (uint32_t)(b[0] & 0x1f) << 6 | (b[1] & 0x3f);
    } else if (b[0] >= 0xf0 && b[0] < 0xf5 && left >= 4 && (b[1] & 0xc0) == 0x80 && (b[2] & 0xc0) == 0x80 &&
               (b[3] & 0xc0) == 0x80) {
        uint32_t c = (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3f) << 12 | (uint32_t)(b[2] & 0x3f) << 6 |
                     (b[3] & 0x3f);
        if (c >= 0x10000 && c <= 0x10ffff) {
            *at += 4;
            return c;
        }
    }
    *at += 1;
    return 0xfffd;
}

#endif
