/*
 * backup_job.h — the job behind the backups that are made by themselves.
 */
#ifndef CARREL_JOBS_BACKUP_JOB_H
#define CARREL_JOBS_BACKUP_JOB_H

#include "jobs/scheduler.h"

/*
 * Makes the one that is due, if any; copies the newest daily one to the second folder when that is there; takes
 * away what is too many. The file work is done between transactions. job->rows: files made.
 */
enum error_kind backup_job(struct job_context *job) MUST_CHECK;

#endif
