/* Ctrl-C during long work: noted, so that the work can say what was done and stop.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/* From now on the first SIGINT is noted and cuts short what waits; a second one ends the process. */
void interrupt_watch(void);
bool interrupt_came(void);

#endif
