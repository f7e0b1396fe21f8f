/*
 * journal_job.c — look, on the writer; then files, without it; then record what was made.
 */
#include "jobs/journal_job.h"

#include "backups/backups_service.h"
#include "backups/journal_service.h"
#include "base/clock.h"
#include "db/writer.h"

struct look {
    struct backups_overview overview;
};

/* A transaction: where a series is wanted, it begins with this one. */
static enum write_result look_slice(struct ctx *ctx, void *argument)
{
    struct look *look = argument;

    return backups_journal_follow(ctx) == OK && backups_overview(ctx, &look->overview) == OK ? WRITE_DONE
                                                                                             : WRITE_FAILED;
}

static enum write_result record_slice(struct ctx *ctx, void *argument)
{
    return backups_record(ctx, argument) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind record(struct job_context *job, struct backup *backup)
{
    TRY(writer_run_bulk(job->writer, job->ctx, record_slice, backup));
    job->rows++;
    return OK;
}

static enum error_kind make_base(struct job_context *job, const struct look *look)
{
    const struct backup_place *place = &look->overview.place;
    struct backup made, copy;
    struct journal_need need;

    /* The series may have begun with our own look: what is made now is made later than that, and says so. */
    job->ctx->now = clock_library_now(job->ctx->now);
    backups_journal_need(job->ctx, place, look->overview.first, &need);
    if (!need.wants_base)
        return OK;
    if (!need.base) {
        TRY(backups_make(job->ctx, place, NULL, backups_journal_base_kind(place), &made));
        TRY(record(job, &made));
        need.base = &made;
    }
    TRY(backups_copy_second(job->ctx, place, need.base, &copy));
    return record(job, &copy);
}

enum error_kind journal_job(struct job_context *job)
{
    struct look look = {0};
    int64_t removed;

    TRY(writer_run_bulk(job->writer, job->ctx, look_slice, &look));
    TRY(make_base(job, &look));
    backups_journal_prune(job->ctx, &look.overview.place, look.overview.first, &removed);
    job->rows += removed;
    return OK;
}
