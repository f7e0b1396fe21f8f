/*
 * task.c — a correlation id and a trace for what has no request.
 */
#include "base/task.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"

void task_begin(struct task *task, struct ctx *ctx)
{
    struct uuid id = uuid_new(clock_now_ms());

    uuid_format(&id, task->correlation_id);
    task->ctx = ctx;
    task->began_us = clock_monotonic_us();
    trace_begin(&task->trace, NULL);
    ctx->actor.correlation_id = task->correlation_id;
    log_set_correlation_id(task->correlation_id);
    trace_set(&task->trace);
}

void task_end(struct task *task, const char *name, bool failed)
{
    if (trace_is_wanted(&task->trace)) {
        struct span span = {.trace = task->trace, .kind = SPAN_INTERNAL, .failed = failed};
        snprintf(span.name, sizeof span.name, "%s", name);
        trace_tell(&span, task->began_us);
    }
    task->ctx->actor.correlation_id = NULL;
    log_set_correlation_id(NULL);
    trace_set(NULL);
}
