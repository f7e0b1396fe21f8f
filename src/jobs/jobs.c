/*
 * jobs.c — the table of background jobs, and those that are small enough to stand beside it.
 */
#include "alerts/alerts_service.h"
#include "auth/sessions_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "borrows/overdue_service.h"
#include "borrows/privacy_service.h"
#include "borrows/renewals_service.h"
#include "catalogue_io/import_batch_service.h"
#include "catalogue_io/import_file.h"
#include "db/writer.h"
#include "events/events_service.h"
#include "holds/holds_service.h"
#include "holds/watches_service.h"
#include "idempotency/idempotency_service.h"
#include "jobs/alerts_job.h"
#include "jobs/backup_job.h"
#include "jobs/journal_job.h"
#include "jobs/report_job.h"
#include "jobs/scheduler.h"
#include "notifications/notices_service.h"
#include "search/terms_service.h"
#include "tls/tls_service.h"
#include "webhooks/deliveries_service.h"

#define ROWS_A_SLICE 200 /* about WRITER_BULK_SLICE_MS of deleting on slow cards */

/* One slice of work on the writer: *out_rows, how many rows it has dealt with. */
typedef enum error_kind row_work(struct ctx *ctx, int64_t *out_rows);

struct rows_slice {
    row_work *work;
    int64_t rows;
};

static enum write_result rows_slice(struct ctx *ctx, void *argument)
{
    struct rows_slice *slice = argument;

    return slice->work(ctx, &slice->rows) == OK ? WRITE_DONE : WRITE_FAILED;
}

/* Each slice is a job of its own, so that what was dealt with is counted once even when a batch was retried. */
static enum error_kind run_slice(struct job_context *job, row_work *work, int64_t *out_rows)
{
    struct rows_slice slice = {.work = work};

    TRY(writer_run_bulk(job->writer, job->ctx, rows_slice, &slice));
    job->rows += slice.rows;
    *out_rows = slice.rows;
    return OK;
}

static enum error_kind run_once(struct job_context *job, row_work *work)
{
    int64_t rows;

    return run_slice(job, work, &rows);
}

/* Until a slice deals with fewer than `most`: there are no more then. */
static enum error_kind run_to_end(struct job_context *job, row_work *work, int64_t most)
{
    int64_t rows;

    do
        TRY(run_slice(job, work, &rows));
    while (rows >= most && !jobs_stopping(job->jobs));
    return OK;
}

static enum error_kind remove_sessions(struct job_context *job)
{
    return run_once(job, sessions_remove_over);
}

static enum error_kind write_seen(struct job_context *job)
{
    return run_once(job, sessions_write_seen);
}

static enum error_kind some_terms(struct ctx *ctx, int64_t *out_rows)
{
    return terms_prune(ctx, ROWS_A_SLICE, out_rows);
}

static enum error_kind write_searches(struct job_context *job)
{
    TRY(run_to_end(job, terms_write, 1));
    return run_to_end(job, some_terms, ROWS_A_SLICE);
}

static enum error_kind prune_alerts(struct job_context *job)
{
    return run_once(job, alerts_prune);
}

static enum error_kind some_events(struct ctx *ctx, int64_t *out_rows)
{
    return events_prune(ctx, ctx->now - (int64_t)EVENT_KEEP_DAYS * MS_PER_DAY, ROWS_A_SLICE, out_rows);
}

static enum error_kind prune_events(struct job_context *job)
{
    return run_to_end(job, some_events, ROWS_A_SLICE);
}

static enum error_kind some_deliveries(struct ctx *ctx, int64_t *out_rows)
{
    return deliveries_prune(ctx, ROWS_A_SLICE, out_rows);
}

static enum error_kind prune_deliveries(struct job_context *job)
{
    return run_to_end(job, some_deliveries, ROWS_A_SLICE);
}

static enum error_kind some_replies(struct ctx *ctx, int64_t *out_rows)
{
    return idempotency_prune(ctx, ROWS_A_SLICE, out_rows);
}

static enum error_kind forget_replies(struct job_context *job)
{
    return run_to_end(job, some_replies, ROWS_A_SLICE);
}

/* `at` is only read: a batch that is retried does the same again. */
struct loans_slice {
    struct forgetting at, after;
};

static enum write_result loans_slice(struct ctx *ctx, void *argument)
{
    struct loans_slice *slice = argument;

    slice->after = slice->at;
    return privacy_forget_slice(ctx, &slice->after) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind forget_loans(struct job_context *job)
{
    struct loans_slice slice = {0};

    while (slice.at.step != FORGETTING_ENDED && !jobs_stopping(job->jobs)) {
        TRY(writer_run_bulk(job->writer, job->ctx, loans_slice, &slice));
        slice.at = slice.after;
        job->rows = slice.at.forgotten + slice.at.holds;
    }
    return OK;
}

/* `at` is only read, so that a batch that is retried does the same again. */
struct accrual_slice {
    struct accrual at, after;
    bool more;
};

static enum write_result accrual_slice(struct ctx *ctx, void *argument)
{
    struct accrual_slice *slice = argument;

    slice->after = slice->at;
    return borrows_accrue(ctx, &slice->after, ACCRUAL_LOANS_A_SLICE, &slice->more) == OK ? WRITE_DONE
                                                                                         : WRITE_FAILED;
}

static enum error_kind accrue_fines(struct job_context *job)
{
    struct accrual_slice slice = {.at = {.escalate = true}};

    do {
        struct arena_mark mark = arena_mark(job->ctx->arena);
        TRY(writer_run_bulk(job->writer, job->ctx, accrual_slice, &slice));
        arena_reset_to(job->ctx->arena, mark);
        slice.at = slice.after;
        job->rows = slice.at.borrows;
    } while (slice.more && !jobs_stopping(job->jobs));
    return OK;
}

struct renewal_slice {
    struct renewal_walk at, after;
    bool more;
};

static enum write_result renewal_slice(struct ctx *ctx, void *argument)
{
    struct renewal_slice *slice = argument;

    slice->after = slice->at;
    return borrows_renew_due(ctx, &slice->after, ACCRUAL_LOANS_A_SLICE, &slice->more) == OK ? WRITE_DONE
                                                                                            : WRITE_FAILED;
}

static enum error_kind renew_automatically(struct job_context *job)
{
    struct renewal_slice slice = {0};

    do {
        struct arena_mark mark = arena_mark(job->ctx->arena);
        TRY(writer_run_bulk(job->writer, job->ctx, renewal_slice, &slice));
        arena_reset_to(job->ctx->arena, mark);
        slice.at = slice.after;
        job->rows = slice.at.renewed;
    } while (slice.more && !jobs_stopping(job->jobs));
    return OK;
}

/* Fewer than ROWS_A_SLICE: each leaves an audit row and an event, and hands its copy on. */
#define HOLDS_A_SLICE 50

static enum error_kind some_holds(struct ctx *ctx, int64_t *out_rows)
{
    return holds_expire(ctx, HOLDS_A_SLICE, out_rows);
}

static enum error_kind some_watches(struct ctx *ctx, int64_t *out_rows)
{
    return watches_tell_due(ctx, HOLDS_A_SLICE, out_rows);
}

static enum error_kind expire_holds(struct job_context *job)
{
    TRY(run_to_end(job, some_holds, HOLDS_A_SLICE));
    return run_to_end(job, some_watches, HOLDS_A_SLICE);
}

struct import_slice {
    bool more;
    struct uuid gone;
};

static enum write_result import_slice(struct ctx *ctx, void *argument)
{
    struct import_slice *slice = argument;

    return imports_prune(ctx, ROWS_A_SLICE, &slice->more, &slice->gone) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind prune_imports(struct job_context *job)
{
    struct import_slice slice;

    do {
        TRY(writer_run_bulk(job->writer, job->ctx, import_slice, &slice));
        if (uuid_is_given(&slice.gone))
            import_file_remove(&slice.gone);
        job->rows += uuid_is_given(&slice.gone);
    } while (slice.more && !jobs_stopping(job->jobs));
    return OK;
}

static enum error_kind some_notices(struct ctx *ctx, int64_t *out_rows)
{
    return notices_prune(ctx, ROWS_A_SLICE, out_rows);
}

struct titles_slice {
    struct notices_place from, to;
    int64_t rows;
    bool more;
};

static enum write_result titles_slice(struct ctx *ctx, void *argument)
{
    struct titles_slice *slice = argument;

    slice->to = slice->from; /* a batch may be retried */
    return notices_forget_titles(ctx, ROWS_A_SLICE, &slice->to, &slice->rows, &slice->more) == OK
               ? WRITE_DONE
               : WRITE_FAILED;
}

static enum error_kind prune_notices(struct job_context *job)
{
    struct titles_slice slice = {.more = true};

    TRY(run_to_end(job, some_notices, ROWS_A_SLICE));
    while (slice.more && !jobs_stopping(job->jobs)) {
        struct arena_mark mark = arena_mark(job->ctx->arena);
        TRY(writer_run_bulk(job->writer, job->ctx, titles_slice, &slice));
        arena_reset_to(job->ctx->arena, mark);
        job->rows += slice.rows;
        slice.from = slice.to;
    }
    return OK;
}

static enum error_kind renew_certificate(struct job_context *job)
{
    return tls_renew(job->ctx, &job->rows);
}

const struct job jobs_table[] = {
    {"prune_events", MS_PER_DAY, prune_events, "Removes events older than EVENT_KEEP_DAYS"},
    {"prune_deliveries", MS_PER_DAY, prune_deliveries,
     "Removes what webhooks were told WEBHOOK_KEEP_DAYS ago"},
    {"remove_sessions", MS_PER_DAY / 24, remove_sessions, "Removes sessions, tokens and codes that are over"},
    {"write_seen", SESSION_SEEN_MS, write_seen, "Writes when sessions and keys were last used"},
    {"write_searches", SEARCH_TERM_WRITE_MS, write_searches,
     "Writes what the catalogue was asked for; removes what was not asked for long"},
    {"forget_replies", MS_PER_DAY, forget_replies, "Removes answers kept longer than IDEMPOTENCY_KEEP_MS"},
    {"forget_loans", MS_PER_DAY, forget_loans,
     "Takes the reader off loans and holds older than forget_loans_after_days"},
    /* Each hour: what is due today has to be renewed today, also where the machine is switched off at night. */
    {"renew_automatically", MS_PER_DAY / 24, renew_automatically,
     "Renews what is due today, if the library does so"},
    {"accrue_fines", MS_PER_DAY, accrue_fines,
     "Posts what overdue loans cost by now, urges readers, gives up what is lost"},
    {"expire_holds", MS_PER_DAY / 24, expire_holds,
     "Ends holds that were not fetched; tells who watches a title"},
    {"backup", MS_PER_DAY / 24, backup_job,
     "Makes the backup that is due; copies it to the second folder; rotates"},
    {"journal", JOURNAL_LOOK_MS, journal_job,
     "Gives the journal of changes a backup to stand on; removes its files that no backup needs"},
    {"alerts", ALERT_LOOK_MS, alerts_job,
     "Looks whether all is well; tells those who are to know when it is not", true},
    {"prune_alerts", MS_PER_DAY, prune_alerts, "Removes alerts that were over long ago"},
    {"prune_imports", MS_PER_DAY, prune_imports,
     "Gives up imports that nobody has started, forgets old rows"},
    {"prune_notices", MS_PER_DAY, prune_notices, "Removes notifications older than NOTICE_KEEP_DAYS"},
    {"reports", MS_PER_DAY / 24, report_job, "Sends saved reports that are due"},
    {"renew_certificate", MS_PER_DAY, renew_certificate, "Renews the certificate of TLS, or reads it again"},
    {0},
};
