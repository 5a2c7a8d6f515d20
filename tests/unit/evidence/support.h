/* What the evidence room's tests share: rules, an analyser, articles from JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_EVIDENCE_SUPPORT_H
#define TEST_EVIDENCE_SUPPORT_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "archive/profile.h"
#include "text/analyse.h"

#include <stdio.h>
#include <string.h>

struct world {
    struct arena *arena;
    struct rules *rules;
    struct analyser *analyser;
};

static struct world world;

static inline int world_open(void **state) {
    struct err err = ERR_NONE;
    (void)state;
    world.arena = arena_new();
    enum status st = rules_open(&world.rules, FOOTNOTE_SOURCE_DIR "/index-schema", &err);
    if (st == ST_OK) st = analyser_open(&world.analyser, &err);
    if (st == ST_OK) return 0;
    fprintf(stderr, "%s\n", err.text);
    return -1;
}

static inline int world_close(void **state) {
    (void)state;
    analyser_close(world.analyser);
    rules_close(world.rules);
    arena_free(world.arena);
    return 0;
}

static inline void world_delete_json(void *json) {
    cJSON_Delete(json);
}

/* Single quotes stand for double ones, so that the JSON can be read. */
static inline struct article *world_article(const char *json) {
    char *text = arena_strdup(world.arena, json);
    struct article *article = NULL;
    struct err err = ERR_NONE;
    for (char *at = text; *at; at++)
        if (*at == '\'') *at = '"';
    cJSON *record = cJSON_Parse(text);
    assert_non_null(record);
    arena_defer(world.arena, world_delete_json, record);
    if (article_read(world.arena, world.rules, record, &article, &err) != ST_OK) fail_msg("%s", err.text);
    return article;
}

#endif
