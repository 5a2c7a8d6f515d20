/* Errors: a status and one line of text, set once, where the fault is found.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A fallible function returns enum status and takes a struct err that its caller owns.  The text is
 * one line, impersonal, and names the datum, the limit and the place.  Callers pass an error up
 * unchanged; only api/ adds context.  Any thread; no globals. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

enum status {
#define FOOTNOTE_STATUS(name, code, type, retry, http, exit, sentence) ST_##name,
#include <footnote/status.def>
#undef FOOTNOTE_STATUS
    ST_COUNT
};

struct err {
    enum status status;
    char param[64]; /* the field or parameter at fault; empty if none */
    long position;  /* byte offset in the text at fault, from 0; -1 if none */
    long line;      /* in a document, from 1; 0 if none */
    long column;    /* in bytes, from 1; 0 if none */
    char text[512]; /* one line for people; cut at a character, never in one */
};

/* What status.def says of one status. */
struct status_info {
    const char *name;
    const char *code;
    const char *type;
    int retry;
    int http;
    int exit;
    const char *sentence;
};

/* Borrowed, static.  Unknown numbers give INTERNAL's row. */
const struct status_info *status_info(enum status status);
/* The status whose wire code is `code`, or ST_INTERNAL. */
enum status status_from_code(const char *code);

#define ERR_NONE ((struct err){.status = ST_OK, .position = -1})

/* Sets status and text and clears the rest; returns status.  err may be NULL. */
__attribute__((format(printf, 3, 4))) enum status err_set(struct err *err, enum status status, const char *format, ...);
/* The same with a parameter's name. */
__attribute__((format(printf, 4, 5))) enum status err_param(struct err *err, enum status status, const char *param,
                                                            const char *format, ...);
/* From errno: maps ENOSPC/EDQUOT/EFBIG to DISK_FULL, EROFS/EACCES/EPERM to READ_ONLY, EMFILE/ENFILE to
 * NO_FILES, ENOMEM to NO_MEMORY, ENOENT to NOT_FOUND, the rest to IO.  `what` names the act and the file. */
__attribute__((format(printf, 3, 4))) enum status err_errno(struct err *err, int number, const char *format, ...);

#endif
