/* Ctrl-C during long work: see interrupt.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

/* The one thing of the client that is global: a signal has no other place to leave its mark. */
static volatile sig_atomic_t came;

static void note(int signal_number) {
    (void)signal_number;
    came = 1;
}

void interrupt_watch(void) {
    /* No SA_RESTART: a read from a pipe must return. */
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

bool interrupt_came(void) {
    return came;
}
