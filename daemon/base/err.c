/* Errors: the table of statuses and the text of one error.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread; no globals but the constant table.  Never allocates: errors must be possible when
 * memory is short.  A text is one line of whole characters, whatever its arguments hold. */
#include "base/err.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct status_info infos[] = {
#define FOOTNOTE_STATUS(name, code, type, retry, http, exit, sentence) {#name, code, type, retry, http, exit, sentence},
#include <footnote/status.def>
#undef FOOTNOTE_STATUS
};

const struct status_info *status_info(enum status status) {
    return &infos[(unsigned)status < ST_COUNT ? status : ST_INTERNAL];
}

enum status status_from_code(const char *code) {
    for (int i = 0; code && i < ST_COUNT; i++) {
        if (strcmp(infos[i].code, code) == 0) return (enum status)i;
    }
    return ST_INTERNAL;
}

/* Makes one line of whole characters out of what vsnprintf left: `wanted` is its result. */
static void finish_text(char *text, size_t size, int wanted) {
    if (wanted < 0) {
        snprintf(text, size, "the error's text can't be formatted");
        return;
    }
    if ((size_t)wanted >= size) {
        size_t len = size - 1;
        /* The last character may lack its tail: find its lead and look whether all of it is there. */
        size_t back = 1;
        while (back < 4 && back < len && ((unsigned char)text[len - back] & 0xC0) == 0x80)
            back++;
        if (utf8_valid(text + len - back, back) != back) len -= back;
        text[len] = '\0';
    }
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = ' ';
    }
}

static enum status set(struct err *err, enum status status, const char *param, const char *format, va_list args) {
    if (!err) return status;
    /* param and arguments may point into err itself, so everything is made beside it first. */
    struct err made = {.status = status, .position = -1};
    snprintf(made.param, sizeof made.param, "%s", param);
    finish_text(made.text, sizeof made.text, vsnprintf(made.text, sizeof made.text, format, args));
    *err = made;
    return status;
}

enum status err_set(struct err *err, enum status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set(err, status, "", format, args);
    va_end(args);
    return status;
}

enum status err_param(struct err *err, enum status status, const char *param, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set(err, status, param, format, args);
    va_end(args);
    return status;
}

static enum status status_from_errno(int number) {
    switch (number) {
    case ENOSPC:
    case EFBIG:
    case EDQUOT: return ST_DISK_FULL;
    case EROFS:
    case EACCES:
    case EPERM: return ST_READ_ONLY;
    case EMFILE:
    case ENFILE: return ST_NO_FILES;
    case ENOMEM: return ST_NO_MEMORY;
    case ENOENT: return ST_NOT_FOUND;
    default: return ST_IO;
    }
}

enum status err_errno(struct err *err, int number, const char *format, ...) {
    char what[400];
    char reason[96];
    va_list args;
    va_start(args, format);
    finish_text(what, sizeof what, vsnprintf(what, sizeof what, format, args));
    va_end(args);
    return err_set(err, status_from_errno(number), "%s: %s", what, strerror_r(number, reason, sizeof reason));
}
