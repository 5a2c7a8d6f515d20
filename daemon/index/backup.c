/* The tasks `backup` and `restore`.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A backup is a folder:
 *
 *   records.sqlite   one state of the record store
 *   schema.json      the schema that was in force
 *   manifest.json    {"format": 1, "uuid", "seq", "articles", "sources", "created",
 *                     "files": [{"name", "bytes", "hash"}]}; hash: XXH3, 128 bits
 *
 * It is made as DIR.part and takes its name when everything in it is on the disk.  The index is not in it: it is made
 * from the records.
 *
 * Restoring copies the backup beside the archive, checks it, builds its index there, and then changes both: the store
 * in one transaction, the index by serving the new generation.  A restored archive has a lineage of its own, so that
 * after a crash between the two the old index is not taken for its own. */
#include "apply.h"
#include "base/file.h"
#include "base/log.h"
#include "base/when.h"
#include "build.h"
#include "reindex.h"
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_FORMAT = 1, MANIFEST_MAX = 1 << 20, COPY_BYTES = 1 << 20 };

static const char *const names[] = {"records.sqlite", "schema.json"};
enum { NAMES = sizeof names / sizeof *names };

struct errand { /* for callbacks */
    struct index *ix;
    struct task *task;
};

static bool stop(void *arg) {
    const struct errand *errand = arg;
    struct err err;
    return task_check(errand->ix, errand->task, &err) != ST_OK;
}

static enum status read_dir(const struct task *task, const char **out, struct err *err) {
    *out = json_get_string(task->params, "dir");
    if (*out && (*out)[0] == '/') return ST_OK;
    return err_param(err, ST_INVALID_VALUE, "dir", "parameter 'dir': expected an absolute path");
}

/* ---- backup ---- */

static enum status write_manifest(const char *dir, const struct store_counts *counts, struct err *err) {
    struct buf text;
    struct jw jw;
    char path[4200], created[32];
    enum status st = ST_OK;
    buf_init(&text, 0);
    jw_init(&jw, &text);
    when_format(created, when_now_ms() / 1000);
    jw_object(&jw);
    jw_kint(&jw, "format", MANIFEST_FORMAT);
    jw_kstring(&jw, "uuid", counts->uuid);
    jw_kint(&jw, "seq", (int64_t)counts->seq);
    jw_kint(&jw, "articles", (int64_t)counts->articles);
    jw_kint(&jw, "sources", (int64_t)counts->sources);
    jw_kstring(&jw, "created", created);
    jw_key(&jw, "files");
    jw_array(&jw);
    for (size_t i = 0; i < NAMES && st == ST_OK; i++) {
        char hash[33] = "";
        uint64_t bytes = 0;
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        st = seal_hash(hash, &bytes, path, err);
        jw_object(&jw);
        jw_kstring(&jw, "name", names[i]);
        jw_kint(&jw, "bytes", (int64_t)bytes);
        jw_kstring(&jw, "hash", hash);
        jw_object_end(&jw);
    }
    jw_array_end(&jw);
    jw_object_end(&jw);
    snprintf(path, sizeof path, "%s/manifest.json", dir);
    if (st == ST_OK) st = file_replace(path, text.data, text.len, err);
    buf_free(&text);
    return st;
}

/* The copy itself says what state it is of. */
static enum status read_copy(const char *dir, struct store_counts *counts, struct err *err) {
    struct store *store = NULL;
    enum status st = store_open(&store, dir, STORE_READ, err);
    if (st == ST_OK) st = store_counts(store, counts, err);
    store_close(store);
    return st;
}

static enum status make_backup(struct index *ix, struct task *task, const char *part, struct store_counts *counts,
                               struct err *err) {
    struct errand errand = {.ix = ix, .task = task};
    const struct schema *schema = atomic_load(&ix->served)->schema;
    struct store *store = NULL;
    char path[4200];
    enum status st = file_make_dir(part, 0750, err);
    if (st == ST_OK) st = store_open(&store, ix->data, STORE_READ, err);
    if (st == ST_OK) st = store_counts(store, counts, err);
    if (st == ST_OK) st = space_check(part, counts->bytes, "the backup", err);
    if (st == ST_OK) st = store_copy(store, part, stop, &errand, err);
    store_close(store);
    snprintf(path, sizeof path, "%s/schema.json", part);
    if (st == ST_OK) st = file_replace(path, schema->text, schema->text_len, err);
    if (st == ST_OK) st = read_copy(part, counts, err);
    if (st == ST_OK) st = write_manifest(part, counts, err);
    return st;
}

static enum status take_name(const char *part, const char *dir, struct err *err) {
    char *parent = mem_strdup(dir);
    char *slash = strrchr(parent, '/');
    enum status st = ST_OK;
    if (rename(part, dir) != 0) {
        if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
            st = err_param(err, ST_EXISTS, "dir", "%s is there and not empty", dir);
        else
            st = err_errno(err, errno, "renaming '%s' to '%s'", part, dir);
    }
    *(slash == parent ? slash + 1 : slash) = '\0';
    if (st == ST_OK) st = file_sync_dir(parent, err);
    mem_free(parent);
    return st;
}

static bool is_taken(const char *dir) {
    return access(dir, F_OK) == 0 && rmdir(dir) != 0;
}

enum status backup_run(struct index *ix, struct task *task, struct err *err) {
    const char *dir = NULL;
    char part[4096];
    struct store_counts counts;
    struct jw jw;
    enum status st = read_dir(task, &dir, err);
    if (st != ST_OK) return st;
    if (is_taken(dir)) return err_param(err, ST_EXISTS, "dir", "%s is there and not empty", dir);
    if (snprintf(part, sizeof part, "%.*s.part", (int)strlen(dir) - (dir[strlen(dir) - 1] == '/'), dir) >=
        (int)sizeof part)
        return err_param(err, ST_TOO_LARGE, "dir", "parameter 'dir': the path is too long");
    task_stage(task, "copying", 0);
    st = file_remove_tree(part, err);
    if (st == ST_OK) st = make_backup(ix, task, part, &counts, err);
    if (st == ST_OK) st = take_name(part, dir, err);
    if (st != ST_OK) {
        file_remove_tree(part, NULL);
        return st;
    }
    task_stage(task, "done", counts.articles + counts.sources);
    atomic_store(&task->done, counts.articles + counts.sources);
    jw_init(&jw, &task->result);
    jw_object(&jw);
    jw_kstring(&jw, "dir", dir);
    jw_kint(&jw, "articles", (int64_t)counts.articles);
    jw_kint(&jw, "sources", (int64_t)counts.sources);
    jw_kint(&jw, "seq", (int64_t)counts.seq);
    jw_kint(&jw, "bytes", file_tree_bytes(dir));
    jw_object_end(&jw);
    return ST_OK;
}

/* ---- restore ---- */

static enum status check_file(const char *dir, const cJSON *file, struct err *err) {
    const char *name = json_get_string(file, "name"), *hash = json_get_string(file, "hash");
    const cJSON *size = json_get(file, "bytes");
    char path[4200], found[33] = "";
    uint64_t bytes = 0;
    bool known = false;
    for (size_t i = 0; i < NAMES && name; i++)
        known = known || strcmp(name, names[i]) == 0;
    if (!known || !hash || !cJSON_IsNumber(size))
        return err_set(err, ST_CORRUPT, "%s/manifest.json: a file's entry is not as it should be", dir);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    enum status st = seal_hash(found, &bytes, path, err);
    if (st == ST_OK && (bytes != (uint64_t)size->valuedouble || strcmp(found, hash) != 0))
        st = err_set(err, ST_CORRUPT, "%s is not as it was written (checksum)", path);
    return st;
}

static enum status check_manifest(const char *dir, struct err *err) {
    char path[4200], *text = NULL;
    size_t len = 0;
    cJSON *root = NULL;
    const cJSON *file = NULL;
    snprintf(path, sizeof path, "%s/manifest.json", dir);
    enum status st = file_read(&text, &len, path, MANIFEST_MAX, err);
    if (st == ST_NOT_FOUND)
        st = err_param(err, ST_NOT_FOUND, "dir", "%s holds no backup: there is no manifest.json", dir);
    if (st == ST_OK && json_parse(&root, text, len, NULL, NULL) != ST_OK)
        st = err_set(err, ST_CORRUPT, "%s is damaged", path);
    const cJSON *format = json_get(root, "format");
    if (st == ST_OK && (!cJSON_IsNumber(format) || format->valueint > MANIFEST_FORMAT))
        st =
            err_set(err, ST_NEWER_FORMAT, "%s has another format; this footnote reads up to %d", path, MANIFEST_FORMAT);
    if (st == ST_OK && cJSON_GetArraySize(json_get(root, "files")) != NAMES)
        st = err_set(err, ST_CORRUPT, "%s does not name its files", path);
    if (st == ST_OK) {
        cJSON_ArrayForEach (file, json_get(root, "files"))
            if (st == ST_OK) st = check_file(dir, file, err);
    }
    cJSON_Delete(root);
    mem_free(text);
    return st;
}

static enum status copy_bytes(int from, int to, const char *path, struct err *err) {
    char *bytes = mem_alloc(COPY_BYTES);
    enum status st = ST_OK;
    ssize_t got = 0;
    while (st == ST_OK && (got = read(from, bytes, COPY_BYTES)) != 0) {
        if (got < 0 && errno != EINTR) st = err_errno(err, errno, "reading for '%s'", path);
        for (ssize_t done = 0; st == ST_OK && done < got;) {
            ssize_t put = write(to, bytes + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR) st = err_errno(err, errno, "writing '%s'", path);
            if (put > 0) done += put;
        }
    }
    mem_free(bytes);
    return st;
}

static enum status copy_store(const char *from_dir, const char *to_dir, struct err *err) {
    char from[4200], to[4200];
    snprintf(from, sizeof from, "%s/records.sqlite", from_dir);
    snprintf(to, sizeof to, "%s/records.sqlite", to_dir);
    int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0) return err_errno(err, errno, "opening '%s'", from);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    enum status st = target < 0 ? err_errno(err, errno, "creating '%s'", to) : copy_bytes(source, target, to, err);
    close(source);
    if (target >= 0) close(target);
    return st;
}

/* The copy beside the archive: upgraded if it is of an older format, with a lineage of its own. */
static enum status stage(const char *dir, const char *staged, struct store_counts *counts, struct err *err) {
    struct store *store = NULL;
    struct stat info;
    char path[4200];
    snprintf(path, sizeof path, "%s/records.sqlite", dir);
    uint64_t bytes = stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
    enum status st = file_remove_tree(staged, err);
    if (st == ST_OK) st = file_make_dir(staged, 0750, err);
    if (st == ST_OK) st = space_check(staged, bytes * 5, "restoring", err);
    if (st == ST_OK) st = copy_store(dir, staged, err);
    if (st == ST_OK) st = store_open(&store, staged, STORE_WRITE, err);
    if (st == ST_OK) st = store_new_lineage(store, err);
    if (st == ST_OK) st = store_counts(store, counts, err);
    store_close(store);
    return st;
}

static void count_damage(void *arg, const struct store_finding *finding) {
    struct buf *first = arg;
    if (first->len == 0) buf_printf(first, "%s: %s", finding->place, finding->message);
}

static void nothing(void *arg) {
    (void)arg;
}

static enum status check_staged(const char *staged, struct err *err) {
    struct store *store = NULL;
    struct buf first;
    buf_init(&first, 0);
    struct store_verify verify = {.found = count_damage, .checked = nothing, .arg = &first};
    enum status st = store_open(&store, staged, STORE_READ, err);
    if (st == ST_OK) st = store_verify(store, &verify, err);
    if (st == ST_OK && first.len > 0) st = err_set(err, ST_CORRUPT, "the backup is damaged: %s", first.data);
    store_close(store);
    buf_free(&first);
    return st;
}

/* From here on there is no way back: the store changes, then the index. */
static enum status change_store(struct index *ix, struct generation *to, const char *staged, struct err *err) {
    struct store_counts counts = {0};
    pthread_mutex_lock(&ix->write_lock);
    enum status st = store_bring_in(ix->store, staged, err);
    if (st == ST_OK) st = store_counts(ix->store, &counts, err);
    if (st == ST_OK) {
        applier_wake(ix, counts.seq);
        st = applier_switch(ix, to, err);
    }
    pthread_mutex_unlock(&ix->write_lock);
    return st;
}

static enum status build_staged(struct index *ix, struct task *task, struct generation *to, const char *dir,
                                const char *staged, struct err *err) {
    char maker[GENERATION_MAKER] = "", path[4200];
    struct build_plan plan = {.store_dir = staged, .maker = maker};
    snprintf(path, sizeof path, "%s/schema.json", dir);
    enum status st = schema_open(&to->schema, path, err);
    if (st == ST_OK) st = lineage_maker(staged, to->schema, maker, err);
    if (st == ST_OK) st = build_run(ix, task, to, &plan, err);
    if (st == ST_OK) st = generation_write_schema(to, to->schema, ix->configured, err);
    return st;
}

enum status restore_run(struct index *ix, struct task *task, struct err *err) {
    const char *dir = NULL;
    char staged[4096];
    struct store_counts counts = {0};
    struct generation *to = generation_new(ix->data, generation_next(ix->data, atomic_load(&ix->served)->number));
    struct jw jw;
    snprintf(staged, sizeof staged, "%s/restore", ix->data);
    task_stage(task, "checking the backup", 0);
    enum status st = read_dir(task, &dir, err);
    if (st == ST_OK) st = check_manifest(dir, err);
    if (st == ST_OK) st = stage(dir, staged, &counts, err);
    if (st == ST_OK) st = check_staged(staged, err);
    if (st == ST_OK) st = build_staged(ix, task, to, dir, staged, err);
    if (st == ST_OK) st = change_store(ix, to, staged, err);
    if (st == ST_OK) {
        task_stage(task, "done", counts.articles + counts.sources);
        atomic_store(&task->done, counts.articles + counts.sources);
        jw_init(&jw, &task->result);
        jw_object(&jw);
        jw_kint(&jw, "articles", (int64_t)counts.articles);
        jw_kint(&jw, "sources", (int64_t)counts.sources);
        jw_kint(&jw, "seq", (int64_t)counts.seq);
        jw_kint(&jw, "generation", (int64_t)to->number);
        jw_object_end(&jw);
        generation_sweep(ix->data, to->number, 0);
    } else {
        file_remove_tree(to->dir, NULL);
        generation_free(to);
    }
    file_remove_tree(staged, NULL);
    return st;
}
