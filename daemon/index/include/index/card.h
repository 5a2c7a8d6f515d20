/* The card: what a hit needs to show itself, stored with the document in the index.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   card    = version kind docid id title url published outlet verdict language count section…
 *   section = number heading text first_position count citation…
 *   citation = n source
 *
 * Numbers are varints, strings have a varint length; `text` is without citation markers; `source` is the docid of
 * a source, 0 when dangling.  The engine compresses it. */
#ifndef INDEX_CARD_H
#define INDEX_CARD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/store.h"

struct card_text {
    const char *at; /* not NUL-terminated */
    size_t len;
};

struct card_citation {
    uint32_t n, source;
};

struct card_section {
    uint32_t number;
    struct card_text heading, text;
    uint32_t first_position;         /* of the section's first word in the general text */
    struct card_citation *citations; /* in order of first mention, each number once */
    size_t citation_count;
};

struct card {
    enum store_kind kind;
    uint32_t docid;
    struct card_text id, title, url, published, outlet, verdict, language, status;
    struct card_section *sections;
    size_t section_count;
};

void card_write(const struct card *card, struct buf *out);
/* Strings stay borrowed from `bytes`.  CORRUPT. */
enum status card_read(struct arena *arena, const char *bytes, size_t len, struct card *out, struct err *err);

#endif
