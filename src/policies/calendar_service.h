/*
 * calendar_service.h — is the library open on a day, when is it next, and which days cost a fine.
 *
 * What decides is entered as opening hours and closures (calendar.h). From them follows the table `calendar`, one
 * row a day, so that these questions are look-ups by key, here and in listings (calendar_sql.h). The table is
 * empty while nothing closes a day. It follows in the transaction of each change: of a closure with the days that
 * differ, of the week or the setting fines_on_closed_days as a whole; --check compares it, --check --rebuild restores
 * it.
 *
 * Days are day numbers (base/clock.h). Outside of CALENDAR_FIRST_DAY … CALENDAR_LAST_DAY every day is open.
 * The questions may be asked on any connection.
 */
#ifndef CARREL_POLICIES_CALENDAR_SERVICE_H
#define CARREL_POLICIES_CALENDAR_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "policies/calendar.h"
#include "policies/calendar_days.h"

/* ---- questions ------------------------------------------------------------------------------------- */

/* The day itself or the first open one after it; the day itself if none is within CALENDAR_SEARCH_DAYS. */
enum error_kind calendar_next_open(struct ctx *ctx, int32_t day, int32_t *out_day) MUST_CHECK;

/* When something lent or renewed for so many days is due: the first open day from then on. */
enum error_kind calendar_due_day(struct ctx *ctx, int32_t from_day, int64_t loan_days,
                                 int32_t *out_day) MUST_CHECK;

/*
 * Days after the due day, up to and including the day it came back, that cost a fine: open days, or all days when
 * the setting fines_on_closed_days is on. 0 when it is not late. What is due on a day that was closed since counts as
 * due on the first open day after. Grace days are the rule's business.
 */
enum error_kind calendar_fine_days(struct ctx *ctx, int32_t due_day, int32_t back_day,
                                   int64_t *out_days) MUST_CHECK;

/*
 * The days first … last one by one with what decided them, as they are now or, when `more` is not NULL, as they
 * would be with that closure. Checks `more` as calendar_close() does. In the arena: 16 bytes a day.
 */
enum error_kind calendar_days_between(struct ctx *ctx, int32_t first, int32_t last,
                                      const struct closure_facts *more,
                                      const struct calendar_days **out_days) MUST_CHECK;

/*
 * The same for people: from today when `from` is NO_NUMBER, 31 days when `to` is. INVALID_PARAMETER when they are the
 * wrong way round or more than CALENDAR_SHOWN_DAYS_MAX days apart.
 */
enum error_kind calendar_shown(struct ctx *ctx, int64_t from, int64_t to,
                               const struct calendar_days **out_days) MUST_CHECK;

/* ---- opening hours --------------------------------------------------------------------------------- */

enum error_kind calendar_hours(struct ctx *ctx, struct opening_hours *out_hours) MUST_CHECK;

/*
 * Replaces the whole week. VALIDATION_ERROR on ["body", "days"] for openings that overlap or end before they
 * begin. They hold for all days, past ones as well: what came back keeps its fine, what is out is reckoned anew.
 * Audited; event CALENDAR_CHANGED. Writer only.
 */
enum error_kind calendar_set_hours(struct ctx *ctx, const struct opening_hours *hours) MUST_CHECK;

/* ---- closures and exceptional openings ------------------------------------------------------------- */

/*
 * Enters one. VALIDATION_ERROR, all wrong fields at once: days outside of the calendar, the last before the first,
 * more than CLOSURE_DAYS_MAX days, a yearly one of a whole year; CONFLICT past CLOSURES_MAX. Nothing that is due is moved:
 * that is the caller's affair. Audited; event CALENDAR_CHANGED. Writer only.
 */
enum error_kind calendar_close(struct ctx *ctx, const struct closure_facts *facts,
                               struct closure *out_closure) MUST_CHECK;

/*
 * Takes one back as if it had never been entered; CLOSURE_NOT_FOUND. No closure_move may name it any more: whoever
 * moved what was due undoes that first. Audited; event CALENDAR_CHANGED. Writer only.
 */
enum error_kind calendar_reopen(struct ctx *ctx, int64_t id) MUST_CHECK;

/* CLOSURE_NOT_FOUND. */
enum error_kind calendar_find_closure(struct ctx *ctx, const struct uuid *uuid,
                                      struct closure *out_closure) MUST_CHECK;

/* Rows are those of closures_listing. */
enum error_kind calendar_list_closures(struct ctx *ctx, const struct list_query *query,
                                       struct row_sink *sink) MUST_CHECK;
enum error_kind calendar_show_closure(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* ---- the table ------------------------------------------------------------------------------------- */

/*
 * Writes the table anew when it was made under another value of fines_on_closed_days than the one in force; else
 * reads one row. For who hears that the setting has changed (settings_follow()), and for the start, as a flag may
 * decide it. Writer only.
 */
enum error_kind calendar_follow_setting(struct ctx *ctx) MUST_CHECK;

/* All rows anew. Afterwards calendar_check() finds nothing. Writer only. */
enum error_kind calendar_rebuild(struct ctx *ctx) MUST_CHECK;

/* Says whether the table is what opening hours, closures and setting give. `report` as in counters_check(). */
enum error_kind calendar_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                               void *argument) MUST_CHECK;

#endif
