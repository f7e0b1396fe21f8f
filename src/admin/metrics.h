/*
 * metrics.h — a figure for /metrics as the services know it; admin/metrics_router.c writes it.
 *
 * The names are kept for good: dashboards and alert rules stand on them (docs/observability.md lists all).
 */
#ifndef CARREL_ADMIN_METRICS_H
#define CARREL_ADMIN_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/exposition.h"

/* One sample; those of one family (name) stand one after the other, and the first has its type, unit and help. */
struct metric {
    const char *name; /* without "_total", as base/exposition.h wants it */
    enum metric_type type;
    const char *unit;
    const char *help;
    struct exposition_label labels[4]; /* ends with {0} */
    int64_t value;
    int decimals;
    const struct histogram *histogram; /* of METRIC_HISTOGRAM, instead of a value */
    const struct histogram_bounds *bounds;
};

#define METRICS_MAX 160

struct metric_list {
    size_t count;
    struct metric of[METRICS_MAX];
};

/* What a client of the older interface reads. */
struct borrow_gauges {
    int64_t active_borrows;
    int64_t backup_age_s; /* -1: there is no backup */
};

#endif
