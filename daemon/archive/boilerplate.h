/* Phrases that structure a text, by boilerplate.json; private to the room.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Comparison ignores the case of Latin letters, the shape of quotes and the length of white space.  Read-only
 * after opening: any thread. */
#ifndef ARCHIVE_BOILERPLATE_H
#define ARCHIVE_BOILERPLATE_H

#include "base/err.h"
#include "base/when.h"

#include <stdbool.h>
#include <stddef.h>

enum phrase_list {
    PHRASES_BOILERPLATE,       /* whole lines that are dropped */
    PHRASES_BOILERPLATE_START, /* beginnings of lines that are dropped */
    PHRASES_TITLE_PREFIX,      /* in front of a title, no part of it */
    PHRASES_PUBLISHED,         /* in front of the date of publication */
    PHRASES_UPDATED,           /* in front of the date of the last change */
    PHRASES_SUMMARY,           /* headings of a summary */
    PHRASES_BIBLIOGRAPHY,      /* headings of a bibliography */
    PHRASES_ARCHIVED,          /* in a bibliography, in front of an archive's copy */
    PHRASES_ACCESSED,          /* … in front of the date of a visit */
    PHRASES_LINK,              /* … in front of the URL */
    PHRASES_ARCHIVE_HOST,      /* hosts that keep copies */
    PHRASES_HTML_CLASS,        /* words of classes and ids of what is no article in a page of HTML */
    PHRASES_COUNT
};

struct boilerplate;
/* NOT_FOUND, INVALID_FORMAT with file, line and column. */
enum status boilerplate_open(struct boilerplate **out, const char *path, struct err *err);
void boilerplate_close(struct boilerplate *boilerplate);

/* Is the whole text one of the phrases?  A colon at its end is ignored. */
bool boilerplate_is(const struct boilerplate *boilerplate, enum phrase_list list, const char *text, size_t len);
/* Bytes of the phrase that the text begins with, whole words only; 0 if none. */
size_t boilerplate_prefix(const struct boilerplate *boilerplate, enum phrase_list list, const char *text, size_t len);
/* Are the two texts equal in the sense of the comparison? */
bool boilerplate_same(const char *a, size_t a_len, const char *b, size_t b_len);
/* How dates in figures are read: 10/8/2025. */
enum when_order boilerplate_date_order(const struct boilerplate *boilerplate);

#endif
