/* Signals: SIGTERM and SIGINT ask for a stop, the second one ends the process; SIGHUP asks for a reload.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The handlers note the wish and wake the loop's eventfd; both are safe in a handler.  The second stop does
 * not go through the loop, which may be what hangs.  Process-wide: one net at a time has the signals, from
 * net_run to net_close, so that a second signal also ends a daemon that is past its loop. */
#include "loop.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

static atomic_int wake_fd = -1;
static atomic_bool stop_asked, stop_wanted, reload_wanted;
static struct sigaction before_term, before_int, before_hup;

void signals_stop_asked(void) {
    stop_asked = true;
}

static void on_stop(int number) {
    (void)number;
    if (atomic_exchange(&stop_asked, true)) _exit(130);
    stop_wanted = true;
    if (eventfd_write(wake_fd, 1) < 0) return;
}

static void on_reload(int number) {
    (void)number;
    reload_wanted = true;
    if (eventfd_write(wake_fd, 1) < 0) return;
}

void signals_open(struct net *net) {
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    struct sigaction reload = {.sa_handler = on_reload, .sa_flags = SA_RESTART};
    sigfillset(&stop.sa_mask);
    sigfillset(&reload.sa_mask);
    wake_fd = net->posts.wake_fd;
    sigaction(SIGTERM, &stop, &before_term);
    sigaction(SIGINT, &stop, &before_int);
    sigaction(SIGHUP, &reload, &before_hup);
}

void signals_close(void) {
    sigaction(SIGTERM, &before_term, NULL);
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGHUP, &before_hup, NULL);
    wake_fd = -1;
    stop_asked = stop_wanted = reload_wanted = false;
}

bool signals_take_stop(void) {
    return atomic_exchange(&stop_wanted, false);
}

bool signals_take_reload(void) {
    return atomic_exchange(&reload_wanted, false);
}
