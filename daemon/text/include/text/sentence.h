/* The sentence splitter.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A sentence ends at . ! ? … 。 ！ ？ (with the quotes, brackets and citation markers that follow) when what
 * follows can begin one; not after an abbreviation (Dr., No. 5, e.g., z. B.), in a number (3.5), nor inside a web
 * address.  After an initial (J. Smith), an acronym (U.S. cities, U.S. Senate) or an abbreviation that may end one
 * (etc., Inc.) it goes on unless a word follows that often begins a sentence (U.S. The), a quotation, or a marker
 * and then a capital.  A line break followed by another, and a line break before a list item, end one too.
 * Trailing markers, `… agents [1] [2].` as well as `… agents. [1] [2] The`, stay with the sentence before them.
 * Abbreviations and the words that begin sentences are data: one a line, `en Dr.`; the grammar stands in
 * index-schema/abbreviations.txt. */
#ifndef TEXT_SENTENCE_H
#define TEXT_SENTENCE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct span {
    uint32_t start, end; /* bytes; end is behind the last */
};

struct abbreviations; /* read-only after opening: any thread */
/* `path` NULL: a built-in minimum.  NOT_FOUND, INVALID_FORMAT (with the line). */
enum status abbreviations_open(struct abbreviations **out, const char *path, struct err *err);
void abbreviations_close(struct abbreviations *abbreviations);

/* The sentences of a text, without the white space around them: *out is mem_free'd by the caller.  Every
 * byte that is not white space is in exactly one. */
size_t sentences_find(const struct abbreviations *abbreviations, const char *text, size_t len, const char *language,
                      struct span **out);

#endif
