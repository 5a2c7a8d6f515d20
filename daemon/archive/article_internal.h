/* Between the files that read an article; private to the room.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ARCHIVE_ARTICLE_INTERNAL_H
#define ARCHIVE_ARTICLE_INTERNAL_H

#include "archive/article.h"
#include "archive/structure.h"
#include "record_reader.h"

enum { SOURCE_NUMBER_MAX = 9999 };

struct link { /* an in-text link: characters in the record's `text`, or beyond it */
    uint32_t start, end;
    uint32_t source; /* index in article.sources */
};

struct article_reader {
    struct record_reader base;
    const struct rules *rules;
    struct article *article;
    struct place root;
    const char *text; /* the record's `text`; NULL if none */
    size_t text_len;
    uint32_t text_chars;
    struct structure structure; /* of text */
    uint32_t *starts;           /* byte in text where each section's text begins; UINT32_MAX: not in text */
    struct link *links;
    size_t link_count;
};

/* Finds sentences, marks and links of every section: fills clean, sentences, mentions and the counts. */
void article_find_mentions(struct article_reader *reader);

#endif
