/*
 * lending.c — the behavioural model, simulated moment by moment with its own count of what is out. Three
 * million loans a second, so that the same loans can be had again instead of being kept.
 */
#include "seeder/lending.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* How late the late ones are, in days: shares in a hundred. */
static const struct {
    uint32_t share;
    int64_t fewest, most;
} delays[] = {{55, 1, 3}, {30, 4, 7}, {15, 8, 30}};

#define DELAY_DAYS_MAX 30
#define OPENS_MS (9 * 3600 * 1000)
#define CLOSES_MS (18 * 3600 * 1000)
#define DAY_MEAN 10000     /* the weight of an ordinary day … */
#define DAY_DEVIATION 2000 /* … and how days differ */
#define DRAWS_MAX 200      /* for one loan, before it is given up */
#define DRAWN_AHEAD 16     /* pairs */
#define NONE UINT32_MAX

/* Members of one tier or segment, for drawing one evenly. */
struct pool {
    uint32_t *items;
    size_t count;
};

/* Pools to draw from by weight. */
struct urn {
    struct pool pools[4];
    const struct plan_group *groups;
    int64_t total; /* weight of all */
};

struct day_volume {
    int64_t opens, closes;
    size_t loans;
};

/* Who and what, before anybody asks whether they may. */
struct pair {
    uint32_t member, book;
};

/* What is out. */
struct open_loan {
    int64_t returned_at;
    uint32_t number; /* which loan: the order of those that come back at the same moment */
    uint32_t book, member;
    uint32_t older; /* the member's next older one; or the next free place */
    uint8_t copy;
};

struct lending {
    const struct plan *plan;
    struct arena *arena;
    struct dice dice;
    struct urn books, members;
    struct pair ahead[DRAWN_AHEAD]; /* a ring: what was drawn first is at next_pair */
    size_t next_pair;
    uint32_t *copies_out; /* of each book, a bit for each copy */
    uint16_t *member_out; /* of each member, how many are out, … */
    uint32_t *newest;     /* … and the newest of them: a place in `open` */
    struct open_loan *open;
    uint32_t *returning; /* places in `open`, a heap: what comes back first is at the top */
    size_t returning_count, open_room, open_used;
    uint32_t free_place;
    int64_t *day_starts; /* from first_day on, as far as anything comes back: asking the zone is slow */
    size_t days;
    struct day_volume *volumes;
    int64_t *moments; /* of today, in order */
    size_t today, next_moment;
    uint32_t lent;
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

int64_t lending_moment(struct dice *dice, int64_t day_start)
{
    return day_start + dice_between(dice, OPENS_MS, CLOSES_MS);
}

/* When the desk is open on a day, as far as that has come to pass; false when it is not yet open. */
static bool opening_hours(int64_t day_start, int64_t now, struct day_volume *volume)
{
    volume->opens = day_start + OPENS_MS;
    volume->closes = day_start + CLOSES_MS < now ? day_start + CLOSES_MS : now;
    return volume->opens < volume->closes;
}

/* How many loans each day sees: the total, shared out by season and by the day's own luck. */
static void share_out(struct lending *lending)
{
    const struct plan *plan = lending->plan;
    struct day_volume *volumes = arena_alloc_array(lending->arena, lending->days, sizeof *volumes);
    int64_t *weights = arena_alloc_array(lending->arena, lending->days, sizeof *weights);
    int64_t total = 0, passed = 0;
    size_t shared = 0, busiest = 0;

    for (size_t i = 0; i < lending->days; i++) {
        int64_t weight = dice_bell(&lending->dice, DAY_MEAN, DAY_DEVIATION) *
                         season_percent(plan->first_day + (int32_t)i) / 100;
        if (opening_hours(lending->day_starts[i], plan->request.now, &volumes[i]))
            weights[i] =
                (weight > 0 ? weight : 0) * (volumes[i].closes - volumes[i].opens) / (CLOSES_MS - OPENS_MS);
        total += weights[i];
    }
    for (size_t i = 0; i < lending->days && total > 0; i++) {
        passed += weights[i];
        size_t until = (size_t)(plan->request.borrows * passed / total);
        volumes[i].loans = until - shared;
        shared = until;
        busiest = volumes[i].loans > busiest ? volumes[i].loans : busiest;
    }
    lending->volumes = volumes;
    lending->moments = arena_alloc_array(lending->arena, busiest, sizeof *lending->moments);
}

static int compare_instants(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

static void open_day(struct lending *lending)
{
    const struct day_volume *volume = &lending->volumes[lending->today];

    for (size_t i = 0; i < volume->loans; i++)
        lending->moments[i] = dice_between(&lending->dice, volume->opens, volume->closes);
    if (volume->loans)
        qsort(lending->moments, volume->loans, sizeof *lending->moments, compare_instants);
    lending->next_moment = 0;
}

/* ---- what is out ------------------------------------------------------------------------------------- */

static bool comes_back_first(const struct lending *lending, uint32_t a, uint32_t b)
{
    const struct open_loan *left = &lending->open[a], *right = &lending->open[b];

    return left->returned_at != right->returned_at ? left->returned_at < right->returned_at
                                                   : left->number < right->number;
}

static void heap_push(struct lending *lending, uint32_t place)
{
    uint32_t *heap = lending->returning;
    size_t at = lending->returning_count++;

    for (; at > 0 && comes_back_first(lending, place, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = place;
}

static uint32_t heap_pop(struct lending *lending)
{
    uint32_t *heap = lending->returning;
    uint32_t top = heap[0];
    uint32_t last = heap[--lending->returning_count];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= lending->returning_count)
            break;
        if (child + 1 < lending->returning_count && comes_back_first(lending, heap[child + 1], heap[child]))
            child++;
        if (comes_back_first(lending, last, heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

/* A place for one more, of those given back first. */
static uint32_t take_place(struct lending *lending)
{
    uint32_t place = lending->free_place;

    if (place != NONE) {
        lending->free_place = lending->open[place].older;
        return place;
    }
    if (lending->open_used == lending->open_room) {
        size_t room = lending->open_room ? lending->open_room * 2 : 1024;
        struct open_loan *open = arena_alloc_array(lending->arena, room, sizeof *open);
        uint32_t *returning = arena_alloc_array(lending->arena, room, sizeof *returning);
        if (lending->open_room) {
            memcpy(open, lending->open, lending->open_room * sizeof *open);
            memcpy(returning, lending->returning, lending->open_room * sizeof *returning);
        }
        lending->open = open;
        lending->returning = returning;
        lending->open_room = room;
    }
    return (uint32_t)lending->open_used++;
}

static void keep(struct lending *lending, const struct planned_loan *loan, int64_t returned_at)
{
    uint32_t place = take_place(lending);

    lending->open[place] = (struct open_loan){.returned_at = returned_at,
                                              .number = lending->lent++,
                                              .book = loan->book,
                                              .member = loan->member,
                                              .older = lending->newest[loan->member],
                                              .copy = loan->copy};
    lending->newest[loan->member] = place;
    lending->member_out[loan->member]++;
    lending->copies_out[loan->book] |= UINT32_C(1) << loan->copy;
    heap_push(lending, place);
}

static void take_back(struct lending *lending, uint32_t place)
{
    struct open_loan *loan = &lending->open[place];
    uint32_t *link = &lending->newest[loan->member];

    while (*link != place)
        link = &lending->open[*link].older;
    *link = loan->older;
    lending->member_out[loan->member]--;
    lending->copies_out[loan->book] &= ~(UINT32_C(1) << loan->copy);
    loan->older = lending->free_place;
    lending->free_place = place;
}

static void take_back_until(struct lending *lending, int64_t instant)
{
    while (lending->returning_count && lending->open[lending->returning[0]].returned_at <= instant)
        take_back(lending, heap_pop(lending));
}

/* ---- one loan ---------------------------------------------------------------------------------------- */

/* One number of the urn: a pool by its weight times its size, then evenly. */
static uint32_t draw(struct dice *dice, const struct urn *urn)
{
    int64_t at = dice_between(dice, 0, urn->total - 1);
    size_t group = 0;

    for (int64_t all; at >= (all = (int64_t)(urn->groups[group].weight * urn->pools[group].count)); group++)
        at -= all;
    return urn->pools[group].items[(size_t)at / urn->groups[group].weight];
}

/* What the rules will look at lies anywhere: it is fetched while the pairs before this one are tried. */
static void draw_pair(struct lending *lending, struct pair *out_pair)
{
    struct pair pair = {.member = draw(&lending->dice, &lending->members)};

    pair.book = draw(&lending->dice, &lending->books);
    __builtin_prefetch(&lending->plan->members[pair.member]);
    __builtin_prefetch(&lending->member_out[pair.member], 1);
    __builtin_prefetch(&lending->newest[pair.member], 1);
    __builtin_prefetch(&lending->plan->books[pair.book]);
    __builtin_prefetch(&lending->copies_out[pair.book], 1);
    *out_pair = pair;
}

static struct pair next_pair(struct lending *lending)
{
    struct pair *place = &lending->ahead[lending->next_pair++ % DRAWN_AHEAD];
    struct pair next = *place;

    draw_pair(lending, place);
    return next;
}

static bool has_it_already(const struct lending *lending, uint32_t member, uint32_t book)
{
    for (uint32_t place = lending->newest[member]; place != NONE; place = lending->open[place].older)
        if (lending->open[place].book == book)
            return true;
    return false;
}

static const struct loan_rule *rule_of(const struct lending *lending, uint32_t member)
{
    return &lending->plan->request.rules[lending->plan->members[member].kind];
}

static bool may_lend(const struct lending *lending, uint32_t member, uint32_t book, int64_t at)
{
    const struct plan *plan = lending->plan;
    uint32_t all = UINT32_MAX >> (PLAN_COPIES_MAX - plan->books[book].copies);

    return plan->members[member].at < at &&
           lending->member_out[member] < rule_of(lending, member)->max_loans && plan->books[book].at < at &&
           lending->copies_out[book] != all && !has_it_already(lending, member, book);
}

/* When a loan of this moment comes back: mostly towards the end of its time, sometimes after it. */
static void plan_return(struct lending *lending, struct planned_loan *loan)
{
    struct dice *dice = &lending->dice;
    int64_t loan_days = rule_of(lending, loan->member)->loan_days, kept = 0;

    if (dice_chance(dice, PLAN_LATE_PERCENT)) {
        uint32_t which = dice_below(dice, 100);
        size_t i = 0;
        while (which >= delays[i].share)
            which -= delays[i++].share;
        kept = loan_days + dice_between(dice, delays[i].fewest, delays[i].most);
    } else if (loan_days > 0) {
        int64_t one = dice_between(dice, 1, loan_days);
        int64_t other = dice_between(dice, 1, loan_days);
        kept = one > other ? one : other;
    }
    size_t day = lending->today + (size_t)kept;
    loan->returned_day = loan->lent_day + (int32_t)kept;
    loan->returned_at = kept ? lending_moment(dice, lending->day_starts[day])
                             : dice_between(dice, loan->lent_at + 1, lending->day_starts[day + 1] - 1);
}

static bool lend(struct lending *lending, int64_t at, struct planned_loan *out_loan)
{
    for (int draws = 0; draws < DRAWS_MAX; draws++) {
        struct pair pair = next_pair(lending);
        if (!may_lend(lending, pair.member, pair.book, at))
            continue;
        struct planned_loan loan = {.book = pair.book,
                                    .member = pair.member,
                                    .lent_at = at,
                                    .lent_day = lending->plan->first_day + (int32_t)lending->today,
                                    .copy = (uint8_t)__builtin_ctz(~lending->copies_out[pair.book])};
        plan_return(lending, &loan);
        keep(lending, &loan, loan.returned_at);
        if (loan.returned_at > lending->plan->request.now)
            loan.returned_at = INT64_MAX;
        *out_loan = loan;
        return true;
    }
    return false;
}

bool lending_next(struct lending *lending, struct planned_loan *out_loan)
{
    if (lending->books.total == 0 || lending->members.total == 0)
        return false;
    while (lending->today < lending->days) {
        while (lending->next_moment < lending->volumes[lending->today].loans) {
            int64_t at = lending->moments[lending->next_moment++];
            take_back_until(lending, at);
            if (lend(lending, at, out_loan))
                return true;
        }
        if (++lending->today < lending->days)
            open_day(lending);
    }
    return false;
}

/* ---- starting ---------------------------------------------------------------------------------------- */

/* `group_of` is the first of `count` bytes that lie `stride` apart. */
static struct urn fill_urn(struct arena *arena, const struct plan_group *groups, const uint8_t *group_of,
                           size_t stride, size_t count)
{
    struct urn urn = {.groups = groups};
    size_t sizes[4] = {0};

    for (size_t i = 0; i < count; i++)
        sizes[group_of[i * stride]]++;
    for (size_t group = 0; group < 4; group++) {
        urn.pools[group].items = arena_alloc_array(arena, sizes[group], sizeof(uint32_t));
        urn.total += (int64_t)(groups[group].weight * sizes[group]);
    }
    for (size_t i = 0; i < count; i++) {
        struct pool *pool = &urn.pools[group_of[i * stride]];
        pool->items[pool->count++] = (uint32_t)i;
    }
    return urn;
}

static void find_day_starts(struct lending *lending)
{
    const struct plan *plan = lending->plan;
    int64_t longest = 0;

    for (size_t i = 0; i < PLAN_KINDS; i++)
        longest = plan->request.rules[i].loan_days > longest ? plan->request.rules[i].loan_days : longest;
    size_t count = lending->days + (size_t)longest + DELAY_DAYS_MAX + 1;

    lending->day_starts = arena_alloc_array(lending->arena, count, sizeof *lending->day_starts);
    for (size_t i = 0; i < count; i++)
        lending->day_starts[i] = clock_day_start(plan->first_day + (int32_t)i);
}

struct lending *lending_start(struct arena *arena, const struct plan *plan)
{
    struct lending *lending = arena_alloc(arena, sizeof *lending);

    *lending = (struct lending){.plan = plan, .arena = arena, .dice = plan->dice, .free_place = NONE};
    lending->days = (size_t)(clock_day_of(plan->request.now) - plan->first_day) + 1;
    lending->books = plan->book_count ? fill_urn(arena, plan_tiers, &plan->books->tier, sizeof *plan->books,
                                                 plan->book_count)
                                      : (struct urn){0};
    lending->members = plan->member_count ? fill_urn(arena, plan_segments, &plan->members->segment,
                                                     sizeof *plan->members, plan->member_count)
                                          : (struct urn){0};
    lending->copies_out = arena_alloc_array(arena, plan->book_count, sizeof *lending->copies_out);
    lending->member_out = arena_alloc_array(arena, plan->member_count, sizeof *lending->member_out);
    lending->newest = arena_alloc_array(arena, plan->member_count, sizeof *lending->newest);
    memset(lending->newest, 0xff, plan->member_count * sizeof *lending->newest);
    find_day_starts(lending);
    share_out(lending);
    open_day(lending);
    for (size_t i = 0; i < DRAWN_AHEAD && lending->books.total > 0 && lending->members.total > 0; i++)
        draw_pair(lending, &lending->ahead[i]);
    return lending;
}
