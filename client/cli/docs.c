/* footnote_docs FOLDER PARTS: writes man/ and completion/ into FOLDER, out of the table of commands.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A tool of the build, not installed.  PARTS is client/man/parts. */
#include "docs.h"

#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static FILE *create(const char *folder, const char *name) {
    char *path = text_format("%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    if (!file) {
        fprintf(stderr, "footnote_docs: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    free(path);
    return file;
}

static void finish(FILE *file) {
    if (fclose(file) == 0) return;
    fprintf(stderr, "footnote_docs: %s\n", strerror(errno));
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: footnote_docs FOLDER PARTS\n", stderr);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < commands_count(); i++) {
        char *name = text_format("man/footnote-%s.1", commands_at(i)->name);
        FILE *page = create(argv[1], name);
        docs_man_command(page, commands_at(i), argv[2]);
        finish(page);
        free(name);
    }
    FILE *file = create(argv[1], "man/footnote.1");
    docs_man_program(file, argv[2]);
    finish(file);
    file = create(argv[1], "completion/footnote.bash");
    docs_bash(file);
    finish(file);
    file = create(argv[1], "completion/_footnote");
    docs_zsh(file);
    finish(file);
    return 0;
}
