/* Inside view of a query tree.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A parent takes its children's Xapian queries over; Xapian's trees are counted without locks, so a
 * clone is built anew and shares nothing. */
#ifndef ENGINE_QUERY_H
#define ENGINE_QUERY_H

#include "contract.h"

#include <xapian.h>

/* Asked whether a document matches, Xapian's phrases may say no and stay where they are; its OR and the optional part
 * of its AND_MAYBE (1.4.22) then take scores from documents that they are not on.  So there stands `safe`, in which
 * places are looked at by a source of our own; elsewhere Xapian's own phrases, which are faster. */
struct engine_query {
    Xapian::Query query;
    Xapian::Query safe; /* the same as `query` unless it is uncertain */
    Xapian::Query bare; /* as `safe`, without the optional parts of AND_MAYBEs: for places without score.  There Xapian
                           (1.4.22) reads what it has not set when an AND_MAYBE stands in an AND */
    uint32_t depth;
    uint32_t leaves;
    struct err *fault; /* sticky; mem_alloc'd; NULL: none */
    bool optional;     /* `bare` is another query */
    bool uncertain;    /* Xapian may move such a part behind all others of the query */
    bool constant;     /* matches without looking at terms: a fixed score, a curve */
    bool joint;        /* matches what several parts match together */
    bool lossy;        /* see is_lossy in query.cc */
};

/* Throws the sticky fault of a query, or that there is none at all. */
void query_usable(const struct engine_query *query);
/* As Xapian wants it with the candidates of `gate` only. */
Xapian::Query query_filtered(const struct engine_query *query, Xapian::PostingSource *gate);

#endif
