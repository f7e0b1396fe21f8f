/*
 * task.h — work that nobody's request asked for: a background job, an import, a message that is sent.
 *
 * From task_begin() to task_end() the thread's lines in the log have a correlation id of the task's own, and a trace; so have its
 * writes, their lines and what the audit log keeps of them. When it has ended, its span is told (base/trace.h). A thread that looks
 * for work and finds none begins no task.
 */
#ifndef CARREL_BASE_TASK_H
#define CARREL_BASE_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/trace.h"
#include "base/uuid.h"

struct task {
    char correlation_id[UUID_TEXT_SIZE];
    struct trace trace;
    int64_t began_us; /* monotonic */
    struct ctx *ctx;
};

/* `task` must not move, and live until its end; `ctx` is of this thread. */
void task_begin(struct task *task, struct ctx *ctx);

/* `name` of its span: "job backup". */
void task_end(struct task *task, const char *name, bool failed);

#endif
