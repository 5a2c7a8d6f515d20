/* The worker pool: order, urgency, limits, stop.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/pool.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A pool whose only worker waits at a gate, so that what stands behind is known. */
struct bench {
    sem_t at_gate, gate;
    int order[256];
    atomic_int count, begun, ended, sum;
    int fail_from; /* thread_begin fails from this number on; 0: never */
};

static int gate_task;

static enum status begin(void *arg, void **state, struct err *err) {
    struct bench *bench = arg;
    int number = ++bench->begun;
    if (bench->fail_from && number >= bench->fail_from) return err_set(err, ST_IO, "thread %d has no handle", number);
    *state = malloc(1);
    return ST_OK;
}

static void end(void *arg, void *state) {
    ((struct bench *)arg)->ended++;
    free(state);
}

static void process(void *arg, void *state, void *task) {
    struct bench *bench = arg;
    assert_non_null(state);
    if (task == &gate_task) {
        sem_post(&bench->at_gate);
        sem_wait(&bench->gate);
    } else {
        bench->order[bench->count++] = (int)(intptr_t)task;
    }
}

static void add(void *arg, void *state, void *task) {
    struct bench *bench = arg;
    (void)state;
    bench->sum += (int)(intptr_t)task;
    bench->count++;
}

static struct pool *open_pool(struct bench *bench, int threads, size_t max_queue, void (*fn)(void *, void *, void *)) {
    const struct pool_calls calls = {begin, end, fn, bench};
    struct pool *pool;
    struct err err = ERR_NONE;
    memset(bench, 0, sizeof *bench);
    sem_init(&bench->at_gate, 0, 0);
    sem_init(&bench->gate, 0, 0);
    assert_int_equal(pool_start(&pool, threads, max_queue, &calls, &err), ST_OK);
    return pool;
}

static struct pool *open_gated(struct bench *bench, size_t max_queue) {
    struct pool *pool = open_pool(bench, 1, max_queue, process);
    assert_true(pool_submit(pool, &gate_task, false));
    sem_wait(&bench->at_gate);
    return pool;
}

static bool submit(struct pool *pool, int number, bool urgent) {
    return pool_submit(pool, (void *)(intptr_t)number, urgent);
}

static void test_order_and_urgency(void **state) {
    struct bench bench;
    struct pool *pool = open_gated(&bench, 10);
    const int expected[] = {101, 102, 1, 2, 3};
    (void)state;
    for (int i = 1; i <= 3; i++)
        assert_true(submit(pool, i, false));
    assert_true(submit(pool, 101, true));
    assert_true(submit(pool, 102, true));
    sem_post(&bench.gate);
    pool_stop(pool);
    assert_int_equal(bench.count, 5);
    assert_memory_equal(bench.order, expected, sizeof expected);
    assert_int_equal(bench.ended, 1);
}

static void test_full_queue(void **state) {
    struct bench bench;
    struct pool *pool = open_gated(&bench, 3);
    size_t waiting;
    int64_t oldest_us;
    (void)state;
    pool_load(pool, &waiting, &oldest_us);
    assert_int_equal(waiting, 0);
    assert_int_equal(oldest_us, 0);
    for (int i = 1; i <= 3; i++)
        assert_true(submit(pool, i, false));
    assert_false(submit(pool, 4, false));
    /* Urgent ones pass the limit, more than one ring holds at first. */
    for (int i = 0; i < 200; i++)
        assert_true(submit(pool, 1000 + i, true));
    pool_load(pool, &waiting, &oldest_us);
    assert_int_equal(waiting, 203);
    assert_true(oldest_us >= 0);
    sem_post(&bench.gate);
    pool_stop(pool);
    assert_int_equal(bench.count, 203);
    for (int i = 0; i < 200; i++)
        assert_int_equal(bench.order[i], 1000 + i);
    assert_int_equal(bench.order[202], 3);
}

static void test_begin_fails(void **state) {
    struct bench bench = {.fail_from = 3};
    const struct pool_calls calls = {begin, end, process, &bench};
    struct pool *pool = (struct pool *)&bench;
    struct err err = ERR_NONE;
    (void)state;
    assert_int_equal(pool_start(&pool, 4, 10, &calls, &err), ST_IO);
    assert_null(pool);
    assert_non_null(strstr(err.text, "has no handle"));
    assert_int_equal(bench.begun, 4);
    assert_int_equal(bench.ended, 2);
}

static void *submitter(void *arg) {
    struct pool *pool = arg;
    for (int i = 1; i <= 5000; i++)
        assert_true(submit(pool, i, i % 7 == 0));
    return NULL;
}

static void test_many_threads(void **state) {
    struct bench bench;
    struct pool *pool = open_pool(&bench, 4, 100000, add);
    pthread_t threads[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, submitter, pool);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    pool_stop(pool); /* finishes what it has */
    assert_int_equal(bench.count, 20000);
    assert_int_equal(bench.sum, 4 * (5000 * 5001 / 2));
    assert_int_equal(bench.ended, 4);
}

/* A stopping pool takes nothing more, not even what is urgent. */
struct stopping {
    struct pool *pool;
    atomic_bool refused;
};

static void submit_while_stopping(void *arg, void *state, void *task) {
    struct stopping *stopping = arg;
    (void)state;
    (void)task;
    while (submit(stopping->pool, 1, true)) {
        if (stopping->refused) return; /* one of those that got in before */
    }
    stopping->refused = true;
}

static void test_stop_refuses(void **state) {
    struct stopping stopping = {0};
    const struct pool_calls calls = {.process = submit_while_stopping, .arg = &stopping};
    struct err err = ERR_NONE;
    (void)state;
    assert_int_equal(pool_start(&stopping.pool, 1, 10, &calls, &err), ST_OK);
    assert_true(submit(stopping.pool, 1, false));
    pool_stop(stopping.pool);
    assert_true(stopping.refused);
    pool_stop(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_urgency), cmocka_unit_test(test_full_queue),
        cmocka_unit_test(test_begin_fails),       cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_stop_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
