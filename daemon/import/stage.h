/* What the stages of an import hand each other: runs of bytes, in order.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *     file ── unpack ── decode ── cut ── read ── map ── shape ── sink
 *            gzip off   UTF-8    records  JSON   names   values
 *
 * A stage is pushed bytes and pushes on what it makes of them, in whatever pieces; the result never depends on
 * where the pieces end. */
#ifndef IMPORT_STAGE_H
#define IMPORT_STAGE_H

#include "base/err.h"

/* The bytes are borrowed during the call.  Anything but OK ends the file. */
typedef enum status (*stage_next)(void *arg, const char *bytes, size_t len, struct err *err);

#endif
