/* What search and explain share.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SEARCH_H
#define ENGINE_SEARCH_H

#include "contract.h"

#include <xapian.h>

/* Sets the ranking of a search. */
void search_weight(Xapian::Enquire &enquire, const struct engine_search *search);

#endif
