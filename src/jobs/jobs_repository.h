/*
 * jobs_repository.h — the only writer of `job_run`: when each job last ran and how it went.
 */
#ifndef CARREL_JOBS_JOBS_REPOSITORY_H
#define CARREL_JOBS_JOBS_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"

/* When the job of this name last ended. */
enum error_kind jobs_repo_last_end(struct ctx *ctx, const char *name, int64_t *out_at,
                                   bool *out_found) MUST_CHECK;

/* 0, 0 and NULL when there was none. */
enum error_kind jobs_repo_last_run(struct ctx *ctx, const char *name, int64_t *out_started_at,
                                   int64_t *out_finished_at, const char **out_outcome) MUST_CHECK;

enum error_kind jobs_repo_record(struct ctx *ctx, const char *name, int64_t started_at, int64_t finished_at,
                                 const char *outcome) MUST_CHECK;

#endif
