/* Tokens as one line of text, for tables of expectations.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `us:A noem's 50000:N`: terms with blanks between, behind a colon the flags: A acronym, N number,
 * D dictionary, C capital (only where asked for). */
#ifndef TESTS_TOKENS_H
#define TESTS_TOKENS_H

#include "base/buf.h"
#include "text/analyse.h"

enum tokens_show { TOKENS_TERMS = 0, TOKENS_FLAGS = 1, TOKENS_CAPITALS = 2, TOKENS_PLACES = 4 };

/* Clears out first.  TOKENS_PLACES adds `@start-end` to each. */
void tokens_print(struct buf *out, struct analyser *analyser, const char *text, size_t len, int show);

#endif
