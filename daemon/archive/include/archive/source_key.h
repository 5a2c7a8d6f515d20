/* Source identity: one key for every spelling of a page.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The key is the canonical URL without its scheme, `apnews.com/article/x`, or an opaque key: `doi:10.1000/182`
 * (lower case), `urn:…`, `isbn:…`, or, for a source without any URL, `ref:` and 32 hex digits made of its folded
 * title, outlet and date.  At most 200 bytes: a longer one is cut at a character and gets `#` and 16 hex digits.
 * The rules and their order stand in index-schema/url-rules.json.  key(key(x)) = key(x).  Pure: no network. */
#ifndef ARCHIVE_SOURCE_KEY_H
#define ARCHIVE_SOURCE_KEY_H

#include "archive/rules.h"
#include "base/mem.h"

#include <stdbool.h>

enum { SOURCE_KEY_MAX = 200 };

struct source_key {
    const char *key;          /* in the arena; NULL when the input names nothing */
    const char *domain;       /* registrable domain by the Public Suffix List, A-labels; NULL for opaque keys */
    const char *url;          /* the page's URL after unwrapping, spelled as given; NULL for opaque keys */
    const char *archived_url; /* the wrapper it was unwrapped from, if it was an archive's; else NULL */
    const char *archived_at;  /* RFC 3339, when the archive's URL tells; else NULL */
    bool needs_resolution;    /* a shortener or perma.cc: the target can't be known offline */
    const char *const *fired; /* names of the rules that changed something, in order */
    size_t fired_count;
};

/* `given` is a URL in any spelling, with or without scheme, or an opaque key. */
void source_key_from_url(struct arena *arena, const struct rules *rules, const char *given, struct source_key *out);
/* For a source without URL; NULL strings are fine; key is NULL when all are empty. */
void source_key_from_reference(struct arena *arena, const char *title, const char *outlet, const char *published,
                               struct source_key *out);
/* The outlet's name by outlets.json; NULL when it is not listed.  `domain` is a domain, a host or a key: the longer the
 * host, the better it names (abcnews.go.com).  Borrowed from the rules. */
const char *outlet_name(const struct rules *rules, const char *domain);

#endif
