/* What the answers about quotations share: where one is, written for machines and browsers.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_QUOTE_ANSWER_H
#define EVIDENCE_QUOTE_ANSWER_H

#include "load.h"
#include "quote.h"

/* selector (W3C TextQuoteSelector), start and end (bytes), position (W3C TextPositionSelector, characters), and
 * fragment (the page's address with a text fragment; `url` may be NULL), inside an object. */
void quote_write_place(struct jw *jw, const char *text, size_t len, const struct quoted *quoted, const char *url);
/* `differences`: [{given, found}]. */
void quote_write_differences(struct jw *jw, const struct pattern *pattern, const char *text,
                             const struct quoted *quoted);
/* The answer for one article. */
enum status quote_article(struct evidence *ev, const char *id);

#endif
