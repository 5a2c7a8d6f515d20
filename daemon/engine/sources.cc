/* Posting sources: places in one segment of a document, and scores from a number in a slot.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Both pass over all documents and are meant to stand in an AND behind what narrows them down: Xapian sorts an AND
 * by length, and they claim to be as long as the database.  A segment source reads the position lists of the
 * documents that it is asked about, nothing else. */
#include "sources.h"

#include "guard.h"
#include "search.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <vector>

namespace {

typedef std::vector<uint32_t> positions;

/* ---- serialising ---- */

class out_bytes {
  public:
    out_bytes() { buf_init(&buf, 0); }
    ~out_bytes() { buf_free(&buf); }
    void number(uint64_t value) { buf_varint(&buf, value); }
    void string(const std::string &value) { buf_lstr(&buf, value.data(), value.size()); }
    void real(double value) { buf_add(&buf, &value, sizeof value); }
    std::string take() const { return std::string(buf.data, buf.len); }

  private:
    struct buf buf;
};

class in_bytes {
  public:
    explicit in_bytes(const std::string &bytes) : cur{bytes.data(), bytes.data() + bytes.size(), false} {}
    uint64_t number() { return cur_varint(&cur); }
    std::string string() {
        size_t len = 0;
        const char *at = cur_lstr(&cur, &len);
        return std::string(at ? at : "", len);
    }
    double real() {
        double value = 0;
        if (static_cast<size_t>(cur.end - cur.at) < sizeof value) return value;
        std::memcpy(&value, cur.at, sizeof value);
        cur.at += sizeof value;
        return value;
    }

  private:
    struct cur cur;
};

/* ---- what all have in common ---- */

class everywhere : public Xapian::PostingSource {
  public:
    void init(const Xapian::Database &db) override {
        database = db;
        documents = db.get_doccount();
        last = db.get_lastdocid();
        at = 0;
        ended = on = false;
    }
    Xapian::doccount get_termfreq_min() const override { return 0; }
    Xapian::doccount get_termfreq_est() const override { return documents; }
    Xapian::doccount get_termfreq_max() const override { return documents; }
    Xapian::docid get_docid() const override { return at; }
    bool at_end() const override { return ended; }
    void next(double) override { advance(at + 1); }
    void skip_to(Xapian::docid docid, double) override {
        if (docid > at || !on) advance(std::max({docid, at, Xapian::docid{1}})); /* `check` may have left it beside */
    }
    bool check(Xapian::docid docid, double) override {
        if (docid < at || ended) return true;
        if (docid > at) { /* else it is asked again */
            at = docid;
            ended = at > last || is_over();
            on = ended || passes(docid);
        }
        return on;
    }

  protected:
    /* Whether a document that may have gone passes. */
    virtual bool passes(Xapian::docid docid) = 0;
    Xapian::Database database;

  private:
    void advance(Xapian::docid docid) {
        for (at = docid; !ended; at++) {
            ended = at > last || at == 0 || is_over();
            on = ended || passes(at);
            if (on) return;
        }
    }
    /* The gate of the search is asked only about documents that pass here. */
    bool is_over() { return ++asked % ASK_EVERY == 0 && search_is_over(); }

    static const uint32_t ASK_EVERY = 16;
    uint32_t asked = 0;
    Xapian::doccount documents = 0;
    Xapian::docid last = 0, at = 0;
    bool ended = false;
    bool on = false; /* `at` passes */
};

/* ---- places in a segment ---- */

struct row {
    std::vector<std::vector<std::string>> words;
    uint32_t window;
    bool ordered;
};

struct place {
    std::vector<row> rows;
    bool forbidden;
};

class segment_source : public everywhere {
  public:
    std::string boundary; /* empty: the document is one segment */
    std::vector<place> places;

    std::string name() const override { return "footnote-segment"; }
    Xapian::PostingSource *clone() const override {
        segment_source *copy = new segment_source;
        copy->boundary = boundary;
        copy->places = places;
        return copy;
    }
    std::string serialise() const override;
    Xapian::PostingSource *unserialise(const std::string &bytes) const override;
    std::string get_description() const override;

  protected:
    bool passes(Xapian::docid docid) override;

  private:
    positions of_term(Xapian::docid docid, const std::string &term) const {
        positions found;
        Xapian::PositionIterator end = database.positionlist_end(docid, term);
        for (Xapian::PositionIterator it = database.positionlist_begin(docid, term); it != end; ++it)
            found.push_back(*it);
        return found;
    }
    positions of_word(Xapian::docid docid, const std::vector<std::string> &terms) const;
    void mark_row(Xapian::docid docid, const row &row, const positions &bounds, std::vector<char> &marks) const;
};

std::string segment_source::serialise() const {
    out_bytes out;
    out.string(boundary);
    out.number(places.size());
    for (const place &place : places) {
        out.number(place.forbidden);
        out.number(place.rows.size());
        for (const row &row : place.rows) {
            out.number(row.window);
            out.number(row.ordered);
            out.number(row.words.size());
            for (const auto &word : row.words) {
                out.number(word.size());
                for (const std::string &term : word)
                    out.string(term);
            }
        }
    }
    return out.take();
}

/* In Xapian's notation: (red PHRASE 2 apple); a segment's places stand in SEGMENT(…). */
std::string segment_source::get_description() const {
    std::string text;
    for (const place &place : places) {
        text += text.empty() ? "" : " AND ";
        text += place.forbidden ? "NOT (" : "(";
        for (size_t r = 0; r < place.rows.size(); r++) {
            const row &row = place.rows[r];
            std::string between = (row.ordered ? " PHRASE " : " NEAR ") + std::to_string(row.window) + " ";
            text += r ? ") OR (" : "";
            for (size_t w = 0; w < row.words.size(); w++) {
                text += w ? between : "";
                for (size_t t = 0; t < row.words[w].size(); t++)
                    text += (t ? "|" : "") + row.words[w][t];
            }
        }
        text += ")";
    }
    return boundary.empty() ? text : "SEGMENT(" + text + ")";
}

Xapian::PostingSource *segment_source::unserialise(const std::string &bytes) const {
    in_bytes in(bytes);
    segment_source *made = new segment_source;
    made->boundary = in.string();
    made->places.resize(in.number());
    for (place &place : made->places) {
        place.forbidden = in.number() != 0;
        place.rows.resize(in.number());
        for (row &row : place.rows) {
            row.window = static_cast<uint32_t>(in.number());
            row.ordered = in.number() != 0;
            row.words.resize(in.number());
            for (auto &word : row.words) {
                word.resize(in.number());
                for (std::string &term : word)
                    term = in.string();
            }
        }
    }
    return made;
}

positions segment_source::of_word(Xapian::docid docid, const std::vector<std::string> &terms) const {
    positions all;
    for (const std::string &term : terms) {
        positions found = of_term(docid, term);
        all.insert(all.end(), found.begin(), found.end());
    }
    if (terms.size() > 1) std::sort(all.begin(), all.end());
    return all;
}

/* The segment of a position; SIZE_MAX when it is in none. */
size_t segment_of(const positions &bounds, uint32_t position) {
    size_t behind = static_cast<size_t>(std::upper_bound(bounds.begin(), bounds.end(), position) - bounds.begin());
    return behind == 0 || behind == bounds.size() ? SIZE_MAX : behind - 1;
}

void mark(const positions &bounds, uint32_t first, uint32_t last, std::vector<char> &marks) {
    size_t segment = segment_of(bounds, first);
    if (segment != SIZE_MAX && segment_of(bounds, last) == segment) marks[segment] = 1;
}

/* Each word behind the one before, as near as can be: that gives the shortest stretch from each beginning. */
void mark_ordered(const std::vector<positions> &words, uint32_t window, const positions &bounds,
                  std::vector<char> &marks) {
    for (uint32_t first : words[0]) {
        uint32_t last = first;
        for (size_t w = 1; w < words.size(); w++) {
            auto next = std::upper_bound(words[w].begin(), words[w].end(), last);
            if (next == words[w].end()) return;
            last = *next;
        }
        if (last - first < window) mark(bounds, first, last, marks);
    }
}

/* Moves the word that stands first on, until one has no more. */
void mark_unordered(const std::vector<positions> &words, uint32_t window, const positions &bounds,
                    std::vector<char> &marks) {
    std::vector<size_t> at(words.size(), 0);
    for (;;) {
        size_t lowest = 0;
        uint32_t last = 0;
        for (size_t w = 0; w < words.size(); w++) {
            if (at[w] == words[w].size()) return;
            if (words[w][at[w]] < words[lowest][at[lowest]]) lowest = w;
            last = std::max(last, words[w][at[w]]);
        }
        uint32_t first = words[lowest][at[lowest]];
        if (last - first < window) mark(bounds, first, last, marks);
        at[lowest]++;
    }
}

/* Whether two words have a term in common, so that one occurrence might be taken for both. */
bool overlaps(const row &row) {
    std::set<std::string> seen;
    for (const auto &word : row.words)
        for (const std::string &term : std::set<std::string>(word.begin(), word.end()))
            if (!seen.insert(term).second) return true;
    return false;
}

/* Gives a word one of its positions in [first, behind) that no other has, moving others aside. */
bool seat(const std::vector<positions> &words, size_t word, uint32_t first, uint32_t behind,
          std::map<uint32_t, size_t> &taken, std::set<uint32_t> &tried) {
    auto at = std::lower_bound(words[word].begin(), words[word].end(), first);
    for (; at != words[word].end() && *at < behind; ++at) {
        if (!tried.insert(*at).second) continue;
        auto holder = taken.find(*at);
        if (holder != taken.end() && !seat(words, holder->second, first, behind, taken, tried)) continue;
        taken[*at] = word;
        return true;
    }
    return false;
}

/* As mark_unordered, each word at a position of its own. */
void mark_distinct(const std::vector<positions> &words, uint32_t window, const positions &bounds,
                   std::vector<char> &marks) {
    for (const positions &beginnings : words) {
        for (uint32_t first : beginnings) {
            size_t segment = segment_of(bounds, first);
            if (segment == SIZE_MAX || marks[segment]) continue;
            uint32_t behind = std::min(first + window, bounds[segment + 1]);
            std::map<uint32_t, size_t> taken;
            bool all = true;
            for (size_t w = 0; w < words.size() && all; w++) {
                std::set<uint32_t> tried;
                all = seat(words, w, first, behind, taken, tried);
            }
            if (all) marks[segment] = 1;
        }
    }
}

void segment_source::mark_row(Xapian::docid docid, const row &row, const positions &bounds,
                              std::vector<char> &marks) const {
    std::vector<positions> words;
    for (const auto &terms : row.words) {
        words.push_back(of_word(docid, terms));
        if (words.back().empty()) return;
    }
    if (words.empty()) return;
    if (row.ordered || words.size() == 1)
        mark_ordered(words, words.size() == 1 ? 1 : row.window, bounds, marks);
    else if (overlaps(row))
        mark_distinct(words, row.window, bounds, marks);
    else
        mark_unordered(words, row.window, bounds, marks);
}

bool segment_source::passes(Xapian::docid docid) {
    positions bounds = boundary.empty() ? positions{0, UINT32_MAX} : of_term(docid, boundary);
    if (bounds.size() < 2) return false;
    std::vector<char> all(bounds.size(), 1), marks;
    all.back() = 0;
    for (const place &place : places) {
        marks.assign(bounds.size(), 0);
        for (const row &row : place.rows)
            mark_row(docid, row, bounds, marks);
        bool any = false;
        for (size_t i = 0; i < all.size(); i++) {
            all[i] = static_cast<char>(all[i] && (marks[i] != 0) != place.forbidden);
            any = any || all[i];
        }
        if (!any) return false;
    }
    return true;
}

/* ---- scores from numbers ---- */

class curve_source : public everywhere {
  public:
    enum engine_curve curve = ENGINE_DECAY;
    uint32_t slot = 0;
    double weight = 0, origin = 0, pivot = 1;

    void init(const Xapian::Database &db) override {
        everywhere::init(db);
        values = db.valuestream_begin(slot);
        end = db.valuestream_end(slot);
        set_maxweight(weight);
    }
    double get_weight() const override {
        if (values != end && values.get_docid() < get_docid()) values.skip_to(get_docid());
        if (values == end || values.get_docid() != get_docid()) return 0;
        double value = Xapian::sortable_unserialise(*values);
        if (curve == ENGINE_DECAY) return weight * std::exp2(-std::fabs(origin - value) / pivot);
        return value > 0 ? weight * value / (value + pivot) : 0;
    }
    std::string name() const override { return "footnote-curve"; }
    std::string get_description() const override {
        const char *shape = curve == ENGINE_DECAY ? "DECAY" : "SATURATE";
        return shape + ("(" + std::to_string(slot)) + ", " + std::to_string(weight) + ", " + std::to_string(pivot) +
               ")";
    }
    Xapian::PostingSource *clone() const override {
        curve_source *copy = new curve_source;
        copy->curve = curve;
        copy->slot = slot;
        copy->weight = weight;
        copy->origin = origin;
        copy->pivot = pivot;
        return copy;
    }
    std::string serialise() const override {
        out_bytes out;
        out.number(curve);
        out.number(slot);
        out.real(weight);
        out.real(origin);
        out.real(pivot);
        return out.take();
    }
    Xapian::PostingSource *unserialise(const std::string &bytes) const override {
        in_bytes in(bytes);
        curve_source *made = new curve_source;
        made->curve = static_cast<enum engine_curve>(in.number());
        made->slot = static_cast<uint32_t>(in.number());
        made->weight = in.real();
        made->origin = in.real();
        made->pivot = in.real();
        return made;
    }

  protected:
    bool passes(Xapian::docid) override { return true; }

  private:
    mutable Xapian::ValueIterator values, end;
};

} // namespace

Xapian::PostingSource *sources_segment(const std::string &boundary, const struct engine_place *places, size_t count) {
    segment_source *made = new segment_source;
    made->boundary = boundary;
    for (size_t p = 0; p < count; p++) {
        place place{{}, places[p].forbidden};
        for (size_t r = 0; r < places[p].count; r++) {
            const struct engine_row &from = places[p].rows[r];
            row row{{}, from.window, from.ordered};
            for (size_t w = 0; w < from.count; w++) {
                std::vector<std::string> terms;
                for (size_t t = 0; t < from.words[w].count; t++)
                    terms.emplace_back(from.words[w].terms[t], from.words[w].lens[t]);
                row.words.push_back(std::move(terms));
            }
            place.rows.push_back(std::move(row));
        }
        made->places.push_back(std::move(place));
    }
    return made;
}

Xapian::PostingSource *sources_curve(enum engine_curve curve, uint32_t slot, double weight, double origin,
                                     double pivot) {
    curve_source *made = new curve_source;
    made->curve = curve;
    made->slot = slot;
    made->weight = weight;
    made->origin = origin;
    made->pivot = pivot;
    return made;
}

Xapian::PostingSource *sources_row(const std::vector<std::vector<std::string>> &words, uint32_t window, bool ordered) {
    segment_source *made = new segment_source;
    made->places.push_back(place{{row{words, window, ordered}}, false});
    return made;
}

Xapian::Registry sources_registry() {
    Xapian::Registry registry;
    registry.register_posting_source(segment_source());
    registry.register_posting_source(curve_source());
    return registry;
}
