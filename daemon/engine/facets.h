/* Facet counts of one search.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_FACETS_H
#define ENGINE_FACETS_H

#include "contract.h"

#include <string>
#include <vector>
#include <xapian.h>

struct arena;

/* Counts in how many documents each byte string was added; the strings live in the arena. */
class facet_counter {
  public:
    void add(struct arena *arena, const char *value, size_t len, Xapian::docid docid);
    const std::vector<engine_count> &counts() const { return found; }

  private:
    void grow();
    std::vector<engine_count> found;
    std::vector<uint64_t> hashes;      /* of found */
    std::vector<Xapian::docid> newest; /* the document that had it last */
    std::vector<uint32_t> table;       /* open addressing: indexes + 1 into found; its size is a power of two */
};

/* Shown each document that a search accepts. */
class facet_spy : public Xapian::MatchSpy {
  public:
    facet_spy(const struct engine_search *wanted, struct arena *memory);
    void operator()(const Xapian::Document &doc, double weight) override;
    void take(struct engine_facet_result *out) const; /* lives as long as the arena */

  private:
    struct column {
        facet_counter counter;
        uint64_t numbers = 0;
        double min = 0, max = 0, sum = 0;
    };
    void add_multi(column &into, const std::string &value, Xapian::docid docid);
    static void add_number(column &into, const std::string &value);

    const struct engine_search *search;
    struct arena *arena;
    std::vector<column> columns;
};

#endif
