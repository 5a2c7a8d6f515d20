/* Prints the tokens of a text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks at every token what holds for all: places ascend on character boundaries, positions count from 1. */
#include "tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct printer {
    struct buf *out;
    const char *text;
    size_t len;
    uint32_t end, position;
    int show;
};

static bool on_boundary(const struct printer *p, uint32_t at) {
    return at == p->len || (p->text[at] & 0xc0) != 0x80;
}

static bool print(void *arg, const struct token *token) {
    struct printer *p = arg;
    assert_true(token->start >= p->end && token->end > token->start && token->end <= p->len);
    assert_true(on_boundary(p, token->start));
    assert_int_equal(token->position, ++p->position);
    assert_true(token->len > 0);
    p->end = token->end;
    if (p->out->len) buf_char(p->out, ' ');
    buf_add(p->out, token->term, token->len);
    uint32_t flags = p->show & TOKENS_FLAGS ? token->flags : 0;
    if (!(p->show & TOKENS_CAPITALS)) flags &= ~(uint32_t)TOKEN_CAPITAL;
    if (flags) buf_char(p->out, ':');
    if (flags & TOKEN_ACRONYM) buf_char(p->out, 'A');
    if (flags & TOKEN_NUMBER) buf_char(p->out, 'N');
    if (flags & TOKEN_DICTIONARY) buf_char(p->out, 'D');
    if (flags & TOKEN_CAPITAL) buf_char(p->out, 'C');
    if (p->show & TOKENS_PLACES) buf_printf(p->out, "@%u-%u", token->start, token->end);
    return true;
}

void tokens_print(struct buf *out, struct analyser *analyser, const char *text, size_t len, int show) {
    struct printer p = {.out = out, .text = text, .len = len, .show = show};
    buf_clear(out);
    size_t count = analyser_run(analyser, text, len, NULL, print, &p);
    assert_int_equal(count, p.position);
}
