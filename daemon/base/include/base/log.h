/* Log lines: one event a line, key=value, with journald's priority prefix when stderr is its stream.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `log_info("commit", "seq=%ld ms=%.1f", …)` prints `2026-11-25T04:00:00.123Z info commit seq=7 ms=2.1`,
 * or `<6>commit seq=7 ms=2.1` under journald (JOURNAL_STREAM set).  Free text goes through log_quote.
 * Any thread: one write(2) a line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

void log_set_level(enum log_level level);
/* "error" … "debug"; INVALID_CONFIG otherwise. */
enum status log_level_from_name(enum log_level *out, const char *name, struct err *err);
__attribute__((format(printf, 3, 4))) void log_event(enum log_level level, const char *event, const char *format, ...);
#define log_error(event, ...)   log_event(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warning(event, ...) log_event(LOG_LEVEL_WARNING, event, __VA_ARGS__)
#define log_notice(event, ...)  log_event(LOG_LEVEL_NOTICE, event, __VA_ARGS__)
#define log_info(event, ...)    log_event(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_debug(event, ...)   log_event(LOG_LEVEL_DEBUG, event, __VA_ARGS__)
/* Writes text as a double-quoted value with escapes into out (size bytes, cut with …); returns out. */
char *log_quote(char *out, size_t size, const char *text);

#endif
