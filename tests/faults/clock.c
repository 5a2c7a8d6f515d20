/* A library to be loaded before others (LD_PRELOAD): the wall clock jumps when the test says so.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * CLOCK_CONTROL names a file with one int64_t, which the test maps: seconds that are added to every reading of the wall
 * clock.  The monotonic clock is the system's. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t *jump;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("CLOCK_CONTROL");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *map = mmap(NULL, sizeof *jump, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map != MAP_FAILED) jump = map;
    close(file);
}

static time_t jumped(void) {
    return jump ? (time_t)atomic_load(jump) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
    union {
        void *object;
        int (*get)(clockid_t, struct timespec *);
    } next = {.object = dlsym(RTLD_NEXT, "clock_gettime")};
    int result = next.get(clock, out);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) out->tv_sec += jumped();
    return result;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
