/* JSON-LD as web pages carry it: its nodes, and what their members say, in whatever shape they are written.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A member's value may be a string, a number, a node, {"@value": …}, {"@id": …} of a node that stands elsewhere in
 * the document, or a list of such.  No context is loaded: names are those of schema.org, whatever their prefix.
 * Everything is borrowed from the tree or lives in the arena.  Pure: any thread. */
#ifndef IMPORT_JSONLD_H
#define IMPORT_JSONLD_H

#include "labels.h"

#include "base/json.h"

struct jsonld {
    struct arena *arena;
    const cJSON **nodes; /* those that stand for themselves: at the top, in @graph, in feeds and lists */
    size_t count, capacity;
    const cJSON **named; /* by their @id */
    size_t named_count, named_capacity;
    struct labels ids; /* to indexes of named */
};

void jsonld_init(struct jsonld *ld, struct arena *arena);
/* Adds the nodes of one document. */
void jsonld_add(struct jsonld *ld, const cJSON *root);

/* Of a type, without its prefix: `schema:Article`, `https://schema.org/Article`. */
bool jsonld_is(const cJSON *node, const char *type);
/* One of several types, ended by NULL. */
bool jsonld_is_any(const cJSON *node, const char *const *types);

/* Walks the values of a member: *at is NULL at first; NULL behind the last.  References are followed. */
const cJSON *jsonld_next(const struct jsonld *ld, const cJSON *node, const char *name, const cJSON **at);
/* The first value of the member, or NULL. */
const cJSON *jsonld_first(const struct jsonld *ld, const cJSON *node, const char *name);
/* A value as text, the name of a node, the address of a node; NULL when it has none. */
const char *jsonld_text(struct arena *arena, const cJSON *value);
const char *jsonld_name(struct arena *arena, const cJSON *value);
const char *jsonld_url(struct arena *arena, const cJSON *value);

bool jsonld_is_web(const char *text);

#endif
