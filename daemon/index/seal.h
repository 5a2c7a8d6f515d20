/* The seal: checksums of the data folder's files, left at a clean stop and looked at by the next start.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INDEX_SEAL_H
#define INDEX_SEAL_H

#include "index_internal.h"

enum seal_state {
    SEAL_NONE,   /* there is none: the first start, or the daemon did not end cleanly */
    SEAL_WHOLE,  /* the files are as they were left */
    SEAL_BROKEN, /* some file is not */
};

struct seal {
    enum seal_state store, index;
    uint64_t unclean; /* times in a row that the daemon did not end cleanly */
    char why[256];    /* which file of the store is not as it was left */
};

/* Reads the seal and breaks it: until the next clean stop the files may change. */
enum status seal_open(struct seal *out, const char *data, struct err *err);
/* Everything is closed and on the disk; `generation` is the one that is served. */
void seal_write(const char *data, const struct generation *generation);

/* The bytes of a file and their XXH3, 128 bits, in hexadecimal. */
enum status seal_hash(char out[33], uint64_t *bytes, const char *path, struct err *err);

#endif
