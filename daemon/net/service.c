/* systemd without its library: notification datagrams, the watchdog's period, sockets handed over.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the environment only; a process that systemd did not start sees nothing of it.
 *
 *   NOTIFY_SOCKET                 path, or @name in the abstract namespace
 *   WATCHDOG_USEC, WATCHDOG_PID   for this process if the pid is ours or absent
 *   LISTEN_PID, LISTEN_FDS        sockets from descriptor 3 on, if the pid is ours
 *   LISTEN_FDNAMES                their names, separated by colons; without it all are `line` */
#include "loop.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* -1 unless the variable is a whole number. */
static int64_t env_number(const char *name) {
    const char *text = getenv(name);
    char *end;
    if (!text || *text < '0' || *text > '9') return -1;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    return *end || errno ? -1 : number;
}

void service_notify(const char *state) {
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || (*path != '/' && *path != '@') || strlen(path) >= sizeof address.sun_path) return;
    memcpy(address.sun_path, path, strlen(path));
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (*path == '@') {
        address.sun_path[0] = '\0';
    } else {
        len++;
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return;
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, len) < 0) {
        log_warning("notify_failed", "state=%s error=\"%s\"", state, strerror(errno));
    }
    close(fd);
}

int64_t service_watchdog_us(void) {
    int64_t period_us = env_number("WATCHDOG_USEC"), pid = env_number("WATCHDOG_PID");
    if (period_us <= 0 || (getenv("WATCHDOG_PID") && pid != getpid())) return 0;
    return period_us / 2 > 0 ? period_us / 2 : 1;
}

int service_sockets(char names[][32], int max) {
    int64_t count = env_number("LISTEN_FDS");
    const char *name = getenv("LISTEN_FDNAMES");
    if (count <= 0 || env_number("LISTEN_PID") != getpid()) return 0;
    if (count > max) count = max;
    for (int i = 0; i < count; i++) {
        size_t len = name ? strcspn(name, ":") : 0;
        snprintf(names[i], 32, "%.*s", name ? (int)len : 4, name ? name : "line");
        if (name) name += len + (name[len] == ':');
    }
    return (int)count;
}
