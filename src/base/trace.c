/*
 * trace.c — ids, the header, and who is told.
 */
#include "base/trace.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"

#define HEADER_LENGTH (TRACE_HEADER_SIZE - 1)
#define ID_AT 3
#define SPAN_AT (ID_AT + 2 * TRACE_ID_BYTES + 1)
#define FLAGS_AT (SPAN_AT + 2 * TRACE_SPAN_BYTES + 1)

static _Thread_local const struct trace *current;
static _Thread_local uint64_t randomness; /* 0: not begun */
static _Atomic(span_exporter *) exporter;

/* ---- ids --------------------------------------------------------------------------------------------------- */

/* splitmix64 (S. Vigna, public domain), begun at random in each thread: ids need to differ, not to be secret. */
static uint64_t next_random(void)
{
    if (randomness == 0)
        random_bytes(&randomness, sizeof randomness);
    uint64_t z = (randomness += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Never all 0, which means none. */
static void make_id(uint8_t *out, size_t length)
{
    for (size_t at = 0; at < length; at += sizeof(uint64_t)) {
        uint64_t word = next_random() | 1;
        memcpy(out + at, &word, sizeof word);
    }
}

void trace_hex(const uint8_t *bytes, int count, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < count; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

/* Capitals are none. */
static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(const char *text, uint8_t *out, size_t length)
{
    bool any = false;

    for (size_t i = 0; i < length; i++) {
        int high = digit_of(text[2 * i]);
        int low = high < 0 ? -1 : digit_of(text[2 * i + 1]);
        if (low < 0)
            return false;
        out[i] = (uint8_t)(high * 16 + low);
        any = any || out[i] != 0;
    }
    return any;
}

bool trace_read(const char *traceparent, struct trace *out_trace)
{
    size_t length = strlen(traceparent);
    struct trace trace = {.has_parent = true};
    int version[2] = {digit_of(traceparent[0]), length > 0 ? digit_of(traceparent[1]) : -1};

    if (length < HEADER_LENGTH || version[0] < 0 || version[1] < 0 || (version[0] == 15 && version[1] == 15))
        return false;
    bool is_first = version[0] == 0 && version[1] == 0;
    if (length > HEADER_LENGTH && (is_first || traceparent[HEADER_LENGTH] != '-'))
        return false;
    if (traceparent[ID_AT - 1] != '-' || traceparent[SPAN_AT - 1] != '-' || traceparent[FLAGS_AT - 1] != '-')
        return false;
    int flags[2] = {digit_of(traceparent[FLAGS_AT]), digit_of(traceparent[FLAGS_AT + 1])};
    if (flags[0] < 0 || flags[1] < 0 || !read_hex(&traceparent[ID_AT], trace.id, TRACE_ID_BYTES) ||
        !read_hex(&traceparent[SPAN_AT], trace.parent, TRACE_SPAN_BYTES))
        return false;
    trace.is_sampled = flags[1] & 1;
    make_id(trace.span, TRACE_SPAN_BYTES);
    *out_trace = trace;
    return true;
}

void trace_begin(struct trace *out_trace, const char *traceparent)
{
    if (traceparent && trace_read(traceparent, out_trace))
        return;
    *out_trace = (struct trace){.is_sampled = atomic_load_explicit(&exporter, memory_order_relaxed) != NULL};
    make_id(out_trace->id, TRACE_ID_BYTES);
    make_id(out_trace->span, TRACE_SPAN_BYTES);
}

void trace_write(const struct trace *trace, char out[TRACE_HEADER_SIZE])
{
    memcpy(out, "00-", ID_AT);
    trace_hex(trace->id, TRACE_ID_BYTES, &out[ID_AT]);
    out[SPAN_AT - 1] = '-';
    trace_hex(trace->span, TRACE_SPAN_BYTES, &out[SPAN_AT]);
    memcpy(&out[FLAGS_AT - 1], trace->is_sampled ? "-01" : "-00", sizeof "-00");
}

void trace_set(const struct trace *trace)
{
    current = trace;
}

const struct trace *trace_now(void)
{
    return current;
}

struct trace trace_child(const struct trace *trace)
{
    struct trace child = *trace;

    memcpy(child.parent, trace->span, TRACE_SPAN_BYTES);
    child.has_parent = true;
    make_id(child.span, TRACE_SPAN_BYTES);
    return child;
}

/* ---- spans ------------------------------------------------------------------------------------------------- */

void trace_export_to(span_exporter *to)
{
    atomic_store(&exporter, to);
}

bool trace_is_wanted(const struct trace *trace)
{
    return trace && (log_level() == LOG_DEBUG ||
                     (trace->is_sampled && atomic_load_explicit(&exporter, memory_order_relaxed)));
}

/* The line has the span's own ids: for as long as it is written, the span is what the thread does. */
static void log_span(const struct span *span)
{
    const struct trace *outer = current;
    char parent[TRACE_SPAN_HEX_SIZE] = "";

    if (log_level() > LOG_DEBUG)
        return;
    if (span->trace.has_parent)
        trace_hex(span->trace.parent, TRACE_SPAN_BYTES, parent);
    current = &span->trace;
    LOG(DEBUG, "span", LOG_TEXT("name", span->name), LOG_TEXT("parent_id", parent),
        LOG_INT("us", span->ended_us - span->began_us));
    current = outer;
}

/* The machine's own clock, never a test's: spans of several programs are laid side by side. */
static int64_t unix_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void trace_tell(struct span *span, int64_t began_us)
{
    span_exporter *to = atomic_load_explicit(&exporter, memory_order_relaxed);

    span->ended_us = unix_us();
    span->began_us = span->ended_us - (clock_monotonic_us() - began_us);
    log_span(span);
    if (to && span->trace.is_sampled)
        to(span);
}

void trace_tell_part(const struct trace *of, const char *name, int64_t began_us, bool failed)
{
    if (!trace_is_wanted(of))
        return;
    struct span span = {.trace = trace_child(of), .kind = SPAN_INTERNAL, .failed = failed};
    snprintf(span.name, sizeof span.name, "%s", name);
    trace_tell(&span, began_us);
}
