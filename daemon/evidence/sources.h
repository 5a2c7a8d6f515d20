/* From what a caller calls a source to sources: a key, a URL in any spelling, a domain.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_SOURCES_H
#define EVIDENCE_SOURCES_H

#include "load.h"
#include "store/edges.h"

struct source_set {
    const char *name; /* the key, or the domain */
    bool domain;      /* every source of a registrable domain, or of a host below one */
    uint32_t *docids; /* ascending */
    size_t count;
};
/* NOT_FOUND when the archive has no such source. */
enum status sources_find(struct evidence *ev, const char *given, struct source_set *out);
/* Exactly one source: INVALID_VALUE for a domain, NOT_FOUND. */
enum status sources_find_one(struct evidence *ev, const char *given, uint32_t *docid, const char **key);

/* The object of a source as answers show it: id, title, url, outlet, domain, published, status, cited, mentions. */
enum status sources_write(struct evidence *ev, uint32_t docid);
/* An article's title, published, url and outlet behind `article`, inside an object. */
void sources_write_article(struct jw *jw, const char *id, const struct article *article);

/* The sentence of a mention as a reader sees it: without citation markers, white space folded.  In the arena. */
const char *sources_sentence(struct arena *arena, const struct section *section, uint32_t sentence);
const struct section *sources_section(const struct article *article, uint32_t number);

#endif
