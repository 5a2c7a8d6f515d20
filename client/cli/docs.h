/* Documents written out of the table of commands: manual pages and shell completion.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Part of the generator footnote_docs only.  The documents are kept in the repository; a test compares them with
 * what the generator writes. */
#ifndef CLI_DOCS_H
#define CLI_DOCS_H

#include "command.h"

/* The page of one command, and of the program.  `parts`: the folder of texts that go into the pages. */
void docs_man_command(FILE *out, const struct command *command, const char *parts);
void docs_man_program(FILE *out, const char *parts);
void docs_bash(FILE *out);
void docs_zsh(FILE *out);

#endif
