/*
 * exposition.h — figures as monitors read them: Prometheus text 0.0.4, or OpenMetrics 1.0.0.
 *
 *     exposition_family(&x, "carrel_http_requests", METRIC_COUNTER, NULL, "Requests that were answered");
 *     exposition_sample(&x, (const struct exposition_label[]){{"method", "GET"}, {0}}, 12, 0);
 *     …
 *     exposition_end(&x);
 *
 * A family's name is written without the "_total" of counters, "_bucket" … of histograms and "_info" of infos: those are added
 * as each format wants them. Numbers are whole, with a number of decimals: 1500 with 3 is "1.5".
 * Formats: prometheus.io "Exposition formats"; OpenMetrics 1.0.0 (its draft at the IETF, draft-richih-opsawg-openmetrics).
 */
#ifndef CARREL_BASE_EXPOSITION_H
#define CARREL_BASE_EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "base/text.h"

#define EXPOSITION_TEXT "text/plain; version=0.0.4; charset=utf-8"
#define EXPOSITION_OPEN "application/openmetrics-text; version=1.0.0; charset=utf-8"

enum metric_type { METRIC_GAUGE, METRIC_COUNTER, METRIC_HISTOGRAM, METRIC_INFO };

struct exposition_label {
    const char *name; /* NULL: the last one was before */
    const char *value;
};

struct exposition {
    struct text_buf *out;
    bool is_open; /* OpenMetrics */
    const char *name;
    enum metric_type type;
};

void exposition_begin(struct exposition *x, struct text_buf *out, bool is_open);

/* `unit` ("seconds", "bytes") must be the end of the name; NULL: none. */
void exposition_family(struct exposition *x, const char *name, enum metric_type type, const char *unit,
                       const char *help);

/* `labels` NULL: none. For an info the value is 1. */
void exposition_sample(struct exposition *x, const struct exposition_label *labels, int64_t value,
                       int decimals);

/* Bounds and sum with so many decimals: 6 for µs that are told as seconds. */
void exposition_histogram(struct exposition *x, const struct exposition_label *labels,
                          const struct histogram *histogram, const struct histogram_bounds *bounds,
                          int decimals);

void exposition_end(struct exposition *x);

/*
 * What `accept` (an Accept header, NULL: none) likes best of JSON and the two: by its weights, and JSON where they are alike. Parameters
 * other than q are not looked at.
 */
enum exposition_format { EXPOSE_JSON, EXPOSE_TEXT, EXPOSE_OPEN };
enum exposition_format exposition_wanted(const char *accept);

#endif
