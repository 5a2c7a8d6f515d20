/* What the daemon counts: counters, gauges and latency histograms from one table.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * stats.def lists every number with its name and sentence.  Process-wide; any thread, no lock: each
 * number is one atomic, so two numbers read together may be a moment apart. */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include "base/buf.h"

#include <stdint.h>

enum stat {
#define STATS_COUNTER(name, family, label, sentence) STAT_##name,
#define STATS_GAUGE(name, family, label, sentence)   STAT_##name,
#define STATS_HISTOGRAM(name, family, sentence)
#include "base/stats.def"
#undef STATS_COUNTER
#undef STATS_GAUGE
#undef STATS_HISTOGRAM
    STAT_COUNT
};

enum stats_histogram {
#define STATS_COUNTER(name, family, label, sentence)
#define STATS_GAUGE(name, family, label, sentence)
#define STATS_HISTOGRAM(name, family, sentence) STATS_##name,
#include "base/stats.def"
#undef STATS_COUNTER
#undef STATS_GAUGE
#undef STATS_HISTOGRAM
    STATS_HISTOGRAM_COUNT
};

/* What stats.def says of one counter or gauge; borrowed, static. */
struct stats_info {
    const char *name;   /* as in stats.def */
    const char *family; /* Prometheus name */
    const char *label;  /* `result="added"`, or empty */
    const char *sentence;
    int gauge;
};
const struct stats_info *stats_info(enum stat stat);

void stats_add(enum stat stat, int64_t delta); /* a counter's delta is not negative */
void stats_set(enum stat stat, int64_t value); /* gauges */
int64_t stats_get(enum stat stat);
void stats_observe_us(enum stats_histogram histogram, int64_t us); /* negative counts as 0 */
uint64_t stats_observed(enum stats_histogram histogram);           /* how often */
/* Upper bound of the bucket that holds the share (0–1] of all observations, in microseconds; 0 when
 * there are none, -1 when it lies above the last bound. */
int64_t stats_quantile_us(enum stats_histogram histogram, double share);
/* text/plain; version=0.0.4.  Durations in seconds. */
void stats_print_prometheus(struct buf *out);

#endif
