/* Log lines: their form, their level, and that they stay whole under many threads.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/log.h"
#include "base/utf8.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, LINES = 500 };

static FILE *capture;
static int real_stderr;

static void begin_capture(void) {
    capture = tmpfile();
    assert_non_null(capture);
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
}

static void end_capture(void) {
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    rewind(capture);
}

static void lines_have_time_level_event_and_values(void **state) {
    (void)state;
    char line[8192];
    begin_capture();
    errno = ENOSPC;
    log_info("commit", "seq=%d text=%s", 7, "a\nb");
    assert_int_equal(errno, ENOSPC);
    log_debug("hidden", "x=1");
    log_error("bare", "%s", "");
    end_capture();
    assert_non_null(fgets(line, sizeof line, capture));
    int year;
    int ms;
    assert_int_equal(sscanf(line, "%d-%*2d-%*2dT%*2d:%*2d:%*2d.%3dZ", &year, &ms), 2);
    assert_true(year >= 2024);
    assert_string_equal(line + 24, " info commit seq=7 text=a b\n");
    assert_non_null(fgets(line, sizeof line, capture));
    assert_non_null(strstr(line, " error bare"));
    assert_null(fgets(line, sizeof line, capture));
    fclose(capture);
}

/* In a child, since a process looks once for the journal; first of all tests, before this one has looked. */
static void the_journal_gets_priorities_and_no_time(void **state) {
    (void)state;
    char line[8192];
    begin_capture();
    pid_t pid = fork();
    if (pid == 0) {
        struct stat st;
        char stream[64];
        fstat(STDERR_FILENO, &st);
        snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
        setenv("JOURNAL_STREAM", stream, 1);
        log_warning("disk", "free=%d", 1);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    pid = fork();
    if (pid == 0) {
        setenv("JOURNAL_STREAM", "1:1", 1); /* some other stream: stderr was redirected */
        log_warning("disk", "free=%d", 2);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    end_capture();
    assert_non_null(fgets(line, sizeof line, capture));
    assert_string_equal(line, "<4>disk free=1\n");
    assert_non_null(fgets(line, sizeof line, capture));
    assert_string_equal(line + 24, " warning disk free=2\n");
    fclose(capture);
}

static void long_lines_are_cut_at_a_character(void **state) {
    (void)state;
    static char text[20000];
    char line[8192];
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 3);
    for (int shift = 0; shift < 2; shift++) {
        begin_capture();
        log_warning(shift ? "long" : "longer", "text=%s", text);
        end_capture();
        assert_non_null(fgets(line, sizeof line, capture));
        size_t len = strlen(line);
        assert_string_equal(line + len - 4, "\xE2\x80\xA6\n");
        assert_int_equal(utf8_valid(line, len), len);
        assert_true(len > 4000 && len <= 4096);
        fclose(capture);
    }
}

static void levels_have_names(void **state) {
    (void)state;
    enum log_level level = LOG_LEVEL_INFO;
    struct err err = ERR_NONE;
    assert_int_equal(log_level_from_name(&level, "debug", &err), ST_OK);
    assert_int_equal(level, LOG_LEVEL_DEBUG);
    assert_int_equal(log_level_from_name(&level, "loud", &err), ST_INVALID_CONFIG);
    assert_non_null(strstr(err.text, "got \"loud\""));
    assert_int_equal(level, LOG_LEVEL_DEBUG);
}

static void quoted_values(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *quoted;
    } rows[] = {
        {"", 64, "\"\""},
        {"plain", 64, "\"plain\""},
        {"a \"b\" \\ \n\t\x01", 64, "\"a \\\"b\\\" \\\\ \\n\\t\\x01\""},
        {"gr\xC3\xB6\xC3\x9F"
         "e \xFF",
         64,
         "\"gr\xC3\xB6\xC3\x9F"
         "e \\xff\""},
        {"123456789", 12, "\"123456789\""},
        {"1234567890", 12, "\"123456\xE2\x80\xA6\""},
        {"12345\xE2\x82\xAC"
         "890",
         12, "\"12345\xE2\x80\xA6\""},
        {"\x01\x01\x01\x01", 12, "\"\\x01\xE2\x80\xA6\""},
        {"text", 7, ""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char out[64];
        memset(out, 'Z', sizeof out);
        assert_ptr_equal(log_quote(out, rows[i].size, rows[i].text), out);
        assert_string_equal(out, rows[i].quoted);
        assert_true(strlen(out) < rows[i].size);
    }
}

static void *write_lines(void *argument) {
    int thread = *(int *)argument;
    char filler[200];
    memset(filler, 'a' + thread, sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    for (int i = 0; i < LINES; i++)
        log_notice("line", "thread=%d n=%d text=%s", thread, i, filler);
    return NULL;
}

static void lines_of_threads_stay_whole(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    int numbers[THREADS];
    int next[THREADS] = {0};
    begin_capture();
    /* tmpfile has one offset for all: O_APPEND is not needed, as on a terminal or a pipe. */
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    end_capture();
    char line[8192];
    int count = 0;
    for (; fgets(line, sizeof line, capture); count++) {
        int thread;
        int n;
        int text;
        assert_int_equal(sscanf(line, "%*s notice line thread=%d n=%d text=%n", &thread, &n, &text), 2);
        assert_int_equal(n, next[thread]++);
        assert_int_equal(strspn(line + text, (char[]){(char)('a' + thread), '\0'}), 199);
        assert_string_equal(line + text + 199, "\n");
    }
    assert_int_equal(count, THREADS * LINES);
    fclose(capture);
}

int main(void) {
    unsetenv("JOURNAL_STREAM");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_journal_gets_priorities_and_no_time),
        cmocka_unit_test(lines_have_time_level_event_and_values),
        cmocka_unit_test(long_lines_are_cut_at_a_character),
        cmocka_unit_test(levels_have_names),
        cmocka_unit_test(quoted_values),
        cmocka_unit_test(lines_of_threads_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
