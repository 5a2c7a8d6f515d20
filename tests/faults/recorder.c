/* A library to be loaded before others (LD_PRELOAD): records what is written, renamed and synced below a folder.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * RECORDER_FOLDER is the folder, RECORDER_FILE what is appended to.  An entry:
 *
 *   char op; uint16 path length; uint16 second length; int64 place; uint32 data length; path; second; data
 *
 *   c created   t cut to `place`   w data at `place`   s synced (file or folder)
 *   r renamed to second   u removed (file or folder)   m folder made
 *
 * Native byte order.  An entry is written when the call has succeeded; one lock makes calls and entries one order. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 4096 };

union symbol {
    void *object;
    ssize_t (*write)(int, const void *, size_t);
    ssize_t (*pwrite)(int, const void *, size_t, off_t);
    int (*sync)(int);
    int (*cut)(int, off_t);
    int (*rename)(const char *, const char *);
    int (*path)(const char *);
    int (*make)(const char *, mode_t);
    int (*open)(const char *, int, ...);
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int record = -1;
static char *paths[FILES_MAX];

static union symbol next(const char *name) {
    union symbol symbol = {.object = dlsym(RTLD_NEXT, name)};
    return symbol;
}

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("RECORDER_FILE");
    folder = getenv("RECORDER_FOLDER");
    if (file && folder) record = next("open").open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static bool is_meant(const char *path) {
    size_t len = folder ? strlen(folder) : 0;
    return record >= 0 && strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* The path under which a watched file was opened; NULL. */
static const char *path_of(int file) {
    return record >= 0 && file >= 0 && file < FILES_MAX ? paths[file] : NULL;
}

static void put(char op, const char *path, const char *second, int64_t place, const void *data, uint32_t len) {
    uint16_t path_len = (uint16_t)strlen(path), second_len = (uint16_t)strlen(second);
    size_t size = 1 + 2 + 2 + 8 + 4 + (size_t)path_len + second_len + len;
    char *entry = malloc(size), *at = entry;
    if (!entry) abort();
    *at++ = op;
    at = (char *)memcpy(at, &path_len, 2) + 2;
    at = (char *)memcpy(at, &second_len, 2) + 2;
    at = (char *)memcpy(at, &place, 8) + 8;
    at = (char *)memcpy(at, &len, 4) + 4;
    at = (char *)memcpy(at, path, path_len) + path_len;
    at = (char *)memcpy(at, second, second_len) + second_len;
    if (len) memcpy(at, data, len);
    if (next("write").write(record, entry, size) != (ssize_t)size) abort();
    free(entry);
}

static int open_any(const char *name, const char *path, int flags, mode_t mode) {
    struct stat info;
    if (!is_meant(path)) {
        int other = next(name).open(path, flags, mode);
        if (other >= 0 && other < FILES_MAX) paths[other] = NULL;
        return other;
    }
    pthread_mutex_lock(&lock);
    bool fresh = stat(path, &info) != 0;
    int file = next(name).open(path, flags, mode);
    if (file >= 0 && file < FILES_MAX) paths[file] = strdup(path); /* never freed: another thread may hold it */
    if (file >= 0 && (flags & O_CREAT) && fresh) put('c', path, "", 0, NULL, 0);
    if (file >= 0 && (flags & O_TRUNC) && !fresh) put('t', path, "", 0, NULL, 0);
    pthread_mutex_unlock(&lock);
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
    const char *path = path_of(file);
    if (!path) return next("write").write(file, bytes, len);
    pthread_mutex_lock(&lock);
    off_t at = lseek(file, 0, SEEK_CUR);
    ssize_t done = next("write").write(file, bytes, len);
    if (done > 0) put('w', path, "", at, bytes, (uint32_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}

static ssize_t pwrite_any(const char *name, int file, const void *bytes, size_t len, off_t at) {
    const char *path = path_of(file);
    if (!path) return next(name).pwrite(file, bytes, len, at);
    pthread_mutex_lock(&lock);
    ssize_t done = next(name).pwrite(file, bytes, len, at);
    if (done > 0) put('w', path, "", at, bytes, (uint32_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int file, const void *bytes, size_t len, off_t at) {
    return pwrite_any("pwrite", file, bytes, len, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t len, off64_t at) {
    return pwrite_any("pwrite64", file, bytes, len, at);
}

static int sync_any(const char *name, int file) {
    const char *path = path_of(file);
    if (!path) return next(name).sync(file);
    pthread_mutex_lock(&lock);
    int failed = next(name).sync(file);
    if (!failed) put('s', path, "", 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return failed;
}

int fsync(int file) {
    return sync_any("fsync", file);
}

int fdatasync(int file) {
    return sync_any("fdatasync", file);
}

static int cut_any(const char *name, int file, off_t size) {
    const char *path = path_of(file);
    if (!path) return next(name).cut(file, size);
    pthread_mutex_lock(&lock);
    int failed = next(name).cut(file, size);
    if (!failed) put('t', path, "", size, NULL, 0);
    pthread_mutex_unlock(&lock);
    return failed;
}

int ftruncate(int file, off_t size) {
    return cut_any("ftruncate", file, size);
}

int ftruncate64(int file, off64_t size) {
    return cut_any("ftruncate64", file, size);
}

int rename(const char *from, const char *to) {
    if (!is_meant(to)) return next("rename").rename(from, to);
    pthread_mutex_lock(&lock);
    int failed = next("rename").rename(from, to);
    if (!failed) put('r', from, to, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return failed;
}

static int remove_any(const char *name, const char *path) {
    if (!is_meant(path)) return next(name).path(path);
    pthread_mutex_lock(&lock);
    int failed = next(name).path(path);
    if (!failed) put('u', path, "", 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return failed;
}

int unlink(const char *path) {
    return remove_any("unlink", path);
}

int rmdir(const char *path) {
    return remove_any("rmdir", path);
}

int remove(const char *path) {
    return remove_any("remove", path);
}

int mkdir(const char *path, mode_t mode) {
    if (!is_meant(path)) return next("mkdir").make(path, mode);
    pthread_mutex_lock(&lock);
    int failed = next("mkdir").make(path, mode);
    if (!failed) put('m', path, "", 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return failed;
}
