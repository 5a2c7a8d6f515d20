/* Text into a document's postings.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_POSTINGS_H
#define INDEX_POSTINGS_H

#include "engine/engine.h"
#include "index/terms.h"

struct postings {
    struct terms *terms;
    struct engine_doc *doc;
    const char *language;
    uint32_t body_position;  /* of the last word in the general text */
    uint32_t field_position; /* of the last word in the field at hand */
    size_t text_bytes;
    struct buf term;
    /* of the run at hand */
    const char *prefix;
    bool body;
};

/* Adds a text to the general text (body), to a field (prefix, "" for none), or both.  A gap follows it. */
void postings_text(struct postings *postings, const char *text, size_t len, const char *prefix, bool body);

#endif
