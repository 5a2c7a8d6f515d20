/* Inside api: the formats of an export.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef API_EXPORT_H
#define API_EXPORT_H

#include "call.h"

enum export_format { EXPORT_JSONL, EXPORT_JSONLD, EXPORT_CSL, EXPORT_BIBTEX };

/* The call's parameter `format`; it sets call->err. */
enum status export_format(struct call *call, enum export_format *out);
/* Any format but JSONL; the answer is in the call. */
void export_formatted(struct api_worker *worker, struct call *call, enum export_format format);

#endif
