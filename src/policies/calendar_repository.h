/*
 * calendar_repository.h — the only writer of `opening_hours`, `closed_day` and `calendar`.
 */
#ifndef CARREL_POLICIES_CALENDAR_REPOSITORY_H
#define CARREL_POLICIES_CALENDAR_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "policies/calendar.h"

/* ---- what decides ---------------------------------------------------------------------------------- */

enum error_kind calendar_repo_hours(struct ctx *ctx, struct opening_hours *out_hours) MUST_CHECK;
enum error_kind calendar_repo_set_hours(struct ctx *ctx, const struct opening_hours *hours) MUST_CHECK;

/* All, in the order in which they were entered; in the arena. More than CLOSURES_MAX are no library's: INTERNAL. */
enum error_kind calendar_repo_closures(struct ctx *ctx, const struct closure **out_closures,
                                       size_t *out_count) MUST_CHECK;
enum error_kind calendar_repo_find_closure(struct ctx *ctx, const struct uuid *uuid,
                                           struct closure *out_closure, bool *out_found) MUST_CHECK;
enum error_kind calendar_repo_get_closure(struct ctx *ctx, int64_t id, struct closure *out_closure,
                                          bool *out_found) MUST_CHECK;
/* `facts` are complete: a kind, a last day. */
enum error_kind calendar_repo_insert_closure(struct ctx *ctx, const struct closure_facts *facts,
                                             struct closure *out_closure) MUST_CHECK;
enum error_kind calendar_repo_delete_closure(struct ctx *ctx, int64_t id) MUST_CHECK;

enum error_kind calendar_repo_list_closures(struct ctx *ctx, const struct list_query *query,
                                            struct row_sink *sink) MUST_CHECK;
enum error_kind calendar_repo_show_closure(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* ---- the days -------------------------------------------------------------------------------------- */

/* One row of `calendar`; *out_found is false where there is none: an open day. */
struct calendar_row {
    int32_t day;
    bool open;
    int64_t costs;
};
enum error_kind calendar_repo_row(struct ctx *ctx, int32_t day, struct calendar_row *out_row,
                                  bool *out_found) MUST_CHECK;

/* The first open day of first … last. */
enum error_kind calendar_repo_first_open(struct ctx *ctx, int32_t first, int32_t last, int32_t *out_day,
                                         bool *out_found) MUST_CHECK;
enum error_kind calendar_repo_fine_days(struct ctx *ctx, int32_t due_day, int32_t back_day,
                                        int64_t *out_days) MUST_CHECK;

/* Do closed days cost, as the table was last written? *out_known is false when it has none. */
enum error_kind calendar_repo_closed_days_cost(struct ctx *ctx, bool *out_cost, bool *out_known) MUST_CHECK;

/* All rows. */
enum error_kind calendar_repo_clear(struct ctx *ctx) MUST_CHECK;
enum error_kind calendar_repo_insert_row(struct ctx *ctx, const struct calendar_row *row) MUST_CHECK;

/* Of rows that are there: one is open or not; up to each of first … last so many days more have cost a fine. */
enum error_kind calendar_repo_set_open(struct ctx *ctx, int32_t day, bool open) MUST_CHECK;
enum error_kind calendar_repo_shift_costs(struct ctx *ctx, int32_t first, int32_t last,
                                          int64_t by) MUST_CHECK;

/* Every row in the order of days: call `see` for each. */
enum error_kind calendar_repo_rows(struct ctx *ctx,
                                   void (*see)(void *argument, const struct calendar_row *row),
                                   void *argument) MUST_CHECK;

#endif
