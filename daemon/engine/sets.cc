/* Sets of documents as parts of queries.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The source has a pointer to the set, which its owner keeps longer than any query; copies share it, for it is only
 * read. */
#include "sets.h"

Xapian::docid engine_set::from(Xapian::docid docid) const {
    size_t word = docid / 64;
    if (word >= bits.size()) return 0;
    uint64_t left = bits[word] & (~uint64_t{0} << docid % 64);
    while (left == 0 && ++word < bits.size())
        left = bits[word];
    return left ? static_cast<Xapian::docid>(word * 64 + static_cast<size_t>(__builtin_ctzll(left))) : 0;
}

namespace {

class set_source : public Xapian::PostingSource {
  public:
    explicit set_source(const struct engine_set *from) : set(from) {}
    void init(const Xapian::Database &) override {
        at = 0;
        ended = false;
    }
    Xapian::doccount get_termfreq_min() const override { return set->count; }
    Xapian::doccount get_termfreq_est() const override { return set->count; }
    Xapian::doccount get_termfreq_max() const override { return set->count; }
    Xapian::docid get_docid() const override { return at; }
    bool at_end() const override { return ended; }
    void next(double) override { go(at + 1); }
    void skip_to(Xapian::docid docid, double) override {
        if (docid > at) go(docid);
    }
    Xapian::PostingSource *clone() const override { return new set_source(set); }
    std::string get_description() const override { return "SET(" + std::to_string(set->count) + ")"; }

  private:
    void go(Xapian::docid docid) {
        at = set->from(docid);
        ended = at == 0;
    }
    const struct engine_set *set;
    Xapian::docid at = 0;
    bool ended = false;
};

} // namespace

void engine_set_free(struct engine_set *set) {
    delete set;
}

size_t engine_set_bytes(const struct engine_set *set) {
    return sizeof *set + set->bits.size() * sizeof set->bits[0];
}

size_t engine_set_count(const struct engine_set *set) {
    return set->count;
}

Xapian::PostingSource *sets_source(const struct engine_set *set) {
    return new set_source(set);
}
