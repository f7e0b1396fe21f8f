/*
 * trace.h — which request a piece of work belongs to, across threads and programs: W3C Trace Context, Level 1.
 *
 * Every request, background job and import has a trace: an id of its own, or the one that its `traceparent` header brought. Each line of the
 * log says trace_id and span_id; requests to other servers carry both on. Parts of the work (waiting for the writer, a transaction, a
 * read, asking another server) are spans: they are told in the log at the level debug, and to whoever exports them. `tracestate` is
 * passed on to nobody. Ids are random, and secret from nobody; nothing of a person is in them.
 *
 *     struct trace trace;
 *     trace_begin(&trace, request_header(req, "traceparent"));
 *     trace_set(&trace);      … the work …      trace_set(NULL);
 */
#ifndef CARREL_BASE_TRACE_H
#define CARREL_BASE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_ID_BYTES 16
#define TRACE_SPAN_BYTES 8
#define TRACE_ID_HEX_SIZE (2 * TRACE_ID_BYTES + 1)
#define TRACE_SPAN_HEX_SIZE (2 * TRACE_SPAN_BYTES + 1)
#define TRACE_HEADER_SIZE 56 /* "00-…-…-01" and a NUL */

struct trace {
    uint8_t id[TRACE_ID_BYTES];
    uint8_t span[TRACE_SPAN_BYTES];   /* of the work at hand */
    uint8_t parent[TRACE_SPAN_BYTES]; /* of what asked for it */
    bool has_parent;
    bool is_sampled; /* it may be exported */
};

/* Goes on with what the header says; a new trace where there is none, or one that is not as the standard wants it. */
void trace_begin(struct trace *out_trace, const char *traceparent);

/* Strictly: 00-, 32 and 16 digits in lower case that are not all 0, two more. Later versions may have more behind a further dash. */
bool trace_read(const char *traceparent, struct trace *out_trace);
void trace_write(const struct trace *trace, char out[TRACE_HEADER_SIZE]);
void trace_hex(const uint8_t *bytes, int count, char *out);

/* The thread's own. Not copied: it must live until it is replaced. NULL: none. */
void trace_set(const struct trace *trace);
const struct trace *trace_now(void);

/* A part of it, with a span of its own. */
struct trace trace_child(const struct trace *trace);

/* ---- spans ------------------------------------------------------------------------------------------- */

enum span_kind { SPAN_INTERNAL = 1, SPAN_SERVER = 2, SPAN_CLIENT = 3 }; /* OTLP's numbers */

#define SPAN_NAME_SIZE 128

struct span {
    struct trace trace; /* .span is its own */
    enum span_kind kind;
    char name[SPAN_NAME_SIZE];
    int64_t began_us, ended_us; /* since 1970 */
    const char *method;         /* of requests; NULL: none. Static */
    char route[SPAN_NAME_SIZE]; /* "": none */
    int status;                 /* 0: none */
    bool failed;
};

/* Is there anybody to tell of spans of this trace (NULL: none)? Cheap: ask before taking times. */
bool trace_is_wanted(const struct trace *trace);

/* Tells of a part of `of` that began then (clock_monotonic_us()) and is over now. */
void trace_tell_part(const struct trace *of, const char *name, int64_t began_us, bool failed);

/* The same of a whole span: `span` has all but its times. */
void trace_tell(struct span *span, int64_t began_us);

/* Who takes the spans that are sampled, on the thread that ends them; NULL: nobody. Traces begun here are sampled while there is one. */
typedef void span_exporter(const struct span *span);
void trace_export_to(span_exporter *exporter);

#endif
