/* How far long work has come, on stderr: a bar on a terminal, a plain line every few seconds elsewhere.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "screen.h"

#include <stdint.h>

enum progress_unit { PROGRESS_BYTES, PROGRESS_RECORDS };

struct progress {
    struct screen *screen;
    enum progress_unit unit;
    bool quiet, drawn; /* drawn: a bar stands on the last line */
    int64_t start_ms, shown_ms;
    char stage[32];     /* "": none */
    double done, total; /* total 0: not known */
    double records;     /* told beside bytes */
};

void progress_begin(struct progress *progress, struct screen *screen, enum progress_unit unit, bool quiet);
/* What is being done now; the rate begins anew with it. */
void progress_stage(struct progress *progress, const char *stage);
void progress_update(struct progress *progress, double done, double total, double records);
void progress_clear(struct progress *progress); /* before something else is printed */
double progress_seconds(const struct progress *progress);

int64_t now_ms(void);

#endif
