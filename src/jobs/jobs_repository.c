/*
 * jobs_repository.c — one row for each job; a run replaces the one before.
 */
#include "jobs/jobs_repository.h"

#include "db/engine.h"

SQL(LAST_END, "SELECT finished_at FROM job_run WHERE name = :name");
SQL(LAST_RUN, "SELECT started_at, finished_at, outcome FROM job_run WHERE name = :name");
SQL(RECORD,
    "INSERT INTO job_run (name, started_at, finished_at, outcome)"
    " VALUES (:name, :started, :finished, :outcome)"
    " ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,"
    " outcome = excluded.outcome");

enum error_kind jobs_repo_last_end(struct ctx *ctx, const char *name, int64_t *out_at, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &LAST_END);
    bool found;

    bind_text(s, ":name", name);
    TRY(db_row(s, &found));
    *out_found = found && !column_is_null(s, 0);
    if (*out_found)
        *out_at = column_int(s, 0);
    return OK;
}

enum error_kind jobs_repo_last_run(struct ctx *ctx, const char *name, int64_t *out_started_at,
                                   int64_t *out_finished_at, const char **out_outcome)
{
    struct stmt *s = db_statement(ctx, &LAST_RUN);
    bool found;

    bind_text(s, ":name", name);
    TRY(db_row(s, &found));
    *out_started_at = found ? column_int(s, 0) : 0;
    *out_finished_at = found ? column_int(s, 1) : 0;
    *out_outcome = found ? column_text(s, 2) : NULL;
    return OK;
}

enum error_kind jobs_repo_record(struct ctx *ctx, const char *name, int64_t started_at, int64_t finished_at,
                                 const char *outcome)
{
    struct stmt *s = db_statement(ctx, &RECORD);

    bind_text(s, ":name", name);
    bind_int(s, ":started", started_at);
    bind_int(s, ":finished", finished_at);
    bind_text(s, ":outcome", outcome);
    return db_run(s);
}
