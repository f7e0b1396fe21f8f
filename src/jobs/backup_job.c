/*
 * backup_job.c — look, make, record; look, copy, record; look, remove, record. Looking and recording is done on the
 * writer, in slices of no length, which touch no folder but the library's own; the rest takes as long as the disk does.
 */
#include "jobs/backup_job.h"

#include "backups/backups_service.h"
#include "base/log.h"
#include "db/writer.h"

struct look {
    struct backup_place place;
    enum backup_kind due;
    struct backup second;   /* that belongs in the second folder; id 0: none */
    struct backup *surplus; /* to be taken away */
};

static enum write_result look_slice(struct ctx *ctx, void *argument)
{
    struct look *look = argument;

    if (backups_place(ctx, &look->place) != OK || backups_due_now(ctx, &look->place, &look->due) != OK ||
        backups_for_second(ctx, &look->place, &look->second) != OK ||
        backups_surplus(ctx, &look->place, &look->surplus) != OK)
        return WRITE_FAILED;
    return WRITE_DONE;
}

static enum write_result record_slice(struct ctx *ctx, void *argument)
{
    return backups_record(ctx, argument) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum write_result forget_slice(struct ctx *ctx, void *argument)
{
    const struct backup *backup = argument;

    return backups_forget(ctx, backup->id) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind look_now(struct job_context *job, struct look *out_look)
{
    *out_look = (struct look){0};
    return writer_run_bulk(job->writer, job->ctx, look_slice, out_look);
}

/* The failure itself is what the job ends with; that it could not be recorded is only logged. */
static enum error_kind record_failure(struct job_context *job, enum backup_kind kind, enum error_kind failed)
{
    struct error error = job->ctx->error;
    struct backup backup;

    if (failed == ERROR_BUSY && error.code != ERR_DISK_FULL)
        return failed; /* another is being made: this one comes later */
    backups_failed(job->ctx, kind, &backup);
    error_clear(job->ctx);
    if (writer_run_bulk(job->writer, job->ctx, record_slice, &backup) != OK)
        LOG(WARN, "a failed backup was not recorded", LOG_TEXT("reason", job->ctx->error.detail));
    job->ctx->error = error;
    return failed;
}

static enum error_kind record(struct job_context *job, struct backup *backup)
{
    TRY(writer_run_bulk(job->writer, job->ctx, record_slice, backup));
    job->rows++;
    return OK;
}

static enum error_kind make_due(struct job_context *job, const struct look *look)
{
    struct backup backup;

    if (look->due == BACKUP_NONE)
        return OK;
    enum error_kind kind = backups_make(job->ctx, &look->place, NULL, look->due, &backup);
    return kind == OK ? record(job, &backup) : record_failure(job, look->due, kind);
}

/* That the stick is away is no failure: GET /admin/backups says so. */
static enum error_kind copy_second(struct job_context *job, const struct look *look)
{
    struct backup copy;

    if (!backups_is_due_in_second(job->ctx, &look->place, &look->second))
        return OK;
    enum error_kind kind = backups_copy_second(job->ctx, &look->place, &look->second, &copy);
    return kind == OK ? record(job, &copy) : record_failure(job, BACKUP_SECOND, kind);
}

static enum error_kind rotate(struct job_context *job, const struct look *look)
{
    for (struct backup *backup = look->surplus; backup; backup = backup->next) {
        bool forget;
        backups_remove(job->ctx, backup, &forget);
        if (forget)
            TRY(writer_run_bulk(job->writer, job->ctx, forget_slice, backup));
    }
    return OK;
}

typedef enum error_kind part(struct job_context *job, const struct look *look);

/* A stick that is full must not keep the disk from being tidied, nor the other way round: the first failure is told. */
enum error_kind backup_job(struct job_context *job)
{
    static part *const parts[] = {make_due, copy_second, rotate};
    struct error first = {0};
    enum error_kind result = OK;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && !jobs_stopping(job->jobs); i++) {
        struct look look;
        enum error_kind kind = look_now(job, &look);
        if (kind == OK && !look.place.scheduled)
            return OK;
        if (kind == OK)
            kind = parts[i](job, &look);
        if (kind != OK && result == OK) {
            result = kind;
            first = job->ctx->error;
        }
        error_clear(job->ctx);
    }
    job->ctx->error = first;
    return result;
}
