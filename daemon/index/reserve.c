/* The reserve: data/reserve, a file of RESERVE_BYTES without content.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The writer's thread, and the start before it.  Given up when the disk is full and somebody deletes, or the daemon
 * starts; taken again when there is room. */
#include "reserve.h"

#include "base/log.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { RESERVE_BYTES = 1 << 20, PLENTY = 3 * RESERVE_BYTES };

static void reserve_path(char path[4200], const char *data) {
    snprintf(path, 4200, "%s/reserve", data);
}

void reserve_keep(const char *data) {
    char path[4200];
    struct stat info;
    struct statvfs space;
    reserve_path(path, data);
    if (stat(path, &info) == 0 && info.st_size >= RESERVE_BYTES) return;
    if (statvfs(data, &space) != 0 || (uint64_t)space.f_bavail * space.f_frsize < PLENTY) return;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    if (file < 0) return;
    if (posix_fallocate(file, 0, RESERVE_BYTES) != 0) unlink(path);
    close(file);
}

bool reserve_give(const char *data) {
    char path[4200];
    reserve_path(path, data);
    bool given = unlink(path) == 0;
    if (given) log_notice("reserve", "action=\"given up, since the disk is full\"");
    return given;
}
