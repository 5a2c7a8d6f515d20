/* Files: whole reads, durable replacement, folders, the lock of the data folder.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One funnel for every file that footnote writes by itself (guests write their own). */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

/* The whole file, NUL-terminated; the caller frees with mem_free.  NOT_FOUND, TOO_LARGE, IO, … */
enum status file_read(char **out, size_t *len, const char *path, size_t max, struct err *err);
/* Writes path.tmp, syncs it, renames it to path, syncs the folder. */
enum status file_replace(const char *path, const void *bytes, size_t len, struct err *err);
enum status file_sync_dir(const char *dir, struct err *err);
enum status file_make_dir(const char *dir, mode_t mode, struct err *err); /* with parents; existing is fine */
enum status file_remove_tree(const char *dir, struct err *err);           /* absent is fine */
int64_t file_tree_bytes(const char *dir);                                 /* allocated sizes; 0 if absent */
/* Takes an advisory lock on dir/lock and writes our pid into it.  LOCKED names the pid that holds it.  If
 * that process is gone, and only a child of it still has the lock, waits up to five seconds. */
enum status file_lock_dir(int *out, const char *dir, struct err *err);

#endif
