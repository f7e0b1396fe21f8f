/*
 * closures_service.c — one planner for the preview and for the act: they differ in whether the calendar has the
 * closure already or only imagines it.
 */
#include "borrows/closures_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "borrows/closures_repository.h"
#include "borrows/overdue_service.h"
#include "events/events_service.h"
#include "holds/holds_service.h"
#include "policies/calendar_service.h"

#define PICKUPS_AT_ONCE 100

const struct field closing_fields[] = {
    CLOSURE_FIELDS(struct closing, facts),
    {"move", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct closing, move),
     "Loans that are due then and holds that would have to be fetched then are moved (as without it)"},
    {"spread_days", FIELD_INTEGER, OPTIONAL, 1, CLOSURE_SPREAD_MAX, AT(struct closing, spread_days),
     "Loans are spread over so many open days after the closure; without it, one"},
    {0},
};

/* A plan under construction. */
struct planning {
    struct ctx *ctx;
    const struct calendar_days *days; /* from the closure's first on */
    const struct calendar_days
        *before; /* what is closed there is nobody's change; NULL: all that is closed is */
    struct planned_move **end;
    struct closure_plan plan;
};

/* ---- what is due then ---------------------------------------------------------------------------------------- */

static void add_move(struct planning *planning, const struct planned_move *move)
{
    if (move->to_day == move->from_day)
        return; /* no open day far and wide */
    if (planning->plan.borrows + planning->plan.holds <= CLOSURE_MOVES_MAX) {
        *planning->end = arena_memdup(planning->ctx->arena, move, sizeof *move);
        planning->end = &(*planning->end)->next;
    }
    planning->plan.borrows += move->borrow_id != 0;
    planning->plan.holds += move->hold_id != 0;
}

/* An exceptional opening inside a closure is open all the same. */
static bool stays(const struct planning *planning, int32_t day)
{
    const struct calendar_day *at = calendar_days_at(planning->days, day);
    const struct calendar_day *was = planning->before ? calendar_days_at(planning->before, day) : NULL;

    return !at || at->open || (was && !was->open);
}

static void take_borrow(void *argument, int64_t borrow_id, int32_t due_day)
{
    struct planning *planning = argument;

    if (!stays(planning, due_day))
        add_move(planning,
                 &(struct planned_move){.borrow_id = borrow_id,
                                        .from_day = due_day,
                                        .to_day = calendar_days_next_open(planning->days, due_day)});
}

static enum error_kind take_pickups(struct planning *planning, int32_t first, int32_t last)
{
    struct hold_pickup pickups[PICKUPS_AT_ONCE];
    struct hold_pickup after = {.hold_id = 0, .pickup_day = INT32_MIN};
    size_t count;

    do {
        TRY(holds_pickups(planning->ctx, first, last, &after, PICKUPS_AT_ONCE, pickups, &count));
        for (size_t i = 0; i < count; i++)
            if (!stays(planning, pickups[i].pickup_day))
                add_move(planning, &(struct planned_move){.hold_id = pickups[i].hold_id,
                                                          .from_day = pickups[i].pickup_day,
                                                          .to_day = calendar_days_next_open(
                                                              planning->days, pickups[i].pickup_day)});
        if (count > 0)
            after = pickups[count - 1];
    } while (count == PICKUPS_AT_ONCE);
    return OK;
}

/* ---- spreading --------------------------------------------------------------------------------------------------- */

/* The loans from `first` on that would all come on one day, evenly over that and the next open ones. Gives the rest. */
static struct planned_move *spread_group(struct planning *planning, struct planned_move *first, size_t days)
{
    int32_t on[CLOSURE_SPREAD_MAX] = {first->to_day};
    struct planned_move *end = first;
    size_t borrows = 0;
    size_t there = 1;

    for (; end && end->borrow_id != 0 && end->to_day == on[0]; end = end->next)
        borrows++;
    for (; there < days; there++) {
        on[there] = calendar_days_next_open(planning->days, on[there - 1] + 1);
        if (!stays(planning, on[there]))
            break; /* past the days that were laid out */
    }
    struct planned_move *move = first;
    for (size_t i = 0; i < borrows; i++, move = move->next)
        move->to_day = on[i * there / borrows];
    return end;
}

static void spread(struct planning *planning, struct planned_move *moves, int64_t days)
{
    while (days > 1 && moves)
        moves = moves->borrow_id ? spread_group(planning, moves, (size_t)days) : moves->next;
}

/* ---- the plan ------------------------------------------------------------------------------------------------------ */

/* One time that the closure comes: its loans, spread, then its pick-ups. */
static enum error_kind plan_turn(struct planning *planning, const struct closing *closing, int32_t first,
                                 int32_t last)
{
    struct planned_move **start = planning->end;

    TRY(closures_repo_due(planning->ctx, first, last, take_borrow, planning));
    *planning->end = NULL;
    spread(planning, *start, closing->spread_days);
    return take_pickups(planning, first, last);
}

static struct planned_day *find_day(struct closure_plan *plan, int32_t day)
{
    size_t at = plan->day_count;

    while (at > 0 && plan->days[at - 1].day > day)
        at--;
    if (at > 0 && plan->days[at - 1].day == day)
        return &plan->days[at - 1];
    if (plan->day_count == CLOSURE_PLAN_DAYS_MAX)
        return NULL;
    memmove(&plan->days[at + 1], &plan->days[at], (plan->day_count - at) * sizeof *plan->days);
    plan->days[at] = (struct planned_day){.day = day};
    plan->day_count++;
    return &plan->days[at];
}

static void count_on(struct closure_plan *plan, int32_t day, int64_t borrows)
{
    struct planned_day *found = find_day(plan, day);

    if (found)
        found->after += borrows;
}

/* `before` is how many are due now: of a plan that has not been carried out. */
static enum error_kind tell_days(struct ctx *ctx, struct closure_plan *plan)
{
    plan->days = arena_alloc_array(ctx->arena, CLOSURE_PLAN_DAYS_MAX, sizeof *plan->days);
    for (const struct planned_move *move = plan->moves; move; move = move->next) {
        if (move->borrow_id == 0)
            continue;
        count_on(plan, move->from_day, -1);
        count_on(plan, move->to_day, 1);
    }
    for (size_t i = 0; i < plan->day_count; i++) {
        TRY(closures_repo_count_due(ctx, plan->days[i].day, &plan->days[i].before));
        plan->days[i].after += plan->days[i].before;
    }
    return OK;
}

static enum error_kind tell_examples(struct ctx *ctx, struct closure_plan *plan)
{
    plan->examples = arena_alloc_array(ctx->arena, CLOSURE_EXAMPLES, sizeof *plan->examples);
    for (const struct planned_move *move = plan->moves; move && plan->example_count < CLOSURE_EXAMPLES;
         move = move->next) {
        struct borrow_words words;
        if (move->borrow_id == 0)
            continue;
        TRY(closures_repo_words(ctx, move->borrow_id, &words));
        plan->examples[plan->example_count++] = (struct planned_example){.borrow_id = words.uuid,
                                                                         .title = words.title,
                                                                         .member_name = words.member_name,
                                                                         .card = words.card,
                                                                         .due_before = move->from_day,
                                                                         .due_after = move->to_day};
    }
    return OK;
}

static enum error_kind check_size(struct ctx *ctx, const struct closure_plan *plan)
{
    if (plan->borrows + plan->holds <= CLOSURE_MOVES_MAX)
        return OK;
    error_reason_int(ctx, "moves", (int64_t)(plan->borrows + plan->holds));
    error_reason_int(ctx, "max_moves", CLOSURE_MOVES_MAX);
    return fail(
        ctx, CONFLICT,
        "This would move %zu loans and holds; at most %d are moved at once. Make this change in parts.",
        plan->borrows + plan->holds, CLOSURE_MOVES_MAX);
}

/* `facts` are complete; `more` is the closure when the calendar does not have it yet. */
static enum error_kind make_plan(struct ctx *ctx, const struct closing *closing,
                                 const struct closure_facts *facts, const struct closure_facts *more,
                                 struct closure_plan *out_plan)
{
    struct planning planning = {.ctx = ctx};
    bool moves = closing->move && strcmp(facts->kind, CLOSURE_KIND_CLOSURE) == 0;
    int32_t first, last;

    planning.end = &planning.plan.moves;
    if (moves)
        TRY(calendar_days_between(ctx, (int32_t)facts->first_day, CALENDAR_LAST_DAY, more, &planning.days));
    for (int turn = 0; moves && closure_turn(facts, turn, &first, &last); turn++)
        TRY(plan_turn(&planning, closing, first, last));
    TRY(check_size(ctx, &planning.plan));
    *out_plan = planning.plan;
    return OK;
}

enum error_kind closures_preview(struct ctx *ctx, const struct closing *closing,
                                 struct closure_plan *out_plan)
{
    struct closure_facts facts = closing->facts;
    const struct calendar_days *days;
    int32_t today = clock_day_of(ctx->now);
    struct closure_plan plan;

    TRY(calendar_days_between(ctx, today, today, &facts, &days)); /* it says what is wrong with the facts */
    facts.kind = facts.kind ? facts.kind : CLOSURE_KIND_CLOSURE;
    facts.last_day = facts.last_day == NO_NUMBER ? facts.first_day : facts.last_day;
    TRY(make_plan(ctx, closing, &facts, &facts, &plan));
    TRY(tell_days(ctx, &plan));
    TRY(tell_examples(ctx, &plan));
    *out_plan = plan;
    return OK;
}

/* ---- carrying it out ------------------------------------------------------------------------------------------------- */

static enum error_kind tell_moved(struct ctx *ctx, int64_t book_id, int64_t member_id, int64_t borrow_id,
                                  int32_t day)
{
    char text[CLOCK_DAY_SIZE];

    clock_format_day(day, text);
    return events_record(ctx, &(struct event_fact){.type = EVENT_DUE_DATE_MOVED,
                                                   .book_id = book_id,
                                                   .member_id = member_id,
                                                   .borrow_id = borrow_id,
                                                   .detail = text});
}

/* What was posted for days that are closed now, or come before the new due day, is corrected with it. */
static enum error_kind move_borrow(struct ctx *ctx, int64_t borrow_id, int32_t from_day, int32_t to_day,
                                   bool *out_moved)
{
    struct borrow borrow;
    int64_t fine;

    TRY(closures_repo_move_borrow(ctx, borrow_id, from_day, to_day, out_moved));
    if (!*out_moved)
        return OK;
    TRY(closures_repo_borrow(ctx, borrow_id, &borrow));
    if (from_day < clock_day_of(ctx->now))
        TRY(borrows_post_fine(ctx, &borrow, &fine));
    return tell_moved(ctx, borrow.book_id, borrow.member_id, borrow.id, to_day);
}

static enum error_kind move_pickup(struct ctx *ctx, int64_t hold_id, int32_t from_day, int32_t to_day,
                                   bool *out_moved)
{
    int64_t book_id, member_id;

    TRY(holds_move_pickup(ctx, hold_id, from_day, to_day, out_moved));
    if (!*out_moved)
        return OK;
    TRY(closures_repo_hold(ctx, hold_id, &book_id, &member_id));
    return tell_moved(ctx, book_id, member_id, 0, to_day);
}

static enum error_kind move_one(struct ctx *ctx, const struct closure_move *move, bool *out_moved)
{
    return move->borrow_id ? move_borrow(ctx, move->borrow_id, move->day_before, move->day_after, out_moved)
                           : move_pickup(ctx, move->hold_id, move->day_before, move->day_after, out_moved);
}

/* `closure_id` 0: nothing will be moved back. */
static enum error_kind carry_out(struct ctx *ctx, int64_t closure_id, const struct closure_plan *plan)
{
    for (const struct planned_move *planned = plan->moves; planned; planned = planned->next) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct closure_move move = {.borrow_id = planned->borrow_id,
                                    .hold_id = planned->hold_id,
                                    .day_before = planned->from_day,
                                    .day_after = planned->to_day};
        bool moved;
        TRY(move_one(ctx, &move, &moved));
        if (moved && closure_id != 0)
            TRY(closures_repo_keep(ctx, closure_id, &move));
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

enum error_kind closures_close(struct ctx *ctx, const struct closing *closing, struct closure *out_closure,
                               struct closure_plan *out_plan)
{
    struct closure closure;
    struct closure_plan plan;

    TRY(calendar_close(ctx, &closing->facts, &closure));
    TRY(make_plan(ctx, closing, &closure.facts, NULL, &plan));
    TRY(carry_out(ctx, closure.id, &plan));
    *out_closure = closure;
    *out_plan = plan;
    return OK;
}

/* ---- a day that is closed without a closure ------------------------------------------------------------------------- */

/* Also where the clock was never set, and today is in 1970. */
static enum error_kind lay_from_today(struct ctx *ctx, const struct calendar_days **out_days)
{
    int32_t first = clock_day_of(ctx->now);

    if (first < CALENDAR_FIRST_DAY)
        first = CALENDAR_FIRST_DAY;
    if (first > CALENDAR_LAST_DAY)
        first = CALENDAR_LAST_DAY;
    return calendar_days_between(ctx, first, CALENDAR_LAST_DAY, NULL, out_days);
}

/* What is due on a day that was open `before`, and is closed now; *loans and *holds get so many more. */
static enum error_kind move_stranded(struct ctx *ctx, const struct calendar_days *before, size_t *borrows,
                                     size_t *holds)
{
    struct planning planning = {.ctx = ctx, .before = before};
    const struct closing closing = CLOSING_NONE;

    planning.end = &planning.plan.moves;
    TRY(lay_from_today(ctx, &planning.days));
    TRY(plan_turn(&planning, &closing, before->first, before->last));
    TRY(check_size(ctx, &planning.plan));
    TRY(carry_out(ctx, 0, &planning.plan));
    *borrows += planning.plan.borrows;
    *holds += planning.plan.holds;
    return OK;
}

enum error_kind closures_hours(struct ctx *ctx, struct opening_hours *out_hours)
{
    return calendar_hours(ctx, out_hours);
}

enum error_kind closures_set_hours(struct ctx *ctx, const struct opening_hours *hours, size_t *out_borrows,
                                   size_t *out_holds)
{
    const struct calendar_days *before;
    size_t borrows = 0;
    size_t holds = 0;

    TRY(lay_from_today(ctx, &before));
    struct arena_mark mark = arena_mark(ctx->arena);
    TRY(calendar_set_hours(ctx, hours));
    arena_reset_to(ctx->arena, mark); /* eighty years of days were laid out */
    TRY(move_stranded(ctx, before, &borrows, &holds));
    *out_borrows = borrows;
    *out_holds = holds;
    return OK;
}

/* ---- taking it back ---------------------------------------------------------------------------------------------------- */

struct kept_move {
    struct closure_move move;
    struct kept_move *next;
};

struct kept_moves {
    struct arena *arena;
    struct kept_move *first;
    struct kept_move **end;
};

static void take_kept(void *argument, const struct closure_move *move)
{
    struct kept_moves *kept = argument;

    *kept->end = arena_memdup(kept->arena, &(struct kept_move){.move = *move}, sizeof **kept->end);
    kept->end = &(*kept->end)->next;
}

static enum error_kind move_back(struct ctx *ctx, const struct closure_move *made, size_t *borrows,
                                 size_t *holds)
{
    struct closure_move back = {
        .borrow_id = made->borrow_id, .hold_id = made->hold_id, .day_before = made->day_after};
    int32_t today = clock_day_of(ctx->now);
    bool moved = false;

    TRY(calendar_next_open(ctx, made->day_before > today ? made->day_before : today, &back.day_after));
    if (back.day_after < made->day_after)
        TRY(move_one(ctx, &back, &moved));
    *borrows += moved && made->borrow_id != 0;
    *holds += moved && made->hold_id != 0;
    return OK;
}

enum error_kind closures_reopen(struct ctx *ctx, const struct uuid *uuid, size_t *out_borrows,
                                size_t *out_holds)
{
    struct kept_moves kept = {.arena = ctx->arena};
    const struct calendar_days *before = NULL;
    struct closure closure;
    size_t borrows = 0;
    size_t holds = 0;

    kept.end = &kept.first;
    TRY(calendar_find_closure(ctx, uuid, &closure));
    if (strcmp(closure.facts.kind, CLOSURE_KIND_OPENING) == 0)
        TRY(lay_from_today(ctx, &before));
    TRY(closures_repo_kept(ctx, closure.id, take_kept, &kept));
    TRY(closures_repo_forget(ctx, closure.id));
    TRY(calendar_reopen(ctx, closure.id));
    for (const struct kept_move *made = kept.first; made; made = made->next) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(move_back(ctx, &made->move, &borrows, &holds));
        arena_reset_to(ctx->arena, mark);
    }
    if (before)
        TRY(move_stranded(ctx, before, &borrows, &holds));
    *out_borrows = borrows;
    *out_holds = holds;
    return OK;
}

enum error_kind closures_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return calendar_show_closure(ctx, id, sink);
}
