/* Which files an import takes: see files.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include "memory.h"
#include "run.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const endings[] = {".txt",       ".text",   ".md",   ".markdown", ".html",
                                      ".htm",       ".xhtml",  ".json", ".jsonld",   ".jsonl",
                                      ".jsonlines", ".ndjson", ".csv",  ".tsv",      NULL};

static bool has_ending(const char *name, size_t len, const char *ending) {
    size_t ending_len = strlen(ending);
    return len > ending_len && strncasecmp(name + len - ending_len, ending, ending_len) == 0;
}

static bool is_known(const char *name) {
    size_t len = strlen(name);
    if (has_ending(name, len, ".gz")) len -= strlen(".gz");
    for (size_t i = 0; endings[i]; i++)
        if (has_ending(name, len, endings[i])) return true;
    return false;
}

static void add(struct files *files, const char *path, const struct stat *stat) {
    if (files->count == files->size) {
        files->size = files->size ? files->size * 2 : 16;
        files->list = memory_resize(files->list, files->size * sizeof *files->list);
    }
    double size = stat && S_ISREG(stat->st_mode) ? (double)stat->st_size : -1;
    files->list[files->count++] = (struct file){memory_text(path), size};
    files->bytes = size < 0 || files->bytes < 0 ? -1 : files->bytes + size;
}

static int by_name(const FTSENT **left, const FTSENT **right) {
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static void visit(struct files *files, struct context *context, FTS *tree, FTSENT *entry) {
    bool hidden = entry->fts_level > FTS_ROOTLEVEL && entry->fts_name[0] == '.';
    switch (entry->fts_info) {
    case FTS_D:
        if (hidden) fts_set(tree, entry, FTS_SKIP);
        break;
    case FTS_F:
        if (hidden) break;
        if (is_known(entry->fts_name))
            add(files, entry->fts_path, entry->fts_statp);
        else if (!context->quiet)
            fprintf(context->err.file, "skipped: %s: unknown ending\n", entry->fts_path);
        break;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        run_complain(context, "%s: %s", entry->fts_path, strerror(entry->fts_errno));
        files->failed = true;
        break;
    case FTS_DC:
        run_complain(context, "%s: the folder contains itself", entry->fts_path);
        files->failed = true;
        break;
    case FTS_SLNONE:
    case FTS_DEFAULT:
        if (!hidden && !context->quiet) fprintf(context->err.file, "skipped: %s: no file\n", entry->fts_path);
        break;
    default: break;
    }
}

static void walk(struct files *files, struct context *context, const char *folder) {
    char *roots[] = {memory_text(folder), NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;
    while (tree && (entry = fts_read(tree)))
        visit(files, context, tree, entry);
    if (!tree || errno) {
        run_complain(context, "%s: %s", folder, strerror(errno));
        files->failed = true;
    }
    if (tree) fts_close(tree);
    free(roots[0]);
}

void files_find(struct files *files, struct context *context, const char *const *paths, size_t count) {
    *files = (struct files){.list = NULL};
    for (size_t i = 0; i < count; i++) {
        struct stat found;
        if (strcmp(paths[i], "-") == 0) {
            add(files, paths[i], NULL);
        } else if (stat(paths[i], &found) != 0) {
            run_complain(context, "%s: %s", paths[i], strerror(errno));
            files->failed = true;
        } else if (S_ISDIR(found.st_mode)) {
            walk(files, context, paths[i]);
        } else {
            add(files, paths[i], &found);
        }
    }
}

void files_free(struct files *files) {
    for (size_t i = 0; i < files->count; i++)
        free(files->list[i].path);
    free(files->list);
}
