/* Unpacks gzip, which is known by its first two bytes; everything else passes through untouched.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Several members one behind the other are one file, as gzip itself has it; zero bytes behind the last one are
 * padding, anything else there is damage.  One thread at a time. */
#ifndef IMPORT_UNPACK_H
#define IMPORT_UNPACK_H

#include "stage.h"

struct unpack;
/* max_ratio: of unpacked to packed bytes, told after the first MiB; 0: no limit. */
struct unpack *unpack_new(double max_ratio);
void unpack_free(struct unpack *unpack);
/* INVALID_FORMAT (damage), TOO_LARGE (ratio), NO_MEMORY, or what `next` answers. */
enum status unpack_feed(struct unpack *unpack, const char *bytes, size_t len, stage_next next, void *arg,
                        struct err *err);
/* The file has ended: INVALID_FORMAT when a member has not. */
enum status unpack_end(struct unpack *unpack, stage_next next, void *arg, struct err *err);

#endif
