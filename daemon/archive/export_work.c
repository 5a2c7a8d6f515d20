/* What lists of sources have in common: the fields of a source, its type, its date.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure functions: any thread. */
#include "archive/export.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *kind;
    enum work_type type;
} kinds[] = {
    {"article-journal", WORK_JOURNAL},
    {"journal", WORK_JOURNAL},
    {"paper", WORK_JOURNAL},
    {"study", WORK_JOURNAL},
    {"article-newspaper", WORK_NEWSPAPER},
    {"news", WORK_NEWSPAPER},
    {"newspaper", WORK_NEWSPAPER},
    {"book", WORK_BOOK},
    {"report", WORK_REPORT},
    {"dataset", WORK_DATASET},
    {"document", WORK_DOCUMENT},
};

static const char *either(const char *first, const char *second) {
    return first && *first ? first : second;
}

struct work work_of(const struct source_entry *entry, const struct source *source) {
    static const struct source_entry no_entry;
    static const struct source no_source;
    if (!entry) entry = &no_entry;
    if (!source) source = &no_source;
    return (struct work){.n = entry->n,
                         .key = either(entry->key.key, source->id),
                         .url = either(entry->url, source->url),
                         .title = either(entry->title, source->title),
                         .outlet = either(entry->outlet, source->outlet),
                         .published = either(entry->published, source->published),
                         .archived_url = either(entry->archived_url, source->archived_url),
                         .kind = source->kind,
                         .status = source->status,
                         .status_since = source->status_since};
}

const char *work_opaque(const struct work *work, const char *prefix) {
    size_t len = strlen(prefix);
    return work->key && strncmp(work->key, prefix, len) == 0 ? work->key + len : NULL;
}

const char *work_address(const struct work *work, struct buf *buffer) {
    const char *doi = work_opaque(work, "doi:");
    if (work->url && strncmp(work->url, "http", 4) == 0) return work->url;
    if (!doi) return NULL;
    buf_clear(buffer);
    buf_printf(buffer, "https://doi.org/%s", doi);
    return buffer->data;
}

enum work_type work_type(const struct work *work) {
    for (size_t i = 0; work->kind && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].kind, work->kind) == 0) return kinds[i].type;
    if (work_opaque(work, "doi:")) return WORK_JOURNAL;
    if (work_opaque(work, "isbn:")) return WORK_BOOK;
    return work->url ? WORK_PAGE : WORK_DOCUMENT;
}

int work_date(const char *published, int parts[3]) {
    static const int digits[] = {4, 2, 2};
    int count = 0;
    for (const char *at = published; at && count < 3; count++) {
        int number = 0, i = 0;
        for (; i < digits[count] && isdigit((unsigned char)at[i]); i++)
            number = 10 * number + (at[i] - '0');
        if (i < digits[count] || (count == 1 && (number < 1 || number > 12))) break;
        parts[count] = number;
        at = at[i] == '-' ? at + i + 1 : NULL;
    }
    return count;
}
