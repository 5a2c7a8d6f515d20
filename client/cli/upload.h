/* The import session of one file: bytes in chunks, several under way at once.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   import_open   {name, size?, format?, map?, …}                   -> {"import": N}
 *   import_chunk  {"import": N, "number": K, "data": base64}        -> counts so far, new errors
 *   import_close  {"import": N}                                     -> the final counts, errors, seq, revision
 *
 * The client reads bytes and knows nothing of formats.  Chunks are UPLOAD_CHUNK bytes, UPLOAD_WINDOW of them
 * unanswered at most; one that the daemon is too busy for is sent again.  An interrupt stops at once: what was
 * not closed is dropped by the daemon when the connection ends. */
#ifndef CLI_UPLOAD_H
#define CLI_UPLOAD_H

#include "files.h"
#include "progress.h"
#include "report.h"

enum { UPLOAD_CHUNK = 256 * 1024, UPLOAD_WINDOW = 4 };

enum upload_end {
    UPLOAD_DONE,
    UPLOAD_REFUSED, /* this file could not be taken; others may */
    UPLOAD_STOPPED, /* nothing more can be done: *exit_code */
    UPLOAD_INTERRUPTED,
};

struct upload {
    struct context *context;
    const struct file *file;
    const cJSON *options; /* the parameters of import_open that all files share */
    struct report *report;
    struct progress *progress;
    double sent_before, total_bytes; /* of the files before this one; of all, 0 unknown */
    int exit_code;
};

enum upload_end upload_file(struct upload *upload);

#endif
