/* Inside view of a query tree.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A parent takes its children's Xapian queries over; Xapian's trees are counted without locks, so a
 * clone is built anew and shares nothing. */
#ifndef ENGINE_QUERY_H
#define ENGINE_QUERY_H

#include "contract.h"

#include <xapian.h>

struct engine_query {
    Xapian::Query query;
    uint32_t depth;
    uint32_t leaves;
    struct err *fault; /* sticky; mem_alloc'd; NULL: none */
};

/* Throws the sticky fault of a query, or that there is none at all. */
void query_usable(const struct engine_query *query);
/* As Xapian wants it with the candidates of `gate` only. */
Xapian::Query query_filtered(const struct engine_query *query, Xapian::PostingSource *gate);

#endif
