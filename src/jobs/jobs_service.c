/*
 * jobs_service.c — the table of jobs beside what `job_run` remembers of each.
 */
#include "jobs/jobs_service.h"

#include <string.h>

#include "jobs/jobs_repository.h"

enum error_kind jobs_overview(struct ctx *ctx, struct job_overview **out_first)
{
    struct job_overview *first = NULL;
    struct job_overview **last = &first;

    for (const struct job *job = jobs_table; job->name; job++) {
        struct job_overview *overview = arena_alloc(ctx->arena, sizeof *overview);
        *overview = (struct job_overview){.job = job};
        TRY(jobs_repo_last_run(ctx, job->name, &overview->started_at, &overview->finished_at,
                               &overview->outcome));
        overview->ok = overview->outcome && strncmp(overview->outcome, "ok:", 3) == 0;
        overview->state = jobs_state_of(job->name, ctx->now);
        *last = overview;
        last = &overview->next;
    }
    *out_first = first;
    return OK;
}
