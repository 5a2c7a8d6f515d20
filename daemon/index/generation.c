/* Generations: folders of an index, one of which is served.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A generation keeps its name for ever; the file `current` says which one is served and is replaced by a rename;
 * `previous` names the one that rollback returns to.  Every other folder is half-built or too old and is removed
 * at the start.  A generation's folder:
 *
 *   articles/ sources/   the engine's databases
 *   schema.json          the schema that it was made by
 *   configured           hash of the configured schema's text when it was made: as long as that stays the same, the
 *                        generation's own schema is in force (it may have come by a reindex) */
#include "generation.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CARD_FORMAT = 1, NAME_MAX_BYTES = 64, SCHEMA_MAX_BYTES = 1 << 20 };

void generation_maker(char out[GENERATION_MAKER], const struct schema *schema, const char *lineage) {
    int len =
        snprintf(out, GENERATION_MAKER, "terms=%d card=%d schema=%s", TERMS_VERSION, CARD_FORMAT, schema->fingerprint);
    if (lineage[0]) snprintf(out + len, (size_t)(GENERATION_MAKER - len), " lineage=%s", lineage);
}

static char *join(const char *dir, const char *leaf) {
    size_t size = strlen(dir) + strlen(leaf) + 2;
    char *path = mem_alloc(size);
    snprintf(path, size, "%s/%s", dir, leaf);
    return path;
}

struct generation *generation_new(const char *data, uint64_t number) {
    struct generation *generation = mem_alloc(sizeof *generation);
    size_t size = strlen(data) + 40;
    generation->number = number;
    generation->dir = mem_alloc(size);
    snprintf(generation->dir, size, "%s/index/%" PRIu64, data, number);
    generation->dirs[STORE_ARTICLE] = join(generation->dir, "articles");
    generation->dirs[STORE_SOURCE] = join(generation->dir, "sources");
    return generation;
}

void generation_free(struct generation *generation) {
    if (!generation) return;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++)
        mem_free(generation->dirs[kind]);
    schema_close(generation->schema);
    mem_free(generation->dir);
    mem_free(generation);
}

/* ---- the files current and previous ---- */

enum status generation_read_name(uint64_t *out, const char *data, const char *name, struct err *err) {
    char path[4096];
    char *text = NULL;
    size_t len = 0;
    snprintf(path, sizeof path, "%s/index/%s", data, name);
    *out = 0;
    enum status st = file_read(&text, &len, path, NAME_MAX_BYTES, err);
    if (st == ST_NOT_FOUND) return ST_OK;
    if (st == ST_TOO_LARGE) st = ST_OK;
    if (st != ST_OK) return st;
    if (text) *out = strtoull(text, NULL, 10);
    mem_free(text);
    if (*out == 0) log_warning("generation", "reason=\"the file index/%s names none\"", name);
    return ST_OK;
}

enum status generation_write_name(const char *data, const char *name, uint64_t number, struct err *err) {
    char path[4096], line[32];
    snprintf(path, sizeof path, "%s/index/%s", data, name);
    snprintf(line, sizeof line, "%" PRIu64 "\n", number);
    return file_replace(path, line, strlen(line), err);
}

/* Calls fn for each generation's folder. */
static void each_number(const char *data, void (*fn)(void *arg, uint64_t number), void *arg) {
    char *dir = join(data, "index");
    DIR *folder = opendir(dir);
    struct dirent *entry = NULL;
    while (folder && (entry = readdir(folder))) {
        char *end = NULL;
        uint64_t number = strtoull(entry->d_name, &end, 10);
        if (number > 0 && *end == '\0') fn(arg, number);
    }
    if (folder) closedir(folder);
    mem_free(dir);
}

struct sweep {
    const char *data;
    uint64_t keep, also;
};

static void sweep_one(void *arg, uint64_t number) {
    const struct sweep *sweep = arg;
    struct err err = ERR_NONE;
    if (number == sweep->keep || number == sweep->also) return;
    struct generation *generation = generation_new(sweep->data, number);
    if (file_remove_tree(generation->dir, &err) != ST_OK)
        log_warning("generation", "generation=%" PRIu64 " reason=\"%s\"", number, err.text);
    else
        log_info("generation", "generation=%" PRIu64 " action=removed", number);
    generation_free(generation);
}

void generation_sweep(const char *data, uint64_t keep, uint64_t also) {
    struct sweep sweep = {.data = data, .keep = keep, .also = also};
    each_number(data, sweep_one, &sweep);
}

static void highest(void *arg, uint64_t number) {
    uint64_t *out = arg;
    if (number > *out) *out = number;
}

uint64_t generation_next(const char *data, uint64_t current) {
    uint64_t last = current;
    each_number(data, highest, &last);
    return last + 1;
}

/* ---- making ---- */

enum status generation_write_schema(const struct generation *generation, const struct schema *schema,
                                    const struct schema *configured, struct err *err) {
    char hash[33];
    char *path = join(generation->dir, "schema.json");
    enum status st = file_replace(path, schema->text, schema->text_len, err);
    mem_free(path);
    path = join(generation->dir, "configured");
    hash128_hex(hash, configured->text, configured->text_len);
    if (st == ST_OK) st = file_replace(path, hash, strlen(hash), err);
    mem_free(path);
    return st;
}

static enum status copy_file(const char *from, const char *to, const char *name, struct err *err) {
    char *source = join(from, name), *target = join(to, name), *text = NULL;
    size_t len = 0;
    enum status st = file_read(&text, &len, source, SCHEMA_MAX_BYTES, err);
    if (st == ST_OK)
        st = file_replace(target, text, len, err);
    else if (st == ST_NOT_FOUND)
        st = ST_OK; /* of the time before schemas lay beside the index */
    mem_free(text);
    mem_free(source);
    mem_free(target);
    return st;
}

enum status generation_copy_schema(const struct generation *from, const struct generation *to, struct err *err) {
    enum status st = copy_file(from->dir, to->dir, "schema.json", err);
    return st == ST_OK ? copy_file(from->dir, to->dir, "configured", err) : st;
}

enum status generation_fresh_database(const char *dir, const char *maker, uint64_t applied, struct err *err) {
    struct engine_db *db = NULL;
    enum status st = file_remove_tree(dir, err);
    if (st == ST_OK) st = file_make_dir(dir, 0750, err);
    if (st == ST_OK) st = engine_open(&db, dir, ENGINE_WRITE, err);
    if (st == ST_OK) st = engine_meta_set(db, "maker", maker, strlen(maker), err);
    if (st == ST_OK) st = applied_set(db, applied, err);
    if (st == ST_OK) st = engine_commit(db, err);
    engine_close(db);
    return st;
}

static enum status make_empty(struct generation *generation, const struct schema *configured, const char *lineage,
                              struct err *err) {
    char maker[GENERATION_MAKER];
    generation_maker(maker, configured, lineage);
    enum status st = file_remove_tree(generation->dir, err);
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++)
        st = generation_fresh_database(generation->dirs[kind], maker, 0, err);
    if (st == ST_OK) st = generation_write_schema(generation, configured, configured, err);
    return st;
}

/* ---- opening ---- */

enum status generation_unfit(const struct generation *generation, const char *maker, char *why, size_t size) {
    why[0] = '\0';
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && !why[0]; kind++) {
        struct engine_db *db = NULL;
        struct err err = ERR_NONE;
        char *value = NULL;
        size_t len = 0;
        enum status st = engine_open(&db, generation->dirs[kind], ENGINE_READ, &err);
        if (st == ST_OK) st = engine_meta_get(db, "maker", &value, &len, &err);
        if (st == ST_OK && (len != strlen(maker) || memcmp(value, maker, len) != 0))
            snprintf(why, size, "it was made by another analyser or schema (%.*s)", (int)len, value);
        engine_close(db);
        mem_free(value);
        if (st == ST_NO_MEMORY || st == ST_NO_FILES) return st;
        if (st != ST_OK) snprintf(why, size, "%s", err.text);
    }
    return ST_OK;
}

static enum status unfit(const struct generation *generation, const struct schema *schema, const char *lineage,
                         char *why, size_t size) {
    char maker[GENERATION_MAKER];
    generation_maker(maker, schema, lineage);
    return generation_unfit(generation, maker, why, size);
}

bool generation_configured_is(const struct generation *generation, const struct schema *configured) {
    char hash[33], *text = NULL;
    size_t len = 0;
    char *path = join(generation->dir, "configured");
    hash128_hex(hash, configured->text, configured->text_len);
    bool same = file_read(&text, &len, path, NAME_MAX_BYTES, NULL) == ST_OK && strcmp(text, hash) == 0;
    mem_free(text);
    mem_free(path);
    return same;
}

struct schema *generation_stored_schema(const struct generation *generation) {
    struct schema *schema = NULL;
    struct err err = ERR_NONE;
    char *path = join(generation->dir, "schema.json");
    enum status st = schema_open(&schema, path, &err);
    if (st != ST_OK && st != ST_NOT_FOUND)
        log_warning("generation", "generation=%" PRIu64 " reason=\"its schema can't be read\" error=\"%s\"",
                    generation->number, err.text);
    mem_free(path);
    return schema;
}

/* Which schema the generation is served by: its own, while the configured one has not changed since; or, if that
 * has, its own until a reindex (*why).  *why stays empty when all is well; no schema: it can't be served. */
static enum status choose_schema(struct generation *generation, const struct schema *configured, const char *lineage,
                                 char *why, size_t size, struct err *err) {
    struct schema *own = generation_stored_schema(generation);
    bool unchanged = own && generation_configured_is(generation, configured);
    enum status st = unfit(generation, unchanged ? own : configured, lineage, why, size);
    if (st == ST_OK && !why[0]) {
        if (!unchanged) st = schema_copy(&generation->schema, configured, err);
        if (unchanged) generation->schema = own;
        own = unchanged ? NULL : own;
    } else if (st == ST_OK && own && !unchanged) {
        char ignored[512];
        st = unfit(generation, own, lineage, ignored, sizeof ignored);
        if (st == ST_OK && !ignored[0]) {
            generation->schema = own;
            own = NULL;
            snprintf(why, size, "the configured schema is another than the index was made by");
        }
    }
    schema_close(own);
    if (st != ST_OK) err_set(err, st, "generation %" PRIu64 " of the index can't be opened", generation->number);
    return st;
}

enum status generation_replace(struct generation **out, const char *data, uint64_t old, const struct schema *configured,
                               const char *lineage, struct err *err) {
    struct generation *fresh = generation_new(data, generation_next(data, old));
    enum status st = schema_copy(&fresh->schema, configured, err);
    if (st == ST_OK) st = make_empty(fresh, configured, lineage, err);
    if (st == ST_OK) st = generation_write_name(data, "current", fresh->number, err);
    if (st != ST_OK) {
        generation_free(fresh);
        fresh = NULL;
    }
    *out = fresh;
    return st;
}

enum status generation_open(struct generation **out, const char *data, const struct schema *configured,
                            const char *lineage, char *why, size_t size, struct err *err) {
    char *dir = join(data, "index"), quoted[700];
    uint64_t current = 0, previous = 0;
    struct generation *found = NULL;
    snprintf(why, size, "there is none yet");
    enum status st = file_make_dir(dir, 0750, err);
    if (st == ST_OK) st = generation_read_name(&current, data, "current", err);
    if (st == ST_OK) st = generation_read_name(&previous, data, "previous", err);
    if (st == ST_OK && current > 0) {
        found = generation_new(data, current);
        st = choose_schema(found, configured, lineage, why, size, err);
    }
    if (st == ST_OK && (!found || !found->schema)) {
        log_notice("rebuild", "generation=%" PRIu64 " reason=%s action=\"it fills from the record store\"", current,
                   log_quote(quoted, sizeof quoted, why));
        generation_free(found);
        found = NULL;
        why[0] = '\0';
        st = generation_replace(&found, data, current, configured, lineage, err);
        previous = 0;
    }
    if (st == ST_OK) generation_sweep(data, found->number, previous);
    if (st != ST_OK) {
        generation_free(found);
        found = NULL;
    }
    *out = found;
    mem_free(dir);
    return st;
}
