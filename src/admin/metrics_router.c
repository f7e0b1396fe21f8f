/*
 * metrics_router.c — /metrics: a few numbers in JSON, or all of them as monitors read them.
 */
#include <stdatomic.h>
#include <string.h>

#include "admin/metrics_service.h"
#include "http/assets.h"
#include "http/metrics.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "http/router.h"

/* Of the rows that lend, which share it. */
static const struct route_figures *lend_figures(const struct router *router)
{
    static const struct route_figures none;

    for (size_t i = 0; i < router->count; i++)
        if (router->routes[i]->figures)
            return router->routes[i]->figures;
    return &none;
}

static enum error_kind write_json(struct request *req, struct response *res)
{
    const struct route_figures *figures = lend_figures(req->router);
    struct json_writer *json = response_json(res);
    struct borrow_gauges gauges;

    TRY(metrics_borrow_gauges(req->ctx, &gauges));
    json_object_begin(json);
    json_member_int(json, "borrow_success_count", atomic_load(&figures->succeeded));
    json_member_int(json, "borrow_failure_count", atomic_load(&figures->failed));
    json_member_int(json, "active_borrows_gauge", gauges.active_borrows);
    json_member_int(json, "last_backup_age_seconds", gauges.backup_age_s);
    json_object_end(json);
    return OK;
}

static void write_metric(struct exposition *x, const struct metric *metric)
{
    if (!x->name || strcmp(metric->name, x->name) != 0)
        exposition_family(x, metric->name, metric->type, metric->unit, metric->help);
    if (metric->histogram)
        exposition_histogram(x, metric->labels, metric->histogram, metric->bounds, metric->decimals);
    else
        exposition_sample(x, metric->labels, metric->value, metric->decimals);
}

static enum error_kind write_text(struct request *req, struct response *res, bool is_open)
{
    const struct metric_list *list;
    struct exposition x;

    TRY(metrics_look(req->ctx, assets_bytes(), &list));
    res->content_type = is_open ? EXPOSITION_OPEN : EXPOSITION_TEXT;
    exposition_begin(&x, &res->body, is_open);
    http_metrics_write(req->router, &x);
    x.name = NULL;
    for (size_t i = 0; i < list->count; i++)
        write_metric(&x, &list->of[i]);
    exposition_end(&x);
    return OK;
}

static enum error_kind get_metrics(struct request *req, struct response *res)
{
    enum exposition_format format = exposition_wanted(request_header(req, "Accept"));

    response_header(res, "Vary", "Accept");
    return format == EXPOSE_JSON ? write_json(req, res) : write_text(req, res, format == EXPOSE_OPEN);
}

static const struct reply_field metrics_shape[] = {
    {"borrow_success_count", COLUMN_INTEGER, false, "Loans made since the server started"},
    {"borrow_failure_count", COLUMN_INTEGER, false, "Loans refused since then"},
    {"active_borrows_gauge", COLUMN_INTEGER, false, "Loans open now"},
    {"last_backup_age_seconds", COLUMN_INTEGER, false, "Since the last good backup; -1: there is none"},
    {0},
};

static const struct reply metrics_reply = {"Metrics", metrics_shape};
static const char *const texts[] = {"text/plain", "application/openmetrics-text", NULL};

const struct route metrics_routes[] = {
    {GET, "/metrics", ADMIN, READS, LIMIT_NONE, get_metrics,
     "Figures since the start: a few as JSON, all of them for Prometheus by Accept", .reply = &metrics_reply,
     .also_gives = texts, .root = true, .for_monitors = true},
    {0},
};
