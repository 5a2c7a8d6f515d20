/* Searching: ranking, order, deadline, and fetching the hits.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A query with a decide, or with a deadline that it might miss, runs under a filter, the gate, that passes
 * every document: it asks the clock every GATE_EVERY leaves of its candidates (Xapian's own time limit limits nothing)
 * and the caller's decide.  Xapian sorts the parts of an AND by length, so the gate comes last and is asked
 * before phrases look at positions.  Past the deadline it throws, or, for a partial search, says that there
 * are no more documents: the engine then ranks what it has seen, which is every matching document up to
 * some document number.
 *
 * Everything that the result needs is fetched inside one attempt: Xapian reads lazily, and a reader's
 * revision may go under any later call. */
#include "search.h"

#include "database.h"
#include "facets.h"
#include "query.h"
#include "sets.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <new>

/* Leaves of candidates between two looks at the clock: one candidate of a query with hundreds of phrases of frequent
 * words takes milliseconds, since each phrase reads its positions. */
static const uint32_t GATE_EVERY = 64;

/* The search that this thread runs; NULL: none. */
static thread_local const struct engine_search *running;
static thread_local bool ran_out;

bool search_is_over() {
    if (!running || running->deadline_us == 0 || when_mono_us() < running->deadline_us) return false;
    if (!running->partial) guard_refuse(ST_TIMEOUT, "the time limit is over");
    ran_out = true;
    return true;
}

namespace {

struct run_mark {
    explicit run_mark(const struct engine_search *search) {
        running = search;
        ran_out = false;
    }
    ~run_mark() { running = nullptr; }
};

class gate : public Xapian::PostingSource {
  public:
    explicit gate(const struct engine_search *wanted)
        : search(wanted), every(std::max<uint32_t>(1, GATE_EVERY / std::max<uint32_t>(1, wanted->query->leaves))) {}

    void init(const Xapian::Database &db) override {
        documents = db.get_doccount();
        last = db.get_lastdocid();
    }
    Xapian::doccount get_termfreq_min() const override { return search->decide ? 0 : documents; }
    Xapian::doccount get_termfreq_est() const override { return documents; }
    Xapian::doccount get_termfreq_max() const override { return documents; }
    Xapian::docid get_docid() const override { return at; }
    bool at_end() const override { return ended; }

    void next(double) override { advance(at + 1); }
    void skip_to(Xapian::docid docid, double) override {
        if (docid > at) advance(docid);
    }
    bool check(Xapian::docid docid, double) override {
        if (docid <= at) return true;
        ask_clock();
        at = docid;
        return ended || !search->decide || search->decide(search->decide_arg, docid);
    }

  private:
    void advance(Xapian::docid docid) {
        for (at = docid; !ended; at++) {
            if (at > last || at == 0)
                ended = true;
            else
                ask_clock();
            if (ended || !search->decide || search->decide(search->decide_arg, at)) return;
        }
    }
    void ask_clock() {
        if (asked++ % every == 0 && search_is_over()) ended = true;
    }

    const struct engine_search *search;
    uint32_t every; /* candidates */
    Xapian::doccount documents = 0;
    Xapian::docid last = 0, at = 0;
    uint32_t asked = 0;
    bool ended = false;
};

/* Orders by several slots, each up or down, documents without a value last: makes one byte string for
 * each document, to be sorted upwards.  A value is closed by 0 0 and its own zeros become 0 255, so that
 * no value runs into the next key; a descending one has all its bytes turned over. */
class sort_key : public Xapian::KeyMaker {
  public:
    explicit sort_key(const struct engine_search *wanted) : search(wanted) {}
    std::string operator()(const Xapian::Document &doc) const override {
        std::string key;
        for (size_t i = 0; i < search->sorts; i++)
            append(key, doc.get_value(search->sort[i].slot), search->sort[i].descending);
        return key;
    }

  private:
    static void append(std::string &key, const std::string &value, bool descending) {
        key.push_back(value.empty() ? 1 : 0);
        if (value.empty()) return;
        size_t from = key.size();
        for (char c : value) {
            key.push_back(c);
            if (c == 0) key.push_back('\xff');
        }
        key.append(2, '\0');
        for (size_t i = from; descending && i < key.size(); i++)
            key[i] = static_cast<char>(~key[i]);
    }

    const struct engine_search *search;
};

struct arena_deleter {
    void operator()(struct arena *arena) const { arena_free(arena); }
};

/* A result and all that its pointers reach. */
struct owned_result : engine_result {
    std::unique_ptr<struct arena, arena_deleter> arena{arena_new()};
    std::deque<std::string> blobs; /* does not move its elements */
    owned_result() : engine_result{} {}
};

} // namespace

void search_weight(Xapian::Enquire &enquire, const struct engine_search *search) {
    enquire.set_weighting_scheme(Xapian::BM25Weight(search->weight.k1, 0, search->weight.k3, search->weight.b, 0));
}

/* Written so that what is not a number is refused too. */
static bool weight_fits(const struct engine_weight *weight) {
    return weight->k1 >= 0 && std::isfinite(weight->k1) && weight->k3 >= 0 && std::isfinite(weight->k3) &&
           weight->b >= 0 && weight->b <= 1;
}

void search_check(const struct engine_db *db, const struct engine_search *search) {
    /* Xapian 1.4.22 finds no values in what a writer has in its tables but has not committed. */
    if (db->pending) guard_refuse(ST_INTERNAL, "a search on a writer with changes pending");
    query_usable(search->query);
    if (!weight_fits(&search->weight)) guard_refuse(ST_INVALID_VALUE, "k1 and k3 must be 0 or more, b from 0 to 1");
    if (search->sorts > ENGINE_SORT_MAX) guard_refuse(ST_INVALID_VALUE, "more than %d sort keys", ENGINE_SORT_MAX);
    if (search->facet_count > ENGINE_FACET_MAX) guard_refuse(ST_INVALID_VALUE, "more than %d facets", ENGINE_FACET_MAX);
}

static void set_order(Xapian::Enquire &enquire, const struct engine_search *search, sort_key *key) {
    /* One descending slot needs no keys: no value is the smallest value and so comes last. */
    if (search->sorts == 1 && search->sort[0].descending)
        enquire.set_sort_by_value_then_relevance(search->sort[0].slot, true);
    else if (search->sorts)
        enquire.set_sort_by_key_then_relevance(key, false);
    if (search->collapse) enquire.set_collapse_key(search->collapse_slot);
}

static engine_bytes keep(owned_result *result, std::string &&bytes) {
    result->blobs.push_back(std::move(bytes));
    return {result->blobs.back().data(), result->blobs.back().size()};
}

static void fetch_hit(owned_result *result, engine_hit *hit, const Xapian::MSetIterator &from,
                      const Xapian::Database &db, const struct engine_search *search) {
    hit->docid = *from;
    hit->score = from.get_weight();
    hit->collapsed = from.get_collapse_count();
    if (!search->want_data && search->value_count == 0) return;
    Xapian::Document doc = db.get_document(*from, Xapian::DOC_ASSUME_VALID);
    if (search->want_data) hit->data = keep(result, doc.get_data());
    auto *values =
        static_cast<engine_bytes *>(arena_alloc(result->arena.get(), search->value_count * sizeof(engine_bytes)));
    for (size_t i = 0; i < search->value_count; i++)
        values[i] = keep(result, doc.get_value(search->value_slots[i]));
    hit->values = values;
}

static void fetch(owned_result *result, const Xapian::MSet &mset, const Xapian::Database &db,
                  const struct engine_search *search) {
    result->hits = static_cast<engine_hit *>(arena_alloc(result->arena.get(), mset.size() * sizeof(engine_hit)));
    for (auto it = mset.begin(); it != mset.end(); ++it)
        fetch_hit(result, &result->hits[result->count++], it, db, search);
    result->total_lower = mset.get_matches_lower_bound();
    result->total_estimate = mset.get_matches_estimated();
    result->total_upper = mset.get_matches_upper_bound();
}

/* The gate costs a twelfth to a sixth of a small query's time, which is over before any sensible deadline:
 * what may look at fewer items than this (some 50 ms) goes without. */
static const uint64_t GATE_FROM = 2000000;
static const uint64_t VALUE_COST = 4; /* of reading a value, in postings */

static bool needs_gate(const struct engine_search *search, Xapian::doccount documents) {
    if (search->decide) return true;
    if (search->deadline_us == 0) return false;
    uint64_t values = search->facet_count + search->sorts + search->collapse;
    uint64_t items = (search->query->leaves + values * VALUE_COST) * documents;
    return items > GATE_FROM || when_mono_us() >= search->deadline_us;
}

static std::unique_ptr<owned_result> run(const Xapian::Database &db, const struct engine_search *search) {
    std::unique_ptr<owned_result> result(new owned_result);
    run_mark mark(search);
    gate gate(search);
    sort_key key(search);
    facet_spy spy(search, result->arena.get());
    Xapian::Enquire enquire(db);
    Xapian::doccount documents = db.get_doccount();
    enquire.set_query(needs_gate(search, documents) ? query_filtered(search->query, &gate) : search->query->query);
    search_weight(enquire, search);
    set_order(enquire, search, &key);
    if (search->facet_count) enquire.add_matchspy(&spy);
    uint32_t check = search->query->lossy ? documents : std::min(search->check_at_least, documents);
    Xapian::MSet mset = enquire.get_mset(search->offset, search->limit, check);
    fetch(result.get(), mset, db, search);
    spy.take(result->facets);
    result->timed_out = ran_out;
    /* Of the documents behind the last one seen nothing is known. */
    if (ran_out) result->total_upper = documents;
    return result;
}

enum status engine_search(struct engine_db *db, const struct engine_search *search, struct engine_result **out,
                          struct err *err) {
    *out = nullptr;
    return guard_run(err, "search index", db->dir.c_str(), [&] {
        search_check(db, search);
        std::unique_ptr<owned_result> result;
        database_read(db, [&] { result = run(db->reader, search); });
        *out = result.release();
    });
}

/* ---- sets ---- */

namespace {

class set_spy : public Xapian::MatchSpy {
  public:
    explicit set_spy(struct engine_set *into) : set(into) {}
    void operator()(const Xapian::Document &doc, double) override { set->add(doc.get_docid()); }

  private:
    struct engine_set *set;
};

} // namespace

static std::unique_ptr<struct engine_set> collect(const Xapian::Database &db, const struct engine_search *search) {
    std::unique_ptr<struct engine_set> set(new struct engine_set(db.get_lastdocid()));
    gate gate(search);
    set_spy spy(set.get());
    Xapian::Enquire enquire(db);
    enquire.set_query(needs_gate(search, db.get_doccount()) ? query_filtered(search->query, &gate)
                                                            : search->query->query);
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    enquire.set_docid_order(Xapian::Enquire::ASCENDING);
    enquire.add_matchspy(&spy);
    /* One hit, for without any Xapian does not look. */
    enquire.get_mset(0, 1, db.get_doccount());
    return set;
}

enum status engine_set_make(struct engine_set **out, struct engine_db *db, const struct engine_query *query,
                            int64_t deadline_us, struct err *err) {
    struct engine_search search = {};
    search.query = query;
    search.deadline_us = deadline_us;
    *out = nullptr;
    return guard_run(err, "collect documents of index", db->dir.c_str(), [&] {
        search_check(db, &search);
        std::unique_ptr<struct engine_set> set;
        database_read(db, [&] { set = collect(db->reader, &search); });
        *out = set.release();
    });
}

void engine_result_free(struct engine_result *result) {
    delete static_cast<owned_result *>(result);
}
