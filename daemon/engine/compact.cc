/* Whole databases: merging into a fresh one, checking.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Xapian's compactor syncs its files but not the folder, and leaves out in silence a table that it can't open.  Where several databases hold the same
 * metadata key, the database with the lowest document numbers wins. */
#include "database.h"

#include <algorithm>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
/* Xapian's check deletes its cursors as a smaller base class than it made; AddressSanitizer would stop. */
extern "C" const char *__asan_default_options(void);
extern "C" const char *__asan_default_options(void) {
    return "new_delete_type_mismatch=0";
}
#endif

static const size_t SINGLE_PASS_MAX = 3; /* above it, merging in several passes is faster */

enum { DOCUMENTS_COMPARED = 3, FILES_A_DATABASE = 8 };

/* The compactor leaves a table out that it can't open. */
static void need_files(size_t count) {
    std::vector<int> files;
    bool enough = true;
    while (enough && files.size() < (count + 2) * FILES_A_DATABASE) {
        int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (file < 0)
            enough = false;
        else
            files.push_back(file);
    }
    for (int file : files)
        close(file);
    if (!enough) guard_refuse(ST_NO_FILES, "merging %zu databases needs more file descriptors", count);
}

static bool same_document(const Xapian::Database &a, const Xapian::Database &b, Xapian::docid docid) {
    if (a.get_document(docid).get_data() != b.get_document(docid).get_data()) return false;
    Xapian::TermIterator x = a.termlist_begin(docid), y = b.termlist_begin(docid);
    for (; x != a.termlist_end(docid); ++x, ++y) {
        if (y == b.termlist_end(docid) || *x != *y || x.positionlist_count() != y.positionlist_count()) return false;
    }
    return y == b.termlist_end(docid);
}

/* Whether the merged database has what one of its parts has, by that one's first documents: a table that got lost, got
 * lost whole. */
static bool holds(const Xapian::Database &merged, const Xapian::Database &part) {
    Xapian::PostingIterator at = part.postlist_begin(std::string()), end = part.postlist_end(std::string());
    for (int i = 0; i < DOCUMENTS_COMPARED && at != end; i++, ++at)
        if (!same_document(part, merged, *at)) return false;
    return true;
}

static void check_merged(const std::string &dir, const std::vector<Xapian::Database> &parts) {
    Xapian::Database merged = database_open(dir);
    Xapian::doccount documents = 0;
    bool whole = true;
    for (const Xapian::Database &part : parts) {
        documents += part.get_doccount();
        whole = whole && holds(merged, part);
    }
    if (!whole || merged.get_doccount() != documents)
        guard_refuse(ST_IO, "the merged database lacks what one of its parts has");
}

static void merge(const char *const *dirs, size_t count, const std::string &dir) {
    Xapian::Database all;
    std::vector<Xapian::Database> parts;
    need_files(count);
    for (size_t i = 0; i < count; i++) {
        parts.push_back(database_open(dirs[i]));
        all.add_database(parts.back());
    }
    unsigned flags = Xapian::DBCOMPACT_NO_RENUMBER | Xapian::Compactor::FULL;
    if (count > SINGLE_PASS_MAX) flags |= Xapian::DBCOMPACT_MULTIPASS;
    try {
        all.compact(dir, flags);
    } catch (const Xapian::InvalidOperationError &) {
        guard_refuse(ST_INVALID_VALUE, "the ranges of document numbers overlap");
    }
    check_merged(dir, parts);
    database_sync_folder(dir);
    database_sync_folder(database_parent(dir));
}

enum status engine_compact(const char *const *dirs, size_t count, const char *dir, struct err *err) {
    bool ours = false;
    enum status status = guard_run(err, "compact into index", dir, [&] {
        struct stat info;
        if (count == 0) guard_refuse(ST_INVALID_VALUE, "nothing to compact");
        if (stat(dir, &info) == 0) guard_refuse(ST_EXISTS, "the folder is there already");
        ours = true;
        merge(dirs, count, dir);
    });
    if (status && ours) file_remove_tree(dir, nullptr);
    return status;
}

/* Xapian's check takes a document without a length for one that is not there, and calls each of its positions a fault:
 * an address without a title is such a document.  How many of the faults that it told are of that kind. */
static size_t false_alarms(const std::string &told, const char *dir) {
    static const char entry[] = "Position list entry for document ";
    static const char absent[] = " which doesn't exist or has no terms";
    size_t count = 0;
    Xapian::Database db(dir);
    std::istringstream lines(told);
    for (std::string line; std::getline(lines, line);) {
        Xapian::docid docid = 0;
        if (line.compare(0, sizeof entry - 1, entry) != 0 || line.find(absent) == line.npos) continue;
        std::istringstream(line.substr(sizeof entry - 1)) >> docid;
        Xapian::PostingIterator all = db.postlist_begin("");
        if (docid == 0) continue;
        all.skip_to(docid);
        if (all != db.postlist_end("") && *all == docid) count++;
    }
    return count;
}

enum status engine_check(const char *dir, struct err *err) {
    return guard_run(err, "check index", dir, [&] {
        struct stat info;
        std::ostringstream told;
        if (stat((std::string(dir) + "/iamglass").c_str(), &info)) guard_refuse(ST_NOT_FOUND, "there is no index");
        size_t faults = Xapian::Database::check(dir, 0, &told);
        if (faults) faults -= std::min(faults, false_alarms(told.str(), dir));
        if (faults) guard_refuse(ST_CORRUPT, "%zu faults found", faults);
    });
}
