/* A JSON file of rules and the places in it, so that a wrong one gets a diagnostic with file, line and column.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Used while rules are opened, by one thread; nothing of it outlives the opening. */
#ifndef ARCHIVE_RULES_FILE_H
#define ARCHIVE_RULES_FILE_H

#include "base/err.h"

#include <cjson/cJSON.h>

struct rules_file {
    const char *path; /* borrowed */
    char *text;
    size_t len;
    cJSON *tree;
};

/* NOT_FOUND, IO, TOO_LARGE (1 MiB), INVALID_FORMAT.  On failure there is nothing to close. */
enum status rules_file_open(struct rules_file *out, const char *path, struct err *err);
void rules_file_close(struct rules_file *file);
/* INVALID_FORMAT: "<path>:<line>:<column>: <text>", the place being where `node` begins. */
__attribute__((format(printf, 4, 5))) enum status rules_file_fault(const struct rules_file *file, const cJSON *node,
                                                                   struct err *err, const char *format, ...);
/* INVALID_FORMAT unless every key of `object` is in `names`, a list of words between single spaces. */
enum status rules_file_keys(const struct rules_file *file, const cJSON *object, const char *names, struct err *err);

#endif
