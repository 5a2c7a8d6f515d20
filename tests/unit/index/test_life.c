/* The life of a write: submitted, durable, applied, visible, there again after a restart; those who wait for it.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/when.h"
#include "index_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAR_US = 60000000, WRITERS = 4, WRITES = 60 };

static char dir[64];
static struct config config;
static struct index *ix;

/* ---- waiting for callbacks ---- */

struct signal {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int calls;
    enum status status;
};

static void signal_init(struct signal *signal) {
    *signal = (struct signal){0};
    pthread_mutex_init(&signal->lock, NULL);
    pthread_cond_init(&signal->changed, NULL);
}

static void signal_call(void *arg, enum status status) {
    struct signal *signal = arg;
    pthread_mutex_lock(&signal->lock);
    signal->calls++;
    signal->status = status;
    pthread_cond_broadcast(&signal->changed);
    pthread_mutex_unlock(&signal->lock);
}

static enum status signal_take(struct signal *signal) {
    pthread_mutex_lock(&signal->lock);
    while (signal->calls == 0)
        pthread_cond_wait(&signal->changed, &signal->lock);
    assert_int_equal(signal->calls, 1);
    enum status status = signal->status;
    pthread_mutex_unlock(&signal->lock);
    return status;
}

static enum status wait_for(uint64_t seq, int64_t timeout_us) {
    struct signal signal;
    signal_init(&signal);
    index_wait(ix, seq, when_mono_us() + timeout_us, signal_call, &signal);
    return signal_take(&signal);
}

/* ---- writing ---- */

static void json_free(void *tree) {
    cJSON_Delete(tree);
}

static void batch_done(struct batch *take_batch) {
    signal_call(take_batch->arg, ST_OK);
}

static struct batch *batch_of(struct signal *signal, size_t count) {
    struct arena *arena = arena_new();
    struct batch *batch = arena_alloc(arena, sizeof *batch);
    *batch = (struct batch){.arena = arena, .count = count, .done = batch_done, .arg = signal};
    batch->writes = arena_alloc(arena, count * sizeof *batch->writes);
    signal_init(signal);
    return batch;
}

static void prepare_put(struct batch *batch, size_t at, const char *json) {
    struct err err = ERR_NONE;
    cJSON *tree = NULL;
    struct article *article = NULL;
    assert_int_equal(json_parse(&tree, json, strlen(json), NULL, &err), ST_OK);
    arena_defer(batch->arena, json_free, tree);
    if (article_read(batch->arena, index_rules(ix), tree, &article, &err) != ST_OK) fail_msg("%s", err.text);
    batch->writes[at] =
        (struct write){.op = WRITE_PUT, .kind = STORE_ARTICLE, .article = article, .if_revision = STORE_ANY_REVISION};
    assert_int_equal(store_pack(batch->arena, json, strlen(json), &batch->writes[at].packed, &err), ST_OK);
}

/* Submits, waits until durable; the first write's outcome, or its status. */
static enum status finish(struct batch *batch, struct store_outcome *out) {
    struct err err = ERR_NONE;
    struct signal *signal = batch->arg;
    enum status st = index_submit(ix, batch, false, &err);
    if (st == ST_OK) {
        signal_take(signal);
        st = batch->writes[0].err.status;
        if (out) *out = batch->writes[0].outcome;
    }
    arena_free(batch->arena);
    return st;
}

static struct store_outcome put(const char *id, const char *text) {
    struct signal signal;
    struct store_outcome out = {0};
    struct batch *batch = batch_of(&signal, 1);
    char json[256];
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"title\":\"%s\"}", id, text);
    prepare_put(batch, 0, json);
    assert_int_equal(finish(batch, &out), ST_OK);
    return out;
}

/* ---- reading ---- */

static uint32_t documents(struct reader *reader, const char *term) {
    struct err err = ERR_NONE;
    uint32_t count = 0;
    uint64_t occurrences = 0;
    assert_int_equal(reader_begin(reader, &err), ST_OK);
    assert_int_equal(
        engine_term_stats(reader_engine(reader, STORE_ARTICLE), term, strlen(term), &count, &occurrences, &err), ST_OK);
    reader_end(reader);
    return count;
}

static uint32_t count_term(const char *term) {
    struct reader *reader = NULL;
    struct err err = ERR_NONE;
    assert_int_equal(reader_open(&reader, ix, &err), ST_OK);
    uint32_t count = documents(reader, term);
    reader_close(reader);
    return count;
}

static void open_index(void) {
    struct err err = ERR_NONE;
    if (index_open(&ix, &config, FOOTNOTE_SOURCE_DIR "/index-schema", &err) != ST_OK) fail_msg("%s", err.text);
}

static int setup(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    log_set_level(LOG_LEVEL_ERROR);
    engine_setup();
    snprintf(dir, sizeof dir, "/tmp/fn-life-XXXXXX");
    if (!mkdtemp(dir)) return -1;
    config_init(&config);
    if (config_set(&config, "data", dir, &err) != ST_OK) return -1;
    open_index();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    index_close(ix);
    ix = NULL;
    config_free(&config);
    return file_remove_tree(dir, NULL) == ST_OK ? 0 : -1;
}

/* ---- the tests ---- */

static void life(void **state) {
    (void)state;
    struct store_outcome out = put("a", "zebra");
    assert_int_equal(out.effect, STORE_ADDED);
    assert_int_equal(out.seq, 1);
    assert_int_equal(index_committed(ix), 1);
    assert_int_equal(wait_for(1, FAR_US), ST_OK);
    assert_true(index_applied(ix) >= 1);
    assert_int_equal(count_term("zebra"), 1);
    assert_int_equal(count_term("Qa"), 1);
    put("a", "yak");
    assert_int_equal(wait_for(2, FAR_US), ST_OK);
    assert_int_equal(count_term("zebra"), 0);
    assert_int_equal(count_term("yak"), 1);
    /* Closing applies what is durable; the next one has it all, and needs not apply anything. */
    put("b", "yak");
    index_close(ix);
    open_index();
    assert_int_equal(index_applied(ix), 3);
    assert_int_equal(count_term("yak"), 2);
}

static void reader_view(void **state) {
    (void)state;
    struct reader *reader = NULL;
    struct err err = ERR_NONE;
    uint32_t count = 0;
    uint64_t occurrences = 0;
    put("a", "zebra");
    assert_int_equal(wait_for(1, FAR_US), ST_OK);
    assert_int_equal(reader_open(&reader, ix, &err), ST_OK);
    assert_int_equal(reader_begin(reader, &err), ST_OK);
    assert_int_equal(reader_revision(reader), 1);
    /* What is committed meanwhile is not in this view. */
    put("b", "zebra");
    assert_int_equal(wait_for(2, FAR_US), ST_OK);
    assert_int_equal(engine_term_stats(reader_engine(reader, STORE_ARTICLE), "zebra", 5, &count, &occurrences, &err),
                     ST_OK);
    assert_int_equal(count, 1);
    reader_end(reader);
    assert_int_equal(documents(reader, "zebra"), 2);
    assert_int_equal(reader_revision(reader), 2);
    reader_close(reader);
}

/* In one batch each write has its own outcome; what is wrong with one costs that one only. */
static void outcomes(void **state) {
    (void)state;
    struct signal signal;
    struct err err = ERR_NONE;
    struct batch *batch = batch_of(&signal, 4);
    cJSON *patch = cJSON_Parse("{\"title\":\"patched\",\"verdict\":\"True\"}");
    arena_defer(batch->arena, json_free, patch);
    prepare_put(batch, 0, "{\"id\":\"a\",\"title\":\"zebra\"}");
    batch->writes[1] =
        (struct write){.op = WRITE_DELETE, .kind = STORE_ARTICLE, .id = "nobody", .if_revision = STORE_ANY_REVISION};
    batch->writes[2] = (struct write){
        .op = WRITE_PATCH, .kind = STORE_ARTICLE, .id = "a", .patch = patch, .if_revision = STORE_ANY_REVISION};
    batch->writes[3] =
        (struct write){.op = WRITE_PATCH, .kind = STORE_ARTICLE, .id = "a", .patch = patch, .if_revision = 1};
    assert_int_equal(index_submit(ix, batch, false, &err), ST_OK);
    signal_take(&signal);
    assert_int_equal(batch->writes[0].err.status, ST_OK);
    assert_int_equal(batch->writes[0].outcome.seq, 1);
    assert_int_equal(batch->writes[1].err.status, ST_NOT_FOUND);
    assert_int_equal(batch->writes[2].err.status, ST_OK);
    assert_int_equal(batch->writes[2].outcome.seq, 2);
    assert_int_equal(batch->writes[3].err.status, ST_CONFLICT);
    arena_free(batch->arena);
    assert_int_equal(wait_for(2, FAR_US), ST_OK);
    assert_int_equal(count_term("patched"), 1);
    assert_int_equal(count_term("XVtrue"), 1);
}

static void waiters(void **state) {
    (void)state;
    struct signal pending, ended;
    int64_t began_us = when_mono_us();
    assert_int_equal(wait_for(0, FAR_US), ST_OK);
    assert_int_equal(wait_for(99, 30000), ST_TIMEOUT);
    assert_true(when_mono_us() - began_us >= 30000);
    assert_int_equal(wait_for(99, -1), ST_TIMEOUT); /* a deadline that has passed already */
    /* One that waits before the write is called when the write is visible. */
    signal_init(&pending);
    index_wait(ix, 1, when_mono_us() + FAR_US, signal_call, &pending);
    put("a", "zebra");
    assert_int_equal(signal_take(&pending), ST_OK);
    /* At the end: who waits for what is durable gets it, who waits for what will never be is told at once. */
    put("b", "zebra");
    signal_init(&ended);
    index_wait(ix, 50, when_mono_us() + FAR_US, signal_call, &ended);
    index_wait_end(ix);
    assert_int_equal(signal_take(&ended), ST_SHUTTING_DOWN);
    assert_int_equal(wait_for(51, FAR_US), ST_SHUTTING_DOWN);
    assert_int_equal(wait_for(2, FAR_US), ST_OK);
}

static void lock(void **state) {
    (void)state;
    struct index *second = NULL;
    struct err err = ERR_NONE;
    char pid[24];
    assert_int_equal(index_open(&second, &config, FOOTNOTE_SOURCE_DIR "/index-schema", &err), ST_LOCKED);
    assert_null(second);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    assert_non_null(strstr(err.text, pid));
}

/* An index that is gone is made again from the store. */
static void rebuilt(void **state) {
    (void)state;
    struct err err = ERR_NONE;
    char path[96];
    put("a", "zebra");
    put("b", "zebra");
    index_close(ix);
    ix = NULL;
    snprintf(path, sizeof path, "%s/index", dir);
    assert_int_equal(file_remove_tree(path, &err), ST_OK);
    open_index();
    assert_int_equal(wait_for(2, FAR_US), ST_OK);
    assert_int_equal(count_term("zebra"), 2);
}

/* ---- many at once ---- */

struct crowd {
    int number;
    uint64_t last_seq;
    int failures;
};

static void *crowd_write(void *arg) {
    struct crowd *crowd = arg;
    for (int i = 0; i < WRITES; i++) {
        struct signal signal;
        struct store_outcome out = {0};
        struct batch *batch = batch_of(&signal, 1);
        char json[128];
        snprintf(json, sizeof json, "{\"id\":\"w%d-%d\",\"title\":\"gnu\"}", crowd->number, i % 20);
        prepare_put(batch, 0, json);
        if (finish(batch, &out) != ST_OK || out.seq == 0) crowd->failures++;
        if (out.seq > crowd->last_seq) crowd->last_seq = out.seq;
        if (i % 10 == 0 && wait_for(out.seq, FAR_US) != ST_OK) crowd->failures++;
    }
    return NULL;
}

static void crowd(void **state) {
    (void)state;
    struct crowd crowds[WRITERS];
    pthread_t threads[WRITERS];
    struct reader *reader = NULL;
    struct err err = ERR_NONE;
    uint64_t last = 0;
    uint32_t before = 0;
    assert_int_equal(reader_open(&reader, ix, &err), ST_OK);
    for (int i = 0; i < WRITERS; i++) {
        crowds[i] = (struct crowd){.number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_write, &crowds[i]), 0);
    }
    for (int i = 0; i < 200; i++) { /* reading all the time: never an error, and never less than before */
        uint32_t count = documents(reader, "gnu");
        assert_true(count >= before);
        before = count;
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].failures, 0);
        if (crowds[i].last_seq > last) last = crowds[i].last_seq;
    }
    assert_int_equal(last, index_committed(ix));
    assert_int_equal(wait_for(last, FAR_US), ST_OK);
    assert_int_equal(documents(reader, "gnu"), WRITERS * 20);
    reader_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(life, setup, teardown),
        cmocka_unit_test_setup_teardown(reader_view, setup, teardown),
        cmocka_unit_test_setup_teardown(outcomes, setup, teardown),
        cmocka_unit_test_setup_teardown(waiters, setup, teardown),
        cmocka_unit_test_setup_teardown(lock, setup, teardown),
        cmocka_unit_test_setup_teardown(rebuilt, setup, teardown),
        cmocka_unit_test_setup_teardown(crowd, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
