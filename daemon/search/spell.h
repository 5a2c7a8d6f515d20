/* Correcting the words of a query.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_SPELL_H
#define SEARCH_SPELL_H

#include "run.h"

/* The words of the run's query that ought to be others; none of them in a field or a quotation, with a digit, or in
 * an address.  run->query is parsed. */
enum status spell_find(struct run *run, struct spellings *out, struct err *err);
/* The query with the best of each in its place; NULL when there are none. */
const char *spell_text(struct arena *arena, const char *text, const struct spellings *spellings);

#endif
