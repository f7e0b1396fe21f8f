/*
 * import_batch_service.h — batches as their owners see them: brought, looked at, decided about, started, stopped.
 * What is done to them happens on a thread of its own (jobs/import_thread.h), which import_wake() tells of it.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_BATCH_SERVICE_H
#define CARREL_CATALOGUE_IO_IMPORT_BATCH_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "catalogue_io/import_batch.h"
#include "catalogue_io/import_batch_repository.h"

/* IMPORT_NOT_FOUND. */
enum error_kind imports_find(struct ctx *ctx, const struct uuid *uuid,
                             struct import_batch *out_batch) MUST_CHECK;

/*
 * What a file is to become, before it is read: its kind, and how it is to be taken. INVALID_PARAMETER: a kind that is
 * not known; CONFLICT: the files that wait fill IMPORT_FILES_BYTES_MAX; errors of the profile.
 */
enum error_kind imports_plan(struct ctx *ctx, const struct import_wishes *wishes, int64_t bytes,
                             struct import_batch *out_batch) MUST_CHECK;

/* Its file is there under its uuid; it is to be read. Writer only. */
enum error_kind imports_begin(struct ctx *ctx, struct import_batch *batch) MUST_CHECK;

/* IMPORT_UNDER_WAY: it is being read, written or undone; IMPORT_NOT_READY: what is asked needs another state. */
enum error_kind imports_change(struct ctx *ctx, const struct uuid *uuid, const struct import_wishes *wishes,
                               int64_t *out_id) MUST_CHECK;
enum error_kind imports_start(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id) MUST_CHECK;
enum error_kind imports_stop(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id) MUST_CHECK;

/* One that was never started goes, with its rows; *out_gone: else once more. Its file is the caller's, once it is. */
enum error_kind imports_give_up(struct ctx *ctx, const struct uuid *uuid, bool *out_gone) MUST_CHECK;

/* IMPORT_ROW_NOT_FOUND: no duplicate has that number. */
enum error_kind imports_choose(struct ctx *ctx, const struct uuid *uuid, int64_t row,
                               const char *choice) MUST_CHECK;
enum error_kind imports_choose_all(struct ctx *ctx, const struct uuid *uuid, const char *choice,
                                   int64_t *out_rows) MUST_CHECK;

enum error_kind imports_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;
enum error_kind imports_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;
enum error_kind imports_find_by_id(struct ctx *ctx, int64_t id, struct import_batch *out_batch) MUST_CHECK;
enum error_kind imports_list_rows(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                                  struct row_sink *sink) MUST_CHECK;

/* The next row that was refused or left out after `after`; *out_found is false at their end. */
enum error_kind imports_next_refused(struct ctx *ctx, const struct import_batch *batch, int64_t after,
                                     struct import_kept_row *out_row, bool *out_found) MUST_CHECK;

/* ---- for the thread --------------------------------------------------------------------------------------- */

/* What is to be done next; none is no error. */
enum error_kind imports_next(struct ctx *ctx, struct import_batch *out_batch, bool *out_found) MUST_CHECK;

/*
 * It has failed for this reason, and says so; what was being written is stopped. Of a file whose columns are not known:
 * what they are called, so that somebody can say what they are. Writer only.
 */
enum error_kind imports_failed(struct ctx *ctx, const struct uuid *uuid, const struct error *why) MUST_CHECK;

/* Rows kept of an earlier reading go, `max` at a time. Writer only. */
enum error_kind imports_forget_rows(struct ctx *ctx, int64_t batch_id, int64_t max,
                                    int64_t *out_removed) MUST_CHECK;

/*
 * Takes away what nobody needs any more, `max` rows of it: batches that were not started for IMPORT_FILE_KEEP_DAYS, rows
 * of those older than IMPORT_ROWS_KEEP_DAYS. *out_more: there may be more; *out_gone: whose file may go, all zero for
 * nobody's. Writer only.
 */
enum error_kind imports_prune(struct ctx *ctx, int64_t max, bool *out_more, struct uuid *out_gone) MUST_CHECK;

/* There is something to do; and waiting for that, at most so long. */
void import_wake(void);
void import_wait(int64_t ms);

#endif
