/*
 * report_job.h — saved reports that are due today, by e-mail.
 */
#ifndef CARREL_JOBS_REPORT_JOB_H
#define CARREL_JOBS_REPORT_JOB_H

#include "jobs/scheduler.h"

struct pool; /* db/pool.h */

/* Where reports are read from; before the jobs start. NULL: nothing is sent. */
void report_job_open(struct pool *pool);

/* Each hour. Claims, makes, sends and writes down one after the other; one that fails keeps no other from going. */
enum error_kind report_job(struct job_context *job);

#endif
