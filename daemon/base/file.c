/* Files: whole reads, durable replacement, folders, the lock of the data folder.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread.  The one funnel for files that footnote writes by itself.  A replacement is durable when
 * file_replace returns OK, and until then the old content stands.  Paths are never followed through
 * symbolic links when a tree is removed.
 *
 * dir/lock holds the pid of its owner in decimal and a newline; the lock itself is an open file
 * description lock on it, so it ends with the process and a second open in the same process collides. */
#include "base/file.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ORPHAN_MS = 5000, ORPHAN_PAUSE_MS = 10 };

/* Reads until the end; grows because pipes and /proc have no size. */
static enum status read_all(char **out, size_t *len, int fd, size_t cap, const char *path, size_t max,
                            struct err *err) {
    char *bytes = mem_try_alloc(cap + 1);
    size_t used = 0;
    while (bytes) {
        if (used == cap) {
            cap = cap < max / 2 ? cap * 2 : max + 1; /* one more than allowed: to see that there is more */
            char *grown = mem_try_realloc(bytes, cap + 1);
            if (!grown) break;
            bytes = grown;
        }
        ssize_t n = read(fd, bytes + used, cap - used);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            mem_free(bytes);
            return err_errno(err, errno, "reading '%s'", path);
        }
        used += (size_t)n;
        if (used > max) {
            mem_free(bytes);
            return err_set(err, ST_TOO_LARGE, "file '%s' is larger than the limit of %zu bytes", path, max);
        }
        if (n == 0) {
            bytes[used] = '\0';
            *out = bytes;
            *len = used;
            return ST_OK;
        }
    }
    mem_free(bytes);
    return err_set(err, ST_NO_MEMORY, "not enough memory for file '%s'", path);
}

enum status file_read(char **out, size_t *len, const char *path, size_t max, struct err *err) {
    struct stat st;
    *out = NULL;
    *len = 0;
    if (max > SIZE_MAX / 4) max = SIZE_MAX / 4;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_errno(err, errno, "opening '%s'", path);
    enum status status;
    if (fstat(fd, &st) < 0)
        status = err_errno(err, errno, "reading '%s'", path);
    else if (S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size > max)
        status =
            err_set(err, ST_TOO_LARGE, "file '%s' has %lld bytes, the limit is %zu", path, (long long)st.st_size, max);
    else
        status = read_all(out, len, fd, st.st_size > 0 ? (size_t)st.st_size + 1 : 4096, path, max, err);
    close(fd);
    return status;
}

static enum status write_all(int fd, const char *bytes, size_t len, const char *path, struct err *err) {
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_errno(err, errno, "writing '%s'", path);
        bytes += n;
        len -= (size_t)n;
    }
    return ST_OK;
}

static enum status write_synced(const char *path, const void *bytes, size_t len, struct err *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return err_errno(err, errno, "creating '%s'", path);
    enum status status = write_all(fd, bytes, len, path, err);
    if (!status && fsync(fd) < 0) status = err_errno(err, errno, "syncing '%s'", path);
    /* Network file systems report a full disk only here. */
    if (close(fd) < 0 && !status) status = err_errno(err, errno, "closing '%s'", path);
    return status;
}

static enum status sync_parent(const char *path, struct err *err) {
    const char *slash = strrchr(path, '/');
    char *dir = !slash ? mem_strdup(".") : mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
    enum status status = file_sync_dir(dir, err);
    mem_free(dir);
    return status;
}

enum status file_replace(const char *path, const void *bytes, size_t len, struct err *err) {
    size_t path_len = strlen(path);
    char *temporary = mem_alloc(path_len + sizeof ".tmp");
    memcpy(temporary, path, path_len);
    memcpy(temporary + path_len, ".tmp", sizeof ".tmp");
    enum status status = write_synced(temporary, bytes, len, err);
    if (!status && rename(temporary, path) < 0)
        status = err_errno(err, errno, "renaming '%s' to '%s'", temporary, path);
    if (status)
        unlink(temporary);
    else
        status = sync_parent(path, err);
    mem_free(temporary);
    return status;
}

enum status file_sync_dir(const char *dir, struct err *err) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return err_errno(err, errno, "opening folder '%s'", dir);
    enum status status = fsync(fd) < 0 ? err_errno(err, errno, "syncing folder '%s'", dir) : ST_OK;
    close(fd);
    return status;
}

static enum status make_one(const char *dir, mode_t mode, struct err *err) {
    struct stat st;
    if (mkdir(dir, mode) == 0) return ST_OK;
    int number = errno;
    /* A read-only parent answers EROFS even when the folder exists. */
    if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode)) return ST_OK;
    return err_errno(err, number, "creating folder '%s'", dir);
}

enum status file_make_dir(const char *dir, mode_t mode, struct err *err) {
    char *path = mem_strdup(dir);
    enum status status = ST_OK;
    for (char *slash = strchr(path + (path[0] == '/'), '/'); slash && !status; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        status = make_one(path, mode, err);
        *slash = '/';
    }
    if (!status) status = make_one(path, mode, err);
    mem_free(path);
    return status;
}

/* ---- trees ---- */

typedef enum status (*tree_visit)(void *arg, const char *path, const struct stat *info, struct err *err);

static enum status walk(const char *path, tree_visit visit, void *arg, struct err *err);

/* The names are read before anything is visited, so that a visit may remove.  fts(3) would do, but glibc's ends the
 * process where memory is refused. */
static enum status walk_inside(const char *path, tree_visit visit, void *arg, struct err *err) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, NULL);
    enum status status = ST_OK;
    if (count < 0) return errno == ENOENT ? ST_OK : err_errno(err, errno, "reading folder '%s'", path);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (!status && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            size_t size = strlen(path) + strlen(name) + 2;
            char *inside = mem_alloc(size);
            snprintf(inside, size, "%s/%s", path, name);
            status = walk(inside, visit, arg, err);
            mem_free(inside);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* Visits what is in a folder, then the folder; follows no link. */
static enum status walk(const char *path, tree_visit visit, void *arg, struct err *err) {
    struct stat info;
    if (lstat(path, &info) != 0) return errno == ENOENT ? ST_OK : err_errno(err, errno, "finding '%s'", path);
    enum status status = S_ISDIR(info.st_mode) ? walk_inside(path, visit, arg, err) : ST_OK;
    return status ? status : visit(arg, path, &info, err);
}

static enum status remove_entry(void *arg, const char *path, const struct stat *info, struct err *err) {
    (void)arg;
    (void)info;
    if (remove(path) < 0 && errno != ENOENT) return err_errno(err, errno, "removing '%s'", path);
    return ST_OK;
}

enum status file_remove_tree(const char *dir, struct err *err) {
    return walk(dir, remove_entry, NULL, err);
}

static enum status add_bytes(void *arg, const char *path, const struct stat *info, struct err *err) {
    (void)path;
    (void)err;
    if (S_ISREG(info->st_mode) || S_ISDIR(info->st_mode)) *(int64_t *)arg += (int64_t)info->st_blocks * 512;
    return ST_OK;
}

int64_t file_tree_bytes(const char *dir) {
    int64_t bytes = 0;
    walk(dir, add_bytes, &bytes, NULL);
    return bytes;
}

/* The process that took the lock, as it wrote; 0: not known. */
static long holder(int fd) {
    char text[32] = "";
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    return len > 0 ? strtol(text, NULL, 10) : 0;
}

static bool is_orphaned(int fd) {
    long pid = holder(fd);
    return pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static enum status report_holder(int fd, const char *dir, struct err *err) {
    long pid = holder(fd);
    if (pid <= 0) return err_set(err, ST_LOCKED, "folder '%s' is held by another process", dir);
    return err_set(err, ST_LOCKED, "folder '%s' is held by process %ld", dir, pid);
}

static enum status take_lock(int fd, const char *dir, struct err *err) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char pid[32];
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
        if (errno == EAGAIN || errno == EACCES) return report_holder(fd, dir, err);
        return err_errno(err, errno, "locking folder '%s'", dir);
    }
    int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)len, 0) != len)
        return err_errno(err, errno, "writing '%s/lock'", dir);
    return ST_OK;
}

enum status file_lock_dir(int *out, const char *dir, struct err *err) {
    size_t dir_len = strlen(dir);
    char *path = mem_alloc(dir_len + sizeof "/lock");
    memcpy(path, dir, dir_len);
    memcpy(path + dir_len, "/lock", sizeof "/lock");
    *out = -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    enum status status = fd < 0 ? err_errno(err, errno, "opening '%s'", path) : take_lock(fd, dir, err);
    /* Its holder has been killed while it started a child: that child lets go as soon as it runs its program. */
    for (int waited = 0; status == ST_LOCKED && is_orphaned(fd) && waited < ORPHAN_MS; waited += ORPHAN_PAUSE_MS) {
        nanosleep(&(struct timespec){.tv_nsec = ORPHAN_PAUSE_MS * 1000000L}, NULL);
        if (err) *err = ERR_NONE;
        status = take_lock(fd, dir, err);
    }
    if (status && fd >= 0) close(fd);
    if (!status) *out = fd;
    mem_free(path);
    return status;
}
