/* JSON texts, kept as they came: finding members and elements, indenting.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is printed for machines is cut out of the daemon's answer byte for byte, so that no number and no order
 * changes on the way.  The texts were found valid by libfootnote; a text that is not valid gives NULL or 0. */
#ifndef CLI_JSON_TEXT_H
#define CLI_JSON_TEXT_H

#include <stddef.h>
#include <stdio.h>

struct json_span {
    const char *start; /* NULL: not there */
    size_t len;
};

struct json_span json_text_member(const char *object, const char *name);
/* Steps through an array: *at starts as its text and moves on.  start is NULL behind the last. */
struct json_span json_text_element(const char **at);
/* Indented by two spaces.  Control characters and direction marks become \u escapes. */
void json_text_indented(FILE *file, const char *text);

#endif
