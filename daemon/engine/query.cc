/* Query trees.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Trees are built bottom up, each node an n-ary Xapian operator.  Xapian walks and frees trees by
 * recursion and builds a posting list for each leaf before the deadline can be asked, so depth and
 * leaves are bounded here; a tree beyond them is TOO_COMPLEX. */
#include "query.h"

#include "database.h"
#include "sets.h"
#include "sources.h"

#include <cmath>
#include <new>
#include <set>
#include <vector>

static const uint32_t DEPTH_MAX = 1000;
/* Xapian 1.4.22 chains an OR of terms that no document has into a tree as deep as it is long and walks it in
 * square time: 5000 such terms take 0.5 s, 20000 take 11 s. */
static const uint32_t LEAVES_MAX = 5000;

static const Xapian::Query::op OPERATORS[] = {
    /* in the order of enum engine_op */
    Xapian::Query::OP_AND,       Xapian::Query::OP_OR,      Xapian::Query::OP_AND_NOT,
    Xapian::Query::OP_AND_MAYBE, Xapian::Query::OP_FILTER,  Xapian::Query::OP_PHRASE,
    Xapian::Query::OP_NEAR,      Xapian::Query::OP_SYNONYM, Xapian::Query::OP_MAX,
};
static_assert(sizeof OPERATORS / sizeof *OPERATORS == ENGINE_MAX + 1, "one operator for each of enum engine_op");

static struct engine_query *query_new(uint32_t leaves) {
    return new (mem_alloc(sizeof(struct engine_query))) engine_query{
        Xapian::Query(), Xapian::Query(), Xapian::Query(), 1, leaves, nullptr, false, false, false, false, false};
}

static void set_fault(struct engine_query *query, const struct err *err) {
    if (query->fault) return;
    query->fault = static_cast<struct err *>(mem_alloc(sizeof *err));
    *query->fault = *err;
}

/* Runs a step of building; an exception becomes the query's fault. */
template <typename Body> static struct engine_query *build(struct engine_query *query, Body &&body) {
    struct err err = no_error();
    if (guard_run(&err, "build query", nullptr, body)) set_fault(query, &err);
    if (!query->uncertain) query->safe = query->query;
    if (!query->optional) query->bare = query->safe;
    return query;
}

void engine_query_free(struct engine_query *query) {
    if (!query) return;
    mem_free(query->fault);
    query->~engine_query();
    mem_free(query);
}

void engine_query_defer(struct arena *arena, struct engine_query *take_query) {
    arena_defer(
        arena, [](void *query) { engine_query_free(static_cast<struct engine_query *>(query)); }, take_query);
}

struct engine_query *engine_query_all(void) {
    struct engine_query *query = query_new(1);
    /* Not Query::MatchAll: that object is shared by all threads and its counter has no lock. */
    query->constant = true;
    return build(query, [&] { query->query = Xapian::Query(std::string()); });
}

struct engine_query *engine_query_none(void) {
    return query_new(0);
}

struct engine_query *engine_query_term(const char *term, size_t len, uint32_t wqf) {
    struct engine_query *query = query_new(1);
    return build(query, [&] {
        if (!term || len == 0) guard_refuse(ST_INVALID_VALUE, "an empty term");
        if (!database_term_fits(term, len))
            guard_refuse(ST_INVALID_VALUE, "a term of %zu bytes; %d are allowed", len, ENGINE_TERM_MAX);
        query->query = Xapian::Query(std::string(term, len), wqf);
    });
}

/* Adds the figures of the children and takes over the first fault among them. */
static void gather(struct engine_query *query, struct engine_query *const *children, size_t count) {
    uint64_t leaves = 0;
    uint32_t depth = 0;
    for (size_t i = 0; i < count; i++) {
        if (!children[i]) guard_refuse(ST_INVALID_VALUE, "a missing part");
        if (children[i]->fault) set_fault(query, children[i]->fault);
        leaves += children[i]->leaves;
        depth = std::max(depth, children[i]->depth);
    }
    if (query->fault) return;
    if (leaves > LEAVES_MAX) guard_refuse(ST_TOO_COMPLEX, "more than %u terms", LEAVES_MAX);
    if (depth >= DEPTH_MAX) guard_refuse(ST_TOO_COMPLEX, "nested deeper than %u", DEPTH_MAX);
    query->leaves = static_cast<uint32_t>(leaves);
    query->depth = depth + 1;
}

/* Which children stand where the engine's own phrases can't. */
static bool is_alternative(enum engine_op op, size_t number) {
    bool optional = op == ENGINE_AND_MAYBE || op == ENGINE_AND_NOT;
    return op == ENGINE_OR || op == ENGINE_SYNONYM || op == ENGINE_MAX || (optional && number > 0);
}

/* Which children match only, and add no score. */
static bool is_unscored(enum engine_op op, size_t number) {
    return number > 0 && (op == ENGINE_AND_NOT || op == ENGINE_FILTER);
}

/* Terms within a window: all of them, and a look at where they stand. */
static Xapian::Query safe_row(const std::vector<Xapian::Query> &parts, bool ordered, uint32_t window) {
    std::vector<std::vector<std::string>> words;
    words.reserve(parts.size());
    for (const Xapian::Query &part : parts)
        words.emplace_back(part.get_terms_begin(), part.get_terms_end());
    Xapian::Query all(Xapian::Query::OP_AND, parts.begin(), parts.end());
    Xapian::Query source(sources_row(words, window, ordered)->release());
    return Xapian::Query(Xapian::Query::OP_FILTER, all, source);
}

/* Where one occurrence could be taken for two words, Xapian's NEAR (1.4.22) passes over some rows. */
static bool share_terms(const std::vector<Xapian::Query> &parts) {
    std::set<std::string> seen;
    for (const Xapian::Query &part : parts) {
        std::set<std::string> own(part.get_terms_begin(), part.get_terms_end());
        for (const std::string &term : own)
            if (!seen.insert(term).second) return true;
    }
    return false;
}

/* When no document without the optional part of an AND_MAYBE can be among the best any more, Xapian (1.4.22) goes on
 * with an AND, behind the place to which the optional part has run ahead: the document there is lost.  An OR becomes an
 * AND_MAYBE before.  That is nothing where the optional part matches about everything or the other part next to
 * nothing, as with terms; but it is one search in some hundred where an OR or AND_MAYBE has parts like AND in it.  Such
 * a search is told to look at all that match. */
static bool is_lossy(enum engine_op op, struct engine_query *const *children, size_t count) {
    bool any = op == ENGINE_OR || op == ENGINE_SYNONYM || op == ENGINE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (children[i]->lossy || (any && count > 1 && children[i]->joint)) return true;
        if (op == ENGINE_AND_MAYBE && i > 0 && !children[i]->constant) return true;
    }
    return false;
}

static bool is_joint(enum engine_op op, struct engine_query *const *children, size_t count) {
    if (count < 2) return count == 1 && children[0]->joint;
    bool any = op == ENGINE_OR || op == ENGINE_SYNONYM || op == ENGINE_MAX;
    return !any && !(op == ENGINE_FILTER && children[0]->constant);
}

static void join(struct engine_query *query, enum engine_op op, struct engine_query *const *children, size_t count,
                 uint32_t window) {
    bool placed = count > 1 && (op == ENGINE_PHRASE || op == ENGINE_NEAR);
    std::vector<Xapian::Query> parts, safe, bare;
    query->uncertain = placed;
    query->optional = op == ENGINE_AND_MAYBE && count > 1;
    query->joint = is_joint(op, children, count);
    query->lossy = is_lossy(op, children, count);
    for (size_t i = 0; i < count; i++) {
        bool alternative = count > 1 && is_alternative(op, i), unscored = is_unscored(op, i);
        bool strip = unscored && children[i]->optional;
        parts.push_back(strip ? children[i]->bare : alternative ? children[i]->safe : children[i]->query);
        safe.push_back(strip ? children[i]->bare : children[i]->safe);
        bare.push_back(children[i]->bare);
        query->uncertain = query->uncertain || (children[i]->uncertain && !alternative && !strip);
        query->optional = query->optional || (children[i]->optional && !strip);
    }
    query->query = Xapian::Query(OPERATORS[op], parts.begin(), parts.end(), placed ? window : 0);
    if (placed) {
        query->safe = safe_row(parts, op == ENGINE_PHRASE, window);
        if (op == ENGINE_NEAR && share_terms(parts)) {
            query->query = query->safe;
            query->uncertain = false;
        }
    } else if (query->uncertain)
        query->safe = Xapian::Query(OPERATORS[op], safe.begin(), safe.end());
    if (query->optional)
        query->bare = op == ENGINE_AND_MAYBE ? bare[0] : Xapian::Query(OPERATORS[op], bare.begin(), bare.end());
}

struct engine_query *engine_query_op(enum engine_op op, struct engine_query *const *take_children, size_t count,
                                     uint32_t window) {
    struct engine_query *query = query_new(0);
    build(query, [&] {
        gather(query, take_children, count);
        if (!query->fault) join(query, op, take_children, count, window);
    });
    for (size_t i = 0; i < count; i++)
        engine_query_free(take_children[i]);
    return query;
}

struct engine_query *engine_query_scale(struct engine_query *take_query, double factor) {
    struct engine_query *query = query_new(0);
    build(query, [&] {
        gather(query, &take_query, 1);
        if (query->fault) return;
        if (!std::isfinite(factor) || factor < 0) guard_refuse(ST_INVALID_VALUE, "a weight of %g", factor);
        bool strip = factor == 0 && take_query->optional;
        query->query = Xapian::Query(factor, strip ? take_query->bare : take_query->query);
        query->uncertain = take_query->uncertain && !strip;
        query->optional = take_query->optional && !strip;
        if (query->optional) query->bare = Xapian::Query(factor, take_query->bare);
        query->joint = take_query->joint;
        query->lossy = take_query->lossy;
        query->constant = take_query->constant;
        if (query->uncertain) query->safe = Xapian::Query(factor, take_query->safe);
    });
    engine_query_free(take_query);
    return query;
}

/* Both bounds open: whatever has a value. */
static Xapian::Query range_of(uint32_t slot, const std::string *low, const std::string *high) {
    if (low && high) return Xapian::Query(Xapian::Query::OP_VALUE_RANGE, slot, *low, *high);
    if (high) return Xapian::Query(Xapian::Query::OP_VALUE_RANGE, slot, std::string(1, '\0'), *high);
    return Xapian::Query(Xapian::Query::OP_VALUE_GE, slot, low && !low->empty() ? *low : std::string(1, '\0'));
}

struct engine_query *engine_query_range(uint32_t slot, const char *low, size_t low_len, const char *high,
                                        size_t high_len) {
    struct engine_query *query = query_new(1);
    return build(query, [&] {
        std::string from(low ? low : "", low ? low_len : 0), to(high ? high : "", high ? high_len : 0);
        query->query = range_of(slot, low ? &from : nullptr, high ? &to : nullptr);
    });
}

struct engine_query *engine_query_number_range(uint32_t slot, const double *low, const double *high) {
    struct engine_query *query = query_new(1);
    return build(query, [&] {
        if ((low && std::isnan(*low)) || (high && std::isnan(*high)))
            guard_refuse(ST_INVALID_VALUE, "a bound that is not a number");
        std::string from = low ? Xapian::sortable_serialise(*low) : "";
        std::string to = high ? Xapian::sortable_serialise(*high) : "";
        query->query = range_of(slot, low ? &from : nullptr, high ? &to : nullptr);
    });
}

struct engine_query *engine_query_clone(const struct engine_query *query) {
    struct engine_query *clone = query_new(query->leaves);
    clone->depth = query->depth;
    clone->uncertain = query->uncertain;
    clone->optional = query->optional;
    clone->joint = query->joint;
    clone->lossy = query->lossy;
    clone->constant = query->constant;
    if (query->fault) set_fault(clone, query->fault);
    return build(clone, [&] {
        clone->query = Xapian::Query::unserialise(query->query.serialise(), sources_registry());
        if (query->uncertain) clone->safe = Xapian::Query::unserialise(query->safe.serialise(), sources_registry());
        if (query->optional) clone->bare = Xapian::Query::unserialise(query->bare.serialise(), sources_registry());
    });
}

/* ---- parts that are no terms ---- */

static Xapian::Query any_of(const struct engine_alternatives &word) {
    std::vector<Xapian::Query> parts;
    for (size_t i = 0; i < word.count; i++) {
        if (word.lens[i] == 0 || !database_term_fits(word.terms[i], word.lens[i]))
            guard_refuse(ST_INVALID_VALUE, "a term of %zu bytes; 1 to %d are allowed", word.lens[i], ENGINE_TERM_MAX);
        parts.emplace_back(std::string(word.terms[i], word.lens[i]));
    }
    return Xapian::Query(Xapian::Query::OP_OR, parts.begin(), parts.end());
}

/* The documents that have the words at all: only they are looked into. */
static Xapian::Query candidates(const struct engine_place *places, size_t count) {
    std::vector<Xapian::Query> all;
    for (size_t p = 0; p < count; p++) {
        std::vector<Xapian::Query> rows;
        for (size_t r = 0; r < places[p].count && !places[p].forbidden; r++) {
            std::vector<Xapian::Query> words;
            for (size_t w = 0; w < places[p].rows[r].count; w++)
                words.push_back(any_of(places[p].rows[r].words[w]));
            rows.emplace_back(Xapian::Query::OP_AND, words.begin(), words.end());
        }
        if (!places[p].forbidden) all.emplace_back(Xapian::Query::OP_OR, rows.begin(), rows.end());
    }
    if (all.empty()) guard_refuse(ST_INVALID_VALUE, "a segment without anything that it must have");
    return Xapian::Query(Xapian::Query::OP_AND, all.begin(), all.end());
}

static uint64_t leaves_of(const struct engine_place *places, size_t count) {
    uint64_t leaves = 1;
    for (size_t p = 0; p < count; p++)
        for (size_t r = 0; r < places[p].count; r++)
            for (size_t w = 0; w < places[p].rows[r].count; w++)
                leaves += places[p].rows[r].words[w].count;
    return leaves;
}

struct engine_query *engine_query_segment(const char *boundary, size_t len, const struct engine_place *places,
                                          size_t count) {
    struct engine_query *query = query_new(0);
    return build(query, [&] {
        uint64_t leaves = leaves_of(places, count);
        if (leaves > LEAVES_MAX) guard_refuse(ST_TOO_COMPLEX, "more than %u terms", LEAVES_MAX);
        Xapian::Query having = candidates(places, count);
        Xapian::Query source(sources_segment(std::string(boundary, len), places, count)->release());
        query->query = Xapian::Query(0.0, Xapian::Query(Xapian::Query::OP_FILTER, having, source));
        query->leaves = static_cast<uint32_t>(leaves);
        query->joint = true;
        query->depth = 5;
    });
}

struct engine_query *engine_query_curve(enum engine_curve curve, uint32_t slot, double weight, double origin,
                                        double pivot) {
    struct engine_query *query = query_new(1);
    return build(query, [&] {
        if (!(weight >= 0) || !std::isfinite(weight) || !std::isfinite(origin) || !(pivot > 0))
            guard_refuse(ST_INVALID_VALUE, "a curve's weight must be 0 or more, its pivot above 0");
        query->query = Xapian::Query(sources_curve(curve, slot, weight, origin, pivot)->release());
        query->constant = true;
    });
}

struct engine_query *engine_query_fixed(double weight) {
    struct engine_query *query = query_new(1);
    return build(query, [&] {
        if (!(weight >= 0) || !std::isfinite(weight)) guard_refuse(ST_INVALID_VALUE, "a weight of %g", weight);
        query->query = Xapian::Query((new Xapian::FixedWeightPostingSource(weight))->release());
        query->constant = true;
    });
}

struct engine_query *engine_query_set(const struct engine_set *set) {
    struct engine_query *query = query_new(1);
    return build(query, [&] { query->query = Xapian::Query(0.0, Xapian::Query(sets_source(set)->release())); });
}

enum status engine_query_describe(const struct engine_query *query, char **out, struct err *err) {
    *out = nullptr;
    return guard_run(err, "describe query", nullptr, [&] {
        query_usable(query);
        *out = database_copy(query->query.get_description());
    });
}

void query_usable(const struct engine_query *query) {
    if (!query) guard_refuse(ST_INVALID_VALUE, "no query is given");
    if (query->fault) guard_refuse(query->fault->status, "%s", query->fault->text);
}

Xapian::Query query_filtered(const struct engine_query *query, Xapian::PostingSource *gate) {
    return Xapian::Query(Xapian::Query::OP_FILTER, query->query, Xapian::Query(gate));
}
