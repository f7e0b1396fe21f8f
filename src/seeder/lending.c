/*
 * lending.c — the behavioural model, simulated moment by moment with its own count of what is out: how busy the days
 * are, and who comes for what. Two million loans a second.
 */
#include <assert.h>

#include "base/clock.h"
#include "seeder/lending_internal.h"

#define DAY_MEAN 10000     /* the weight of an ordinary day … */
#define DAY_DEVIATION 2000 /* … and how days differ */
#define DRAWS_MAX 200      /* for one loan, before it is given up */
#define DRAWN_AHEAD (sizeof((struct lending *)0)->ahead / sizeof(struct drawn_pair))
#define LOOKED_AHEAD (DRAWN_AHEAD / 2)

/* A few titles of tier A are what everybody wants this month: their copies are all out, and readers wait. */
#define HOT_PERCENT 7 /* of the draws from tier A */
#define HOT_DAYS 30
#define HOT_LOANS_PERCENT 45 /* of what is asked for in a loan's time, they can give so much */
#define WAITS_PERCENT 60     /* of those who find nothing */
#define PULLED_PER_MILLE 25  /* asked for from home though it stands on its shelf */
#define HOLDS_PER_MILLE 23   /* of the loans: then nobody asks from home … */
#define WAITING_PER_MILLE 26 /* … and nobody waits any more */

/* ---- days -------------------------------------------------------------------------------------------- */

static int64_t season_percent(int32_t day)
{
    int year, month, day_of_month;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    if (month >= 11)
        return 130;
    return month == 6 || month == 7 ? 80 : 100;
}

int64_t lending_moment(struct dice *dice, const struct plan_day *day)
{
    return day->starts + dice_between(dice, day->opens, day->closes);
}

/* When the desk is open on a day, as far as that has come to pass; false when it is closed or not yet open. */
static bool opening_hours(const struct plan_day *day, int64_t now, struct day_volume *volume)
{
    volume->opens = day->starts + day->opens;
    volume->closes = day->starts + day->closes < now ? day->starts + day->closes : now;
    return volume->opens < volume->closes;
}

/* How many loans each day sees: the total, shared out by season and by the day's own luck. */
static void share_out(struct lending *lending)
{
    const struct plan *plan = lending->plan;
    struct day_volume *volumes = arena_alloc_array(lending->arena, lending->day_count, sizeof *volumes);
    int64_t *weights = arena_alloc_array(lending->arena, lending->day_count, sizeof *weights);
    int64_t total = 0, passed = 0, busiest = 0;

    for (size_t i = 0; i < lending->day_count; i++) {
        int32_t number = plan->first_day + (int32_t)i;
        const struct plan_day *day = plan_day(plan->days, number);
        int64_t weight = dice_bell(&lending->dice, DAY_MEAN, DAY_DEVIATION) * season_percent(number) / 100;
        if (opening_hours(day, plan->request.now, &volumes[i]))
            weights[i] = (weight > 0 ? weight : 0) * (volumes[i].closes - volumes[i].opens) /
                         (day->closes - day->opens);
        total += weights[i];
    }
    for (size_t i = 0; i < lending->day_count && total > 0; i++) {
        int64_t before = i ? volumes[i - 1].until : 0;
        passed += weights[i];
        volumes[i].until = plan->request.borrows * passed / total;
        busiest = volumes[i].until - before > busiest ? volumes[i].until - before : busiest;
        lending->last_day = weights[i] ? i : lending->last_day;
    }
    lending->volumes = volumes;
    lending->visits_most = (size_t)busiest * 2;
}

/* Holds that will be fetched today. */
static size_t fetched_today(const struct lending *lending)
{
    size_t count = 0;

    for (const struct act_block *block = lending->calendar[lending->today]; block; block = block->before)
        for (size_t i = 0; i < block->count; i++)
            count += block->acts[i].what == IS_FETCHED &&
                     lending->holds[block->acts[i].place].event == block->acts[i].number;
    return count;
}

/* Titles that would be taken oftener than they come back: drawn anew each month. */
static void choose_hot(struct lending *lending)
{
    const struct plan *plan = lending->plan;
    const struct urn *books = &lending->books; /* the best come first */
    int64_t share = (int64_t)books->weights[0] * books->starts[1] * 100 / books->total;
    int64_t days = plan->request.months * 30 + 1;
    int64_t wanted = plan->request.borrows * share * HOT_PERCENT / 10000 * plan->request.rules[0].loan_days /
                     days * HOT_LOANS_PERCENT / 100;

    lending->hot_count = 0;
    for (int64_t copies = 0; copies < wanted && lending->hot_count < lending->hot_room;) {
        uint32_t book = books->items[dice_below(&lending->dice, books->starts[1])];
        lending->hot[lending->hot_count++] = book;
        copies += plan->books[book].copies;
    }
    lending->hot_until = lending->today + HOT_DAYS;
}

/* Loans that fulfil a hold come besides those of the day: it has so many fewer the day after, the last one at once. */
static void open_day(struct lending *lending)
{
    const struct day_volume *volume = &lending->volumes[lending->today];
    int64_t wanted = volume->until - lending->lent;

    if (lending->today == lending->last_day)
        wanted -= (int64_t)fetched_today(lending);
    if (volume->opens >= volume->closes || wanted < 0)
        wanted = 0;
    lending->visits = (size_t)wanted < lending->visits_most ? (size_t)wanted : lending->visits_most;
    acts_open_day(lending, lending->visits, volume->opens, volume->closes);
    if (lending->hot_room && lending->today >= lending->hot_until)
        choose_hot(lending);
}

/* ---- one loan ---------------------------------------------------------------------------------------- */

/* A group by its weight times its size, then evenly. Without a branch: which group it is cannot be foreseen. */
static const uint32_t *draw(struct dice *dice, const struct urn *urn, size_t *out_group)
{
    uint32_t at = dice_below(dice, urn->total);
    size_t group = 0;

    for (size_t i = 1; i < URN_GROUPS; i++)
        group += at >= urn->below[i];
    *out_group = group;
    return &urn->items[urn->starts[group] + (at - urn->below[group]) / urn->weights[group]];
}

/* What is drawn lies anywhere in memory, and so does what the rules look at: each is fetched some pairs ahead. */
static void draw_pair(struct lending *lending, struct drawn_pair *out_drawn)
{
    size_t group;

    out_drawn->member = draw(&lending->dice, &lending->members, &group);
    out_drawn->book = draw(&lending->dice, &lending->books, &group);
    if (group == 0 && lending->hot_count && dice_chance(&lending->dice, HOT_PERCENT)) {
        /* Next month's are others. */
        out_drawn->pair.book = lending->hot[dice_below(&lending->dice, (uint32_t)lending->hot_count)];
        out_drawn->book = &out_drawn->pair.book;
    }
    __builtin_prefetch(out_drawn->member);
    __builtin_prefetch(out_drawn->book);
}

static void look_into_urns(struct lending *lending, struct drawn_pair *drawn)
{
    struct pair pair = {*drawn->member, *drawn->book};

    __builtin_prefetch(&lending->plan->members[pair.member]);
    __builtin_prefetch(&lending->readers[pair.member], 1);
    __builtin_prefetch(&lending->plan->books[pair.book]);
    __builtin_prefetch(&lending->titles[pair.book], 1);
    drawn->pair = pair;
}

static struct pair next_pair(struct lending *lending)
{
    size_t next = lending->next_pair++;
    struct drawn_pair *place = &lending->ahead[next % DRAWN_AHEAD];
    struct pair pair = place->pair;

    draw_pair(lending, place);
    look_into_urns(lending, &lending->ahead[(next + LOOKED_AHEAD) % DRAWN_AHEAD]);
    return pair;
}

bool lending_has_title(const struct lending *lending, uint32_t member, uint32_t book)
{
    for (uint32_t place = lending->readers[member].newest; place != NONE; place = lending->open[place].older)
        if (lending->open[place].book == book)
            return true;
    return false;
}

static bool may_lend(const struct lending *lending, struct pair pair, int64_t at)
{
    const struct plan *plan = lending->plan;

    return plan->members[pair.member].at < at &&
           lending->readers[pair.member].out < rule_of(lending, pair.member)->max_loans &&
           plan->books[pair.book].at < at &&
           copies_there(lending, pair.book) > lending->titles[pair.book].waiting &&
           !lending_has_title(lending, pair.member, pair.book) &&
           queue_find(lending, pair.member, pair.book) == NONE;
}

static bool has_holds(const struct lending *lending, size_t per_mille)
{
    return lending->ledger->holds.count * 1000 > (size_t)lending->lent * per_mille + 10000;
}

static bool wants_to_wait(struct lending *lending, struct pair pair, int64_t at)
{
    return copies_there(lending, pair.book) <= lending->titles[pair.book].waiting &&
           !has_holds(lending, WAITING_PER_MILLE) && queue_may_join(lending, pair, at) &&
           dice_chance(&lending->dice, WAITS_PERCENT);
}

/* Somebody at home, who will come for it. */
static void maybe_reserve(struct lending *lending, int64_t at, int32_t day)
{
    if (has_holds(lending, HOLDS_PER_MILLE) || dice_below(&lending->dice, 1000) >= PULLED_PER_MILLE)
        return;
    struct pair pair = next_pair(lending);
    if (queue_may_join(lending, pair, at))
        queue_join(lending, pair, at, day);
}

bool lending_serve(struct lending *lending, int64_t at, struct planned_loan *out_loan)
{
    int32_t day = lending->plan->first_day + (int32_t)lending->today;
    bool waits = false;

    maybe_reserve(lending, at, day);
    for (int draws = 0; draws < DRAWS_MAX; draws++) {
        struct pair pair = next_pair(lending);
        if (may_lend(lending, pair, at)) {
            acts_lend(lending, pair, first_copy_there(lending, pair.book), at, day, out_loan);
            return true;
        }
        if (!waits && wants_to_wait(lending, pair, at)) {
            queue_join(lending, pair, at, day);
            waits = true;
        }
    }
    return false;
}

/* A loan that was to fulfil a hold and did not is made up for on the last day. */
static bool is_short(const struct lending *lending)
{
    return lending->today == lending->last_day && lending->visits < lending->visits_most &&
           lending->lent < lending->volumes[lending->today].until;
}

bool lending_next(struct lending *lending, struct planned_loan *out_loan)
{
    struct happening_at act;

    if (lending->books.total == 0 || lending->members.total == 0)
        return false;
    for (;;) {
        while (acts_next(lending, &act))
            if (acts_happen(lending, &act, out_loan))
                return true;
        if (is_short(lending)) {
            lending->visits++;
            acts_plan(lending, lending->volumes[lending->today].closes, COMES, 0);
        } else if (lending->today + 1 < lending->day_count) {
            lending->today++;
            open_day(lending);
        } else {
            return false;
        }
    }
}

/* ---- starting ---------------------------------------------------------------------------------------- */

/* `group_of` is the first of `count` bytes that lie `stride` apart. */
static struct urn fill_urn(struct arena *arena, const struct plan_group *groups, const uint8_t *group_of,
                           size_t stride, size_t count)
{
    struct urn urn = {.items = arena_alloc_array(arena, count, sizeof *urn.items)};
    uint32_t next[URN_GROUPS] = {0};
    int64_t total = 0;

    for (size_t i = 0; i < count; i++)
        urn.starts[group_of[i * stride] + 1]++;
    for (size_t group = 0; group < URN_GROUPS; group++) {
        urn.below[group] = (uint32_t)total;
        urn.weights[group] = groups[group].weight;
        total += (int64_t)groups[group].weight * urn.starts[group + 1];
        next[group] = urn.starts[group];
        urn.starts[group + 1] += urn.starts[group];
    }
    assert(total <= UINT32_MAX);
    urn.total = (uint32_t)total;
    for (size_t i = 0; i < count; i++)
        urn.items[next[group_of[i * stride]]++] = (uint32_t)i;
    return urn;
}

static void clear_states(struct lending *lending)
{
    const struct plan *plan = lending->plan;

    lending->titles = arena_alloc_array(lending->arena, plan->book_count, sizeof *lending->titles);
    for (size_t i = 0; i < plan->book_count; i++)
        lending->titles[i] = (struct title_state){
            .first_hold = NONE, .copies_out = ~(UINT32_MAX >> (PLAN_COPIES_MAX - plan->books[i].copies))};
    lending->readers = arena_alloc_array(lending->arena, plan->member_count, sizeof *lending->readers);
    for (size_t i = 0; i < plan->member_count; i++)
        lending->readers[i] = (struct reader_state){.newest = NONE, .first_charge = NOBODY};
}

struct lending *lending_start(struct arena *arena, const struct plan *plan, struct ledger *ledger)
{
    struct lending *lending = arena_alloc(arena, sizeof *lending);

    *lending = (struct lending){.plan = plan,
                                .days = plan->days,
                                .ledger = ledger,
                                .arena = arena,
                                .dice = plan->dice,
                                .free_place = NONE,
                                .free_hold = NONE};
    lending->day_count = (size_t)(clock_day_of(plan->request.now) - plan->first_day) + 1;
    lending->books = plan->book_count ? fill_urn(arena, plan_tiers, &plan->books->tier, sizeof *plan->books,
                                                 plan->book_count)
                                      : (struct urn){0};
    lending->members = plan->member_count ? fill_urn(arena, plan_segments, &plan->members->segment,
                                                     sizeof *plan->members, plan->member_count)
                                          : (struct urn){0};
    clear_states(lending);
    lending->calendar = arena_alloc_array(arena, lending->day_count, sizeof(struct act_block *));
    lending->hot_room = lending->books.starts[1] / 4;
    lending->hot = arena_alloc_array(arena, lending->hot_room, sizeof *lending->hot);
    share_out(lending);
    if (lending->books.total > 0 && lending->members.total > 0)
        open_day(lending);
    for (size_t i = 0; i < DRAWN_AHEAD && lending->books.total > 0 && lending->members.total > 0; i++)
        draw_pair(lending, &lending->ahead[i]);
    for (size_t i = 0; i < LOOKED_AHEAD && lending->books.total > 0 && lending->members.total > 0; i++)
        look_into_urns(lending, &lending->ahead[i]);
    return lending;
}
