/* What struct rules is made of; private to the room.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each part reads one file of index-schema/, is read-only afterwards and may be used by any thread:
 * url.c has url-rules.json, outlet.c outlets.json, boilerplate.c boilerplate.json; the abbreviations are
 * the text room's.  Every close accepts NULL. */
#ifndef ARCHIVE_RULES_INTERNAL_H
#define ARCHIVE_RULES_INTERNAL_H

#include "archive/rules.h"

struct url_rules;
enum status url_rules_open(struct url_rules **out, const char *path, struct err *err);
void url_rules_close(struct url_rules *url);

struct outlets;
enum status outlets_open(struct outlets **out, const char *path, struct err *err);
void outlets_close(struct outlets *outlets);

struct boilerplate; /* boilerplate.h */

struct rules {
    struct url_rules *url;
    struct outlets *outlets;
    struct abbreviations *abbreviations;
    struct boilerplate *boilerplate;
};

#endif
