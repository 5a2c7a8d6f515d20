/* What --help says, out of the table of commands.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"

void help_command(FILE *out, const struct command *command);
void help_all(FILE *out);
/* "search [flags] QUERY", without the program's name. */
void help_usage(FILE *out, const struct command *command);

#endif
