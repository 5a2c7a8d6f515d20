/* Records that one byte ends: lines, and pages between form feeds; and files that are one record.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Blank ones are no records.  The last one may lack its end.  One thread at a time. */
#include "cut.h"

#include <string.h>

static size_t scan_to(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    const char *end = memchr(bytes, cut->cutter->terminator, len);
    *event = end ? CUT_END : CUT_PART;
    return end ? (size_t)(end - bytes) + 1 : len;
}

static size_t scan_all(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    (void)cut;
    (void)bytes;
    *event = CUT_PART;
    return len;
}

const struct cutter cut_file = {.scan = scan_all};
const struct cutter cut_lines = {.scan = scan_to, .terminator = '\n'};
const struct cutter cut_pages = {.scan = scan_to, .terminator = '\f'};
