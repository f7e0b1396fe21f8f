/*
 * jobs_service.h — the background jobs as an administrator sees them: what there is, how it went, run it now.
 */
#ifndef CARREL_JOBS_JOBS_SERVICE_H
#define CARREL_JOBS_JOBS_SERVICE_H

#include "jobs/scheduler.h"

struct job_overview {
    const struct job *job;
    int64_t started_at; /* of the last run; 0: it has not run yet */
    int64_t finished_at;
    const char *outcome; /* of the last run; NULL */
    bool ok;             /* it went well */
    struct job_state state;
    struct job_overview *next;
};

/* Every row of jobs_table with its last run, in the table's order. */
enum error_kind jobs_overview(struct ctx *ctx, struct job_overview **out_first) MUST_CHECK;

#endif
