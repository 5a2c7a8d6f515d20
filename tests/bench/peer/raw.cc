/* raw: the search engine without footnote, as a beginner would use it; the peer that tests/bench/run measures against.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   raw index DB FILE.jsonl[.gz] LANGUAGE    one thread, one database, one commit at the end
 *   raw search DB QUERIES LANGUAGE           each line of QUERIES once, ten hits with data and snippet
 *   raw count DB                             what is in a database, footnote's own too
 *
 * All print one JSON object.  The terms are those of footnote's schema for such documents: every word of title and
 * text with its position, its stem with the prefix Z, the title's words once more with the prefix S, and the values
 * Q (id), U (url), L (language) and XA (address).  The document's data is its line.  This is the one program outside
 * daemon/engine that is C++ and sees Xapian: it is no part of footnote, and is built on demand only. */
#include <cjson/cJSON.h>
#include <xapian.h>
#include <zlib.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

static const unsigned HITS = 10;
static const size_t SNIPPET_BYTES = 300;
static const unsigned POSITION_GAP = 100;

using Clock = std::chrono::steady_clock;

static double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

/* ---- documents ---- */

static bool read_line(gzFile in, std::string &line) {
    char chunk[65536];
    line.clear();
    while (gzgets(in, chunk, sizeof chunk)) {
        line += chunk;
        if (line.back() != '\n') continue;
        line.pop_back();
        return true;
    }
    return !line.empty();
}

static std::string member(const cJSON *object, const char *key) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(value) ? value->valuestring : "";
}

static void add_value(Xapian::Document &doc, const char *prefix, const std::string &value) {
    std::string term = prefix + value;
    if (!value.empty() && term.size() <= 240) doc.add_boolean_term(term);
}

static Xapian::Document make(Xapian::TermGenerator &generator, const cJSON *record, const std::string &line,
                             const std::string &language) {
    Xapian::Document doc;
    std::string title = member(record, "title"), url = member(record, "url");
    generator.set_document(doc);
    generator.set_termpos(0);
    generator.index_text(title, 1, "S");
    generator.set_termpos(0);
    generator.index_text(title);
    generator.increase_termpos(POSITION_GAP);
    generator.index_text(member(record, "text"));
    add_value(doc, "Q", member(record, "id"));
    add_value(doc, "U", url);
    add_value(doc, "XA", url);
    add_value(doc, "L", language);
    doc.add_value(6, language);
    doc.set_data(line);
    return doc;
}

static void index_file(const char *path, const char *file, const std::string &language) {
    Clock::time_point began = Clock::now();
    Xapian::WritableDatabase db(path, Xapian::DB_CREATE_OR_OVERWRITE);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem(language));
    generator.set_stemming_strategy(Xapian::TermGenerator::STEM_SOME);
    gzFile in = gzopen(file, "rb");
    if (!in) throw std::runtime_error(std::string("can't read ") + file);
    size_t text_bytes = 0;
    for (std::string line; read_line(in, line);) {
        cJSON *record = cJSON_ParseWithLength(line.data(), line.size());
        if (!record) throw std::runtime_error("a line that is no JSON");
        text_bytes += member(record, "title").size() + member(record, "text").size();
        db.add_document(make(generator, record, line, language));
        cJSON_Delete(record);
    }
    gzclose(in);
    db.commit();
    std::printf("{\"seconds\": %.3f, \"text_bytes\": %zu}\n", seconds_since(began), text_bytes);
}

/* How many postings and different terms there are: that both engines were given the same. */
static void count(const char *path) {
    Xapian::Database db(path);
    double postings = db.get_avlength() * db.get_doccount();
    size_t terms = 0;
    for (Xapian::TermIterator term = db.allterms_begin(); term != db.allterms_end(); ++term)
        terms++;
    std::printf("{\"documents\": %u, \"postings\": %.0f, \"terms\": %zu}\n", db.get_doccount(), postings, terms);
}

/* ---- queries ---- */

static size_t answer(const Xapian::Database &db, Xapian::QueryParser &parser, const Xapian::Stem &stem,
                     const std::string &text) {
    Xapian::Enquire enquire(db);
    enquire.set_weighting_scheme(Xapian::BM25Weight());
    enquire.set_query(parser.parse_query(text));
    Xapian::MSet hits = enquire.get_mset(0, HITS);
    size_t bytes = 0;
    for (Xapian::MSetIterator hit = hits.begin(); hit != hits.end(); ++hit) {
        std::string data = hit.get_document().get_data();
        cJSON *record = cJSON_ParseWithLength(data.data(), data.size());
        bytes += member(record, "title").size();
        bytes += hits.snippet(member(record, "text"), SNIPPET_BYTES, stem).size();
        cJSON_Delete(record);
    }
    return bytes;
}

static void search_file(const char *path, const char *file, const std::string &language) {
    Xapian::Database db(path);
    Xapian::Stem stem(language);
    Xapian::QueryParser parser;
    parser.set_database(db);
    parser.set_stemmer(stem);
    parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
    std::ifstream queries(file);
    if (!queries) throw std::runtime_error(std::string("can't read ") + file);
    size_t bytes = 0;
    const char *between = "";
    std::printf("{\"us\": [");
    for (std::string text; std::getline(queries, text); between = ", ") {
        Clock::time_point began = Clock::now();
        bytes += answer(db, parser, stem, text);
        std::printf("%s%.0f", between, seconds_since(began) * 1e6);
    }
    std::printf("], \"bytes\": %zu}\n", bytes);
}

static int run(int argc, char **argv) {
    std::string command = argc > 1 ? argv[1] : "";
    if (command == "index" && argc == 5)
        index_file(argv[2], argv[3], argv[4]);
    else if (command == "search" && argc == 5)
        search_file(argv[2], argv[3], argv[4]);
    else if (command == "count" && argc == 3)
        count(argv[2]);
    else
        return 2;
    return 0;
}

int main(int argc, char **argv) {
    try {
        int code = run(argc, argv);
        if (code)
            std::fprintf(stderr, "usage: raw index DB FILE LANGUAGE | raw search DB QUERIES LANGUAGE | raw count DB\n");
        return code;
    } catch (const Xapian::Error &error) {
        std::fprintf(stderr, "raw: %s\n", error.get_description().c_str());
    } catch (const std::exception &error) {
        std::fprintf(stderr, "raw: %s\n", error.what());
    }
    return 1;
}
