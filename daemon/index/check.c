/* Checking an engine's database in a child process.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * footnoted starts itself again as `footnoted --check-index DIR`.  The child checks the engine's tables and reads
 * every term, posting and document once; a database that passes can be served without harm to the daemon. */
#include "check.h"

#include "base/mem.h"
#include "engine/engine.h"
#include "index/card.h"
#include "index/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool count_term(void *arg, const char *term, size_t len, uint32_t documents) {
    (void)term, (void)len;
    *(uint64_t *)arg += documents;
    return true;
}

static enum status read_card(struct engine_db *db, uint32_t docid, struct err *err) {
    struct arena *arena = arena_new();
    struct card card;
    char *data = NULL;
    size_t len = 0;
    enum status st = engine_data(db, docid, &data, &len, err);
    if (st == ST_OK) st = card_read(arena, data, len, &card, err);
    if (st == ST_OK && card.docid != docid)
        st = err_set(err, ST_CORRUPT, "document %u holds the card of %u", docid, card.docid);
    mem_free(data);
    arena_free(arena);
    return st;
}

struct block { /* docids read in one go */
    uint32_t docids[1000];
    size_t count;
};

static bool take_docid(void *arg, uint32_t docid, uint32_t wdf) {
    struct block *block = arg;
    (void)wdf;
    block->docids[block->count++] = docid;
    return block->count < sizeof block->docids / sizeof *block->docids;
}

static enum status read_all(const char *dir, struct err *err) {
    struct engine_db *db = NULL;
    struct block *block = mem_alloc(sizeof *block);
    uint64_t postings = 0;
    enum status st = engine_open(&db, dir, ENGINE_READ, err);
    if (st == ST_OK) st = engine_terms(db, "", 0, count_term, &postings, err);
    uint32_t after = 0;
    do {
        block->count = 0;
        if (st == ST_OK) st = engine_postings(db, "", 0, after, take_docid, block, err);
        for (size_t i = 0; i < block->count && st == ST_OK; i++)
            st = read_card(db, block->docids[i], err);
        if (block->count > 0) after = block->docids[block->count - 1];
    } while (st == ST_OK && block->count > 0);
    engine_close(db);
    mem_free(block);
    return st;
}

int index_check_main(const char *dir) {
    struct err err = ERR_NONE;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for the outcome when the daemon is gone */
    enum status st = engine_check(dir, &err);
    if (st == ST_OK) st = read_all(dir, &err);
    if (st == ST_OK) return 0;
    fprintf(stderr, "%s\n", err.text);
    return 1;
}

/* ---- the parent ---- */

static void read_last_line(int pipe_end, char *out, size_t size) {
    char bytes[4096];
    size_t len = 0;
    ssize_t got = 0;
    while ((got = read(pipe_end, bytes + len, sizeof bytes - 1 - len)) > 0 || (got < 0 && errno == EINTR)) {
        if (got > 0) len += (size_t)got;
        if (len >= sizeof bytes - 1) len = 0; /* only the end counts */
    }
    while (len > 0 && bytes[len - 1] == '\n')
        len--;
    bytes[len] = '\0';
    const char *line = strrchr(bytes, '\n');
    snprintf(out, size, "%.*s", (int)size - 1, line ? line + 1 : bytes);
}

enum status check_dir(const char *dir, struct err *err) {
    char name[] = "footnoted", option[] = "--check-index";
    char *const arguments[] = {name, option, (char *)dir, NULL};
    char said[512] = "";
    int pipes[2], code = 0;
    pid_t child = 0;
    posix_spawn_file_actions_t actions;
    if (pipe2(pipes, O_CLOEXEC) != 0) return err_errno(err, errno, "starting the check of the index");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    int failed = posix_spawn(&child, "/proc/self/exe", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    if (failed) {
        close(pipes[0]);
        return err_errno(err, failed, "starting the check of the index");
    }
    read_last_line(pipes[0], said, sizeof said);
    close(pipes[0]);
    while (waitpid(child, &code, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(code)) return err_set(err, ST_CORRUPT, "%s: the check died of signal %d", dir, WTERMSIG(code));
    if (WEXITSTATUS(code) != 0) return err_set(err, ST_CORRUPT, "%s", said[0] ? said : dir);
    return ST_OK;
}
