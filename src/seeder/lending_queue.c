/*
 * lending_queue.c — who waits for what. Titles that stand on their shelf are pulled for whoever asked for them; of
 * those that are all out, each copy that comes back goes to the first who waits.
 */
#include <string.h>

#include "seeder/lending_internal.h"

#define CANCELLED_PERCENT 7
#define LEFT_PERCENT 6           /* never fetched */
#define PULLED_WITHIN_MS 7200000 /* after opening */
#define NEXT_PULL_MS 300000
#define CANCELLED_WITHIN_DAYS 6
#define NIGHT_MS 1200000 /* when the nightly job looks */
#define QUEUE_MAX 40     /* open holds of a title */
#define PICKUP_DAYS 7    /* the setting's default */

/* ---- places ------------------------------------------------------------------------------------------------ */

static uint32_t take_place(struct lending *lending)
{
    uint32_t place = lending->free_hold;

    if (place != NONE) {
        lending->free_hold = lending->holds[place].next;
        return place;
    }
    if (lending->hold_used == lending->hold_room) {
        size_t room = lending->hold_room ? lending->hold_room * 2 : 256;
        struct open_hold *holds = arena_alloc_array(lending->arena, room, sizeof *holds);
        if (lending->hold_room)
            memcpy(holds, lending->holds, lending->hold_room * sizeof *holds);
        lending->holds = holds;
        lending->hold_room = room;
    }
    return (uint32_t)lending->hold_used++;
}

static struct made_hold *made(const struct lending *lending, uint32_t place)
{
    return series_at(&lending->ledger->holds, lending->holds[place].hold);
}

/* Nothing else that was to happen to it counts any more. */
static void plan_event(struct lending *lending, uint32_t place, int64_t at, int32_t day, enum happening what)
{
    lending->holds[place].event = acts_plan(lending, at, what, place);
    lending->holds[place].day = day;
}

uint32_t queue_find(const struct lending *lending, uint32_t member, uint32_t book)
{
    uint32_t place = lending->titles[book].first_hold;

    while (place != NONE && made(lending, place)->member != member)
        place = lending->holds[place].next;
    return place;
}

static uint32_t first_waiting(const struct lending *lending, uint32_t book)
{
    uint32_t place = lending->titles[book].first_hold;

    while (place != NONE && made(lending, place)->state != HOLD_IS_WAITING)
        place = lending->holds[place].next;
    return place;
}

/* ---- beginning --------------------------------------------------------------------------------------------- */

/* Where no copy is left, nobody may keep one by renewing any more: then there are no loans that will. */
bool queue_may_join(const struct lending *lending, struct pair pair, int64_t at)
{
    const struct plan *plan = lending->plan;
    const struct title_state *title = &lending->titles[pair.book];
    const struct reader_state *reader = &lending->readers[pair.member];

    return plan->members[pair.member].at < at && plan->books[pair.book].at < at &&
           reader->holds < rule_of(lending, pair.member)->hold_limit && title->waiting < QUEUE_MAX &&
           (title->waiting < copies_there(lending, pair.book) || title->renewing == 0) &&
           !lending_has_title(lending, pair.member, pair.book) &&
           queue_find(lending, pair.member, pair.book) == NONE;
}

static enum fate draw_fate(struct dice *dice)
{
    uint32_t throw = dice_below(dice, 100);

    return throw < CANCELLED_PERCENT ? CANCELLED : throw < CANCELLED_PERCENT + LEFT_PERCENT ? LEFT : FETCHED;
}

/* At the end of the queue; its place is past every open one's. */
static uint16_t line_up(struct lending *lending, uint32_t book, uint32_t place)
{
    uint32_t *link = &lending->titles[book].first_hold;
    uint16_t last = 0;

    for (; *link != NONE; link = &lending->holds[*link].next)
        last = made(lending, *link)->place > last ? made(lending, *link)->place : last;
    *link = place;
    return (uint16_t)(last + 1);
}

/* Before the next round along the shelves, or while the queue is long. */
static void plan_cancelling(struct lending *lending, uint32_t place, int64_t at, int32_t day, bool is_there)
{
    struct dice *dice = &lending->dice;

    if (is_there) {
        const struct plan_day *today = plan_day(lending->days, day);
        plan_event(lending, place, dice_between(dice, at + 1, today->starts + today->closes + 1), day,
                   IS_CANCELLED);
        return;
    }
    day = plan_day(lending->days, day + (int32_t)dice_between(dice, 1, CANCELLED_WITHIN_DAYS))->next_open;
    plan_event(lending, place, lending_moment(dice, plan_day(lending->days, day)), day, IS_CANCELLED);
}

void queue_join(struct lending *lending, struct pair pair, int64_t at, int32_t day)
{
    struct title_state *title = &lending->titles[pair.book];
    uint32_t place = take_place(lending);
    uint32_t number = (uint32_t)lending->ledger->holds.count;
    struct made_hold *hold = series_add(&lending->ledger->holds);

    lending->holds[place] =
        (struct open_hold){.hold = number, .event = NONE, .next = NONE, .fate = draw_fate(&lending->dice)};
    *hold = (struct made_hold){.placed_at = at, .book = pair.book, .member = pair.member, .loan = NOBODY};
    hold->place = line_up(lending, pair.book, place);
    ledger_tell(lending->ledger, at, ACT_PLACE, number);
    bool is_there = ++title->waiting <= copies_there(lending, pair.book);
    lending->readers[pair.member].holds++;
    if (lending->holds[place].fate == CANCELLED) {
        plan_cancelling(lending, place, at, day, is_there);
    } else if (is_there) {
        int32_t next = plan_day(lending->days, day + 1)->next_open;
        const struct plan_day *then = plan_day(lending->days, next);
        plan_event(lending, place,
                   then->starts + then->opens + dice_between(&lending->dice, 0, PULLED_WITHIN_MS), next,
                   IS_PULLED);
    }
}

/* ---- a copy for it ----------------------------------------------------------------------------------------- */

static void make_ready(struct lending *lending, uint32_t place, uint8_t copy, int64_t at, int32_t day)
{
    struct made_hold *hold = made(lending, place);
    struct dice *dice = &lending->dice;

    lending->titles[hold->book].waiting--;
    lending->titles[hold->book].copies_out |= UINT32_C(1) << copy;
    hold->state = HOLD_IS_READY;
    hold->ready_at = at;
    hold->copy = copy;
    hold->pickup_day = plan_day(lending->days, day + PICKUP_DAYS)->next_open;
    if (lending->holds[place].fate == LEFT) {
        int32_t after = hold->pickup_day + 1;
        plan_event(lending, place, plan_day(lending->days, after)->starts + NIGHT_MS, after, EXPIRES);
    } else if (lending->holds[place].fate == FETCHED) {
        int64_t one = dice_between(dice, 1, PICKUP_DAYS), other = dice_between(dice, 1, PICKUP_DAYS);
        int32_t then = plan_day(lending->days, day + (int32_t)(one < other ? one : other))->next_open;
        plan_event(lending, place, lending_moment(dice, plan_day(lending->days, then)), then, IS_FETCHED);
    }
}

bool queue_take_in(struct lending *lending, uint32_t book, uint8_t copy, int64_t at, int32_t day)
{
    if (lending->titles[book].waiting == 0)
        return false;
    make_ready(lending, first_waiting(lending, book), copy, at, day);
    return true;
}

/* Whoever is first gets it, not who asked for the round. */
static void pull(struct lending *lending, uint32_t place, int64_t at)
{
    uint32_t book = made(lending, place)->book;
    int32_t day = lending->holds[place].day;
    uint32_t first = first_waiting(lending, book);

    if (copies_there(lending, book) == 0)
        return; /* the next that comes back */
    made(lending, first)->is_pulled = true;
    ledger_tell(lending->ledger, at, ACT_PULL, lending->holds[first].hold);
    make_ready(lending, first, first_copy_there(lending, book), at, day);
    if (first != place)
        plan_event(lending, place, at + NEXT_PULL_MS, day, IS_PULLED);
}

/* ---- ending ------------------------------------------------------------------------------------------------ */

static void leave(struct lending *lending, uint32_t place)
{
    const struct made_hold *hold = made(lending, place);
    uint32_t *link = &lending->titles[hold->book].first_hold;

    while (*link != place)
        link = &lending->holds[*link].next;
    *link = lending->holds[place].next;
    lending->readers[hold->member].holds--;
    lending->holds[place].event = NONE;
    lending->holds[place].next = lending->free_hold;
    lending->free_hold = place;
}

static void end(struct lending *lending, uint32_t place, enum hold_state state, int64_t at)
{
    struct made_hold *hold = made(lending, place);
    struct title_state *title = &lending->titles[hold->book];
    int32_t day = lending->holds[place].day;
    bool was_ready = hold->state == HOLD_IS_READY;

    ledger_tell(lending->ledger, at, state == HOLD_HAS_EXPIRED ? ACT_EXPIRE : ACT_CANCEL,
                lending->holds[place].hold);
    leave(lending, place);
    hold->state = (uint8_t)state;
    hold->ended_at = at;
    title->waiting = (uint8_t)(title->waiting - !was_ready);
    if (was_ready && !queue_take_in(lending, hold->book, hold->copy, at, day)) {
        title->copies_out &= ~(UINT32_C(1) << hold->copy);
        hold->puts_back = true;
    }
}

/* False: they have too much at home (or there are to be no more loans), and give it up. */
static bool fetch(struct lending *lending, uint32_t place, int64_t at, struct planned_loan *out_loan)
{
    struct made_hold *hold = made(lending, place);
    struct pair pair = {hold->member, hold->book};

    if (lending->readers[pair.member].out >= rule_of(lending, pair.member)->max_loans ||
        lending->lent == lending->plan->request.borrows) {
        end(lending, place, HOLD_WAS_CANCELLED, at);
        return false;
    }
    hold->state = HOLD_WAS_FULFILLED;
    hold->ended_at = at;
    hold->loan = lending->lent;
    int32_t day = lending->holds[place].day;
    leave(lending, place);
    acts_lend(lending, pair, hold->copy, at, day, out_loan);
    return true;
}

bool queue_happen(struct lending *lending, const struct happening_at *act, struct planned_loan *out_loan)
{
    if (lending->holds[act->place].event != act->number)
        return false; /* it came otherwise */
    switch ((enum happening)act->what) {
    case IS_PULLED: pull(lending, act->place, act->at); return false;
    case IS_FETCHED: return fetch(lending, act->place, act->at, out_loan);
    case EXPIRES: end(lending, act->place, HOLD_HAS_EXPIRED, act->at); return false;
    case IS_CANCELLED: end(lending, act->place, HOLD_WAS_CANCELLED, act->at); return false;
    case ENDS:
    case RENEWS:
    case COMES: break;
    }
    return false;
}
