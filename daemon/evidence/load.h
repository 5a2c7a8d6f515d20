/* Articles and sources as the evidence needs them.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_LOAD_H
#define EVIDENCE_LOAD_H

#include "archive/profile.h"
#include "evidence/evidence.h"

struct loaded {
    struct record record;
    struct article *article;
    uint32_t *docids; /* of each entry's source; 0: none */
    struct profile_source *sources;
};

/* An article, parsed; it lives in the arena.  NOT_FOUND, CORRUPT. */
enum status load_article(struct evidence *ev, struct arena *arena, const char *id, struct loaded *out);
enum status load_article_docid(struct evidence *ev, struct arena *arena, uint32_t docid, struct loaded *out);
enum status load_record(struct evidence *ev, struct arena *arena, const struct record *record, struct loaded *out);
/* What the archive knows of its sources: docids and sources.  With `texts`, also their texts. */
enum status load_sources(struct evidence *ev, struct arena *arena, struct loaded *loaded, bool texts);

/* The docids alone. */
enum status load_docids(struct evidence *ev, struct arena *arena, struct loaded *loaded);

/* A source's record.  NOT_FOUND. */
enum status load_source(struct evidence *ev, struct arena *arena, uint32_t docid, struct source **out);

/* The article whose own address has this key; 0 if the archive has none. */
enum status load_address(struct evidence *ev, const char *key, uint32_t *docid);
/* TIMEOUT when the request's time is over. */
enum status load_in_time(struct evidence *ev);

#endif
