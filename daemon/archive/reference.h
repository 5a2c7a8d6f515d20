/* Bibliographies: where they are, and what their entries say; private to the room.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ARCHIVE_REFERENCE_H
#define ARCHIVE_REFERENCE_H

#include "archive/structure.h"
#include "boilerplate.h"
#include "lines.h"

/* One entry without its label: title, outlet, date and URLs as far as they can be told apart.  n and raw are the
 * caller's to set.  Shapes:
 *   Title – Outlet, date, URL     "Title", Outlet (date), URL     Title. Outlet. date. URL     [Title](URL), Outlet
 *   URL "Title"                   URL                             …; Archived: URL             …, accessed date */
void reference_read(struct arena *arena, const struct boilerplate *boilerplate, const char *text, size_t len,
                    struct reference *out);

/* Where a closing run of entries without a heading begins; lines->count if there is none. */
size_t bibliography_tail(const struct boilerplate *boilerplate, const char *text, const struct lines *lines);
/* Reads entries from line `first` on into the structure, with room counted by *capacity.  Returns the first line
 * that belongs to none: `first` itself when there is no bibliography. */
size_t bibliography_read(struct arena *arena, const struct boilerplate *boilerplate, const char *text,
                         const struct lines *lines, size_t first, struct structure *out, size_t *capacity);

#endif
