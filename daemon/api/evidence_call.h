/* What the methods of the evidence share.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef API_EVIDENCE_CALL_H
#define API_EVIDENCE_CALL_H

#include "call.h"
#include "evidence/evidence.h"

/* Runs fn on the worker's reader, over one state of the store. */
bool evidence_call(struct api_worker *worker, struct call *call,
                   enum status (*fn)(struct evidence *ev, const void *arg), const void *arg);
/* `limit` and `offset`. */
enum status param_page(struct call *call, uint32_t usual, uint32_t *limit, uint32_t *offset);

#endif
