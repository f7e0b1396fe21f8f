/*
 * journal_job.h — the job that looks after the journal of changes (backups/journal_service.h).
 */
#ifndef CARREL_JOBS_JOURNAL_JOB_H
#define CARREL_JOBS_JOURNAL_JOB_H

#include "jobs/scheduler.h"

/*
 * Lets a series begin where one is wanted and nobody writes; puts a backup into the second folder for it to stand on;
 * removes files that no backup needs. job->rows: files made or removed.
 */
enum error_kind journal_job(struct job_context *job) MUST_CHECK;

#endif
