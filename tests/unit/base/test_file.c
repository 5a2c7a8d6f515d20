/* Files: durable replacement, limits, the lock, and what errors say.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/footnote-file-XXXXXX";
static char path[128];

static int make_dir(void **state) {
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state) {
    (void)state;
    return file_remove_tree(dir, NULL) == ST_OK ? 0 : -1;
}

static const char *in_dir(const char *name) {
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void assert_content(const char *name, const char *expected) {
    char *text;
    size_t len;
    assert_int_equal(file_read(&text, &len, in_dir(name), 1000, NULL), ST_OK);
    assert_int_equal(len, strlen(expected));
    assert_string_equal(text, expected);
    mem_free(text);
}

static void replacement_is_whole(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    assert_int_equal(file_replace(in_dir("a"), "first", 5, &err), ST_OK);
    assert_content("a", "first");
    assert_int_equal(file_replace(in_dir("a"), "2", 1, &err), ST_OK);
    assert_content("a", "2");
    assert_int_equal(file_replace(in_dir("a"), "", 0, &err), ST_OK);
    assert_content("a", "");
    assert_int_equal(access(in_dir("a.tmp"), F_OK), -1);
}

static void a_full_disk_leaves_the_old_content(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    assert_int_equal(file_replace(in_dir("b"), "old", 3, &err), ST_OK);
    /* The temporary file leads to the device that is always full. */
    assert_int_equal(symlink("/dev/full", in_dir("b.tmp")), 0);
    assert_int_equal(file_replace(in_dir("b"), "new", 3, &err), ST_DISK_FULL);
    assert_non_null(strstr(err.text, "/b.tmp': "));
    assert_content("b", "old");
    assert_int_equal(file_replace(in_dir("b"), "new", 3, &err), ST_OK);
    assert_content("b", "new");
}

/* The linker leads every fsync and rename here (see CMakeLists.txt): `acts` is their order. */
static char acts[32];
static int failing_sync; /* the n-th fsync fails; 0: none */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
    struct stat st;
    fstat(fd, &st);
    strcat(acts, S_ISDIR(st.st_mode) ? "d" : "f");
    if (failing_sync && --failing_sync == 0) {
        errno = EIO;
        return -1;
    }
    return __real_fsync(fd);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to) {
    strcat(acts, "r");
    return __real_rename(from, to);
}

static void replacement_is_durable_before_it_is_seen(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    acts[0] = '\0';
    assert_int_equal(file_replace(in_dir("s"), "old", 3, &err), ST_OK);
    assert_string_equal(acts, "frd");
    failing_sync = 1;
    assert_int_equal(file_replace(in_dir("s"), "new", 3, &err), ST_IO);
    assert_non_null(strstr(err.text, "syncing '"));
    assert_content("s", "old");
    failing_sync = 2;
    assert_int_equal(file_replace(in_dir("s"), "new", 3, &err), ST_IO);
    assert_non_null(strstr(err.text, "syncing folder '"));
    assert_int_equal(failing_sync, 0);
}

static void faults_are_told_apart(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    char *text;
    size_t len;
    assert_int_equal(file_read(&text, &len, in_dir("absent"), 10, &err), ST_NOT_FOUND);
    assert_null(text);
    assert_non_null(strstr(err.text, "absent"));
    assert_int_equal(file_read(&text, &len, dir, 10, &err), ST_IO);
    assert_int_equal(file_replace(in_dir("no/such/folder"), "x", 1, &err), ST_NOT_FOUND);
    assert_int_equal(file_sync_dir(in_dir("absent"), &err), ST_NOT_FOUND);
    assert_int_equal(file_replace(in_dir("c"), "x", 1, NULL), ST_OK);
    assert_int_equal(file_replace(in_dir("c/d"), "x", 1, &err), ST_IO);
    assert_int_equal(file_make_dir(in_dir("c"), 0755, &err), ST_IO);
    assert_int_equal(file_make_dir(in_dir("c/d"), 0755, &err), ST_IO);
}

static void no_descriptor_left_is_its_own_status(void **state) {
    (void)state;
    struct rlimit old;
    struct rlimit none;
    struct err err = ERR_NONE;
    char *text;
    size_t len;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum status status = file_read(&text, &len, "/dev/null", 10, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(status, ST_NO_FILES);
}

static void reading_stops_at_its_limit(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    char *text;
    size_t len;
    assert_int_equal(file_replace(in_dir("ten"), "0123456789", 10, NULL), ST_OK);
    assert_int_equal(file_read(&text, &len, in_dir("ten"), 10, &err), ST_OK);
    assert_int_equal(len, 10);
    mem_free(text);
    assert_int_equal(file_read(&text, &len, in_dir("ten"), 9, &err), ST_TOO_LARGE);
    assert_non_null(strstr(err.text, "ten' has 10 bytes, the limit is 9"));
    /* Files without a size: endless, and not. */
    assert_int_equal(file_read(&text, &len, "/dev/zero", 100000, &err), ST_TOO_LARGE);
    assert_int_equal(file_read(&text, &len, "/dev/null", 0, &err), ST_OK);
    assert_int_equal(len, 0);
    mem_free(text);
    assert_int_equal(file_read(&text, &len, "/proc/self/status", 100000, &err), ST_OK);
    assert_memory_equal(text, "Name:", 5);
    mem_free(text);
}

static void folders_are_made_with_their_parents(void **state) {
    (void)state;
    struct stat st;
    assert_int_equal(file_make_dir(in_dir("x/y/z"), 0750, NULL), ST_OK);
    assert_int_equal(stat(in_dir("x/y/z"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);
    assert_int_equal(file_make_dir(in_dir("x/y/z"), 0750, NULL), ST_OK);
    assert_int_equal(file_make_dir(in_dir("x//w/"), 0750, NULL), ST_OK);
    assert_int_equal(access(in_dir("x/w"), F_OK), 0);
    assert_int_equal(file_sync_dir(in_dir("x"), NULL), ST_OK);
}

static void trees_are_removed_but_not_what_links_name(void **state) {
    (void)state;
    char target[128];
    assert_int_equal(file_make_dir(in_dir("tree/inner"), 0755, NULL), ST_OK);
    assert_int_equal(file_make_dir(in_dir("kept"), 0755, NULL), ST_OK);
    assert_int_equal(file_replace(in_dir("kept/file"), "x", 1, NULL), ST_OK);
    assert_int_equal(file_replace(in_dir("tree/inner/file"), "x", 1, NULL), ST_OK);
    snprintf(target, sizeof target, "%s/kept", dir);
    assert_int_equal(symlink(target, in_dir("tree/link")), 0);
    assert_int_equal(symlink("nowhere", in_dir("tree/dangling")), 0);
    assert_int_equal(file_remove_tree(in_dir("tree"), NULL), ST_OK);
    assert_int_equal(access(in_dir("tree"), F_OK), -1);
    assert_content("kept/file", "x");
    assert_int_equal(file_remove_tree(in_dir("tree"), NULL), ST_OK);
    assert_int_equal(file_remove_tree(in_dir("kept/file"), NULL), ST_OK);
}

static void sizes_are_what_is_allocated(void **state) {
    (void)state;
    static char block[100000];
    assert_int_equal(file_tree_bytes(in_dir("absent")), 0);
    assert_int_equal(file_make_dir(in_dir("sized/inner"), 0755, NULL), ST_OK);
    int64_t before = file_tree_bytes(in_dir("sized"));
    memset(block, 'x', sizeof block);
    assert_int_equal(file_replace(in_dir("sized/inner/file"), block, sizeof block, NULL), ST_OK);
    assert_true(file_tree_bytes(in_dir("sized")) - before >= (int64_t)sizeof block);
}

static void the_lock_names_its_holder(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    int first;
    int second;
    char expected[64];
    assert_int_equal(file_lock_dir(&first, dir, &err), ST_OK);
    assert_true(first >= 0);
    assert_int_equal(fcntl(first, F_GETFD), FD_CLOEXEC);
    assert_int_equal(file_lock_dir(&second, dir, &err), ST_LOCKED);
    assert_int_equal(second, -1);
    snprintf(expected, sizeof expected, "is held by process %ld", (long)getpid());
    assert_non_null(strstr(err.text, expected));
    close(first);
    assert_int_equal(file_lock_dir(&second, dir, &err), ST_OK);
    close(second);
    assert_int_equal(file_lock_dir(&second, in_dir("absent"), &err), ST_NOT_FOUND);
}

static void the_lock_ends_with_its_process(void **state) {
    (void)state;
    int ready[2];
    int fd;
    struct err err = ERR_NONE;
    char expected[64];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        byte = file_lock_dir(&fd, dir, NULL) == ST_OK ? 'y' : 'n';
        if (write(ready[1], &byte, 1) == 1) pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(file_lock_dir(&fd, dir, &err), ST_LOCKED);
    snprintf(expected, sizeof expected, "is held by process %ld", (long)pid);
    assert_non_null(strstr(err.text, expected));
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(file_lock_dir(&fd, dir, &err), ST_OK);
    close(fd);
    close(ready[0]);
    close(ready[1]);
}

/* The holder is killed; a child that it had just started still has the lock, for some moments. */
static void the_lock_outlives_its_holder(void **state) {
    (void)state;
    int pipe_fds[2], code, fd;
    struct err err = ERR_NONE;
    const char *orphaned = in_dir("orphaned");
    assert_int_equal(mkdir(orphaned, 0700), 0);
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t holder = fork();
    if (holder == 0) {
        if (file_lock_dir(&fd, orphaned, NULL) != ST_OK) _exit(1);
        if (fork() != 0) _exit(0);
        close(pipe_fds[1]);
        char byte;
        _exit(read(pipe_fds[0], &byte, 1) == 0 && usleep(50000) == 0 ? 0 : 1); /* then the lock goes */
    }
    assert_int_equal(waitpid(holder, &code, 0), holder);
    assert_int_equal(code, 0);
    close(pipe_fds[1]); /* the child goes on from here: it has the lock, its parent is gone */
    assert_int_equal(file_lock_dir(&fd, orphaned, &err), ST_OK);
    close(fd);
    close(pipe_fds[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replacement_is_whole),
        cmocka_unit_test(replacement_is_durable_before_it_is_seen),
        cmocka_unit_test(a_full_disk_leaves_the_old_content),
        cmocka_unit_test(faults_are_told_apart),
        cmocka_unit_test(no_descriptor_left_is_its_own_status),
        cmocka_unit_test(reading_stops_at_its_limit),
        cmocka_unit_test(folders_are_made_with_their_parents),
        cmocka_unit_test(trees_are_removed_but_not_what_links_name),
        cmocka_unit_test(sizes_are_what_is_allocated),
        cmocka_unit_test(the_lock_names_its_holder),
        cmocka_unit_test(the_lock_ends_with_its_process),
        cmocka_unit_test(the_lock_outlives_its_holder),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
