/* Inside view of a document being built.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Postings come in reading order, hundreds for one term; they are gathered in a hash table and handed
 * to Xapian term by term in byte order. */
#ifndef ENGINE_DOCUMENT_H
#define ENGINE_DOCUMENT_H

#include "contract.h"

#include <string>
#include <utility>
#include <vector>
#include <xapian.h>

struct document_term {
    uint64_t hash;
    size_t at; /* of its bytes in engine_doc::bytes */
    uint32_t len;
    uint32_t wdf;
    uint32_t first; /* its positions: indexes + 1 into engine_doc::positions, 0: none */
    uint32_t last;
};

struct document_position {
    uint32_t position;
    uint32_t next; /* index + 1 */
};

struct engine_doc {
    std::vector<uint32_t> table; /* open addressing: indexes + 1 into terms; its size is a power of two */
    std::vector<document_term> terms;
    std::vector<document_position> positions;
    std::string bytes; /* of all terms */
    std::string data;
    std::vector<std::pair<uint32_t, std::string>> values;
    size_t value_bytes = 0;
    uint64_t length = 0;
    struct err fault = no_error(); /* the first one; sticky */
};

/* What engine_replace gives to Xapian; throws the sticky fault. */
Xapian::Document document_build(const struct engine_doc *doc);

#endif
