/* Members of a parsed answer, whatever is missing: for printers.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Answers may lack members or hold ones that this version does not know; no printer may fall over that. */
#ifndef CLI_PICK_H
#define CLI_PICK_H

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>

const cJSON *pick(const cJSON *value, const char *path);     /* dotted path; NULL: not there or null */
const char *pick_text(const cJSON *value, const char *path); /* "" where there is no string */
double pick_number(const cJSON *value, const char *path);    /* 0 where there is no number */
bool pick_true(const cJSON *value, const char *path);
int pick_size(const cJSON *value, const char *path); /* elements of an array; 0 */
/* A scalar as text, borrowed or in `buffer`: "" for none; a whole number without a fraction. */
const char *pick_scalar(char buffer[40], const cJSON *value, const char *path);

/* For people: 2,693 · 1.4 MB · 1.4 ms, 3.2 s, 2 min 05 s. */
const char *show_count(char buffer[40], double count);
const char *show_bytes(char buffer[40], double bytes);
const char *show_ms(char buffer[40], double ms);
const char *show_seconds(char buffer[40], double seconds);

#endif
