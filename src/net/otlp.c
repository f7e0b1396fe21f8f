/*
 * otlp.c — a ring of spans, and the thread that empties it.
 */
#include "net/otlp.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/version.h"
#include "net/client.h"

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_running, stopping;
    pthread_t thread;
    char url[NET_URL_MAX + 1];
    struct span *ring; /* OTLP_WAITING_MAX, while there is a thread */
    size_t first, count;
    struct otlp_figures figures;
    bool has_failed; /* that is told once, and again when it has worked meanwhile */
} the = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

/* ---- the body ---------------------------------------------------------------------------------------------- */

static void write_nanoseconds(struct json_writer *json, const char *name, int64_t us)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRId64 "000", us);
    json_member_text(json, name, text);
}

static void write_attribute(struct json_writer *json, const char *key, const char *text, int64_t number)
{
    char digits[24];

    json_object_begin(json);
    json_member_text(json, "key", key);
    json_key(json, "value");
    json_object_begin(json);
    snprintf(digits, sizeof digits, "%" PRId64, number);
    json_member_text(json, text ? "stringValue" : "intValue", text ? text : digits);
    json_object_end(json);
    json_object_end(json);
}

static void write_attributes(struct json_writer *json, const struct span *span)
{
    json_key(json, "attributes");
    json_array_begin(json);
    if (span->method)
        write_attribute(json, "http.request.method", span->method, 0);
    if (*span->route)
        write_attribute(json, "http.route", span->route, 0);
    if (span->status)
        write_attribute(json, "http.response.status_code", NULL, span->status);
    json_array_end(json);
}

static void write_span(struct json_writer *json, const struct span *span)
{
    char id[TRACE_ID_HEX_SIZE], own[TRACE_SPAN_HEX_SIZE], parent[TRACE_SPAN_HEX_SIZE];

    trace_hex(span->trace.id, TRACE_ID_BYTES, id);
    trace_hex(span->trace.span, TRACE_SPAN_BYTES, own);
    json_object_begin(json);
    json_member_text(json, "traceId", id);
    json_member_text(json, "spanId", own);
    if (span->trace.has_parent) {
        trace_hex(span->trace.parent, TRACE_SPAN_BYTES, parent);
        json_member_text(json, "parentSpanId", parent);
    }
    json_member_text(json, "name", span->name);
    json_member_int(json, "kind", span->kind);
    write_nanoseconds(json, "startTimeUnixNano", span->began_us);
    write_nanoseconds(json, "endTimeUnixNano", span->ended_us);
    write_attributes(json, span);
    json_key(json, "status");
    json_object_begin(json);
    if (span->failed)
        json_member_int(json, "code", 2); /* STATUS_CODE_ERROR */
    json_object_end(json);
    json_object_end(json);
}

void otlp_write(struct text_buf *out, const struct span *spans, size_t count)
{
    struct json_writer json;

    json_writer_init(&json, out);
    json_object_begin(&json);
    json_key(&json, "resourceSpans");
    json_array_begin(&json);
    json_object_begin(&json);
    json_key(&json, "resource");
    json_object_begin(&json);
    json_key(&json, "attributes");
    json_array_begin(&json);
    write_attribute(&json, "service.name", "carrel", 0);
    write_attribute(&json, "service.version", CARREL_VERSION, 0);
    json_array_end(&json);
    json_object_end(&json);
    json_key(&json, "scopeSpans");
    json_array_begin(&json);
    json_object_begin(&json);
    json_key(&json, "scope");
    json_object_begin(&json);
    json_member_text(&json, "name", "carrel");
    json_object_end(&json);
    json_key(&json, "spans");
    json_array_begin(&json);
    for (size_t i = 0; i < count; i++)
        write_span(&json, &spans[i]);
    json_array_end(&json);
    json_object_end(&json);
    json_array_end(&json);
    json_object_end(&json);
    json_array_end(&json);
    json_object_end(&json);
}

/* ---- waiting and sending ----------------------------------------------------------------------------------- */

/* trace.h's exporter: whoever ends a span. */
static void take(const struct span *span)
{
    pthread_mutex_lock(&the.lock);
    if (the.ring && the.count < OTLP_WAITING_MAX) {
        the.ring[(the.first + the.count++) % OTLP_WAITING_MAX] = *span;
        if (the.count == OTLP_AT_ONCE)
            pthread_cond_signal(&the.wake);
    } else {
        the.figures.dropped++;
    }
    pthread_mutex_unlock(&the.lock);
}

static void note_outcome(size_t count, bool sent, const char *why)
{
    pthread_mutex_lock(&the.lock);
    bool is_news = !sent && !the.has_failed;
    the.has_failed = !sent;
    if (sent)
        the.figures.sent += (int64_t)count;
    else
        the.figures.dropped += (int64_t)count;
    pthread_mutex_unlock(&the.lock);
    if (is_news)
        LOG(WARN, "traces are lost: their collector does not take them", LOG_TEXT("why", why));
}

static void send_batch(const char *url, const struct span *spans, size_t count)
{
    struct arena arena;
    struct text_buf body;
    struct net_reply reply = {0};

    arena_init(&arena, ARENA_REQUEST_MAX);
    text_buf_init(&body, &arena);
    otlp_write(&body, spans, count);
    const struct net_request request = {.url = url,
                                        .body = body.bytes,
                                        .body_length = body.length,
                                        .body_type = "application/json",
                                        .deadline = clock_monotonic_ms() + OTLP_EXCHANGE_MS};
    enum net_outcome outcome = net_exchange(&arena, &request, &reply);
    bool sent = outcome == NET_OK && reply.status >= 200 && reply.status < 300;
    note_outcome(count, sent,
                 outcome == NET_OK ? "it answers that it cannot" : net_outcome_sentence(outcome));
    arena_release(&arena);
}

/* Under the lock; how many. */
static size_t take_out(struct span *out)
{
    size_t count = the.count < OTLP_AT_ONCE ? the.count : OTLP_AT_ONCE;

    for (size_t i = 0; i < count; i++)
        out[i] = the.ring[(the.first + i) % OTLP_WAITING_MAX];
    the.first = (the.first + count) % OTLP_WAITING_MAX;
    the.count -= count;
    return count;
}

static void wait_a_little(void)
{
    struct timespec until = clock_monotonic_after(OTLP_SEND_MS);

    if (the.count < OTLP_AT_ONCE)
        (void)pthread_cond_clockwait(&the.wake, &the.lock, CLOCK_MONOTONIC, &until);
}

static void *send_for_ever(void *argument)
{
    struct span *batch = argument;
    char url[sizeof the.url];

    pthread_mutex_lock(&the.lock);
    for (bool last = false; !last;) {
        if (!the.stopping)
            wait_a_little();
        last = the.stopping;
        memcpy(url, the.url, sizeof url);
        size_t count = take_out(batch);
        if (count == 0)
            continue;
        pthread_mutex_unlock(&the.lock);
        send_batch(url, batch, count);
        pthread_mutex_lock(&the.lock);
    }
    pthread_mutex_unlock(&the.lock);
    free(batch);
    return NULL;
}

/* ---- starting and stopping --------------------------------------------------------------------------------- */

/* Under the lock. */
static bool start(void)
{
    struct span *batch = calloc(OTLP_AT_ONCE, sizeof *batch);
    the.ring = calloc(OTLP_WAITING_MAX, sizeof *the.ring);
    if (!batch || !the.ring)
        abort();
    the.first = the.count = 0;
    the.stopping = false;
    if (pthread_create(&the.thread, NULL, send_for_ever, batch) == 0)
        return true;
    free(batch);
    free(the.ring);
    the.ring = NULL;
    LOG(ERROR, "the thread that sends traces could not be started");
    return false;
}

void otlp_choose(const char *url)
{
    bool wanted = url && *url && strlen(url) <= NET_URL_MAX;

    pthread_mutex_lock(&the.lock);
    if (wanted) {
        snprintf(the.url, sizeof the.url, "%s", url);
        the.is_running = the.is_running || start();
        wanted = the.is_running;
    }
    pthread_mutex_unlock(&the.lock);
    trace_export_to(wanted ? take : NULL);
}

void otlp_stop(void)
{
    trace_export_to(NULL);
    pthread_mutex_lock(&the.lock);
    bool was_running = the.is_running;
    the.stopping = true;
    the.is_running = false;
    if (was_running)
        pthread_cond_signal(&the.wake);
    pthread_mutex_unlock(&the.lock);
    if (!was_running)
        return;
    pthread_join(the.thread, NULL);
    pthread_mutex_lock(&the.lock);
    free(the.ring);
    the.ring = NULL;
    pthread_mutex_unlock(&the.lock);
}

struct otlp_figures otlp_figures(void)
{
    pthread_mutex_lock(&the.lock);
    struct otlp_figures figures = the.figures;
    pthread_mutex_unlock(&the.lock);
    return figures;
}
