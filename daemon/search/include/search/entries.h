/* Entries of a word list's text: lines, without comments and superfluous white space.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_ENTRIES_H
#define SEARCH_ENTRIES_H

#include "base/mem.h"

#include <stddef.h>

/* The entries of a text, in the arena; # begins a comment. */
void entries_split(struct arena *arena, const char *text, const char ***out, size_t *count);
/* White space runs become one space, and go at the ends; in the arena. */
const char *entries_squeeze(struct arena *arena, const char *text);

#endif
