/* Generations: folders of an index, one of which is served.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A generation keeps its name for ever; the file `current` says which one is served and is replaced by a rename. */
#include "index_internal.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CARD_FORMAT = 1 };

void generation_maker(char out[96], const struct schema *schema) {
    snprintf(out, 96, "terms=%d card=%d schema=%s", TERMS_VERSION, CARD_FORMAT, schema->fingerprint);
}

static char *join(const char *data, uint64_t number, const char *leaf) {
    size_t size = strlen(data) + 64;
    char *path = mem_alloc(size);
    snprintf(path, size, "%s/index/%" PRIu64 "%s%s", data, number, *leaf ? "/" : "", leaf);
    return path;
}

static void set_dirs(struct generation *generation, const char *data) {
    generation->dirs[STORE_ARTICLE] = join(data, generation->number, "articles");
    generation->dirs[STORE_SOURCE] = join(data, generation->number, "sources");
}

void generation_free(struct generation *generation) {
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE; kind++)
        mem_free(generation->dirs[kind]);
    *generation = (struct generation){0};
}

/* 0: there is none. */
static enum status read_current(uint64_t *out, const char *data, struct err *err) {
    char path[4096];
    char *text = NULL;
    size_t len = 0;
    snprintf(path, sizeof path, "%s/index/current", data);
    *out = 0;
    enum status st = file_read(&text, &len, path, 64, err);
    if (st == ST_NOT_FOUND) return ST_OK;
    if (st != ST_OK) return st;
    *out = strtoull(text, NULL, 10);
    mem_free(text);
    if (*out == 0) log_warning("generation", "reason=\"the file index/current names none\" action=rebuild");
    return ST_OK;
}

static enum status make(const struct generation *generation, const struct schema *schema, struct err *err) {
    char maker[96];
    generation_maker(maker, schema);
    enum status st = ST_OK;
    for (int kind = STORE_ARTICLE; kind <= STORE_SOURCE && st == ST_OK; kind++) {
        struct engine_db *db = NULL;
        st = file_remove_tree(generation->dirs[kind], err);
        if (st == ST_OK) st = file_make_dir(generation->dirs[kind], 0750, err);
        if (st == ST_OK) st = engine_open(&db, generation->dirs[kind], ENGINE_WRITE, err);
        if (st == ST_OK) st = engine_meta_set(db, "maker", maker, strlen(maker), err);
        if (st == ST_OK) st = applied_set(db, 0, err);
        if (st == ST_OK) st = engine_commit(db, err);
        engine_close(db);
    }
    return st;
}

static enum status set_current(const char *data, uint64_t number, struct err *err) {
    char path[4096], line[32];
    snprintf(path, sizeof path, "%s/index/current", data);
    snprintf(line, sizeof line, "%" PRIu64 "\n", number);
    return file_replace(path, line, strlen(line), err);
}

/* Why a generation can't be served; "" when it can. */
static enum status unfit(const struct generation *generation, const struct schema *schema, char *why, size_t size) {
    char maker[96];
    generation_maker(maker, schema);
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
        if (st == ST_NOT_FOUND || st == ST_CORRUPT || st == ST_NEWER_FORMAT)
            snprintf(why, size, "%s", err.text);
        else if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status replace(struct generation *generation, const char *data, const struct schema *schema,
                           struct err *err) {
    generation_free(generation);
    uint64_t old = 0;
    enum status st = read_current(&old, data, err);
    generation->number = old + 1;
    set_dirs(generation, data);
    if (st == ST_OK) st = make(generation, schema, err);
    if (st == ST_OK) st = set_current(data, generation->number, err);
    if (st == ST_OK && old > 0) {
        char *dir = join(data, old, "");
        st = file_remove_tree(dir, err);
        mem_free(dir);
    }
    return st;
}

enum status generation_open(struct generation *out, const char *data, const struct schema *schema, struct err *err) {
    char dir[4096], why[512] = "there is none yet", quoted[700];
    snprintf(dir, sizeof dir, "%s/index", data);
    *out = (struct generation){0};
    enum status st = file_make_dir(dir, 0750, err);
    if (st == ST_OK) st = read_current(&out->number, data, err);
    if (st != ST_OK) return st;
    if (out->number > 0) {
        set_dirs(out, data);
        st = unfit(out, schema, why, sizeof why);
        if (st != ST_OK) return err_set(err, st, "generation %" PRIu64 " of the index can't be opened", out->number);
        if (!why[0]) return ST_OK;
        log_notice("rebuild", "generation=%" PRIu64 " reason=%s", out->number, log_quote(quoted, sizeof quoted, why));
    }
    return replace(out, data, schema, err);
}
