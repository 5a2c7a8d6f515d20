/* Facet counts, gathered while a search matches.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A plain slot is one value.  A `multi` slot is a row of values, each a LEB128 length and bytes, as
 * buf_lstr writes them; a value that stands twice in one document counts once.  Values are compared byte
 * by byte.  One thread, one search. */
#include "facets.h"

#include "guard.h"

#include <algorithm>
#include <cstring>

void facet_counter::grow() {
    size_t size = table.empty() ? 64 : table.size() * 2;
    table.assign(size, 0);
    for (size_t i = 0; i < found.size(); i++) {
        size_t at = hashes[i] & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = static_cast<uint32_t>(i + 1);
    }
}

void facet_counter::add(struct arena *arena, const char *value, size_t len, Xapian::docid docid) {
    if (found.size() * 2 >= table.size()) grow();
    uint64_t hash = hash64(value, len);
    size_t mask = table.size() - 1, at = hash & mask;
    for (; table[at]; at = (at + 1) & mask) {
        engine_count &have = found[table[at] - 1];
        if (hashes[table[at] - 1] != hash || have.len != len || std::memcmp(have.value, value, len)) continue;
        Xapian::docid &last = newest[table[at] - 1];
        have.count += last != docid;
        last = docid;
        return;
    }
    found.push_back({arena_strndup(arena, value, len), len, 1});
    hashes.push_back(hash);
    newest.push_back(docid);
    table[at] = static_cast<uint32_t>(found.size());
}

facet_spy::facet_spy(const struct engine_search *wanted, struct arena *memory)
    : search(wanted), arena(memory), columns(wanted->facet_count) {}

void facet_spy::operator()(const Xapian::Document &doc, double) {
    for (size_t i = 0; i < columns.size(); i++) {
        const struct engine_facet &facet = search->facets[i];
        std::string value = doc.get_value(facet.slot);
        if (value.empty()) continue;
        if (facet.multi)
            add_multi(columns[i], value, doc.get_docid());
        else
            columns[i].counter.add(arena, value.data(), value.size(), doc.get_docid());
        if (facet.number) add_number(columns[i], value);
    }
}

void facet_spy::add_multi(column &into, const std::string &value, Xapian::docid docid) {
    struct cur cur = {value.data(), value.data() + value.size(), false};
    while (cur.at < cur.end) {
        size_t len;
        const char *at = cur_lstr(&cur, &len);
        if (cur.bad) guard_refuse(ST_CORRUPT, "a facet's value breaks off");
        into.counter.add(arena, at, len, docid);
    }
}

void facet_spy::add_number(column &into, const std::string &value) {
    double number = Xapian::sortable_unserialise(value);
    into.min = into.numbers ? std::min(into.min, number) : number;
    into.max = into.numbers ? std::max(into.max, number) : number;
    into.sum += number;
    into.numbers++;
}

void facet_spy::take(struct engine_facet_result *out) const {
    for (size_t i = 0; i < columns.size(); i++) {
        const std::vector<engine_count> &counts = columns[i].counter.counts();
        size_t bytes = counts.size() * sizeof(engine_count);
        out[i] = {nullptr, counts.size(), columns[i].numbers, columns[i].min, columns[i].max, columns[i].sum};
        out[i].counts = static_cast<engine_count *>(arena_alloc(arena, bytes));
        if (bytes) std::memcpy(out[i].counts, counts.data(), bytes);
    }
}
