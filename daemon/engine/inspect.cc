/* Looking at what an index holds: terms, postings, positions, data.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Walks call the caller's function as they go.  When the database changes under a walk it is repeated
 * from behind the last item that was handed over, so that nothing comes twice. */
#include "database.h"

#include <new>

enum status engine_term_stats(struct engine_db *db, const char *term, size_t len, uint32_t *documents,
                              uint64_t *occurrences, struct err *err) {
    *documents = 0;
    *occurrences = 0;
    /* No document can have it, and an empty term would stand for all of them. */
    if (len == 0 || !database_term_fits(term, len)) return ST_OK;
    return guard_run(err, "look up term in index", db->dir.c_str(), [&] {
        std::string name(term, len);
        database_read(db, [&] {
            *documents = db->reader.get_termfreq(name);
            *occurrences = db->reader.get_collection_freq(name);
        });
    });
}

/* Hands over terms from `it` on that begin with prefix and stand behind `last`. */
template <typename Visit>
static void walk_terms(Xapian::TermIterator it, const Xapian::TermIterator &end, const std::string &prefix,
                       std::string &last, Visit &&visit) {
    it.skip_to(last.empty() ? prefix : last);
    for (; it != end; ++it) {
        std::string term = *it;
        if (term == last) continue;
        if (term.compare(0, prefix.size(), prefix) != 0) return;
        bool more = visit(it, term);
        last.swap(term);
        if (!more) return;
    }
}

enum status engine_terms(struct engine_db *db, const char *prefix, size_t len,
                         bool (*fn)(void *arg, const char *term, size_t len, uint32_t documents), void *arg,
                         struct err *err) {
    return guard_run(err, "walk terms of index", db->dir.c_str(), [&] {
        std::string begin(prefix ? prefix : "", len), last;
        database_read(db, [&] {
            walk_terms(db->reader.allterms_begin(begin), db->reader.allterms_end(begin), begin, last,
                       [&](Xapian::TermIterator &it, const std::string &term) {
                           return fn(arg, term.data(), term.size(), it.get_termfreq());
                       });
        });
    });
}

enum status engine_doc_terms(struct engine_db *db, uint32_t docid, const char *prefix, size_t len,
                             bool (*fn)(void *arg, const char *term, size_t len, uint32_t wdf, uint32_t documents),
                             void *arg, struct err *err) {
    return guard_run(err, "walk terms of a document of index", db->dir.c_str(), [&] {
        std::string begin(prefix ? prefix : "", len), last;
        if (docid == 0) guard_refuse(ST_INVALID_VALUE, "document number 0");
        database_read(db, [&] {
            walk_terms(db->reader.termlist_begin(docid), db->reader.termlist_end(docid), begin, last,
                       [&](Xapian::TermIterator &it, const std::string &term) {
                           return fn(arg, term.data(), term.size(), it.get_wdf(), it.get_termfreq());
                       });
        });
    });
}

enum status engine_postings(struct engine_db *db, const char *term, size_t len, uint32_t after,
                            bool (*fn)(void *arg, uint32_t docid, uint32_t wdf), void *arg, struct err *err) {
    if (len && !database_term_fits(term, len)) return ST_OK;
    return guard_run(err, "walk postings of index", db->dir.c_str(), [&] {
        std::string name(term ? term : "", len);
        uint32_t last = after;
        database_read(db, [&] {
            if (last == UINT32_MAX) return;
            Xapian::PostingIterator it = db->reader.postlist_begin(name), end = db->reader.postlist_end(name);
            /* A fresh iterator stands on its first posting; skip_to(1) would be a needless step. */
            if (last) it.skip_to(last + 1);
            for (; it != end; ++it) {
                uint32_t docid = *it;
                bool more = fn(arg, docid, it.get_wdf());
                last = docid;
                if (!more) return;
            }
        });
    });
}

enum status engine_data(struct engine_db *db, uint32_t docid, char **out, size_t *len, struct err *err) {
    *out = nullptr;
    *len = 0;
    return guard_run(err, "read document of index", db->dir.c_str(), [&] {
        std::string data;
        if (docid == 0) guard_refuse(ST_NOT_FOUND, "document number 0");
        database_read(db, [&] { data = db->reader.get_document(docid).get_data(); });
        *out = database_copy(data);
        *len = data.size();
    });
}

enum status engine_positions(struct engine_db *db, uint32_t docid, const char *term, size_t len, uint32_t **out,
                             size_t *count, struct err *err) {
    *out = nullptr;
    *count = 0;
    if (docid == 0 || len == 0 || !database_term_fits(term, len)) return ST_OK;
    return guard_run(err, "read positions of index", db->dir.c_str(), [&] {
        std::string name(term, len);
        std::vector<uint32_t> found;
        database_read(db, [&] {
            found.clear();
            for (auto it = db->reader.positionlist_begin(docid, name); it != db->reader.positionlist_end(docid, name);
                 ++it)
                found.push_back(*it);
        });
        if (found.empty()) return;
        *out = static_cast<uint32_t *>(mem_try_alloc(found.size() * sizeof(uint32_t)));
        if (!*out) throw std::bad_alloc();
        std::copy(found.begin(), found.end(), *out);
        *count = found.size();
    });
}
