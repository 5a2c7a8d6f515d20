/* Sets of documents: a bit for each.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SETS_H
#define ENGINE_SETS_H

#include "contract.h"

#include <vector>
#include <xapian.h>

struct engine_set {
    std::vector<uint64_t> bits; /* of the documents 64 i to 64 i + 63 */
    Xapian::doccount count = 0;

    explicit engine_set(Xapian::docid last) : bits(last / 64 + 1) {}
    bool has(Xapian::docid docid) const { return docid / 64 < bits.size() && bits[docid / 64] >> docid % 64 & 1; }
    void add(Xapian::docid docid) {
        count += !has(docid);
        bits.at(docid / 64) |= uint64_t{1} << docid % 64;
    }
    /* The first document from `docid` on; 0: none. */
    Xapian::docid from(Xapian::docid docid) const;
};

/* Passes the documents of a set, which it borrows. */
Xapian::PostingSource *sets_source(const struct engine_set *set);

#endif
