/* The command line: global flags, a command, its flags and words.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   line  = { flag } COMMAND { flag | word } [ "--" { word } ]
 *   flag  = "--" name [ "=" value | space value ] | "-" letter { letter } [ value | space value ]
 *
 * Global flags stand before or behind the command. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "command.h"

/* false: *problem is what is wrong with the line; free it.  args->command is NULL where none was named. */
bool args_parse(struct args *args, int argc, char **argv, char **problem);
void args_free(struct args *args);

bool args_has(const struct args *args, const char *name);
const char *args_text(const struct args *args, const char *name); /* of the last one given; NULL: none */

/* The command's words and flags as parameters of its method.  NULL: *problem says why. */
cJSON *args_params(const struct args *args, char **problem);
/* A whole number from 0 to 2^53. */
bool args_count(double *out, const char *text);
/* "2", "2.5", "2s", "500ms", "1m".  Milliseconds. */
bool args_time(int *out_ms, const char *text);
/* A path on this machine as the daemon sees it, from the root. */
char *args_path(const char *path);

#endif
