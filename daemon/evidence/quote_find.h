/* Records that may hold a quotation.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_QUOTE_FIND_H
#define EVIDENCE_QUOTE_FIND_H

#include "load.h"
#include "quote.h"

struct candidates {
    uint32_t *docids; /* the most promising first */
    size_t count;
};
/* Those that have all its words in order (a long run is looked for by a part of it). */
enum status candidates_verbatim(struct evidence *ev, const struct pattern *pattern, enum store_kind kind, size_t limit,
                                struct candidates *out);
/* Those that have parts of it, or its rarest words. */
enum status candidates_alike(struct evidence *ev, const struct pattern *pattern, enum store_kind kind, size_t limit,
                             struct candidates *out);

#endif
