/* Reading all of a file.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include "memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All of a stream.  NULL: errno, or a NUL inside (EILSEQ). */
static char *read_all(FILE *file) {
    struct text text = {.bytes = NULL};
    char bytes[65536];
    size_t n;
    text_add_bytes(&text, "", 0);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        text_add_bytes(&text, bytes, n);
    bool has_nul = strlen(text.bytes) != text.len;
    if (!ferror(file) && !has_nul) return text.bytes;
    if (has_nul) errno = EILSEQ;
    free(text.bytes);
    return NULL;
}

static bool is_standard(const char *path) {
    return !path || strcmp(path, "-") == 0;
}

bool input_is_terminal(const char *path, char **problem) {
    if (!is_standard(path) || isatty(STDIN_FILENO) != 1) return false;
    *problem = text_format("reads from standard input, which is a terminal; name a file or pipe it in");
    return true;
}

char *input_read(const char *path, char **problem) {
    bool is_stdin = is_standard(path);
    FILE *file = is_stdin ? stdin : fopen(path, "re");
    char *text = file ? read_all(file) : NULL;
    if (!text) *problem = text_format("%s: %s", is_stdin ? "standard input" : path, strerror(errno));
    if (file && !is_stdin) fclose(file);
    return text;
}
