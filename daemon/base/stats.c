/* What the daemon counts.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread; relaxed atomics, so counting costs one instruction and orders nothing.  Printing reads
 * number by number.  Must never take a lock: it is called on the event loop and in the writer. */
#include "base/stats.h"

#include "base/ensure.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

static const struct stats_info infos[STAT_COUNT] = {
#define STATS_COUNTER(name, family, label, sentence) [STAT_##name] = {#name, family, label, sentence, 0},
#define STATS_GAUGE(name, family, label, sentence)   [STAT_##name] = {#name, family, label, sentence, 1},
#define STATS_HISTOGRAM(name, family, sentence)
#include "base/stats.def"
#undef STATS_COUNTER
#undef STATS_GAUGE
#undef STATS_HISTOGRAM
};

static const struct {
    const char *family;
    const char *sentence;
} histogram_infos[STATS_HISTOGRAM_COUNT] = {
#define STATS_COUNTER(name, family, label, sentence)
#define STATS_GAUGE(name, family, label, sentence)
#define STATS_HISTOGRAM(name, family, sentence) [STATS_##name] = {family, sentence},
#include "base/stats.def"
#undef STATS_COUNTER
#undef STATS_GAUGE
#undef STATS_HISTOGRAM
};

/* Upper bounds; the last bucket, +Inf, has none. */
static const int64_t bounds_us[] = {100,   250,    500,    1000,   2500,    5000,    10000,   25000,
                                    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

enum { BOUND_COUNT = sizeof bounds_us / sizeof *bounds_us };

static _Atomic int64_t values[STAT_COUNT];

static struct {
    _Atomic uint64_t buckets[BOUND_COUNT + 1]; /* not cumulative */
    _Atomic uint64_t sum_us;
} histograms[STATS_HISTOGRAM_COUNT];

const struct stats_info *stats_info(enum stat stat) {
    ENSURE((unsigned)stat < STAT_COUNT);
    return &infos[stat];
}

void stats_add(enum stat stat, int64_t delta) {
    ENSURE((unsigned)stat < STAT_COUNT);
    atomic_fetch_add_explicit(&values[stat], delta, memory_order_relaxed);
}

void stats_set(enum stat stat, int64_t value) {
    ENSURE((unsigned)stat < STAT_COUNT);
    atomic_store_explicit(&values[stat], value, memory_order_relaxed);
}

int64_t stats_get(enum stat stat) {
    ENSURE((unsigned)stat < STAT_COUNT);
    return atomic_load_explicit(&values[stat], memory_order_relaxed);
}

void stats_observe_us(enum stats_histogram histogram, int64_t us) {
    ENSURE((unsigned)histogram < STATS_HISTOGRAM_COUNT);
    int bucket = 0;
    if (us < 0) us = 0;
    while (bucket < BOUND_COUNT && us > bounds_us[bucket])
        bucket++;
    atomic_fetch_add_explicit(&histograms[histogram].buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histograms[histogram].sum_us, (uint64_t)us, memory_order_relaxed);
}

static uint64_t bucket_count(enum stats_histogram histogram, int bucket) {
    return atomic_load_explicit(&histograms[histogram].buckets[bucket], memory_order_relaxed);
}

uint64_t stats_observed(enum stats_histogram histogram) {
    ENSURE((unsigned)histogram < STATS_HISTOGRAM_COUNT);
    uint64_t count = 0;
    for (int i = 0; i <= BOUND_COUNT; i++)
        count += bucket_count(histogram, i);
    return count;
}

int64_t stats_quantile_us(enum stats_histogram histogram, double share) {
    uint64_t count = stats_observed(histogram);
    uint64_t wanted = (uint64_t)ceil((double)count * share);
    uint64_t below = 0;
    if (count == 0) return 0;
    for (int i = 0; i < BOUND_COUNT; i++) {
        below += bucket_count(histogram, i);
        if (below >= wanted) return bounds_us[i];
    }
    return -1;
}

static void print_head(struct buf *out, const char *family, const char *type, const char *sentence) {
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family, sentence, family, type);
}

static void print_values(struct buf *out) {
    const char *family = "";
    for (int i = 0; i < STAT_COUNT; i++) {
        const struct stats_info *info = &infos[i];
        if (strcmp(family, info->family) != 0)
            print_head(out, info->family, info->gauge ? "gauge" : "counter", info->sentence);
        family = info->family;
        buf_str(out, family);
        if (info->label[0]) buf_printf(out, "{%s}", info->label);
        buf_printf(out, " %lld\n", (long long)stats_get((enum stat)i));
    }
}

static void print_histogram(struct buf *out, enum stats_histogram histogram) {
    const char *family = histogram_infos[histogram].family;
    uint64_t cumulative = 0;
    print_head(out, family, "histogram", histogram_infos[histogram].sentence);
    for (int i = 0; i < BOUND_COUNT; i++) {
        cumulative += bucket_count(histogram, i);
        buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", family, (double)bounds_us[i] / 1e6,
                   (unsigned long long)cumulative);
    }
    /* The count is made of the same reads as the buckets, so the two always agree. */
    cumulative += bucket_count(histogram, BOUND_COUNT);
    uint64_t sum_us = atomic_load_explicit(&histograms[histogram].sum_us, memory_order_relaxed);
    buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %.6f\n%s_count %llu\n", family, (unsigned long long)cumulative,
               family, (double)sum_us / 1e6, family, (unsigned long long)cumulative);
}

void stats_print_prometheus(struct buf *out) {
    print_values(out);
    for (int i = 0; i < STATS_HISTOGRAM_COUNT; i++)
        print_histogram(out, (enum stats_histogram)i);
}
