/*
 * closures_service.h — a closure is entered, and what was due then is due later.
 *
 * The days themselves are the calendar's affair (policies/calendar_service.h). Here due dates and pick-up dates move:
 * whatever is due on a day of the closure goes to the first open day after it. With spread_days n, loans are spread
 * evenly over the next n open days, in the order of due day and loan, so that a holiday's returns do not all come on one
 * morning. What was moved is kept, so that taking the closure back moves it back. The opening hours are changed here
 * for the same reason.
 *
 * Everything of one act is one transaction. Writer only, but for the preview.
 */
#ifndef CARREL_BORROWS_CLOSURES_SERVICE_H
#define CARREL_BORROWS_CLOSURES_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "policies/calendar.h"

/* The body of POST /closures and of its preview. */
struct closing {
    struct closure_facts facts;
    bool move; /* what is due then; false: it stays, and costs no sooner for it */
    int64_t spread_days;
};

#define CLOSING_NONE ((struct closing){.facts = CLOSURE_FACTS_NONE, .move = true, .spread_days = 1})

extern const struct field closing_fields[]; /* over struct closing */

/* What a closure moves: a loan, or the pick-up of a hold. */
struct planned_move {
    int64_t borrow_id, hold_id; /* one of them is 0 */
    int32_t from_day, to_day;
    struct planned_move *next;
};

/* Loans that are due on a day, before and after. */
struct planned_day {
    int32_t day;
    int64_t before, after;
};

struct planned_example {
    struct uuid borrow_id;
    const char *title, *member_name, *card;
    int32_t due_before, due_after;
};

struct closure_plan {
    struct planned_move *moves; /* in the order of days */
    size_t borrows, holds;
    struct planned_day *days; /* that lose or get loans, in order */
    size_t day_count;
    struct planned_example *examples; /* the first CLOSURE_EXAMPLES of the loans */
    size_t example_count;
};

/* What closures_close() would do now. Nothing is written; any connection. Errors as there. */
enum error_kind closures_preview(struct ctx *ctx, const struct closing *closing,
                                 struct closure_plan *out_plan) MUST_CHECK;

/* Enters the closure and moves. Errors of calendar_close(); CONFLICT past CLOSURE_MOVES_MAX. Events DUE_DATE_MOVED. */
enum error_kind closures_close(struct ctx *ctx, const struct closing *closing, struct closure *out_closure,
                               struct closure_plan *out_plan) MUST_CHECK;

/*
 * Takes a closure back: CLOSURE_NOT_FOUND. What still stands where the closure moved it goes back to the day it was due
 * before, or to the first open day from then and from today on: nothing becomes late by it. What was renewed, fetched,
 * returned or moved again since stays. What is due on a day that an exceptional opening has opened moves on when that
 * is taken back, as with closures_set_hours().
 */
enum error_kind closures_reopen(struct ctx *ctx, const struct uuid *uuid, size_t *out_borrows,
                                size_t *out_holds) MUST_CHECK;

/* The ordinary week. */
enum error_kind closures_hours(struct ctx *ctx, struct opening_hours *out_hours) MUST_CHECK;

/*
 * Replaces the whole week; errors of calendar_set_hours(). Loans that are due, and holds that may be fetched, last on a
 * day from today on that was open and is closed now, move to the next open day: events DUE_DATE_MOVED; CONFLICT past
 * CLOSURE_MOVES_MAX. Another change of the week moves nothing back.
 */
enum error_kind closures_set_hours(struct ctx *ctx, const struct opening_hours *hours, size_t *out_borrows,
                                   size_t *out_holds) MUST_CHECK;

/* One closure as a row of closures_listing. */
enum error_kind closures_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
