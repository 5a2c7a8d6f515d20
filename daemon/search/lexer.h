/* Tokens of the query language.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_LEXER_H
#define SEARCH_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NEAR_WINDOW = 10, NEAR_WINDOW_MAX = 1000 };

enum lexeme_type {
    LEX_END,
    LEX_OPEN,  /* ( */
    LEX_CLOSE, /* ) */
    LEX_PLUS,  /* + right before something */
    LEX_MINUS, /* - right before something, after white space */
    LEX_AND,
    LEX_OR,
    LEX_NOT,
    LEX_NEAR, /* number: window */
    LEX_ADJ,
    LEX_FIELD,  /* name: ; text, len: the name; only when something follows at once */
    LEX_PHRASE, /* text, len: inside the quotes */
    LEX_WORD    /* text, len */
};

struct lexeme {
    enum lexeme_type type;
    const char *text;
    size_t len;
    uint32_t start, end;
    uint32_t number;
    bool clamped;  /* the number that is written is not from 1 to NEAR_WINDOW_MAX; `number` is the nearest that is */
    bool unclosed; /* a phrase whose closing quote is missing */
};

struct lexer {
    const char *text;
    size_t len;
    size_t at;
    bool pasted;      /* operators, signs and parentheses are parts of words */
    bool after_field; /* the lexeme before was a field: what follows is its value */
};

void lexer_next(struct lexer *lexer, struct lexeme *out);

#endif
