/*
 * alerts_job.c — looks with a connection of its own: folders that do not answer must keep no writer waiting. What it finds
 * and what it told is noted on the writer; telling is done with neither.
 */
#include "jobs/alerts_job.h"

#include "alerts/alerts_service.h"
#include "db/engine.h"
#include "db/writer.h"
#include "settings/settings_service.h"

static enum error_kind look(struct job_context *job, struct alerts_view *out_view)
{
    struct ctx *ctx = job->ctx;

    TRY(db_open(ctx, settings_process_text(SETTING_DB), DB_READ, &ctx->db));
    enum error_kind kind = alerts_look(ctx, out_view);
    db_close(ctx->db);
    ctx->db = NULL;
    return kind;
}

static enum write_result note_slice(struct ctx *ctx, void *argument)
{
    return alerts_note(ctx, argument) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum write_result told_slice(struct ctx *ctx, void *argument)
{
    return alerts_note_told(ctx, argument) == OK ? WRITE_DONE : WRITE_FAILED;
}

enum error_kind alerts_job(struct job_context *job)
{
    struct alert_telling telling;
    struct alerts_view view;

    TRY(look(job, &view));
    struct alert_change *changes = alerts_decide(job->ctx, &view);
    if (!changes)
        return OK;
    TRY(writer_run_bulk(job->writer, job->ctx, note_slice, changes));
    for (const struct alert_change *change = changes; change; change = change->next)
        job->rows++;
    if (jobs_stopping(job->jobs) || !alerts_tell(job->ctx, &view.hearers, changes, &telling))
        return OK;
    return writer_run_bulk(job->writer, job->ctx, told_slice, changes);
}
