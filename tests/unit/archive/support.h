/* What the archive room's tests share: the rules, JSON from text, a random generator with a seed.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ARCHIVE_SUPPORT_H
#define TEST_ARCHIVE_SUPPORT_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "archive/article.h"
#include "archive/structure.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
    struct arena *arena;
    struct rules *rules;
};

static struct world world;

static inline int world_open(void **state) {
    struct err err = ERR_NONE;
    (void)state;
    world.arena = arena_new();
    if (rules_open(&world.rules, FOOTNOTE_SOURCE_DIR "/index-schema", &err) == ST_OK) return 0;
    fprintf(stderr, "%s\n", err.text);
    return -1;
}

static inline int world_close(void **state) {
    (void)state;
    rules_close(world.rules);
    arena_free(world.arena);
    return 0;
}

static inline void json_free(void *tree) {
    cJSON_Delete(tree);
}

/* The tree lives as long as the world's arena. */
static inline cJSON *json_of(const char *text) {
    cJSON *tree = NULL;
    struct err err = ERR_NONE;
    if (json_parse(&tree, text, strlen(text), NULL, &err) != ST_OK) fail_msg("%s in %s", err.text, text);
    arena_defer(world.arena, json_free, tree);
    return tree;
}

static inline cJSON *text_record(const char *text) {
    cJSON *tree = cJSON_CreateObject();
    cJSON_AddStringToObject(tree, "text", text);
    arena_defer(world.arena, json_free, tree);
    return tree;
}

static inline struct article *article_of(const cJSON *record) {
    struct article *article = NULL;
    struct err err = ERR_NONE;
    if (article_read(world.arena, world.rules, record, &article, &err) != ST_OK) fail_msg("%s", err.text);
    return article;
}

/* For tables: tells every row that fails, not only the first. */
static inline void expect_same(int *failed, const char *row, const char *got, const char *want) {
    if (strcmp(got, want) == 0) return;
    print_message("in:   %s\ngot:  %s\nwant: %s\n", row, got, want);
    ++*failed;
}

/* A small generator, so that a failing seed can be run again. */
static inline uint32_t draw(uint32_t *seed, uint32_t below) {
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*seed >> 8) * below) >> 24);
}

/* The whole file in FOOTNOTE_DATA; NULL, with a message, when it is not there. */
static inline char *data_file(const char *name, size_t *len) {
    const char *dir = getenv("FOOTNOTE_DATA");
    char path[4096], *text = NULL;
    snprintf(path, sizeof path, "%s/%s", dir ? dir : FOOTNOTE_SOURCE_DIR "/../shared/data", name);
    if (file_read(&text, len, path, (size_t)1 << 30, NULL) == ST_OK) return text;
    print_message("skipped: %s is not there (FOOTNOTE_DATA names the folder)\n", path);
    return NULL;
}

#endif
