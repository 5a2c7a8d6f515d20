/* A library to be loaded before others (LD_PRELOAD): lets the n-th call of a kind fail, once or for ever.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FAILING_CONTROL names a file of struct control, which the test maps and sets; FAILING_FOLDER is the folder whose
 * files are meant (memory: any).  Calls count only while `kind` says so.  A file's kind is decided by the path it was
 * opened with; what was opened before the daemon started does not count. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { NONE, WRITE, SYNC, RENAME, OPEN, MEMORY };
enum { FILES_MAX = 4096, PATH_BYTES = 4096 };

struct control {
    _Atomic int32_t kind, ever, error;
    _Atomic int64_t nth, count, fired;
};

/* The originals; C allows no conversion from an object pointer, which dlsym gives, to a function. */
union symbol {
    void *object;
    ssize_t (*write)(int, const void *, size_t);
    ssize_t (*pwrite)(int, const void *, size_t, off_t);
    int (*sync)(int);
    int (*rename)(const char *, const char *);
    int (*open)(const char *, int, ...);
};

extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_calloc(size_t count, size_t size);

static struct control *control;
static const char *folder;
static atomic_bool watched[FILES_MAX];

static union symbol next(const char *name) {
    union symbol symbol = {.object = dlsym(RTLD_NEXT, name)};
    return symbol;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAILING_CONTROL");
    folder = getenv("FAILING_FOLDER");
    int file = path && folder ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (map != MAP_FAILED) control = map;
    close(file);
}

static bool fails(enum kind kind) {
    if (!control || atomic_load(&control->kind) != (int32_t)kind) return false;
    int64_t count = atomic_fetch_add(&control->count, 1) + 1;
    int64_t nth = atomic_load(&control->nth);
    if (count != nth && !(atomic_load(&control->ever) && count > nth)) return false;
    atomic_fetch_add(&control->fired, 1);
    errno = atomic_load(&control->error);
    return true;
}

static bool is_meant(const char *path) {
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static bool is_watched(int file) {
    return file >= 0 && file < FILES_MAX && atomic_load(&watched[file]);
}

static int open_any(const char *name, const char *path, int flags, mode_t mode) {
    bool meant = is_meant(path);
    if (meant && fails(OPEN)) return -1;
    int file = next(name).open(path, flags, mode);
    if (file >= 0 && file < FILES_MAX) atomic_store(&watched[file], meant);
    return file;
}

static mode_t mode_of(int flags, va_list arguments) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any("open64", path, flags, mode);
}

ssize_t write(int file, const void *bytes, size_t len) {
    if (is_watched(file) && fails(WRITE)) return -1;
    return next("write").write(file, bytes, len);
}

ssize_t pwrite(int file, const void *bytes, size_t len, off_t at) {
    if (is_watched(file) && fails(WRITE)) return -1;
    return next("pwrite").pwrite(file, bytes, len, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t len, off64_t at) {
    if (is_watched(file) && fails(WRITE)) return -1;
    return next("pwrite64").pwrite(file, bytes, len, at);
}

int fsync(int file) {
    if (is_watched(file) && fails(SYNC)) return -1;
    return next("fsync").sync(file);
}

int fdatasync(int file) {
    if (is_watched(file) && fails(SYNC)) return -1;
    return next("fdatasync").sync(file);
}

int rename(const char *from, const char *to) {
    if (is_meant(to) && fails(RENAME)) return -1;
    return next("rename").rename(from, to);
}

void *malloc(size_t size) {
    return fails(MEMORY) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails(MEMORY) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return fails(MEMORY) ? NULL : __libc_realloc(old, size);
}
