/* Documents: postings, values and data gathered for one engine_replace.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A document may be built on one thread and consumed on another.  Limits are checked here, long before
 * Xapian sees the document: an exception inside a writer costs everything that is pending. */
#include "document.h"

#include "database.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

static const size_t DATA_MAX = 64u << 20; /* Xapian: below 100 MB of incompressible bytes */
static const size_t VALUE_MAX = 8u << 20;

static void refuse(struct engine_doc *doc, enum status status, const char *what) {
    if (!doc->fault.status) err_set(&doc->fault, status, "%s", what);
}

/* Runs a step of building; an exception becomes the document's fault. */
template <typename Body> static void build(struct engine_doc *doc, Body &&body) {
    struct err err = no_error();
    if (doc->fault.status) return;
    if (guard_run(&err, "build document", nullptr, body)) doc->fault = err;
}

struct engine_doc *engine_doc_new(void) {
    return new (mem_alloc(sizeof(struct engine_doc))) engine_doc;
}

void engine_doc_free(struct engine_doc *doc) {
    if (!doc) return;
    doc->~engine_doc();
    mem_free(doc);
}

void engine_doc_data(struct engine_doc *doc, const char *bytes, size_t len) {
    if (len > DATA_MAX) return refuse(doc, ST_INVALID_VALUE, "document data above 64 MiB");
    build(doc, [&] { doc->data.assign(bytes, len); });
}

void engine_doc_value(struct engine_doc *doc, uint32_t slot, const char *bytes, size_t len) {
    if (len > VALUE_MAX) return refuse(doc, ST_INVALID_VALUE, "a value above 8 MiB");
    build(doc, [&] {
        doc->values.emplace_back(slot, std::string(bytes, len));
        doc->value_bytes += len;
    });
}

void engine_doc_number(struct engine_doc *doc, uint32_t slot, double value) {
    if (std::isnan(value)) return refuse(doc, ST_INVALID_VALUE, "a value that is not a number");
    build(doc, [&] { doc->values.emplace_back(slot, Xapian::sortable_serialise(value)); });
}

static void grow(struct engine_doc *doc) {
    size_t size = doc->table.empty() ? 256 : doc->table.size() * 2;
    doc->table.assign(size, 0);
    for (size_t i = 0; i < doc->terms.size(); i++) {
        size_t at = doc->terms[i].hash & (size - 1);
        while (doc->table[at])
            at = (at + 1) & (size - 1);
        doc->table[at] = static_cast<uint32_t>(i + 1);
    }
}

static document_term &term_of(struct engine_doc *doc, const char *term, size_t len) {
    uint64_t hash = hash64(term, len);
    if (doc->terms.size() * 2 >= doc->table.size()) grow(doc);
    size_t mask = doc->table.size() - 1, at = hash & mask;
    for (; doc->table[at]; at = (at + 1) & mask) {
        document_term &have = doc->terms[doc->table[at] - 1];
        if (have.hash == hash && have.len == len && !std::memcmp(doc->bytes.data() + have.at, term, len)) return have;
    }
    doc->terms.push_back({hash, doc->bytes.size(), static_cast<uint32_t>(len), 0, 0, 0});
    doc->bytes.append(term, len);
    doc->table[at] = static_cast<uint32_t>(doc->terms.size());
    return doc->terms.back();
}

static void add_position(struct engine_doc *doc, document_term &term, uint32_t position) {
    doc->positions.push_back({position, 0});
    uint32_t added = static_cast<uint32_t>(doc->positions.size());
    if (term.last)
        doc->positions[term.last - 1].next = added;
    else
        term.first = added;
    term.last = added;
}

/* position 0: none. */
static void add(struct engine_doc *doc, const char *term, size_t len, uint32_t position, uint32_t wdf) {
    if (len == 0) return refuse(doc, ST_INVALID_VALUE, "an empty term");
    if (!database_term_fits(term, len)) return refuse(doc, ST_INVALID_VALUE, "a term above 240 bytes");
    if (doc->length + wdf > UINT32_MAX) return refuse(doc, ST_INVALID_VALUE, "a document length above 2^32-1");
    build(doc, [&] {
        document_term &have = term_of(doc, term, len);
        if (position) add_position(doc, have, position);
        have.wdf += wdf;
        doc->length += wdf;
    });
}

void engine_doc_posting(struct engine_doc *doc, const char *term, size_t len, uint32_t position, uint32_t wdf) {
    if (position == 0) return refuse(doc, ST_INVALID_VALUE, "a posting at position 0");
    add(doc, term, len, position, wdf);
}

void engine_doc_term(struct engine_doc *doc, const char *term, size_t len, uint32_t wdf) {
    add(doc, term, len, 0, wdf);
}

size_t engine_doc_bytes(const struct engine_doc *doc) {
    return sizeof *doc + doc->bytes.size() + doc->terms.size() * (sizeof(document_term) + 2 * sizeof(uint32_t)) +
           doc->positions.size() * sizeof(document_position) + doc->data.size() + doc->value_bytes +
           doc->values.size() * sizeof doc->values[0];
}

static void put_term(Xapian::Document &out, const struct engine_doc *doc, const document_term &term,
                     std::string &name) {
    name.assign(doc->bytes, term.at, term.len);
    if (!term.first) return out.add_term(name, term.wdf);
    uint32_t wdf = term.wdf;
    for (uint32_t at = term.first; at; at = doc->positions[at - 1].next, wdf = 0)
        out.add_posting(name, doc->positions[at - 1].position, wdf);
}

Xapian::Document document_build(const struct engine_doc *doc) {
    if (doc->fault.status) guard_refuse(doc->fault.status, "%s", doc->fault.text);
    std::vector<const document_term *> order;
    order.reserve(doc->terms.size());
    for (const document_term &term : doc->terms)
        order.push_back(&term);
    const char *bytes = doc->bytes.data();
    std::sort(order.begin(), order.end(), [bytes](const document_term *a, const document_term *b) {
        int less = std::memcmp(bytes + a->at, bytes + b->at, std::min(a->len, b->len));
        return less ? less < 0 : a->len < b->len;
    });
    Xapian::Document out;
    std::string name;
    for (const document_term *term : order)
        put_term(out, doc, *term, name);
    for (const auto &value : doc->values)
        out.add_value(value.first, value.second);
    out.set_data(doc->data);
    return out;
}
