/*
 * jobs.c — the table of background jobs, and those that are small enough to stand beside it.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "db/writer.h"
#include "events/events_service.h"
#include "jobs/scheduler.h"

#define EVENTS_A_SLICE 200 /* about WRITER_BULK_SLICE_MS of deleting on slow cards */

struct prune_slice {
    int64_t before_ms;
    int64_t removed;
};

static enum write_result prune_slice(struct ctx *ctx, void *argument)
{
    struct prune_slice *slice = argument;

    return events_prune(ctx, slice->before_ms, EVENTS_A_SLICE, &slice->removed) == OK ? WRITE_DONE
                                                                                      : WRITE_FAILED;
}

/* Each slice is a job of its own, so that what was removed is counted once even when a batch was retried. */
static enum error_kind prune_events(struct job_context *job)
{
    struct prune_slice slice = {.before_ms = job->ctx->now - (int64_t)EVENT_KEEP_DAYS * MS_PER_DAY};

    do {
        TRY(writer_run_bulk(job->writer, job->ctx, prune_slice, &slice));
        job->rows += slice.removed;
    } while (slice.removed == EVENTS_A_SLICE && !jobs_stopping(job->jobs));
    return OK;
}

const struct job jobs_table[] = {
    {"prune_events", MS_PER_DAY, prune_events, "Removes events older than EVENT_KEEP_DAYS"},
    {0},
};
