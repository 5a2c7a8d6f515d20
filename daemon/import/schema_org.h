/* schema.org's ClaimReview and Article, as records.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   headline, name, claimReviewed     title                 author (persons), creator, contributor   authors
 *   url, mainEntityOfPage             url                   publisher; a review's author             outlet
 *   datePublished, dateModified       published, updated    keywords                                 tags
 *   inLanguage                        language              abstract, description                    summary
 *   claimReviewed, itemReviewed       claims                hasPart                                  sections
 *   reviewRating                      verdict, rating       articleBody, reviewBody, text            text
 *   about (Claim)                     claims, verdict       citation, appearance, firstAppearance    sources
 *
 * An id is that of footnote's own export (identifier); else a record gets its address for an id later, and further
 * reviews of one page in one file get it with a hash of their claim.
 *
 * A date that can't be read stands in `published_text` (and the like): a page is not lost for it.
 * Pure: any thread. */
#ifndef IMPORT_SCHEMA_ORG_H
#define IMPORT_SCHEMA_ORG_H

#include "format.h"
#include "jsonld.h"

#include "archive/rules.h"
#include "base/when.h"

/* An object whose context is schema.org, or that has no context and a type of its, or a @graph. */
bool schema_org_is_document(const cJSON *value);
/* The document's records as a list, the caller's; NULL when it has none. */
cJSON *schema_org_read(const struct reading *reading, const cJSON *root);

struct schema_org {
    struct jsonld ld;
    const struct rules *rules;
    enum when_order date_order;
    struct labels *reviews; /* of the file; NULL for a page of HTML */
};

/* A list of records, the caller's: one a ClaimReview, and one an article that none of the reviews is about. */
cJSON *schema_org_records(const struct schema_org *so);
/* One record of all that is said of one page; NULL when nothing is.  The verdict is that of all reviews, if they
 * agree; each claim keeps its own when there are several. */
cJSON *schema_org_page(const struct schema_org *so);
/* One node's record, the caller's. */
cJSON *schema_record(const struct schema_org *so, const cJSON *node);
bool schema_is_review(const cJSON *node);
bool schema_is_article(const cJSON *node);
/* Adds `name`, or `name`_text where no date can be read; nothing that is there already is replaced. */
void schema_org_add_date(cJSON *record, const char *name, const char *text, enum when_order order);

#endif
