/* What search and explain share.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SEARCH_H
#define ENGINE_SEARCH_H

#include "contract.h"

#include <xapian.h>

/* Whether the time of the search that this thread runs is over: for whatever loops over documents inside one step of the
 * matcher.  Throws when that search wants all or nothing; true when it takes a part. */
bool search_is_over();

/* Throws when the search can't be run on the handle as it is. */
void search_check(const struct engine_db *db, const struct engine_search *search);
/* Sets the ranking of a search. */
void search_weight(Xapian::Enquire &enquire, const struct engine_search *search);

#endif
