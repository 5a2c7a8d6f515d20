/* The seal of a clean stop.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The engine's tables have no checksums, and of the record store only the bodies do.  So whoever damages the files
 * of a stopped archive would go unseen.  A clean stop writes data/seal.json:
 *
 *   {"format": 1, "generation": 7, "files": [{"name": "records.sqlite", "bytes": n, "hash": "…"}, …]}
 *
 * with every file of the record store and of the generation that is served; names are below the data folder.  The
 * start removes it.  Where it is missing data/unclean counts how often in a row. */
#include "seal.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEAL_FORMAT = 1, SEAL_MAX = 1 << 20, PATH_BYTES = 4600 };

enum status seal_hash(char out[33], uint64_t *bytes, const char *path, struct err *err) {
    struct stat info;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return err_errno(err, errno, "opening '%s'", path);
    enum status st = fstat(file, &info) == 0 ? ST_OK : err_errno(err, errno, "reading '%s'", path);
    void *map = NULL;
    if (st == ST_OK && info.st_size > 0) {
        map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (map == MAP_FAILED) st = err_errno(err, errno, "reading '%s'", path);
    }
    if (st == ST_OK) {
        *bytes = (uint64_t)info.st_size;
        hash128_hex(out, map ? map : "", (size_t)info.st_size);
        if (map) munmap(map, (size_t)info.st_size);
    }
    close(file);
    return st;
}

/* ---- reading ---- */

static bool is_whole(const char *data, const cJSON *file) {
    char path[PATH_BYTES], hash[33] = "";
    uint64_t bytes = 0;
    const char *name = json_get_string(file, "name"), *want = json_get_string(file, "hash");
    const cJSON *size = json_get(file, "bytes");
    if (!name || !want || !cJSON_IsNumber(size)) return false;
    snprintf(path, sizeof path, "%s/%s", data, name);
    return seal_hash(hash, &bytes, path, NULL) == ST_OK && bytes == (uint64_t)size->valuedouble &&
           strcmp(hash, want) == 0;
}

static void check_files(struct seal *seal, const char *data, const cJSON *root) {
    const cJSON *file = NULL;
    uint64_t current = 0;
    const cJSON *generation = json_get(root, "generation");
    seal->store = seal->index = SEAL_WHOLE;
    if (!cJSON_IsArray(json_get(root, "files")) || !cJSON_IsNumber(generation)) seal->index = SEAL_BROKEN;
    cJSON_ArrayForEach (file, json_get(root, "files")) {
        const char *name = json_get_string(file, "name");
        if (is_whole(data, file)) continue;
        if (name && strncmp(name, "index/", 6) == 0) {
            seal->index = SEAL_BROKEN;
        } else {
            seal->store = SEAL_BROKEN;
            snprintf(seal->why, sizeof seal->why, "%s is not as the daemon left it", name ? name : "a file");
        }
    }
    generation_read_name(&current, data, "current", NULL);
    if (generation && current != (uint64_t)generation->valuedouble) seal->index = SEAL_BROKEN;
}

/* Counts an unclean stop, before anything can crash.  A full disk costs the count, not the start. */
static void count_unclean(struct seal *seal, const char *data) {
    struct err err = ERR_NONE;
    char path[PATH_BYTES], line[32], *text = NULL;
    size_t len = 0;
    snprintf(path, sizeof path, "%s/unclean", data);
    if (file_read(&text, &len, path, sizeof line, NULL) == ST_OK) seal->unclean = strtoull(text, NULL, 10);
    mem_free(text);
    snprintf(line, sizeof line, "%" PRIu64 "\n", seal->unclean + 1);
    if (file_replace(path, line, strlen(line), &err) != ST_OK) log_warning("seal", "reason=\"%s\"", err.text);
}

enum status seal_open(struct seal *out, const char *data, struct err *err) {
    char path[PATH_BYTES], *text = NULL;
    size_t len = 0;
    cJSON *root = NULL;
    *out = (struct seal){0};
    snprintf(path, sizeof path, "%s/seal.json", data);
    enum status st = file_read(&text, &len, path, SEAL_MAX, NULL);
    if (st == ST_OK) {
        if (json_parse(&root, text, len, NULL, NULL) == ST_OK) check_files(out, data, root);
        if (!root) out->index = SEAL_BROKEN;
        st = unlink(path) == 0 ? file_sync_dir(data, err) : err_errno(err, errno, "removing '%s'", path);
    } else {
        st = ST_OK;
    }
    cJSON_Delete(root);
    mem_free(text);
    if (st == ST_OK) count_unclean(out, data);
    return st;
}

/* ---- writing ---- */

static enum status add_file(struct jw *jw, const char *data, const char *name, struct err *err) {
    char path[PATH_BYTES], hash[33] = "";
    uint64_t bytes = 0;
    snprintf(path, sizeof path, "%s/%s", data, name);
    enum status st = seal_hash(hash, &bytes, path, err);
    if (st != ST_OK) return st;
    jw_object(jw);
    jw_kstring(jw, "name", name);
    jw_kint(jw, "bytes", (int64_t)bytes);
    jw_kstring(jw, "hash", hash);
    jw_object_end(jw);
    return ST_OK;
}

static enum status add_folder(struct jw *jw, const char *data, const char *folder, struct err *err) {
    char path[PATH_BYTES], name[PATH_BYTES];
    struct dirent *entry = NULL;
    enum status st = ST_OK;
    snprintf(path, sizeof path, "%s/%s", data, folder);
    DIR *dir = opendir(path);
    if (!dir) return err_errno(err, errno, "reading '%s'", path);
    while (st == ST_OK && (entry = readdir(dir))) {
        if (entry->d_type != DT_REG) continue;
        if (snprintf(name, sizeof name, "%s/%s", folder, entry->d_name) >= (int)sizeof name)
            st = err_set(err, ST_TOO_LARGE, "the path of %s is too long", entry->d_name);
        else
            st = add_file(jw, data, name, err);
    }
    closedir(dir);
    return st;
}

/* The log of the record store is folded into it when the last handle goes; if it is still there, so is a reader. */
static enum status add_all(struct jw *jw, const char *data, uint64_t generation, struct err *err) {
    static const char *const parts[] = {"", "/articles", "/sources"};
    char path[PATH_BYTES], folder[64];
    struct stat info;
    snprintf(path, sizeof path, "%s/records.sqlite-wal", data);
    if (stat(path, &info) == 0 && info.st_size > 0) return err_set(err, ST_BUSY, "the record store's log is in use");
    enum status st = add_file(jw, data, "records.sqlite", err);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && st == ST_OK; i++) {
        snprintf(folder, sizeof folder, "index/%" PRIu64 "%s", generation, parts[i]);
        st = add_folder(jw, data, folder, err);
    }
    return st;
}

void seal_write(const char *data, const struct generation *generation) {
    struct buf text;
    struct jw jw;
    struct err err = ERR_NONE;
    char path[PATH_BYTES];
    buf_init(&text, 0);
    jw_init(&jw, &text);
    jw_object(&jw);
    jw_kint(&jw, "format", SEAL_FORMAT);
    jw_kint(&jw, "generation", (int64_t)generation->number);
    jw_key(&jw, "files");
    jw_array(&jw);
    enum status st = add_all(&jw, data, generation->number, &err);
    snprintf(path, sizeof path, "%s/unclean", data);
    if (st == ST_OK && unlink(path) != 0 && errno != ENOENT) st = err_errno(&err, errno, "removing '%s'", path);
    snprintf(path, sizeof path, "%s/seal.json", data);
    if (st == ST_OK) {
        jw_array_end(&jw);
        jw_object_end(&jw);
        st = file_replace(path, text.data, text.len, &err);
    }
    if (st != ST_OK) log_warning("seal", "reason=\"%s\" action=\"the next start checks the index\"", err.text);
    buf_free(&text);
}
