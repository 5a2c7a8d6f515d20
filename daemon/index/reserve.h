/* The reserve: space that is kept back, so that deleting and starting work on a full disk.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_RESERVE_H
#define INDEX_RESERVE_H

#include <stdbool.h>

/* Takes it, unless it is there, where the file system has plenty of room. */
void reserve_keep(const char *data);
/* Gives it up; false: there was none. */
bool reserve_give(const char *data);

#endif
