/* The body of a Markdown text, for readers of what can be written as one.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure: any thread. */
#ifndef IMPORT_READ_MARKDOWN_H
#define IMPORT_READ_MARKDOWN_H

#include "format.h"

/* Adds title, summary, sections, sources and links, as far as the record has none of them.  `text` is NUL-terminated,
 * with LF for line ends. */
void markdown_read_body(const struct reading *reading, cJSON *record, const char *text, size_t len);

#endif
