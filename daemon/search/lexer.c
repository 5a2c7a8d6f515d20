/* Tokens of the query language.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A word is what stands between white space, parentheses and quotes.  `name:` is a field only when a letter begins
 * it, the name has only letters, digits and _, and something other than white space or / follows, so that
 * `Trump: I won` and `https://…` are words. */
#include "lexer.h"

#include <ctype.h>
#include <string.h>

static bool is_space(const struct lexer *lexer, size_t at) {
    return at < lexer->len && isspace((unsigned char)lexer->text[at]);
}

static char peek(const struct lexer *lexer, size_t at) {
    return at < lexer->len ? lexer->text[at] : '\0';
}

/* The length of the quotation mark at `at`: " or one of “ ” „; 0 if none. */
static size_t quote_at(const struct lexer *lexer, size_t at) {
    static const char *const marks[] = {"\"", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i]);
        if (at + len <= lexer->len && memcmp(lexer->text + at, marks[i], len) == 0) return len;
    }
    return 0;
}

static void phrase(struct lexer *lexer, size_t mark, struct lexeme *out) {
    size_t begin = lexer->at + mark, end = begin;
    while (end < lexer->len && !quote_at(lexer, end))
        end++;
    out->type = LEX_PHRASE;
    out->text = lexer->text + begin;
    out->len = end - begin;
    out->unclosed = end == lexer->len;
    lexer->at = out->unclosed ? end : end + quote_at(lexer, end);
}

static size_t field_length(const struct lexer *lexer) {
    size_t at = lexer->at;
    if (!isalpha((unsigned char)peek(lexer, at))) return 0;
    while (isalnum((unsigned char)peek(lexer, at)) || peek(lexer, at) == '_')
        at++;
    if (peek(lexer, at) != ':') return 0;
    char after = peek(lexer, at + 1);
    if (after == '\0' || isspace((unsigned char)after) || after == '/' || after == ')' || after == ':') return 0;
    return at - lexer->at;
}

static bool is_operator(const struct lexeme *word, const char *name) {
    return word->len == strlen(name) && memcmp(word->text, name, word->len) == 0;
}

/* NEAR, NEAR/5, ADJ, ADJ/3. */
static bool window_operator(struct lexeme *word, const char *name, enum lexeme_type type) {
    size_t len = strlen(name);
    if (word->len < len || memcmp(word->text, name, len) != 0) return false;
    word->number = NEAR_WINDOW;
    if (word->len > len) {
        if (word->text[len] != '/' || word->len == len + 1) return false;
        uint32_t window = 0;
        for (size_t i = len + 1; i < word->len; i++) {
            if (!isdigit((unsigned char)word->text[i])) return false;
            if (window <= NEAR_WINDOW_MAX) window = 10 * window + (uint32_t)(word->text[i] - '0');
        }
        word->number = window < 1 ? 1 : window > NEAR_WINDOW_MAX ? NEAR_WINDOW_MAX : window;
        word->clamped = word->number != window;
    }
    word->type = type;
    return true;
}

static bool is_parenthesis(char c) {
    return c == '(' || c == ')';
}

static void word(struct lexer *lexer, struct lexeme *out) {
    size_t end = lexer->at;
    while (end < lexer->len && !is_space(lexer, end) && (lexer->pasted || !is_parenthesis(lexer->text[end])) &&
           (end == lexer->at || !quote_at(lexer, end)))
        end++;
    out->type = LEX_WORD;
    out->text = lexer->text + lexer->at;
    out->len = end - lexer->at;
    lexer->at = end;
    if (lexer->after_field || lexer->pasted) return;
    if (is_operator(out, "AND"))
        out->type = LEX_AND;
    else if (is_operator(out, "OR"))
        out->type = LEX_OR;
    else if (is_operator(out, "NOT"))
        out->type = LEX_NOT;
    else if (!window_operator(out, "NEAR", LEX_NEAR))
        window_operator(out, "ADJ", LEX_ADJ);
}

static bool sign(struct lexer *lexer, struct lexeme *out) {
    char c = peek(lexer, lexer->at);
    if ((c != '+' && c != '-') || lexer->after_field || lexer->pasted) return false;
    char after = peek(lexer, lexer->at + 1);
    bool begins = lexer->at == 0 || is_space(lexer, lexer->at - 1) || lexer->text[lexer->at - 1] == '(';
    if (!begins || after == '\0' || isspace((unsigned char)after) || after == '+' || after == '-' || after == ')')
        return false;
    out->type = c == '+' ? LEX_PLUS : LEX_MINUS;
    lexer->at++;
    return true;
}

/* A sign right behind a phrase or a parenthesis asks for nothing: `“New York”-based`. */
static bool is_inner_sign(const struct lexer *lexer) {
    size_t at = lexer->at;
    char c = peek(lexer, at);
    if ((c != '+' && c != '-') || lexer->after_field || lexer->pasted || at == 0) return false;
    return lexer->text[at - 1] == ')' || lexer->text[at - 1] == '"' || (at >= 3 && quote_at(lexer, at - 3) == 3);
}

/* White space, and signs that ask for nothing. */
static void skip(struct lexer *lexer) {
    bool inner = is_inner_sign(lexer);
    while (inner && (peek(lexer, lexer->at) == '+' || peek(lexer, lexer->at) == '-'))
        lexer->at++;
    while (is_space(lexer, lexer->at))
        lexer->at++;
}

void lexer_next(struct lexer *lexer, struct lexeme *out) {
    skip(lexer);
    *out = (struct lexeme){.type = LEX_END, .start = (uint32_t)lexer->at};
    size_t length = 0;
    if (lexer->at < lexer->len) {
        char c = lexer->text[lexer->at];
        if (!lexer->pasted && is_parenthesis(c)) {
            out->type = c == '(' ? LEX_OPEN : LEX_CLOSE;
            lexer->at++;
        } else if ((length = quote_at(lexer, lexer->at)) > 0) {
            phrase(lexer, length, out);
        } else if (!sign(lexer, out)) {
            length = lexer->after_field ? 0 : field_length(lexer);
            if (length > 0) {
                *out = (struct lexeme){
                    .type = LEX_FIELD, .text = lexer->text + lexer->at, .len = length, .start = out->start};
                lexer->at += length + 1;
            } else {
                word(lexer, out);
            }
        }
    }
    out->end = (uint32_t)lexer->at;
    lexer->after_field = out->type == LEX_FIELD;
}
