/* Numbers for those who watch: counters, gauges and histograms, declared in metrics.def, served as Prometheus text.
 *
 *   metric_count(METRIC_BUS_REQUESTS, "CreateBatch", "ok");
 *   metric_set(METRIC_WORKER_QUEUE, 12, "mail");
 *   metric_observe(METRIC_STORE_SECONDS, clock_since(start));
 *
 * As many label values as the table declares labels for that metric. A label's values are listed in the table, or are
 * made known at start by metric_label_add (marked "*"); another value counts as "other", so that no label is unbounded.
 * Safe from any thread. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/cleanup.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum metric {
#define METRIC(id, name, kind, label, values, label2, values2, help) METRIC_##id,
#include "runtime/metrics.def"
#undef METRIC
    METRIC_TOTAL
};

#define metric_count(...)                                                                                              \
    metric_add_by(ARGUMENT_FIRST(__VA_ARGS__), 1, (const char *const[]){ARGUMENT_REST(NULL, __VA_ARGS__), NULL})
#define metric_add(metric, ...)                                                                                        \
    metric_add_by((metric), ARGUMENT_FIRST(__VA_ARGS__), (const char *const[]){ARGUMENT_REST(NULL, __VA_ARGS__), NULL})
#define metric_set(metric, ...)                                                                                        \
    metric_set_by((metric), ARGUMENT_FIRST(__VA_ARGS__), (const char *const[]){ARGUMENT_REST(NULL, __VA_ARGS__), NULL})
#define metric_observe(metric, ...)                                                                                    \
    metric_observe_by(                                                                                                 \
        (metric), ARGUMENT_FIRST(__VA_ARGS__), (const char *const[]){ARGUMENT_REST(NULL, __VA_ARGS__), NULL})

void metric_add_by(enum metric metric, int64_t amount, const char *const *labels);
void metric_set_by(enum metric metric, double value, const char *const *labels);
void metric_observe_by(enum metric metric, struct duration duration, const char *const *labels);

/* Makes a value known for a label declared "*", before threads start; at most 96 per label. label: 1 or 2. */
void metric_label_add(enum metric metric, int label, const char *value);

/* For tests and /status. */
double metric_value(enum metric metric, const char *const *labels);

/* Prometheus text format 0.0.4; only series that were touched, and metrics without labels. Caller frees. */
FRESH_MEMORY char *metric_print(size_t *out_length);

/* The operators' page (Markdown, French): every metric with its type and labels. */
void metric_print_manual(FILE *out);
