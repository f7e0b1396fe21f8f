/*
 * metrics.c — a row of counters for each row of the route table.
 */
#include "http/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "http/request.h"
#include "http/router.h"

#define STATUS_CLASSES 6 /* 0xx, which there are none of, to 5xx */
#define STATUS_MAX 599
#define PAGE 0 /* rows that belong to no route */
#define OTHER 1
#define FIRST_ROUTE 2

struct counts {
    _Atomic(int64_t) ended[STATUS_CLASSES];
    struct histogram duration;
};

struct http_metrics {
    _Atomic(int64_t) in_flight;
    _Atomic(int64_t) bytes;
    _Atomic(int64_t) refused[REFUSALS];
    _Atomic(int64_t) statuses[STATUS_MAX + 1];
    struct counts of[ROUTES_MAX + FIRST_ROUTE];
};

struct http_metrics *http_metrics_new(void)
{
    struct http_metrics *metrics = calloc(1, sizeof *metrics);

    if (!metrics)
        abort();
    return metrics;
}

void http_metrics_free(struct http_metrics *metrics)
{
    free(metrics);
}

static void add(_Atomic(int64_t) *figure, int64_t number)
{
    atomic_fetch_add_explicit(figure, number, memory_order_relaxed);
}

static int64_t read_figure(const _Atomic(int64_t) *figure)
{
    return atomic_load_explicit(figure, memory_order_relaxed);
}

void http_metrics_begin(struct http_metrics *metrics)
{
    add(&metrics->in_flight, 1);
}

static size_t row_of(const struct request *req, int status)
{
    if (req->route_number > 0)
        return req->route_number - 1 + FIRST_ROUTE;
    return status < 400 ? PAGE : OTHER;
}

void http_metrics_end(struct http_metrics *metrics, const struct request *req, int status, int64_t us,
                      int64_t bytes)
{
    struct counts *counts = &metrics->of[row_of(req, status)];
    int known = status >= 0 && status <= STATUS_MAX ? status : 0;

    add(&metrics->in_flight, -1);
    add(&metrics->bytes, bytes);
    add(&metrics->statuses[known], 1);
    add(&counts->ended[known / 100], 1);
    if (us >= 0)
        histogram_count(&counts->duration, &histogram_us, us);
}

void http_metrics_refused(struct http_metrics *metrics, enum http_refusal why)
{
    add(&metrics->refused[why], 1);
}

static const char *pattern_of(const struct route *route, char out[HTTP_ROUTE_SIZE])
{
    snprintf(out, HTTP_ROUTE_SIZE, "%s%s", route->root ? "" : "/api/v1", route->path);
    return out;
}

const char *http_route_name(const struct request *req, int status, char out[HTTP_ROUTE_SIZE])
{
    if (req->route)
        return pattern_of(req->route, out);
    return status < 400 ? "page" : "other";
}

/* ---- telling ---------------------------------------------------------------------------------------------- */

/* The two labels of a row that has counted something; false when it has not. */
static bool label_row(const struct router *router, size_t row, char pattern[HTTP_ROUTE_SIZE],
                      struct exposition_label labels[static 2])
{
    const struct counts *counts = &router->metrics->of[row];
    int64_t all = 0;

    for (int class = 0; class < STATUS_CLASSES; class ++)
        all += read_figure(&counts->ended[class]);
    if (all == 0 || row >= router->count + FIRST_ROUTE)
        return false;
    labels[0] = (struct exposition_label){"method", "any"};
    labels[1] = (struct exposition_label){"route", row == PAGE ? "page" : "other"};
    if (row >= FIRST_ROUTE) {
        const struct route *route = router->routes[row - FIRST_ROUTE];
        labels[0].value = http_method_name(route->method);
        labels[1].value = pattern_of(route, pattern);
    }
    return true;
}

static void write_routes(const struct router *router, struct exposition *x)
{
    static const char *const classes[STATUS_CLASSES] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    char pattern[HTTP_ROUTE_SIZE];
    struct exposition_label labels[4] = {{0}};

    exposition_family(x, "carrel_http_requests", METRIC_COUNTER, NULL,
                      "Requests that were answered, by route and class of status");
    for (size_t row = 0; row < ROUTES_MAX + FIRST_ROUTE; row++) {
        if (!label_row(router, row, pattern, labels))
            continue;
        for (int class = 0; class < STATUS_CLASSES; class ++) {
            int64_t ended = read_figure(&router->metrics->of[row].ended[class]);
            labels[2] = (struct exposition_label){"status", classes[class]};
            if (ended > 0)
                exposition_sample(x, labels, ended, 0);
        }
    }
    labels[2] = (struct exposition_label){0};
    exposition_family(x, "carrel_http_request_duration_seconds", METRIC_HISTOGRAM, "seconds",
                      "From the head of a request to the last byte of its answer");
    for (size_t row = 0; row < ROUTES_MAX + FIRST_ROUTE; row++)
        if (label_row(router, row, pattern, labels))
            exposition_histogram(x, labels, &router->metrics->of[row].duration, &histogram_us, 6);
}

static void write_totals(const struct http_metrics *metrics, struct exposition *x)
{
    static const char *const whys[] = {
        [REFUSED_RATE_LIMIT] = "rate_limit", [REFUSED_CROWD] = "crowd", [REFUSED_UNREADABLE] = "unreadable"};
    char code[12]; /* any int */
    struct exposition_label labels[2] = {{"code", code}};

    exposition_family(x, "carrel_http_responses", METRIC_COUNTER, NULL, "Answers, by their status");
    for (int status = 0; status <= STATUS_MAX; status++) {
        int64_t count = read_figure(&metrics->statuses[status]);
        snprintf(code, sizeof code, "%d", status);
        if (count > 0)
            exposition_sample(x, labels, count, 0);
    }
    exposition_family(x, "carrel_http_response_bytes", METRIC_COUNTER, "bytes", "Sent, with the heads");
    exposition_sample(x, NULL, read_figure(&metrics->bytes), 0);
    exposition_family(x, "carrel_http_requests_in_flight", METRIC_GAUGE, NULL, "Being answered now");
    exposition_sample(x, NULL, read_figure(&metrics->in_flight), 0);
    exposition_family(
        x, "carrel_http_refused", METRIC_COUNTER, NULL,
        "Turned away: asked too often (rate_limit), one address held too many connections (crowd), no "
        "request that can be read (unreadable)");
    for (int why = 0; why < REFUSALS; why++) {
        struct exposition_label reason[2] = {{"reason", whys[why]}};
        exposition_sample(x, reason, read_figure(&metrics->refused[why]), 0);
    }
}

/* Rows share their figures: each is told once. */
static void write_figures(const struct router *router, struct exposition *x)
{
    const struct route_figures *told = NULL;

    for (size_t i = 0; i < router->count; i++) {
        const struct route_figures *figures = router->routes[i]->figures;
        if (!figures || figures == told || !figures->name)
            continue;
        told = figures;
        exposition_family(x, figures->name, METRIC_COUNTER, NULL, figures->help);
        for (int code = 0; code < ERROR_CODE_COUNT; code++) {
            int64_t count = read_figure(code == 0 ? &figures->succeeded : &figures->failed_with[code]);
            struct exposition_label labels[3] = {
                {"outcome", code == 0 ? "done" : "refused"},
                {"code", code == 0 ? "" : error_code_name((enum error_code)code)}};
            if (code == 0 || count > 0)
                exposition_sample(x, labels, count, 0);
        }
    }
}

void http_metrics_write(const struct router *router, struct exposition *x)
{
    write_routes(router, x);
    write_totals(router->metrics, x);
    write_figures(router, x);
}
