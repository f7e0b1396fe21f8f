/*
 * alerts_job.h — the job that looks whether all is well, and tells those who are to know when it is not.
 */
#ifndef CARREL_JOBS_ALERTS_JOB_H
#define CARREL_JOBS_ALERTS_JOB_H

#include "jobs/scheduler.h"

enum error_kind alerts_job(struct job_context *job) MUST_CHECK;

#endif
