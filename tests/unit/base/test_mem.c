/* Memory: arenas keep what they hand out, and a refused allocation is a clean stop.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/ensure.h"
#include "base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* AddressSanitizer stops at a refused malloc unless told that NULL is an answer. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

static void arena_memory_is_zeroed_aligned_and_apart(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    struct arena *arena = arena_new();
    size_t total = 0;
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = i % 97 == 0 ? 300000 + i : i % 41;
        blocks[i] = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(blocks[i][k], 0);
        memset(blocks[i], (int)(i & 0xFF), size);
        total += size;
    }
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = i % 97 == 0 ? 300000 + i : i % 41;
        for (size_t k = 0; k < size; k++)
            assert_int_equal(blocks[i][k], i & 0xFF);
    }
    assert_int_equal(arena_bytes(arena), total);
    arena_free(arena);
    arena_free(NULL);
}

static void arena_texts(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    assert_string_equal(arena_strdup(arena, "abc"), "abc");
    assert_null(arena_strdup(arena, NULL));
    assert_string_equal(arena_strndup(arena, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(arena, NULL, 0), "");
    assert_string_equal(arena_printf(arena, "%s-%d", "x", 12), "x-12");
    char *large = arena_printf(arena, "%0100000d", 7);
    assert_int_equal(strlen(large), 100000);
    arena_free(arena);
}

static void arena_grow_keeps_the_elements(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    int *numbers = NULL;
    size_t capacity = 0;
    size_t moves = 0;
    for (size_t i = 0; i < 10000; i++) {
        int *grown = arena_grow(arena, numbers, i, &capacity, sizeof *numbers);
        moves += grown != numbers;
        numbers = grown;
        numbers[i] = (int)i;
    }
    for (int i = 0; i < 10000; i++)
        assert_int_equal(numbers[i], i);
    assert_true(moves < 16);
    arena_free(arena);
}

static char order[8];

static void note(void *letter) {
    strncat(order, letter, 1);
}

static void deferred_calls_run_last_first(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    order[0] = '\0';
    arena_defer(arena, note, arena_strdup(arena, "a"));
    arena_defer(arena, note, arena_strdup(arena, "b"));
    arena_defer(arena, note, arena_strdup(arena, "c"));
    assert_string_equal(order, "");
    arena_free(arena);
    assert_string_equal(order, "cba");
}

/* Runs fn in a child with stderr in a pipe; returns what waitpid says and what was written. */
static int run_child(void (*fn)(void), char *text, size_t size) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        fn();
        _exit(0);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t n; (n = read(ends[0], text + len, size - 1 - len)) > 0;)
        len += (size_t)n;
    text[len] = '\0';
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static volatile size_t impossible = SIZE_MAX / 2 - 4096; /* volatile: gcc refuses such a constant */

static void take_too_much(void) {
    mem_free(mem_alloc(impossible));
}
static void grow_too_much(void) {
    mem_free(mem_realloc(NULL, impossible));
}
static void fail_an_assertion(void) {
    ENSURE(impossible == 0);
}

static void a_refusal_stops_with_one_line(void **state) {
    (void)state;
    void (*const acts[])(void) = {take_too_much, grow_too_much};
    for (size_t i = 0; i < ROWS(acts); i++) {
        char text[8192];
        int status = run_child(acts[i], text, sizeof text);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 70);
        assert_non_null(strstr(text, "error no_memory bytes="));
    }
    assert_null(mem_try_alloc(impossible));
    char *kept = mem_strdup("kept");
    assert_null(mem_try_realloc(kept, impossible));
    assert_string_equal(kept, "kept");
    mem_free(kept);
}

static void a_bug_aborts_and_names_its_place(void **state) {
    (void)state;
    char text[8192];
    int status = run_child(fail_an_assertion, text, sizeof text);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
    assert_non_null(strstr(text, "condition=\"impossible == 0\""));
    assert_non_null(strstr(text, "test_mem.c"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(arena_texts),
        cmocka_unit_test(arena_grow_keeps_the_elements),
        cmocka_unit_test(deferred_calls_run_last_first),
        cmocka_unit_test(a_refusal_stops_with_one_line),
        cmocka_unit_test(a_bug_aborts_and_names_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
