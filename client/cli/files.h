/* Which files an import takes: the paths of the command line, folders walked.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is named is taken, whatever its ending.  In folders, in order of their names: files whose ending is
 * known (.txt .md .markdown .html .htm .json .jsonl .ndjson .csv, each also with .gz); hidden ones are passed
 * over in silence, others are told as skipped. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "command.h"

struct file {
    char *path;  /* "-": stdin */
    double size; /* bytes; -1: not known */
};

struct files {
    struct file *list;
    size_t count, size;
    double bytes; /* of all; -1: not known */
    bool failed;  /* a path was not there or could not be read; it was said */
};

void files_find(struct files *files, struct context *context, const char *const *paths, size_t count);
void files_free(struct files *files);

#endif
