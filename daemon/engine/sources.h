/* Parts of a query that look at documents themselves: places in a segment, scores from numbers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each is a Xapian posting source, made with new; Xapian clones it for each search.  They can be serialised, so that
 * a query with them can be cloned. */
#ifndef ENGINE_SOURCES_H
#define ENGINE_SOURCES_H

#include "contract.h"

#include <string>
#include <vector>
#include <xapian.h>

Xapian::PostingSource *sources_segment(const std::string &boundary, const struct engine_place *places, size_t count);
Xapian::PostingSource *sources_curve(enum engine_curve curve, uint32_t slot, double weight, double origin,
                                     double pivot);
/* Words, each any of its terms, within a window of a document's positions. */
Xapian::PostingSource *sources_row(const std::vector<std::vector<std::string>> &words, uint32_t window, bool ordered);
/* Knows all of them. */
Xapian::Registry sources_registry();

#endif
