/*
 * plan.c — what there is and since when; and for a small library everything that will happen, in order.
 */
#include "seeder/plan.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "seeder/lending.h"

const struct plan_group plan_tiers[PLAN_TIERS] = {
    {"A", 5, 50},
    {"B", 25, 10},
    {"C", 50, 1},
    {"D", 20, 0},
};

const struct plan_group plan_segments[PLAN_SEGMENTS] = {
    {"heavy", 5, 12},
    {"regular", 50, 3},
    {"casual", 25, 1},
    {"inactive", 20, 0},
};

const struct plan_group plan_kinds[PLAN_KINDS] = {
    {"adult", 58, 0}, {"student", 20, 0}, {"child", 14, 0}, {"faculty", 4, 0}, {"staff", 4, 0},
};

/* What is wanted is bought more than once. */
static const struct {
    int64_t fewest, most;
} copies_of_tier[PLAN_TIERS] = {{5, 9}, {2, 5}, {1, 3}, {1, 2}};

#define DAYS_OF_A_MONTH 30
#define COLLECTING_DAYS (3 * 365) /* the library was built up for so long before the lending begins */
#define BOOKS_BEFORE_PERCENT 88   /* … and had so much of its stock and its members by then */
#define MEMBERS_BEFORE_PERCENT 75
#define STREAM_PLAN 1
#define DAYS_AHEAD 120 /* besides the days of a loan */

/* ---- who there is ------------------------------------------------------------------------------------ */

static int compare_instants(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

/* `count` moments in order: `before_percent` of them in the days of collecting, the others while lending. */
static int64_t *arrivals(struct plan *plan, struct arena *arena, size_t count, size_t before_percent)
{
    int64_t *at = arena_alloc_array(arena, count, sizeof *at);
    int32_t first = plan->first_day, today = clock_day_of(plan->request.now);

    for (size_t i = 0; i < count; i++) {
        bool before = i < count * before_percent / 100 || today <= first;
        int32_t last = before ? first - 1 : today - 1;
        int32_t day = (int32_t)dice_between(&plan->dice, before ? first - COLLECTING_DAYS : first, last);
        at[i] = lending_moment(&plan->dice, plan_day(plan->days, opening_day_by(plan->days, day, last)));
    }
    if (count)
        qsort(at, count, sizeof *at, compare_instants);
    return at;
}

/* Exact shares, mixed well: groups[i] is the group of number i. Fisher–Yates. */
static uint8_t *deal_groups(struct plan *plan, struct arena *arena, const struct plan_group *table,
                            size_t groups, size_t count)
{
    uint8_t *dealt = arena_alloc_array(arena, count, sizeof *dealt);
    size_t next = 0, shares = 0;

    for (size_t group = 0; group < groups; group++) {
        shares += table[group].share;
        for (; next < count * shares / 100; next++)
            dealt[next] = (uint8_t)group;
    }
    for (size_t i = count; i > 1; i--) {
        size_t other = dice_below(&plan->dice, (uint32_t)i);
        uint8_t kept = dealt[i - 1];
        dealt[i - 1] = dealt[other];
        dealt[other] = kept;
    }
    return dealt;
}

static uint8_t draw_copies(struct plan *plan, uint8_t tier)
{
    int64_t copies = dice_between(&plan->dice, copies_of_tier[tier].fewest, copies_of_tier[tier].most);
    int64_t percent = plan->request.stock_percent ? plan->request.stock_percent : 100;
    int64_t scaled = (copies * percent + 50) / 100;

    return (uint8_t)(scaled < 1 ? 1 : scaled > PLAN_COPIES_MAX ? PLAN_COPIES_MAX : scaled);
}

static void plan_books(struct plan *plan, struct arena *arena)
{
    plan->books = arena_alloc_array(arena, plan->book_count, sizeof *plan->books);
    struct arena_mark mark = arena_mark(arena);
    int64_t *at = arrivals(plan, arena, plan->book_count, BOOKS_BEFORE_PERCENT);
    uint8_t *tiers = deal_groups(plan, arena, plan_tiers, PLAN_TIERS, plan->book_count);

    for (size_t i = 0; i < plan->book_count; i++)
        plan->books[i] = (struct planned_book){at[i], tiers[i], draw_copies(plan, tiers[i])};
    arena_reset_to(arena, mark);
}

static void plan_members(struct plan *plan, struct arena *arena)
{
    plan->members = arena_alloc_array(arena, plan->member_count, sizeof *plan->members);
    struct arena_mark mark = arena_mark(arena);
    int64_t *at = arrivals(plan, arena, plan->member_count, MEMBERS_BEFORE_PERCENT);
    uint8_t *segments = deal_groups(plan, arena, plan_segments, PLAN_SEGMENTS, plan->member_count);
    uint8_t *kinds = deal_groups(plan, arena, plan_kinds, PLAN_KINDS, plan->member_count);

    for (size_t i = 0; i < plan->member_count; i++)
        plan->members[i] = (struct planned_member){at[i], segments[i], kinds[i],
                                                   dice_chance(&plan->dice, PLAN_PAYING_PERCENT)};
    arena_reset_to(arena, mark);
}

static int32_t first_day(const struct plan_request *request)
{
    return clock_day_of(request->now) - (int32_t)(request->months * DAYS_OF_A_MONTH);
}

int32_t plan_founded(const struct plan_request *request)
{
    return first_day(request) - COLLECTING_DAYS;
}

/* A loan of today that is renewed as often as it may be, comes back late, and meets a closure each time. */
static void lay_days(struct plan *plan, struct arena *arena)
{
    const struct plan_request *request = &plan->request;
    int64_t longest = 0;

    for (size_t i = 0; i < PLAN_KINDS; i++)
        longest = request->rules[i].loan_days > longest ? request->rules[i].loan_days : longest;
    plan->days = opening_days(arena, request->calendar, request->closed_days_cost, plan_founded(request),
                              clock_day_of(request->now) + (int32_t)longest * 3 + DAYS_AHEAD);
}

struct plan *plan_stock(struct arena *arena, const struct plan_request *request)
{
    struct plan *plan = arena_alloc(arena, sizeof *plan);

    assert(request->books >= 0 && request->members >= 0 && request->borrows >= 0 && request->months >= 0);
    plan->request = *request;
    dice_seed(&plan->dice, request->random_seed, STREAM_PLAN);
    plan->book_count = (size_t)request->books;
    plan->member_count = (size_t)request->members;
    plan->first_day = first_day(request);
    lay_days(plan, arena);
    plan->lending_from = clock_day_start(plan->first_day);
    plan_books(plan, arena);
    plan_members(plan, arena);
    return plan;
}

/* ---- in order ---------------------------------------------------------------------------------------- */

static int compare_acts(const void *a, const void *b)
{
    const struct act *left = a, *right = b;

    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* Titles and members before all else of the same moment. */
static void put_in_order(struct plan *plan, struct arena *arena)
{
    const struct series *lending = &plan->ledger->acts;
    size_t arriving = 0, next = 0;

    plan->act_count = plan->book_count + plan->member_count + lending->count;
    plan->acts = arena_alloc_array(arena, plan->act_count, sizeof *plan->acts);
    struct act *arrivals = arena_alloc_array(arena, plan->book_count + plan->member_count, sizeof *arrivals);
    for (size_t i = 0; i < plan->book_count; i++)
        arrivals[arriving++] = (struct act){plan->books[i].at, (uint32_t)i, ACT_CATALOGUE};
    for (size_t i = 0; i < plan->member_count; i++)
        arrivals[arriving++] = (struct act){plan->members[i].at, (uint32_t)i, ACT_REGISTER};
    if (arriving)
        qsort(arrivals, arriving, sizeof *arrivals, compare_acts);
    for (size_t i = 0, told = 0; i < plan->act_count; i++) {
        const struct act *act = told < lending->count ? series_at(lending, told) : NULL;
        bool arrives = next < arriving && (!act || arrivals[next].at <= act->at);
        plan->acts[i] = arrives ? arrivals[next++] : *act;
        told += !arrives;
    }
}

const struct plan *plan_make(struct arena *arena, const struct plan_request *request)
{
    struct plan *plan = plan_stock(arena, request);
    struct ledger *ledger = ledger_new(arena, true);
    struct lending *lending = lending_start(arena, plan, ledger);

    plan->ledger = ledger;
    plan->loans = arena_alloc_array(arena, (size_t)request->borrows, sizeof *plan->loans);
    while (lending_next(lending, &plan->loans[plan->loan_count]))
        plan->loan_count++;
    put_in_order(plan, arena);
    return plan;
}
