/* Cuts CSV into records: lines, but for line ends inside quotes.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   record = field { separator field } line-end            RFC 4180
 *   field  = bytes | '"' { byte | '""' } '"'               the quote must be its first byte
 *
 * The separator is comma, semicolon or tab, whichever the header has most of.  One thread at a time. */
#include "cut.h"

#include <string.h>

const char csv_separators[] = ",;\t";

char csv_separator(const size_t counts[3]) {
    size_t best = 0;
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best]) best = i;
    return csv_separators[best];
}

static bool is_separator(struct cut_csv *csv, char c) {
    if (csv->separator) return c == csv->separator;
    const char *found = c ? strchr(csv_separators, c) : NULL;
    if (found) csv->counts[found - csv_separators]++;
    return found != NULL;
}

/* Takes one byte; true when it ends the record. */
static bool take(struct cut_csv *csv, char c) {
    if (csv->inside && !csv->behind_quote) {
        csv->behind_quote = c == '"';
        return false;
    }
    if (csv->behind_quote && c == '"') {
        csv->behind_quote = false;
        return false;
    }
    if (csv->behind_quote) csv->inside = csv->behind_quote = false;
    if (c == '"' && !csv->in_field) csv->inside = true;
    csv->seen = csv->seen || (c && !strchr(" \t\r\n", c));
    csv->in_field = c != '\n' && !is_separator(csv, c);
    return c == '\n';
}

static size_t scan(struct cutting *cut, const char *bytes, size_t len, enum cut_event *event) {
    struct cut_csv *csv = &cut->csv;
    *event = CUT_PART;
    for (size_t at = 0; at < len; at++) {
        if (!take(csv, bytes[at])) continue;
        if (!csv->separator && csv->seen) csv->separator = csv_separator(csv->counts);
        *event = CUT_END;
        return at + 1;
    }
    return len;
}

const struct cutter cut_csv = {.scan = scan, .terminator = '\n'};
