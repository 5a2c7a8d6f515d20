/* A file's or standard input's whole text.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>

/* `path` NULL or "-": standard input.  NULL with the problem, one line, when it can't be read or has a NUL inside; both
 * are the caller's to free. */
char *input_read(const char *path, char **problem);
/* Whether that would read from a terminal, on which nobody knows what to type; then the problem is set, too. */
bool input_is_terminal(const char *path, char **problem);

#endif
