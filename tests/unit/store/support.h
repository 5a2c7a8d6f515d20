/* What the store's tests share: a store in a temporary folder, records from JSON, a random generator with a seed.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_STORE_SUPPORT_H
#define TEST_STORE_SUPPORT_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct world {
    char dir[64];
    struct rules *rules;
    struct arena *arena; /* of the test */
    struct store *store; /* writes */
    struct err err;
};

static struct world world;

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        enum status ok_status = (call);                                                                                \
        if (ok_status != ST_OK) fail_msg("%s: %s", #call, world.err.text);                                             \
    } while (0)

static inline int rules_setup(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    if (rules_open(&world.rules, FOOTNOTE_SOURCE_DIR "/index-schema", &err) == ST_OK) return 0;
    fprintf(stderr, "%s\n", err.text);
    return -1;
}

static inline int rules_teardown(void **state) {
    (void)state;
    rules_close(world.rules);
    return 0;
}

static inline int world_open(void **state) {
    (void)state;
    snprintf(world.dir, sizeof world.dir, "/tmp/fn-store-XXXXXX");
    world.err = ERR_NONE;
    world.arena = arena_new();
    if (!mkdtemp(world.dir)) return -1;
    return store_open(&world.store, world.dir, STORE_WRITE, &world.err) == ST_OK ? 0 : -1;
}

static inline int world_close(void **state) {
    (void)state;
    store_close(world.store);
    world.store = NULL;
    arena_free(world.arena);
    return file_remove_tree(world.dir, NULL) == ST_OK ? 0 : -1;
}

static inline void reopen(void) {
    store_close(world.store);
    world.store = NULL;
    OK(store_open(&world.store, world.dir, STORE_WRITE, &world.err));
}

static inline void json_free(void *tree) {
    cJSON_Delete(tree);
}

/* One write inside the transaction that is open. */
static inline enum status put_in(enum store_kind kind, const char *json, int64_t if_revision,
                                 struct store_outcome *out) {
    struct packed packed;
    struct article *article = NULL;
    struct source *source = NULL;
    cJSON *tree = NULL;
    struct err err = ERR_NONE;
    if (json_parse(&tree, json, strlen(json), NULL, &err) != ST_OK) fail_msg("%s in %s", err.text, json);
    arena_defer(world.arena, json_free, tree);
    OK(store_pack(world.arena, json, strlen(json), &packed, &world.err));
    if (kind == STORE_ARTICLE) {
        OK(article_read(world.arena, world.rules, tree, &article, &world.err));
        return store_put_article(world.store, article, &packed, if_revision, out, &world.err);
    }
    OK(source_read(world.arena, world.rules, tree, &source, &world.err));
    return store_put_source(world.store, source, &packed, if_revision, out, &world.err);
}

/* A transaction of one write; a refused one is rolled back. */
static inline enum status put_if(enum store_kind kind, const char *json, int64_t if_revision,
                                 struct store_outcome *out) {
    OK(store_begin(world.store, &world.err));
    enum status st = put_in(kind, json, if_revision, out);
    if (st == ST_OK)
        OK(store_commit(world.store, &world.err));
    else
        store_rollback(world.store);
    return st;
}

static inline struct store_outcome put(enum store_kind kind, const char *json) {
    struct store_outcome out = {0};
    OK(put_if(kind, json, STORE_ANY_REVISION, &out));
    return out;
}

static inline enum status delete_if(enum store_kind kind, const char *id, int64_t if_revision, bool purge,
                                    struct store_outcome *out) {
    OK(store_begin(world.store, &world.err));
    enum status st = store_delete(world.store, kind, id, if_revision, purge, out, &world.err);
    if (st == ST_OK)
        OK(store_commit(world.store, &world.err));
    else
        store_rollback(world.store);
    return st;
}

static inline enum status remove_if(enum store_kind kind, const char *id, int64_t if_revision,
                                    struct store_outcome *out) {
    return delete_if(kind, id, if_revision, false, out);
}

static inline enum status get(enum store_kind kind, const char *id, uint64_t revision, struct record *out) {
    world.err = ERR_NONE;
    return store_get(world.store, world.arena, kind, id, revision, out, &world.err);
}

static inline void assert_counts(uint64_t articles, uint64_t sources, uint64_t mentions, uint64_t seq) {
    struct store_counts counts;
    OK(store_counts(world.store, &counts, &world.err));
    assert_int_equal(counts.articles, articles);
    assert_int_equal(counts.sources, sources);
    assert_int_equal(counts.mentions, mentions);
    assert_int_equal(counts.seq, seq);
}

/* The store finds nothing wrong with itself. */
static inline void finding_fails(void *arg, const struct store_finding *finding) {
    (void)arg;
    fail_msg("%s %s: %s", finding->place, finding->id ? finding->id : "", finding->message);
}

static inline void finding_ignored(void *arg) {
    (void)arg;
}

static inline void assert_sound(void) {
    struct store_verify verify = {.found = finding_fails, .checked = finding_ignored};
    OK(store_verify(world.store, &verify, &world.err));
}

/* ---- random numbers ---- */

static uint64_t random_state;

static inline uint64_t random_next(void) { /* xorshift64* */
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545F4914F6CDD1DULL;
}

static inline unsigned random_below(unsigned limit) {
    return (unsigned)((random_next() >> 33) % limit);
}

/* From $FOOTNOTE_SEED, else fixed; printed, so that a failure can be repeated. */
static inline void random_start(void) {
    const char *given = getenv("FOOTNOTE_SEED");
    random_state = given ? strtoull(given, NULL, 10) : 20251008;
    printf("FOOTNOTE_SEED=%llu\n", (unsigned long long)random_state);
}

#endif
