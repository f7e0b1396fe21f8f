/*
 * calendar_service.c — what decides a day is kept as people enter it, what is asked a thousand times an hour as
 * rows: every change of the first writes the second in the same transaction.
 */
#include "policies/calendar_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/text.h"
#include "events/events_service.h"
#include "policies/calendar_repository.h"
#include "settings/settings_service.h"

#define SHOWN_DAYS_DEFAULT 31

/* ---- questions ------------------------------------------------------------------------------------- */

enum error_kind calendar_next_open(struct ctx *ctx, int32_t day, int32_t *out_day)
{
    int32_t open_day;
    bool found;

    TRY(calendar_repo_first_open(ctx, day, day + CALENDAR_SEARCH_DAYS, &open_day, &found));
    *out_day = found ? open_day : day;
    return OK;
}

enum error_kind calendar_due_day(struct ctx *ctx, int32_t from_day, int64_t loan_days, int32_t *out_day)
{
    return calendar_next_open(ctx, from_day + (int32_t)loan_days, out_day);
}

enum error_kind calendar_fine_days(struct ctx *ctx, int32_t due_day, int32_t back_day, int64_t *out_days)
{
    return calendar_repo_fine_days(ctx, due_day, back_day, out_days);
}

/* ---- what decides ---------------------------------------------------------------------------------- */

static enum error_kind load_facts(struct ctx *ctx, struct calendar_facts *out_facts)
{
    struct calendar_facts facts = {.closure_count = 0};

    TRY(calendar_repo_hours(ctx, &facts.hours));
    TRY(calendar_repo_closures(ctx, &facts.closures, &facts.closure_count));
    *out_facts = facts;
    return OK;
}

/* What is left out is filled in; every wrong field is told of. */
static enum error_kind complete(struct ctx *ctx, const struct closure_facts *facts,
                                struct closure_facts *out_facts)
{
    struct closure_facts whole = *facts;

    whole.kind = whole.kind ? whole.kind : CLOSURE_KIND_CLOSURE;
    whole.last_day = whole.last_day == NO_NUMBER ? whole.first_day : whole.last_day;
    bool in_range = whole.first_day >= CALENDAR_FIRST_DAY && whole.first_day <= CALENDAR_LAST_DAY;
    if (!in_range)
        error_field(ctx, "body", "first_day", "out_of_range", "must be between 1990-01-01 and 2069-12-31");
    if (whole.last_day > CALENDAR_LAST_DAY)
        error_field(ctx, "body", "last_day", "out_of_range", "must be between 1990-01-01 and 2069-12-31");
    else if (in_range && whole.last_day < whole.first_day)
        error_field(ctx, "body", "last_day", "too_small", "must not be before first_day");
    else if (in_range && whole.yearly && whole.last_day - whole.first_day >= DAYS_OF_A_YEAR - 1)
        error_field(ctx, "body", "last_day", "too_large",
                    "must be so that what comes every year is shorter than a year");
    else if (in_range && whole.last_day - whole.first_day >= CLOSURE_DAYS_MAX)
        error_field(ctx, "body", "last_day", "too_large", "must be at most %d days from first_day",
                    CLOSURE_DAYS_MAX - 1);
    TRY(error_check_fields(ctx));
    *out_facts = whole;
    return OK;
}

static enum error_kind add_imagined(struct ctx *ctx, const struct closure_facts *more,
                                    struct calendar_facts *facts)
{
    struct closure *closures = arena_alloc_array(ctx->arena, facts->closure_count + 1, sizeof *closures);

    for (size_t i = 0; i < facts->closure_count; i++)
        closures[i] = facts->closures[i];
    TRY(complete(ctx, more, &closures[facts->closure_count].facts));
    facts->closures = closures;
    facts->closure_count++;
    return OK;
}

enum error_kind calendar_days_between(struct ctx *ctx, int32_t first, int32_t last,
                                      const struct closure_facts *more, const struct calendar_days **out_days)
{
    struct calendar_facts facts;

    TRY(load_facts(ctx, &facts));
    if (more)
        TRY(add_imagined(ctx, more, &facts));
    *out_days = calendar_days_lay(ctx->arena, &facts, first, last);
    return OK;
}

enum error_kind calendar_shown(struct ctx *ctx, int64_t from, int64_t to,
                               const struct calendar_days **out_days)
{
    int64_t first = from == NO_NUMBER ? clock_day_of(ctx->now) : from;
    int64_t last = to == NO_NUMBER ? first + SHOWN_DAYS_DEFAULT - 1 : to;

    if (first > last)
        return fail(ctx, INVALID_PARAMETER, "Start date cannot be after end date.");
    if (last - first >= CALENDAR_SHOWN_DAYS_MAX)
        return fail(ctx, INVALID_PARAMETER, "The calendar shows %d days at most; these are %" PRId64 ".",
                    CALENDAR_SHOWN_DAYS_MAX, last - first + 1);
    return calendar_days_between(ctx, (int32_t)first, (int32_t)last, NULL, out_days);
}

/* ---- the table ------------------------------------------------------------------------------------- */

static enum error_kind closed_days_cost(struct ctx *ctx, bool *out_cost)
{
    return settings_is_on(ctx, SETTING_FINES_ON_CLOSED_DAYS, out_cost);
}

enum error_kind calendar_rebuild(struct ctx *ctx)
{
    struct calendar_row row = {.day = CALENDAR_FIRST_DAY};
    struct calendar_facts facts;
    bool closed_cost;

    TRY(load_facts(ctx, &facts));
    TRY(calendar_repo_clear(ctx));
    if (!calendar_facts_close(&facts))
        return OK;
    TRY(closed_days_cost(ctx, &closed_cost));
    const struct calendar_days *days =
        calendar_days_lay(ctx->arena, &facts, CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY);
    for (; row.day <= CALENDAR_LAST_DAY; row.day++) {
        row.open = calendar_days_at(days, row.day)->open;
        row.costs += row.open || closed_cost;
        TRY(calendar_repo_insert_row(ctx, &row));
    }
    return OK;
}

/* From a day that opens or closes on, up to the next such day, all have the same more or less behind them. */
static enum error_kind write_differences(struct ctx *ctx, const struct calendar_days *before,
                                         const struct calendar_days *after, bool closed_cost)
{
    int32_t from = after->first;
    int64_t shift = 0;

    for (int32_t day = after->first; day <= after->last; day++) {
        bool open = calendar_days_at(after, day)->open;
        if (open == calendar_days_at(before, day)->open)
            continue;
        if (shift != 0)
            TRY(calendar_repo_shift_costs(ctx, from, day - 1, shift));
        TRY(calendar_repo_set_open(ctx, day, open));
        shift += closed_cost ? 0 : open ? 1 : -1;
        from = day;
    }
    return shift != 0 ? calendar_repo_shift_costs(ctx, from, after->last, shift) : OK;
}

/*
 * A closure has come or gone, and nothing before its first day differs. A library has hundreds of them, and from each
 * on there are days of decades: so only what differs is written, where the table is there.
 */
static enum error_kind follow_closure(struct ctx *ctx, const struct calendar_facts *before, int64_t first_day)
{
    struct calendar_facts after;
    struct calendar_row last;
    bool closed_cost, is_written;

    TRY(load_facts(ctx, &after));
    TRY(calendar_repo_row(ctx, CALENDAR_LAST_DAY, &last, &is_written));
    if (!is_written || !calendar_facts_close(&after))
        return calendar_rebuild(ctx);
    TRY(closed_days_cost(ctx, &closed_cost));
    return write_differences(
        ctx, calendar_days_lay(ctx->arena, before, (int32_t)first_day, CALENDAR_LAST_DAY),
        calendar_days_lay(ctx->arena, &after, (int32_t)first_day, CALENDAR_LAST_DAY), closed_cost);
}

enum error_kind calendar_follow_setting(struct ctx *ctx)
{
    bool wanted, written, known;

    TRY(closed_days_cost(ctx, &wanted));
    TRY(calendar_repo_closed_days_cost(ctx, &written, &known));
    return known && wanted != written ? calendar_rebuild(ctx) : OK;
}

/* Rows as they stand against the days as they should be. */
struct comparison {
    const struct calendar_days *days; /* NULL: there should be no rows */
    bool closed_cost;
    struct calendar_row due; /* the last row that should have come */
    int64_t wrong;
    int32_t first_wrong;
};

static void compare_row(void *argument, const struct calendar_row *row)
{
    struct comparison *comparison = argument;
    struct calendar_row *due = &comparison->due;
    const struct calendar_day *day = NULL;

    due->day++;
    if (comparison->days)
        day = calendar_days_at(comparison->days, due->day);
    due->open = day && day->open;
    due->costs += day && (day->open || comparison->closed_cost);
    bool right = day && row->day == due->day && row->open == due->open && row->costs == due->costs;
    if (!right && comparison->wrong++ == 0)
        comparison->first_wrong = row->day;
}

enum error_kind calendar_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                               void *argument)
{
    struct comparison comparison = {.due = {.day = CALENDAR_FIRST_DAY - 1}};
    struct calendar_facts facts;
    char day[CLOCK_DAY_SIZE];

    TRY(load_facts(ctx, &facts));
    TRY(closed_days_cost(ctx, &comparison.closed_cost));
    if (calendar_facts_close(&facts))
        comparison.days = calendar_days_lay(ctx->arena, &facts, CALENDAR_FIRST_DAY, CALENDAR_LAST_DAY);
    TRY(calendar_repo_rows(ctx, compare_row, &comparison));
    if (comparison.wrong == 0 && comparison.days && comparison.due.day != CALENDAR_LAST_DAY) {
        comparison.wrong = CALENDAR_LAST_DAY - comparison.due.day;
        comparison.first_wrong = comparison.due.day + 1;
    }
    if (comparison.wrong == 0)
        return OK;
    clock_format_day(comparison.first_wrong, day);
    report(argument, arena_printf(ctx->arena,
                                  "The calendar is not as opening hours and closures give it: %" PRId64
                                  " days are wrong, the first is %s.",
                                  comparison.wrong, day));
    return OK;
}

static enum error_kind tell(struct ctx *ctx)
{
    return events_record(ctx, &(struct event_fact){.type = EVENT_CALENDAR_CHANGED});
}

/* ---- opening hours --------------------------------------------------------------------------------- */

enum error_kind calendar_hours(struct ctx *ctx, struct opening_hours *out_hours)
{
    return calendar_repo_hours(ctx, out_hours);
}

static int compare_openings(const struct opening *a, const struct opening *b)
{
    int64_t difference = a->weekday != b->weekday ? a->weekday - b->weekday : a->opens - b->opens;

    return difference < 0 ? -1 : difference > 0;
}

/* By weekday and time; there are OPENINGS_MAX at most. */
static void sort_openings(struct opening_hours *hours)
{
    for (size_t i = 1; i < hours->count; i++) {
        struct opening moved = hours->items[i];
        size_t at = i;
        for (; at > 0 && compare_openings(&hours->items[at - 1], &moved) > 0; at--)
            hours->items[at] = hours->items[at - 1];
        hours->items[at] = moved;
    }
}

static enum error_kind check_hours(struct ctx *ctx, const struct opening_hours *hours)
{
    for (size_t i = 0; i < hours->count; i++) {
        const struct opening *opening = &hours->items[i];
        if (opening->closes <= opening->opens)
            error_field(ctx, "body", "days", "order", "must close after they open");
        else if (i > 0 && opening[-1].weekday == opening->weekday && opening[-1].closes > opening->opens)
            error_field(ctx, "body", "days", "overlap", "must not overlap on one weekday");
    }
    return error_check_fields(ctx);
}

/* "Mon 09:00-12:00, Mon 14:00-18:00"; NULL: none. */
static const char *show_hours(struct ctx *ctx, const struct opening_hours *hours)
{
    static const char *const names[WEEKDAYS] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct text_buf buf;

    text_buf_init(&buf, ctx->arena);
    for (size_t i = 0; i < hours->count; i++) {
        const struct opening *opening = &hours->items[i];
        text_buf_printf(&buf, "%s%s %02d:%02d-%02d:%02d", i > 0 ? ", " : "", names[opening->weekday],
                        (int)opening->opens / 60, (int)opening->opens % 60, (int)opening->closes / 60,
                        (int)opening->closes % 60);
    }
    return hours->count > 0 ? text_buf_string(&buf) : NULL;
}

enum error_kind calendar_set_hours(struct ctx *ctx, const struct opening_hours *hours)
{
    struct opening_hours sorted = *hours;
    struct opening_hours stored;

    sort_openings(&sorted);
    TRY(check_hours(ctx, &sorted));
    TRY(calendar_repo_hours(ctx, &stored));
    const struct field_change change = {
        .name = "days", .before = show_hours(ctx, &stored), .after = show_hours(ctx, &sorted)};
    if (!change.before == !change.after && (!change.before || strcmp(change.before, change.after) == 0))
        return OK;
    TRY(calendar_repo_set_hours(ctx, &sorted));
    TRY(calendar_rebuild(ctx));
    TRY(audit_edit(ctx, "opening_hours.changed", "library", NO_NUMBER, &change));
    return tell(ctx);
}

/* ---- closures -------------------------------------------------------------------------------------- */

static const struct field closure_facts_fields[] = {CLOSURE_FIELDS(struct closure, facts), {0}};

static const struct field_change *changes_of(struct ctx *ctx, const struct closure *before,
                                             const struct closure *after)
{
    static const struct closure nothing = {.facts = {.first_day = NO_NUMBER, .last_day = NO_NUMBER}};

    return fields_changes(ctx, closure_facts_fields, before ? before : &nothing, after ? after : &nothing);
}

static enum error_kind check_room(struct ctx *ctx, const struct calendar_facts *facts)
{
    if (facts->closure_count < CLOSURES_MAX)
        return OK;
    error_reason_int(ctx, "max_closures", CLOSURES_MAX);
    return fail(ctx, CONFLICT, "There are %d closures already. Remove old ones first.", CLOSURES_MAX);
}

enum error_kind calendar_close(struct ctx *ctx, const struct closure_facts *facts,
                               struct closure *out_closure)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct calendar_facts before;
    struct closure_facts whole;
    struct closure closure;

    TRY(complete(ctx, facts, &whole));
    TRY(load_facts(ctx, &before));
    TRY(check_room(ctx, &before));
    TRY(calendar_repo_insert_closure(ctx, &whole, &closure));
    TRY(follow_closure(ctx, &before, whole.first_day));
    arena_reset_to(ctx->arena, mark); /* decades of days were laid out */
    TRY(audit_edit(ctx, "closure.added", "closed_day", closure.id, changes_of(ctx, NULL, &closure)));
    TRY(tell(ctx));
    *out_closure = closure;
    return OK;
}

enum error_kind calendar_reopen(struct ctx *ctx, int64_t id)
{
    struct calendar_facts before;
    struct closure closure;
    bool found;

    TRY(calendar_repo_get_closure(ctx, id, &closure, &found));
    if (!found)
        return fail(ctx, CLOSURE_NOT_FOUND, "Closure not found.");
    struct arena_mark mark = arena_mark(ctx->arena);
    TRY(load_facts(ctx, &before));
    TRY(calendar_repo_delete_closure(ctx, id));
    TRY(follow_closure(ctx, &before, closure.facts.first_day));
    arena_reset_to(ctx->arena, mark);
    TRY(audit_removal(ctx, "closure.removed", "closed_day", id, changes_of(ctx, &closure, NULL)));
    return tell(ctx);
}

enum error_kind calendar_find_closure(struct ctx *ctx, const struct uuid *uuid, struct closure *out_closure)
{
    bool found;

    TRY(calendar_repo_find_closure(ctx, uuid, out_closure, &found));
    return found ? OK : fail(ctx, CLOSURE_NOT_FOUND, "Closure not found.");
}

enum error_kind calendar_list_closures(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return calendar_repo_list_closures(ctx, query, sink);
}

enum error_kind calendar_show_closure(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return calendar_repo_show_closure(ctx, id, sink);
}
