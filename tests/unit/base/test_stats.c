/* Statistics: the table keeps Prometheus' rules, and nothing is lost under many threads.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/stats.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 20000 };

static int ends_with(const char *text, const char *end) {
    size_t len = strlen(text);
    size_t end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static void the_table_keeps_the_rules(void **state) {
    (void)state;
    for (int i = 0; i < STAT_COUNT; i++) {
        const struct stats_info *info = stats_info((enum stat)i);
        assert_memory_equal(info->family, "footnote_", 9);
        assert_int_equal(strspn(info->family, "abcdefghijklmnopqrstuvwxyz_"), strlen(info->family));
        assert_int_equal(ends_with(info->family, "_total"), !info->gauge);
        assert_true(ends_with(info->sentence, "."));
        for (int j = 0; j < i; j++) {
            const struct stats_info *other = stats_info((enum stat)j);
            int one_family = strcmp(info->family, other->family) == 0;
            assert_false(one_family && strcmp(info->label, other->label) == 0);
            /* HELP and TYPE may stand once: rows of a family follow each other. */
            if (one_family) assert_string_equal(stats_info((enum stat)(i - 1))->family, info->family);
        }
    }
}

static void *count(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        stats_add(STAT_REQUESTS, 1);
        stats_add(STAT_CONNECTIONS, i % 2 ? -1 : 1);
        stats_observe_us(STATS_QUEUE_TIME, i);
    }
    return NULL;
}

static void threads_lose_nothing(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(stats_get(STAT_REQUESTS), THREADS * ROUNDS);
    assert_int_equal(stats_get(STAT_CONNECTIONS), 0);
    assert_int_equal(stats_observed(STATS_QUEUE_TIME), THREADS * ROUNDS);
}

static void quantiles_are_upper_bounds(void **state) {
    (void)state;
    assert_int_equal(stats_quantile_us(STATS_COMMIT_TIME, 0.5), 0);
    for (int i = 0; i < 98; i++)
        stats_observe_us(STATS_COMMIT_TIME, 900);
    stats_observe_us(STATS_COMMIT_TIME, 25000);
    stats_observe_us(STATS_COMMIT_TIME, 25001);
    assert_int_equal(stats_quantile_us(STATS_COMMIT_TIME, 0.5), 1000);
    assert_int_equal(stats_quantile_us(STATS_COMMIT_TIME, 0.99), 25000);
    assert_int_equal(stats_quantile_us(STATS_COMMIT_TIME, 1), 50000);
    stats_observe_us(STATS_COMMIT_TIME, 3600000000);
    assert_int_equal(stats_quantile_us(STATS_COMMIT_TIME, 1), -1);
}

static void prometheus_text(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 0);
    stats_set(STAT_ARTICLES, 12);
    stats_set(STAT_SOURCES, 34);
    stats_observe_us(STATS_SEARCH_TIME, 1000);
    stats_observe_us(STATS_SEARCH_TIME, 1001);
    stats_observe_us(STATS_SEARCH_TIME, 20000000);
    stats_observe_us(STATS_SEARCH_TIME, -5);
    stats_print_prometheus(&out);
    assert_non_null(strstr(out.data, "# TYPE footnote_documents gauge\n"
                                     "footnote_documents{kind=\"article\"} 12\n"
                                     "footnote_documents{kind=\"source\"} 34\n"));
    assert_non_null(strstr(out.data, "# TYPE footnote_search_duration_seconds histogram\n"
                                     "footnote_search_duration_seconds_bucket{le=\"0.0001\"} 1\n"));
    assert_non_null(strstr(out.data, "_search_duration_seconds_bucket{le=\"0.001\"} 2\n"));
    assert_non_null(strstr(out.data, "_search_duration_seconds_bucket{le=\"0.0025\"} 3\n"));
    assert_non_null(strstr(out.data, "_search_duration_seconds_bucket{le=\"10\"} 3\n"));
    assert_non_null(strstr(out.data, "_search_duration_seconds_bucket{le=\"+Inf\"} 4\n"
                                     "footnote_search_duration_seconds_sum 20.002001\n"
                                     "footnote_search_duration_seconds_count 4\n"));
    for (const char *line = out.data; *line; line = strchr(line, '\n') + 1)
        assert_true(strncmp(line, "# ", 2) == 0 || strncmp(line, "footnote_", 9) == 0);
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_keeps_the_rules),
        cmocka_unit_test(threads_lose_nothing),
        cmocka_unit_test(quantiles_are_upper_bounds),
        cmocka_unit_test(prometheus_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
