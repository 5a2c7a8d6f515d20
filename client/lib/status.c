/* The status table for callers of the library: code, sentence, exit code, retry.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything comes from footnote/status.def; nothing here may be written by hand. */
#include "internal.h"

#include <string.h>

static const struct {
    const char *code, *sentence;
    int exit, retry;
} statuses[] = {
#define FOOTNOTE_STATUS(name, code, type, retry, http, exit, sentence) {code, sentence, exit, retry},
#include <footnote/status.def>
#undef FOOTNOTE_STATUS
};

enum { STATUSES = sizeof statuses / sizeof *statuses };

/* A number outside the table can only come from a caller's mistake; it is reported as ours. */
static size_t row(enum footnote_status status) {
    return (size_t)status < STATUSES ? (size_t)status : (size_t)FOOTNOTE_INTERNAL;
}

const char *footnote_status_code(enum footnote_status status) {
    return statuses[row(status)].code;
}

const char *footnote_status_sentence(enum footnote_status status) {
    return statuses[row(status)].sentence;
}

int footnote_status_exit(enum footnote_status status) {
    return statuses[row(status)].exit;
}

int footnote_status_retry(enum footnote_status status) {
    return statuses[row(status)].retry;
}

enum footnote_status status_from_code(const char *code) {
    for (size_t i = 0; i < STATUSES; i++)
        if (strcmp(statuses[i].code, code) == 0) return (enum footnote_status)i;
    return FOOTNOTE_INTERNAL;
}

enum footnote_status status_from_number(double number) {
    static const struct {
        int number;
        enum footnote_status status;
    } numbers[] = {
        {-32700, FOOTNOTE_PARSE},
        {-32600, FOOTNOTE_INVALID_REQUEST},
        {-32601, FOOTNOTE_UNKNOWN_METHOD},
        {-32602, FOOTNOTE_INVALID_VALUE},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if ((int)number == numbers[i].number) return numbers[i].status;
    return FOOTNOTE_INTERNAL;
}

const char *footnote_version(void) {
    return FOOTNOTE_VERSION;
}
