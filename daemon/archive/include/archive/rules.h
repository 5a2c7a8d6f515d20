/* Rules that are data: boilerplate, headings, URL identity, outlet names, abbreviations.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Read once from the folder of index-schema/, then read-only: any thread. */
#ifndef ARCHIVE_RULES_H
#define ARCHIVE_RULES_H

#include "base/err.h"
#include "text/sentence.h"

#include <stdbool.h>
#include <stddef.h>

struct rules;
/* Reads boilerplate.json, url-rules.json, outlets.json and abbreviations.txt in `dir`.
 * NOT_FOUND, INVALID_FORMAT with file, line and column. */
enum status rules_open(struct rules **out, const char *dir, struct err *err);
void rules_close(struct rules *rules);
const struct abbreviations *rules_abbreviations(const struct rules *rules);
/* Does a word of an element's class or id say that the element is no part of a page's article? */
bool rules_html_class(const struct rules *rules, const char *word, size_t len);

#endif
