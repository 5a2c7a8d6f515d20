/* Articles and sources in formats of others: schema.org's JSON-LD, CSL-JSON, BibTeX.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is written can be read without footnote; JSON-LD can be imported again and gives the same sections and sources.
 * Pure functions: any thread. */
#ifndef ARCHIVE_EXPORT_H
#define ARCHIVE_EXPORT_H

#include "archive/article.h"

struct work {   /* a source in a list; strings are borrowed, NULL if absent */
    uint32_t n; /* its number in an article; 0: none */
    const char *key, *url, *title, *outlet, *published, *archived_url, *kind, *status, *status_since;
};
/* What the article's entry says, else what the archive knows of the source; `source` may be NULL. */
struct work work_of(const struct source_entry *entry, const struct source *source);

/* One object: a ClaimReview when there is one claim and a verdict, otherwise an Article.  Members as in
 * import/schema_org.h reads them. */
void export_jsonld(struct jw *jw, const struct article *article);
/* One item, in CSL 1.0.2's JSON. */
void export_csl(struct jw *jw, const struct work *work);
/* One entry; its key is made of the source's, so that it is the same in every list. */
void export_bibtex(struct buf *out, const struct work *work);

/* Shared by the two lists. */
enum work_type { WORK_PAGE, WORK_JOURNAL, WORK_NEWSPAPER, WORK_BOOK, WORK_REPORT, WORK_DATASET, WORK_DOCUMENT };
enum work_type work_type(const struct work *work);
/* Its address on the web: for a DOI its resolver's, in the buffer's memory; NULL when there is none. */
const char *work_address(const struct work *work, struct buf *buffer);
/* `10.1000/182` of `doi:10.1000/182`; NULL when the key is of no such kind. */
const char *work_opaque(const struct work *work, const char *prefix);
/* Year, month and day of a date, as many as it has: their count. */
int work_date(const char *published, int parts[3]);

#endif
