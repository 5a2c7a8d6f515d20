/* Takes a byte order mark off, and makes UTF-8 of UTF-16.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * UTF-16 is read when its byte order mark says so; nothing is guessed: a text in Latin-1 passes as it is and is
 * refused, with the place of its first invalid byte, by the record that holds it.  So is what is no UTF-16: half a
 * surrogate pair becomes three bytes that are no UTF-8, half a unit at the end 0xFF.  One thread at a time. */
#ifndef IMPORT_DECODE_H
#define IMPORT_DECODE_H

#include "stage.h"

#include <stdint.h>

enum decode_state { DECODE_START, DECODE_UTF8, DECODE_UTF16_LE, DECODE_UTF16_BE };

struct decode { /* zeroed at first */
    enum decode_state state;
    unsigned char seen[4]; /* of a mark, or of a unit */
    size_t seen_len;
    uint32_t high; /* a high surrogate that waits for its low one; 0: none */
};

enum status decode_feed(struct decode *decode, const char *bytes, size_t len, stage_next next, void *arg,
                        struct err *err);
enum status decode_end(struct decode *decode, stage_next next, void *arg, struct err *err);

#endif
