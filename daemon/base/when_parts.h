/* A time as its text names it, shared by when.c and when_loose.c.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_WHEN_PARTS_H
#define BASE_WHEN_PARTS_H

#include <stdbool.h>

enum when_precision { WHEN_YEAR, WHEN_MONTH, WHEN_DAY, WHEN_MINUTE, WHEN_SECOND };

struct when_parts {
    int year, month, day, hour, minute, second;
    int offset_minutes;
    bool has_zone;
    enum when_precision precision; /* what the text names; below it stand the first month, day, second */
};

/* The grammar in when.c; false when text does not follow it. */
bool when_parts_parse(struct when_parts *out, const char *text);
int when_month_days(int year, int month); /* month 1–12 */

#endif
