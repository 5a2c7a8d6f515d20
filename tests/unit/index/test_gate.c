/* The gate: who writes waits for those who read an older view, and for nobody else.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/when.h"
#include "index_internal.h"

#include <sched.h>
#include <stdlib.h>

enum { READERS = 4, COMMITS = 3000 };

static void places(void **state) {
    (void)state;
    struct gate gate = {0};
    int places[GATE_READERS_MAX];
    gate_init(&gate);
    for (int i = 0; i < GATE_READERS_MAX; i++) {
        places[i] = gate_join(&gate);
        assert_true(places[i] >= 0);
    }
    assert_int_equal(gate_join(&gate), -1);
    gate_part(&gate, places[7]);
    assert_int_equal(gate_join(&gate), places[7]);
    gate_destroy(&gate);
}

static void waiting(void **state) {
    (void)state;
    struct gate gate = {0};
    gate_init(&gate);
    int place = gate_join(&gate);
    /* Nobody reads, or the newest view is read: no wait, though the deadline is far. */
    int64_t far_us = when_mono_us() + 60000000, began_us = when_mono_us();
    gate_wait(&gate, far_us);
    gate_committed(&gate);
    gate_enter(&gate, place);
    gate_wait(&gate, far_us);
    assert_true(when_mono_us() - began_us < 30000000);
    /* The view before the last commit is read: the wait ends at its deadline. */
    gate_committed(&gate);
    began_us = when_mono_us();
    gate_wait(&gate, began_us + 50000);
    assert_true(when_mono_us() - began_us >= 50000);
    gate_leave(&gate, place);
    gate_wait(&gate, far_us);
    assert_true(when_mono_us() < far_us);
    gate_destroy(&gate);
}

/* A database in small: the writer spoils what is older than the last view; a reader must never see it spoilt. */
struct pages {
    struct gate gate;
    atomic_uint view;   /* the last committed one */
    atomic_uint spoilt; /* views up to this are gone */
    atomic_bool ended;
    atomic_uint reads, faults;
};

static void *reader(void *arg) {
    struct pages *pages = arg;
    int place = gate_join(&pages->gate);
    while (!atomic_load(&pages->ended)) {
        gate_enter(&pages->gate, place);
        unsigned mine = atomic_load(&pages->view);
        for (int i = 0; i < 50; i++) {
            if (atomic_load(&pages->spoilt) >= mine) atomic_fetch_add(&pages->faults, 1);
            if (i % 10 == 0) sched_yield();
        }
        gate_leave(&pages->gate, place);
        atomic_fetch_add(&pages->reads, 1);
    }
    gate_part(&pages->gate, place);
    return NULL;
}

static void racing(void **state) {
    (void)state;
    struct pages pages = {0};
    pthread_t threads[READERS];
    gate_init(&pages.gate);
    atomic_store(&pages.view, 1);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, reader, &pages), 0);
    for (unsigned commit = 2; commit < COMMITS || atomic_load(&pages.reads) < READERS * 10; commit++) {
        gate_wait(&pages.gate, when_mono_us() + 60000000);
        atomic_store(&pages.spoilt, commit - 2); /* the writing begins: the view before the last is gone */
        atomic_store(&pages.view, commit);
        gate_committed(&pages.gate);
    }
    atomic_store(&pages.ended, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&pages.faults), 0);
    gate_destroy(&pages.gate);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(waiting),
        cmocka_unit_test(racing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
