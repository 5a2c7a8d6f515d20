/* Whole databases: merging into a fresh one, checking.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Xapian's compactor syncs its files but not the folder.  Where several databases hold the same
 * metadata key, the database with the lowest document numbers wins. */
#include "database.h"

#include <sys/stat.h>

#if defined(__SANITIZE_ADDRESS__)
/* Xapian's check deletes its cursors as a smaller base class than it made; AddressSanitizer would stop. */
extern "C" const char *__asan_default_options(void);
extern "C" const char *__asan_default_options(void) {
    return "new_delete_type_mismatch=0";
}
#endif

static const size_t SINGLE_PASS_MAX = 3; /* above it, merging in several passes is faster */

static void merge(const char *const *dirs, size_t count, const std::string &dir) {
    Xapian::Database all;
    for (size_t i = 0; i < count; i++)
        all.add_database(Xapian::Database(dirs[i], Xapian::DB_BACKEND_GLASS));
    unsigned flags = Xapian::DBCOMPACT_NO_RENUMBER | Xapian::Compactor::FULL;
    if (count > SINGLE_PASS_MAX) flags |= Xapian::DBCOMPACT_MULTIPASS;
    try {
        all.compact(dir, flags);
    } catch (const Xapian::InvalidOperationError &) {
        guard_refuse(ST_INVALID_VALUE, "the ranges of document numbers overlap");
    }
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

enum status engine_check(const char *dir, struct err *err) {
    return guard_run(err, "check index", dir, [&] {
        struct stat info;
        if (stat((std::string(dir) + "/iamglass").c_str(), &info)) guard_refuse(ST_NOT_FOUND, "there is no index");
        size_t faults = Xapian::Database::check(dir);
        if (faults) guard_refuse(ST_CORRUPT, "%zu faults found", faults);
    });
}
