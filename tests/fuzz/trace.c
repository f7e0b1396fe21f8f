/*
 * trace.c — a traceparent that is taken is written with the same ids; an Accept header, whatever it is, chooses one of three forms, and
 * JSON only loses to a form that it names.
 */
#include "fuzz.h"

#include "base/exposition.h"
#include "base/trace.h"

static void check_trace(const char *text)
{
    struct trace trace, again;
    char written[TRACE_HEADER_SIZE];

    trace_begin(&trace, text);
    MUST(trace.has_parent == trace_read(text, &again));
    if (!trace.has_parent)
        return;
    MUST(memcmp(trace.id, again.id, TRACE_ID_BYTES) == 0 &&
         memcmp(trace.parent, again.parent, TRACE_SPAN_BYTES) == 0);
    trace_write(&trace, written);
    MUST(strlen(written) == TRACE_HEADER_SIZE - 1);
    /* The id stands there as it came; the span is another. */
    MUST(strncmp(written + 3, text + 3, 2 * TRACE_ID_BYTES) == 0);
    MUST(trace_read(written, &again) && again.is_sampled == trace.is_sampled);
    MUST(memcmp(again.parent, trace.span, TRACE_SPAN_BYTES) == 0);
}

static void check_accept(const char *text)
{
    switch (exposition_wanted(text)) {
    case EXPOSE_TEXT: MUST(strcasestr(text, "text/plain")); break;
    case EXPOSE_OPEN: MUST(strcasestr(text, "application/openmetrics-text")); break;
    case EXPOSE_JSON: break;
    default: MUST(false);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;

    fuzz_begin(&fuzz);
    const char *text = fuzz_string(&fuzz, data, size);
    check_trace(text);
    check_accept(text);
    return fuzz_end(&fuzz);
}
