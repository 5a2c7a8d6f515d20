/* Configuration: one table for the file, the environment and the flags.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config.def lists every key.  Precedence: flag `--max-line-bytes`, environment
 * `FOOTNOTED_MAX_LINE_BYTES`, file `max_line_bytes = 1MiB`, default.  The file has one `key = value` a
 * line; `#` at its beginning or behind white space starts a comment; a value may stand in double quotes.
 * Sizes take KiB/MiB/GiB, durations ms/s/min; a bare number is bytes or milliseconds. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct config {
#define CONFIG_STRING(key, default_value, flag_help)          char *key;
#define CONFIG_SIZE(key, default_value, min, max, flag_help)  int64_t key;
#define CONFIG_COUNT(key, default_value, min, max, flag_help) int64_t key;
#define CONFIG_MS(key, default_value, min, max, flag_help)    int64_t key;
#include "base/config.def"
#undef CONFIG_STRING
#undef CONFIG_SIZE
#undef CONFIG_COUNT
#undef CONFIG_MS
};

void config_init(struct config *config); /* defaults */
void config_free(struct config *config);
/* INVALID_CONFIG names the file, the line, the key and what was expected. */
enum status config_read_file(struct config *config, const char *path, struct err *err);
enum status config_read_env(struct config *config, struct err *err);
/* One `--key value`; key with - or _.  INVALID_CONFIG. */
enum status config_set(struct config *config, const char *key, const char *value, struct err *err);
void config_print(const struct config *config, struct buf *out); /* as a file that config_read_file takes */
void config_help(struct buf *out);                               /* the flags, for --help and the man page */

#endif
