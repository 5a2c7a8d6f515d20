/* The fields in front of a Markdown text.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   front  = "---" line-end { line } ( "---" | "..." ) line-end
 *   map    = { key ":" ( value | block ) }       lines of one indent; a block is indented deeper
 *   list   = { "-" ( value | map ) }             may stand at its key's indent
 *   value  = plain | "…" | '…' | "[" [ value { "," value } ] "]" | "|" lines | ">" lines
 *
 * This is the part of YAML that people write by hand.  Every scalar is a string, so that `verdict: False` and
 * `title: 1984` mean what they say; only `n`, a source's number, is a number, and nothing, `~` and `null` are null.
 * Whatever else YAML has (anchors, tags, { } maps, several lines of a plain or quoted value) is an error with its
 * place.  Pure: any thread. */
#ifndef IMPORT_FRONT_MATTER_H
#define IMPORT_FRONT_MATTER_H

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

/* Adds the fields to `record`.  *used: bytes of the front matter with its last line end, 0 when there is none.
 * INVALID_FORMAT with line and column. */
enum status front_matter_read(struct arena *arena, const char *text, size_t len, cJSON *record, size_t *used,
                              struct err *err);

#endif
