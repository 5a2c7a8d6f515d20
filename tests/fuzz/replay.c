/* Gives a fuzz target the files it is told, and those of the folders it is told, one after the other.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The stand-in for libFuzzer's main: corpora are tests in every build.  Each input lies in memory of its own size, so
 * that a sanitizer sees a step outside.  It fails when it is given nothing. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t replayed;

static int run_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        fprintf(stderr, "%s can't be read\n", path);
        if (file) fclose(file);
        return 1;
    }
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size ? size : 1);
    size_t got = data ? fread(data, 1, size, file) : 0;
    fclose(file);
    if (got == size) LLVMFuzzerTestOneInput(data, size);
    free(data);
    replayed++;
    return got == size ? 0 : 1;
}

static int is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int run(const char *path) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0) return run_file(path);
    int failed = 0;
    for (int i = 0; i < count; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        failed |= run_file(name);
        free(entries[i]);
    }
    free(entries);
    return failed;
}

int main(int argc, char **argv) {
    int failed = 0;
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        failed |= run(argv[i]);
    printf("%zu inputs\n", replayed);
    return failed || replayed == 0;
}
