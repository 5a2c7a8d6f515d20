/* Why a document matches a query: its score and the terms that made it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The query runs over all documents' statistics, filtered to the one document, so that the score is
 * the one that the search gave it.  Order, collapsing, decide and deadline of the search play no part. */
#include "database.h"
#include "query.h"
#include "search.h"

#include <algorithm>
#include <vector>

namespace {

/* Passes some documents, in ascending order. */
class only : public Xapian::PostingSource {
  public:
    only(const uint32_t *wanted, size_t wanted_count) : docids(wanted), count(wanted_count) {}
    void init(const Xapian::Database &) override {
        at = 0;
        begun = false;
    }
    Xapian::doccount get_termfreq_min() const override { return 0; }
    Xapian::doccount get_termfreq_est() const override { return static_cast<Xapian::doccount>(count); }
    Xapian::doccount get_termfreq_max() const override { return static_cast<Xapian::doccount>(count); }
    Xapian::docid get_docid() const override { return docids[at]; }
    bool at_end() const override { return at == count; }
    void next(double) override {
        if (begun) at++;
        begun = true;
    }
    void skip_to(Xapian::docid to, double) override {
        begun = true;
        while (at < count && docids[at] < to)
            at++;
    }

  private:
    const uint32_t *docids;
    size_t count, at = 0;
    bool begun = false;
};

struct matched {
    std::string term;
    uint32_t wdf, documents;
};

} // namespace

static std::vector<matched> matching(const Xapian::Database &db, const Xapian::Enquire &enquire, uint32_t docid) {
    std::vector<matched> found;
    for (auto it = enquire.get_matching_terms_begin(docid); it != enquire.get_matching_terms_end(docid); ++it) {
        Xapian::TermIterator in_doc = db.termlist_begin(docid);
        in_doc.skip_to(*it);
        uint32_t wdf = in_doc != db.termlist_end(docid) && *in_doc == *it ? in_doc.get_wdf() : 0;
        found.push_back({*it, wdf, db.get_termfreq(*it)});
    }
    return found;
}

enum status engine_explain(struct engine_db *db, const struct engine_search *search, uint32_t docid,
                           bool (*fn)(void *arg, const char *term, size_t len, uint32_t wdf, uint32_t documents),
                           void *arg, double *score, struct err *err) {
    *score = 0;
    return guard_run(err, "explain search in index", db->dir.c_str(), [&] {
        std::vector<matched> found;
        search_check(db, search);
        if (docid == 0) guard_refuse(ST_INVALID_VALUE, "document number 0");
        database_read(db, [&] {
            only only(&docid, 1);
            Xapian::Enquire enquire(db->reader);
            enquire.set_query(query_filtered(search->query, &only));
            search_weight(enquire, search);
            Xapian::MSet mset = enquire.get_mset(0, 1);
            found.clear();
            *score = mset.empty() ? 0 : mset[0].get_weight();
            if (!mset.empty()) found = matching(db->reader, enquire, docid);
        });
        for (const matched &term : found)
            if (!fn(arg, term.term.data(), term.term.size(), term.wdf, term.documents)) return;
    });
}

static void take_scores(const Xapian::MSet &mset, const uint32_t *docids, size_t count, double *out) {
    std::fill(out, out + count, -1.0);
    for (auto it = mset.begin(); it != mset.end(); ++it) {
        const uint32_t *found = std::lower_bound(docids, docids + count, *it);
        if (found != docids + count && *found == *it) out[found - docids] = it.get_weight();
    }
}

enum status engine_scores(struct engine_db *db, const struct engine_search *search, const uint32_t *docids,
                          size_t count, double *out, struct err *err) {
    return guard_run(err, "score documents of index", db->dir.c_str(), [&] {
        search_check(db, search);
        for (size_t i = 0; i < count; i++)
            if (docids[i] == 0 || (i > 0 && docids[i] <= docids[i - 1]))
                guard_refuse(ST_INVALID_VALUE, "document numbers that do not grow");
        database_read(db, [&] {
            only only(docids, count);
            Xapian::Enquire enquire(db->reader);
            enquire.set_query(query_filtered(search->query, &only));
            search_weight(enquire, search);
            take_scores(enquire.get_mset(0, static_cast<Xapian::doccount>(count)), docids, count, out);
        });
    });
}
