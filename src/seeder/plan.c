/*
 * plan.c — the behavioural model: who borrows what when, simulated day by day with its own count of what is
 * out. A few milliseconds for a demo library.
 */
#include "seeder/plan.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "seeder/dice.h"

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

/* What is wanted is bought more than once. */
static const struct {
    int64_t fewest, most;
} copies_of_tier[PLAN_TIERS] = {{5, 9}, {2, 5}, {1, 3}, {1, 2}};

/* How late the late ones are, in days: shares in a hundred. */
static const struct {
    uint32_t share;
    int64_t fewest, most;
} delays[] = {{55, 1, 3}, {30, 4, 7}, {15, 8, 30}};

#define DAYS_OF_A_MONTH 30
#define COLLECTING_DAYS (3 * 365) /* the library was built up for so long before the lending begins */
#define BOOKS_BEFORE_PERCENT 88   /* … and had so much of its stock and its members by then */
#define MEMBERS_BEFORE_PERCENT 75
#define OPENS_MS (9 * 3600 * 1000)
#define CLOSES_MS (18 * 3600 * 1000)
#define DAY_MEAN 10000     /* the weight of an ordinary day … */
#define DAY_DEVIATION 2000 /* … and how days differ */
#define DRAWS_MAX 200      /* for one loan, before it is given up */
#define STREAM_PLAN 1

/* Members of one tier or segment, for drawing one evenly. */
struct pool {
    uint32_t *items;
    size_t count;
};

struct day_volume {
    int64_t opens, closes;
    size_t loans;
};

struct simulation {
    const struct plan_request *request;
    struct arena *arena;
    struct plan *plan;
    struct dice dice;
    struct pool tiers[PLAN_TIERS], segments[PLAN_SEGMENTS];
    uint8_t *copies_out;   /* of each book */
    uint32_t *member_out;  /* open loans of each member: how many … */
    uint32_t *newest_loan; /* … the newest of them + 1, 0: none … */
    uint32_t *older_loan;  /* … and for each loan the member's next older one + 1 */
    uint32_t *returning;   /* open loans, a heap: the one that comes back first is at the top */
    size_t returning_count;
};

/* ---- days -------------------------------------------------------------------------------------------- */

static int64_t season_percent(int32_t day)
{
    int year, month, day_of_month;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    if (month >= 11)
        return 130;
    return month == 6 || month == 7 ? 80 : 100;
}

/* When the desk is open on a day, as far as that has come to pass; false when it is not yet open. */
static bool opening_hours(int32_t day, int64_t now, int64_t *out_opens, int64_t *out_closes)
{
    int64_t start = clock_day_start(day);

    *out_opens = start + OPENS_MS;
    *out_closes = start + CLOSES_MS < now ? start + CLOSES_MS : now;
    return *out_opens < *out_closes;
}

/* A moment while the desk is open; `now` bounds nothing here: what lies after it has not happened yet. */
static int64_t moment_on(struct dice *dice, int32_t day)
{
    return clock_day_start(day) + dice_between(dice, OPENS_MS, CLOSES_MS);
}

/* ---- who there is ------------------------------------------------------------------------------------ */

static int compare_instants(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

/* `count` moments in order: `before_percent` of them in the days of collecting, the others while lending. */
static int64_t *arrivals(struct simulation *sim, size_t count, size_t before_percent,
                         int32_t first_lending_day)
{
    int64_t *at = arena_alloc_array(sim->arena, count, sizeof *at);
    int32_t today = clock_day_of(sim->request->now);

    for (size_t i = 0; i < count; i++) {
        bool before = i < count * before_percent / 100 || today <= first_lending_day;
        int64_t day =
            before ? dice_between(&sim->dice, first_lending_day - COLLECTING_DAYS, first_lending_day - 1)
                   : dice_between(&sim->dice, first_lending_day, today - 1);
        at[i] = moment_on(&sim->dice, (int32_t)day);
    }
    if (count)
        qsort(at, count, sizeof *at, compare_instants);
    return at;
}

/* Exact shares, mixed well: groups[i] is the group of number i. Fisher–Yates. */
static uint8_t *deal_groups(struct simulation *sim, const struct plan_group *table, size_t groups,
                            size_t count)
{
    uint8_t *dealt = arena_alloc_array(sim->arena, count, sizeof *dealt);
    size_t next = 0, shares = 0;

    for (size_t group = 0; group < groups; group++) {
        shares += table[group].share;
        for (; next < count * shares / 100; next++)
            dealt[next] = (uint8_t)group;
    }
    for (size_t i = count; i > 1; i--) {
        size_t other = dice_below(&sim->dice, (uint32_t)i);
        uint8_t kept = dealt[i - 1];
        dealt[i - 1] = dealt[other];
        dealt[other] = kept;
    }
    return dealt;
}

static void pool_add(struct arena *arena, struct pool *pool, size_t room, uint32_t item)
{
    if (!pool->items)
        pool->items = arena_alloc_array(arena, room, sizeof *pool->items);
    pool->items[pool->count++] = item;
}

static void plan_books(struct simulation *sim, int32_t first_lending_day)
{
    struct plan *plan = sim->plan;
    size_t count = plan->book_count;
    int64_t *at = arrivals(sim, count, BOOKS_BEFORE_PERCENT, first_lending_day);
    uint8_t *tiers = deal_groups(sim, plan_tiers, PLAN_TIERS, count);

    plan->books = arena_alloc_array(sim->arena, count, sizeof *plan->books);
    for (size_t i = 0; i < count; i++) {
        uint8_t tier = tiers[i];
        int64_t copies = dice_between(&sim->dice, copies_of_tier[tier].fewest, copies_of_tier[tier].most);
        plan->books[i] = (struct planned_book){at[i], tier, (uint8_t)copies};
        pool_add(sim->arena, &sim->tiers[tier], count, (uint32_t)i);
    }
}

static void plan_members(struct simulation *sim, int32_t first_lending_day)
{
    struct plan *plan = sim->plan;
    size_t count = plan->member_count;
    int64_t *at = arrivals(sim, count, MEMBERS_BEFORE_PERCENT, first_lending_day);
    uint8_t *segments = deal_groups(sim, plan_segments, PLAN_SEGMENTS, count);

    plan->members = arena_alloc_array(sim->arena, count, sizeof *plan->members);
    for (size_t i = 0; i < count; i++) {
        plan->members[i] = (struct planned_member){at[i], segments[i]};
        pool_add(sim->arena, &sim->segments[segments[i]], count, (uint32_t)i);
    }
}

/* ---- what comes back --------------------------------------------------------------------------------- */

static bool comes_back_first(const struct simulation *sim, uint32_t a, uint32_t b)
{
    const struct planned_loan *loans = sim->plan->loans;

    return loans[a].returned_at != loans[b].returned_at ? loans[a].returned_at < loans[b].returned_at : a < b;
}

static void heap_push(struct simulation *sim, uint32_t loan)
{
    size_t at = sim->returning_count++;

    for (; at > 0 && comes_back_first(sim, loan, sim->returning[(at - 1) / 2]); at = (at - 1) / 2)
        sim->returning[at] = sim->returning[(at - 1) / 2];
    sim->returning[at] = loan;
}

static uint32_t heap_pop(struct simulation *sim)
{
    uint32_t top = sim->returning[0];
    uint32_t last = sim->returning[--sim->returning_count];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= sim->returning_count)
            break;
        if (child + 1 < sim->returning_count &&
            comes_back_first(sim, sim->returning[child + 1], sim->returning[child]))
            child++;
        if (comes_back_first(sim, last, sim->returning[child]))
            break;
        sim->returning[at] = sim->returning[child];
        at = child;
    }
    sim->returning[at] = last;
    return top;
}

static void take_back(struct simulation *sim, uint32_t index)
{
    const struct planned_loan *loan = &sim->plan->loans[index];
    uint32_t *link = &sim->newest_loan[loan->member];

    while (*link != index + 1)
        link = &sim->older_loan[*link - 1];
    *link = sim->older_loan[index];
    sim->member_out[loan->member]--;
    sim->copies_out[loan->book]--;
}

static void take_back_until(struct simulation *sim, int64_t instant)
{
    while (sim->returning_count && sim->plan->loans[sim->returning[0]].returned_at <= instant)
        take_back(sim, heap_pop(sim));
}

/* ---- lending ----------------------------------------------------------------------------------------- */

/* One number of the pools: a pool by its weight times its size, then evenly. False: nobody has any weight. */
static bool draw(struct dice *dice, const struct pool *pools, const struct plan_group *table, size_t groups,
                 uint32_t *out_item)
{
    uint64_t total = 0;

    for (size_t i = 0; i < groups; i++)
        total += (uint64_t)table[i].weight * pools[i].count;
    if (total == 0)
        return false;
    uint64_t at = (uint64_t)dice_between(dice, 0, (int64_t)total - 1);
    size_t group = 0;
    for (uint64_t all; at >= (all = (uint64_t)table[group].weight * pools[group].count); group++)
        at -= all;
    *out_item = pools[group].items[at / table[group].weight];
    return true;
}

static bool has_it_already(const struct simulation *sim, uint32_t member, uint32_t book)
{
    for (uint32_t loan = sim->newest_loan[member]; loan; loan = sim->older_loan[loan - 1])
        if (sim->plan->loans[loan - 1].book == book)
            return true;
    return false;
}

static bool may_lend(const struct simulation *sim, uint32_t member, uint32_t book, int64_t at)
{
    const struct plan *plan = sim->plan;

    return plan->members[member].at < at && sim->member_out[member] < sim->request->max_loans &&
           plan->books[book].at < at && sim->copies_out[book] < plan->books[book].copies &&
           !has_it_already(sim, member, book);
}

/* When a loan of this moment comes back: mostly towards the end of its time, sometimes after it. */
static int64_t plan_return(struct simulation *sim, int64_t lent_at)
{
    struct dice *dice = &sim->dice;
    int32_t lent_day = clock_day_of(lent_at);
    int64_t kept = 0;

    if (dice_chance(dice, PLAN_LATE_PERCENT)) {
        uint32_t which = dice_below(dice, 100);
        size_t i = 0;
        while (which >= delays[i].share)
            which -= delays[i++].share;
        kept = sim->request->loan_days + dice_between(dice, delays[i].fewest, delays[i].most);
    } else if (sim->request->loan_days > 0) {
        int64_t one = dice_between(dice, 1, sim->request->loan_days);
        int64_t other = dice_between(dice, 1, sim->request->loan_days);
        kept = one > other ? one : other;
    }
    if (kept == 0)
        return dice_between(dice, lent_at + 1, clock_day_end(lent_day));
    return moment_on(dice, lent_day + (int32_t)kept);
}

static void lend(struct simulation *sim, int64_t at)
{
    struct plan *plan = sim->plan;
    uint32_t member = 0, book = 0;

    for (int draws = 0; draws < DRAWS_MAX; draws++) {
        if (!draw(&sim->dice, sim->segments, plan_segments, PLAN_SEGMENTS, &member) ||
            !draw(&sim->dice, sim->tiers, plan_tiers, PLAN_TIERS, &book))
            return;
        if (!may_lend(sim, member, book, at))
            continue;
        uint32_t index = (uint32_t)plan->loan_count++;
        int64_t returned_at = plan_return(sim, at);
        plan->loans[index] = (struct planned_loan){book, member, at, returned_at};
        sim->older_loan[index] = sim->newest_loan[member];
        sim->newest_loan[member] = index + 1;
        sim->member_out[member]++;
        sim->copies_out[book]++;
        heap_push(sim, index);
        return;
    }
}

/* How many loans each day sees: the total, shared out by season and by the day's own luck. */
static struct day_volume *share_out(struct simulation *sim, int32_t first_day, size_t days)
{
    struct day_volume *volumes = arena_alloc_array(sim->arena, days, sizeof *volumes);
    int64_t *weights = arena_alloc_array(sim->arena, days, sizeof *weights);
    int64_t total = 0, passed = 0;
    size_t shared = 0;

    for (size_t i = 0; i < days; i++) {
        int32_t day = first_day + (int32_t)i;
        int64_t weight = dice_bell(&sim->dice, DAY_MEAN, DAY_DEVIATION) * season_percent(day) / 100;
        if (opening_hours(day, sim->request->now, &volumes[i].opens, &volumes[i].closes))
            weights[i] =
                (weight > 0 ? weight : 0) * (volumes[i].closes - volumes[i].opens) / (CLOSES_MS - OPENS_MS);
        total += weights[i];
    }
    for (size_t i = 0; i < days && total > 0; i++) {
        passed += weights[i];
        size_t until = (size_t)(sim->request->borrows * passed / total);
        volumes[i].loans = until - shared;
        shared = until;
    }
    return volumes;
}

static void plan_loans(struct simulation *sim, int32_t first_day, size_t days)
{
    struct plan *plan = sim->plan;
    size_t most = (size_t)sim->request->borrows;
    int64_t *moments = arena_alloc_array(sim->arena, most, sizeof *moments);

    plan->loans = arena_alloc_array(sim->arena, most, sizeof *plan->loans);
    sim->copies_out = arena_alloc_array(sim->arena, plan->book_count, sizeof *sim->copies_out);
    sim->member_out = arena_alloc_array(sim->arena, plan->member_count, sizeof *sim->member_out);
    sim->newest_loan = arena_alloc_array(sim->arena, plan->member_count, sizeof *sim->newest_loan);
    sim->older_loan = arena_alloc_array(sim->arena, most, sizeof *sim->older_loan);
    sim->returning = arena_alloc_array(sim->arena, most, sizeof *sim->returning);
    const struct day_volume *volumes = share_out(sim, first_day, days);
    for (size_t i = 0; i < days; i++) {
        for (size_t k = 0; k < volumes[i].loans; k++)
            moments[k] = dice_between(&sim->dice, volumes[i].opens, volumes[i].closes);
        if (volumes[i].loans)
            qsort(moments, volumes[i].loans, sizeof *moments, compare_instants);
        for (size_t k = 0; k < volumes[i].loans; k++) {
            take_back_until(sim, moments[k]);
            lend(sim, moments[k]);
        }
    }
    for (size_t i = 0; i < plan->loan_count; i++)
        if (plan->loans[i].returned_at > sim->request->now)
            plan->loans[i].returned_at = INT64_MAX;
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

static void put_in_order(struct plan *plan, struct arena *arena)
{
    size_t most = plan->book_count + plan->member_count + 2 * plan->loan_count;
    struct act *acts = arena_alloc_array(arena, most, sizeof *acts);
    size_t count = 0;

    for (size_t i = 0; i < plan->book_count; i++)
        acts[count++] = (struct act){plan->books[i].at, (uint32_t)i, ACT_CATALOGUE};
    for (size_t i = 0; i < plan->member_count; i++)
        acts[count++] = (struct act){plan->members[i].at, (uint32_t)i, ACT_REGISTER};
    for (size_t i = 0; i < plan->loan_count; i++) {
        acts[count++] = (struct act){plan->loans[i].lent_at, (uint32_t)i, ACT_LEND};
        if (plan->loans[i].returned_at != INT64_MAX)
            acts[count++] = (struct act){plan->loans[i].returned_at, (uint32_t)i, ACT_RETURN};
    }
    if (count)
        qsort(acts, count, sizeof *acts, compare_acts);
    plan->acts = acts;
    plan->act_count = count;
}

const struct plan *plan_make(struct arena *arena, const struct plan_request *request)
{
    struct plan *plan = arena_alloc(arena, sizeof *plan);
    struct simulation sim = {.request = request, .arena = arena, .plan = plan};
    int32_t today = clock_day_of(request->now);
    int32_t first_day = today - (int32_t)(request->months * DAYS_OF_A_MONTH);

    assert(request->books >= 0 && request->members >= 0 && request->borrows >= 0 && request->months >= 0);
    dice_seed(&sim.dice, request->random_seed, STREAM_PLAN);
    plan->book_count = (size_t)request->books;
    plan->member_count = (size_t)request->members;
    plan->lending_from = clock_day_start(first_day);
    plan_books(&sim, first_day);
    plan_members(&sim, first_day);
    plan_loans(&sim, first_day, (size_t)(today - first_day) + 1);
    put_in_order(plan, arena);
    return plan;
}
