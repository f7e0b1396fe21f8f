/*
 * report_job.c — the claim and the end are transactions on the writer; the report is read in a snapshot of its own; while
 * the letter goes out, no connection is held.
 */
#include "jobs/report_job.h"

#include "base/log.h"
#include "db/pool.h"
#include "db/writer.h"
#include "reports/report_letter_service.h"
#include "reports/saved_service.h"

struct sending {
    int64_t after_id;
    struct saved_report saved;
    bool found;
    struct report_letter letter;
    struct saved_end end;
};

static struct pool *the_pool;

void report_job_open(struct pool *pool)
{
    the_pool = pool;
}

static enum write_result claim_slice(struct ctx *ctx, void *argument)
{
    struct sending *sending = argument;

    return saved_claim(ctx, sending->after_id, &sending->saved, &sending->found) == OK ? WRITE_DONE
                                                                                       : WRITE_FAILED;
}

static enum write_result end_slice(struct ctx *ctx, void *argument)
{
    const struct sending *sending = argument;

    return saved_ended(ctx, &sending->saved, &sending->end) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind prepare(struct ctx *ctx, struct sending *sending)
{
    TRY(pool_take(the_pool, ctx));
    enum error_kind kind = report_letter_make(ctx, &sending->saved, &sending->letter);
    pool_give(the_pool, ctx);
    return kind;
}

static void send_one(struct ctx *ctx, struct sending *sending)
{
    if (prepare(ctx, sending) != OK)
        sending->end = report_letter_not_made(ctx);
    else if (report_letter_send(ctx, &sending->letter, &sending->end) == OK)
        return;
    LOG(WARN, "a saved report was not sent", LOG_TEXT("report", sending->saved.facts.name),
        LOG_TEXT("why", sending->end.problem));
    error_clear(ctx);
}

enum error_kind report_job(struct job_context *job)
{
    struct sending *sending = arena_alloc(job->ctx->arena, sizeof *sending);

    while (the_pool && !jobs_stopping(job->jobs)) {
        struct arena_mark mark = arena_mark(job->ctx->arena);
        TRY(writer_run_bulk(job->writer, job->ctx, claim_slice, sending));
        if (!sending->found)
            return OK;
        send_one(job->ctx, sending);
        TRY(writer_run_bulk(job->writer, job->ctx, end_slice, sending));
        job->rows += sending->end.sent;
        sending->after_id = sending->saved.id;
        arena_reset_to(job->ctx->arena, mark);
    }
    return OK;
}
