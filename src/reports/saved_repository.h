/*
 * saved_repository.h — the only writer of saved_report. There are SAVED_REPORTS_MAX of them at most.
 */
#ifndef CARREL_REPORTS_SAVED_REPOSITORY_H
#define CARREL_REPORTS_SAVED_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "reports/reports.h"

enum error_kind saved_repo_find(struct ctx *ctx, const struct uuid *uuid, struct saved_report *out_saved,
                                bool *out_found) MUST_CHECK;
enum error_kind saved_repo_count(struct ctx *ctx, int64_t *out_count) MUST_CHECK;

/* The first after an id that is due on a day and was not begun to be sent on it. */
enum error_kind saved_repo_next_due(struct ctx *ctx, int32_t today, int64_t after_id,
                                    struct saved_report *out_saved, bool *out_found) MUST_CHECK;

/* Sets saved->id; facts, uuid and next_on are the caller's. */
enum error_kind saved_repo_insert(struct ctx *ctx, struct saved_report *saved) MUST_CHECK;
enum error_kind saved_repo_update(struct ctx *ctx, const struct saved_report *saved) MUST_CHECK;
enum error_kind saved_repo_delete(struct ctx *ctx, int64_t id) MUST_CHECK;

/* next_on, claimed_on, last_at and problem as they are now; no new version: nobody has edited it. */
enum error_kind saved_repo_note(struct ctx *ctx, const struct saved_report *saved) MUST_CHECK;

enum error_kind saved_repo_list(struct ctx *ctx, const struct list_query *query,
                                struct row_sink *sink) MUST_CHECK;
enum error_kind saved_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
