/* Renaming of fields: `theirs=ours,theirs=ours,…`.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   map    = rule { "," rule }                 white space is free around the parts
 *   rule   = theirs "=" [ ours ]               nothing on the right: the field is dropped
 *   theirs = name { "." name }                 up to MAP_DEPTH names; reaches into objects and lists of objects
 *   ours   = name [ "." name ]
 *
 * All rules of a map take place at once: what is named on the left is taken out first, then put in its new place,
 * so that `title=claim,claim=title` exchanges two fields.  A field that is named on the left twice is copied.
 *   - `author=authors`, `label=tags`: into a list of strings a value is appended, and a list element by element;
 *   - `claim=claims.text,claimant=claims.claimant`: into a list of objects (sections, claims, sources) a value goes
 *     into the first object, a list's values each into the object of their place;
 *   - `sources.cached_url=sources.archived_url`: inside a list, each object keeps its own;
 *   - where our field has a value already that is neither empty nor null, the record is at fault: nothing is lost.
 * Read-only: any thread. */
#ifndef IMPORT_MAP_H
#define IMPORT_MAP_H

#include "base/err.h"
#include "base/json.h"

enum { MAP_DEPTH = 8 };

struct map;
/* INVALID_VALUE with param `map` and the place in the text. */
enum status map_open(struct map **out, const char *text, struct err *err);
void map_close(struct map *map);
/* INVALID_RECORD: two values for one field, or one where no field can be put; the record is as good as lost. */
enum status map_apply(const struct map *map, cJSON *record, struct err *err);
/* For names that are usual in a format: rules whose left side is absent, or whose right side has a value, are
 * passed over. */
void map_apply_aliases(const struct map *map, cJSON *record);

#endif
