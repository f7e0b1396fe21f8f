/*
 * jobs_router.c — the administrator's view of what happens without anybody asking.
 */
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "jobs/jobs_service.h"

static void write_job(struct json_writer *json, const struct job_overview *overview)
{
    json_object_begin(json);
    json_member_text(json, "name", overview->job->name);
    json_member_text(json, "summary", overview->job->summary);
    json_member_int(json, "period_s", overview->job->period_ms / 1000);
    json_member_instant(json, "started_at", overview->started_at);
    json_member_instant(json, "finished_at", overview->finished_at);
    json_member_text(json, "outcome", overview->outcome);
    json_key(json, "ok");
    if (overview->outcome)
        json_bool(json, overview->ok);
    else
        json_null(json);
    json_member_bool(json, "running", overview->state.running);
    json_member_instant(json, "next_run_at", overview->state.next_run_at);
    json_object_end(json);
}

static enum error_kind list_jobs(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct job_overview *overview;

    TRY(jobs_overview(req->ctx, &overview));
    json_object_begin(json);
    json_key(json, "jobs");
    json_array_begin(json);
    for (; overview; overview = overview->next)
        write_job(json, overview);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind run_job(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct job_end end;

    TRY(jobs_run_now(req->ctx, request_path(req, "name"), &end));
    json_object_begin(json);
    json_member_text(json, "name", end.job->name);
    json_member_bool(json, "ok", end.ok);
    json_member_text(json, "outcome", end.outcome);
    json_member_instant(json, "started_at", end.started_at);
    json_member_instant(json, "finished_at", end.finished_at);
    json_object_end(json);
    return OK;
}

static const struct reply_field job_shape[] = {
    {"name", COLUMN_TEXT, false, "What it is called"},
    {"summary", COLUMN_TEXT, false, "What it does"},
    {"period_s", COLUMN_INTEGER, false, "Seconds from the end of a run to the next"},
    {"started_at", COLUMN_INSTANT, true, "When the last run began; null: it has not run yet"},
    {"finished_at", COLUMN_INSTANT, true, "When it ended"},
    {"outcome", COLUMN_TEXT, true, "How it went: ok and how many rows, or what was wrong"},
    {"ok", COLUMN_BOOL, true, "It went well; null: it has not run yet"},
    {"running", COLUMN_BOOL, false, "It runs now"},
    {"next_run_at", COLUMN_INSTANT, true, "When it runs next, if nobody runs it before; null while it runs"},
    {0},
};

static const struct reply_field jobs_shape[] = {
    {"jobs", .meaning = "All of them", .fields = job_shape, .many = true},
    {0},
};

static const struct reply_field run_shape[] = {
    {"name", COLUMN_TEXT, false, "What it is called"},
    {"ok", COLUMN_BOOL, false, "It went well"},
    {"outcome", COLUMN_TEXT, false, "How it went: ok and how many rows, or what was wrong"},
    {"started_at", COLUMN_INSTANT, false, "When it began"},
    {"finished_at", COLUMN_INSTANT, false, "When it ended"},
    {0},
};

static const struct reply jobs_reply = {"Jobs", jobs_shape};
static const struct reply run_reply = {"JobRun", run_shape};

const struct route jobs_routes[] = {
    {GET, "/admin/jobs", ADMIN, READS, LIMIT_READ, list_jobs, "Background jobs and how they went",
     .reply = &jobs_reply, .errors = ERRORS(ERR_NOT_FOUND)},
    {POST, "/admin/jobs/{name}/run", ADMIN, UNMANAGED, LIMIT_WRITE, run_job, "Run a background job now",
     .reply = &run_reply, .errors = ERRORS(ERR_NOT_FOUND)},
    {0},
};
