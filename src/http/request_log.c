/*
 * request_log.c — which requests are told in the log, and what of them.
 */
#include "http/request_log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/trace.h"
#include "http/metrics.h"
#include "http/request.h"

static _Atomic int chosen = LOG_ALL_REQUESTS;

void request_log_choose(enum request_log which)
{
    atomic_store(&chosen, (int)which);
}

static bool is_told(int status, int64_t ms)
{
    switch (atomic_load_explicit(&chosen, memory_order_relaxed)) {
    case LOG_ALL_REQUESTS: return true;
    case LOG_SLOW_REQUESTS: return status >= 400 || ms >= SLOW_REQUEST_MS;
    default: return false;
    }
}

void request_log_write(const struct request *req, const char *method, int status, int64_t us, int64_t bytes)
{
    static const char *const actors[] = {
        [ACCESS_UNSET] = "unknown", [ANYONE] = "anonymous", [MEMBER] = "member",
        [LIBRARIAN] = "librarian",  [ADMIN] = "admin",      [LOCAL_ADMIN] = "local administrator"};
    char name[HTTP_ROUTE_SIZE];

    if (!is_told(status, us / 1000))
        return;
    /* A method is what the client wrote; only those that the guard knows are told. */
    LOG(INFO, "request", LOG_TEXT("method", req->method == HTTP_NO_METHOD ? "unknown" : method),
        LOG_TEXT("route", http_route_name(req, status, name)), LOG_INT("status", status),
        LOG_INT("ms", us / 1000), LOG_INT("bytes", bytes), LOG_TEXT("actor", actors[req->ctx->actor.access]));
}

/* Twice is malformed: nobody can tell which of them counts (Trace Context §3.2.1 knows one). */
static const char *traceparent_of(const struct request *req)
{
    return request_header_count(req, "traceparent") == 1 ? request_header(req, "traceparent") : NULL;
}

void request_log_begin_trace(const struct request *req, struct trace *out_trace)
{
    trace_begin(out_trace, traceparent_of(req));
    trace_set(out_trace);
}

void request_log_trace(const struct request *req, const struct trace *trace, int status, int64_t began_us)
{
    if (!trace_is_wanted(trace))
        return;
    struct span span = {.trace = *trace,
                        .kind = SPAN_SERVER,
                        .method = req->method == HTTP_NO_METHOD ? "_OTHER" : http_method_name(req->method),
                        .status = status,
                        .failed = status >= 500};
    char name[HTTP_ROUTE_SIZE];
    snprintf(span.route, sizeof span.route, "%s", http_route_name(req, status, name));
    snprintf(span.name, sizeof span.name, "%s %.*s", span.method,
             (int)(sizeof span.name - sizeof "DELETE " - 1), span.route);
    trace_tell(&span, began_us);
}
