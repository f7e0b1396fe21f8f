/*
 * metrics_repository.h — what the database knows of itself and of the library, for /metrics.
 */
#ifndef CARREL_ADMIN_METRICS_REPOSITORY_H
#define CARREL_ADMIN_METRICS_REPOSITORY_H

#include "admin/metrics.h"
#include "base/ctx.h"

/* Calls `tell` with the name of each counter that the library keeps ("books", "borrows_open" …), and its number. */
typedef void counter_teller(void *argument, const char *name, int64_t value);
enum error_kind metrics_repo_counters(struct ctx *ctx, counter_teller *tell, void *argument) MUST_CHECK;

/* Loans whose day is over; by their state, notifications ("waiting", "failed" …) and deliveries to webhooks. */
enum error_kind metrics_repo_overdue(struct ctx *ctx, int64_t *out_count) MUST_CHECK;
enum error_kind metrics_repo_notifications(struct ctx *ctx, const char *state, int64_t *out_count) MUST_CHECK;
enum error_kind metrics_repo_deliveries(struct ctx *ctx, const char *state, int64_t *out_count) MUST_CHECK;

/* When each job last ended, and whether that went well. */
typedef void job_teller(void *argument, const char *name, int64_t finished_at, bool ok);
enum error_kind metrics_repo_jobs(struct ctx *ctx, job_teller *tell, void *argument) MUST_CHECK;

/* What the writer and the readers have counted. */
void metrics_repo_database(struct metric_list *list);

#endif
