/*
 * lending_acts.c — what is to happen, in order: loans are renewed, come back or are lost. A loan's whole life is
 * decided when it begins, so that its row can be written at once.
 */
#include <string.h>

#include "base/clock.h"
#include "seeder/lending_internal.h"

/* How late the late ones are, in days: shares in a hundred. */
static const struct {
    uint32_t share;
    int32_t fewest, most;
} delays[] = {{55, 1, 3}, {30, 4, 7}, {15, 8, 30}};

#define DELAY_DRAWS_MAX 8     /* for an open day, before the next one has to do */
#define RENEWED_BEFORE_DAYS 4 /* mostly just before it is due */
#define BY_READER_PERCENT 55  /* renewals from home */
#define ACTS_AHEAD 6
#define LOST_LEAST 1200 /* minor units */
#define LOST_STEP 350
#define LOST_STEPS 9

/* ---- what comes next --------------------------------------------------------------------------------------- */

static bool comes_first(const struct happening_at *a, const struct happening_at *b)
{
    return a->at != b->at ? a->at < b->at : a->number < b->number;
}

/* Of today, decided today: few. */
static void put_on_heap(struct lending *lending, const struct happening_at *act)
{
    if (lending->soon_count == lending->soon_room) {
        size_t room = lending->soon_room ? lending->soon_room * 2 : 64;
        struct happening_at *soon = arena_alloc_array(lending->arena, room, sizeof *soon);
        if (lending->soon_count)
            memcpy(soon, lending->soon, lending->soon_count * sizeof *soon);
        lending->soon = soon;
        lending->soon_room = room;
    }
    struct happening_at *heap = lending->soon;
    size_t spot = lending->soon_count++;
    for (; spot > 0 && comes_first(act, &heap[(spot - 1) / 2]); spot = (spot - 1) / 2)
        heap[spot] = heap[(spot - 1) / 2];
    heap[spot] = *act;
}

static struct happening_at take_from_heap(struct lending *lending)
{
    struct happening_at *heap = lending->soon;
    struct happening_at top = heap[0];
    struct happening_at last = heap[--lending->soon_count];
    size_t spot = 0;

    for (;;) {
        size_t child = 2 * spot + 1;
        if (child >= lending->soon_count)
            break;
        child += child + 1 < lending->soon_count && comes_first(&heap[child + 1], &heap[child]);
        if (comes_first(&last, &heap[child]))
            break;
        heap[spot] = heap[child];
        spot = child;
    }
    heap[spot] = last;
    return top;
}

/* Of later days: as they come, to be sorted when the day begins. */
static void put_in_calendar(struct lending *lending, size_t day, const struct happening_at *act)
{
    struct act_block **last = &lending->calendar[day];

    if (!*last || (*last)->count == ACT_BLOCK) {
        struct act_block *block = lending->free_blocks;
        if (block)
            lending->free_blocks = block->before;
        else
            block = arena_alloc(lending->arena, sizeof *block);
        block->before = *last;
        block->count = 0;
        *last = block;
    }
    (*last)->acts[(*last)->count++] = *act;
}

uint32_t acts_plan(struct lending *lending, int64_t at, enum happening what, uint32_t place)
{
    struct happening_at act = {at, lending->next_number++, place & 0x1fffffff, (unsigned)what & 7};
    const struct plan *plan = lending->plan;

    if (at > plan->request.now)
        return act.number; /* never, as far as we are concerned */
    /* By the clock of the first day: an hour more or less makes no difference, the nights are quiet. */
    size_t day = (size_t)((at - plan->lending_from) / MS_PER_DAY);
    if (day <= lending->today || day >= lending->day_count)
        put_on_heap(lending, &act);
    else
        put_in_calendar(lending, day, &act);
    return act.number;
}

static void make_room(struct lending *lending, size_t count)
{
    if (count <= lending->list_room)
        return;
    lending->list_room = count * 2;
    lending->list = arena_alloc_array(lending->arena, lending->list_room, sizeof *lending->list);
    lending->spare = arena_alloc_array(lending->arena, lending->list_room, sizeof *lending->spare);
}

/* By their time of day, digit by digit; those of one moment keep their order. */
static void sort_list(struct lending *lending)
{
    int64_t from =
        plan_day(lending->days, lending->plan->first_day + (int32_t)lending->today)->starts - MS_PER_DAY;

    for (int shift = 0; shift < 30; shift += 10) {
        uint32_t starts[1024] = {0}, sum = 0;
        for (size_t i = 0; i < lending->list_count; i++)
            starts[(lending->list[i].at - from) >> shift & 1023]++;
        for (size_t i = 0; i < 1024; i++) {
            uint32_t count = starts[i];
            starts[i] = sum;
            sum += count;
        }
        for (size_t i = 0; i < lending->list_count; i++)
            lending->spare[starts[(lending->list[i].at - from) >> shift & 1023]++] = lending->list[i];
        struct happening_at *sorted = lending->spare;
        lending->spare = lending->list;
        lending->list = sorted;
    }
}

void acts_open_day(struct lending *lending, size_t visits, int64_t opens, int64_t closes)
{
    struct act_block *block = lending->calendar[lending->today];
    size_t count = visits;

    for (const struct act_block *each = block; each; each = each->before)
        count += each->count;
    make_room(lending, count);
    lending->list_count = count;
    lending->list_next = 0;
    while (block) { /* the last block first: filled from behind */
        struct act_block *before = block->before;
        count -= block->count;
        memcpy(&lending->list[count], block->acts, block->count * sizeof *block->acts);
        block->before = lending->free_blocks;
        lending->free_blocks = block;
        block = before;
    }
    for (size_t i = 0; i < visits; i++)
        lending->list[i] = (struct happening_at){.at = dice_between(&lending->dice, opens, closes),
                                                 .number = lending->next_number++,
                                                 .what = COMES};
    sort_list(lending);
}

/* What the next ones touch lies anywhere: it is fetched while the ones before happen. (GCC drops a call that does nothing else.) */
static inline __attribute__((always_inline)) void fetch_ahead(const struct lending *lending)
{
    const struct happening_at *list = lending->list;
    size_t far = lending->list_next + 2 * ACTS_AHEAD, near = lending->list_next + ACTS_AHEAD;

    if (far < lending->list_count && list[far].what <= RENEWS)
        __builtin_prefetch(&lending->open[list[far].place], 1);
    if (near < lending->list_count && list[near].what <= RENEWS) {
        const struct open_loan *loan = &lending->open[list[near].place];
        __builtin_prefetch(&lending->titles[loan->book], 1);
        __builtin_prefetch(&lending->readers[loan->member], 1);
    }
}

bool acts_next(struct lending *lending, struct happening_at *out_act)
{
    bool listed = lending->list_next < lending->list_count;

    if (!listed && lending->soon_count == 0)
        return false;
    if (lending->soon_count &&
        (!listed || comes_first(&lending->soon[0], &lending->list[lending->list_next]))) {
        *out_act = take_from_heap(lending);
        return true;
    }
    fetch_ahead(lending);
    *out_act = lending->list[lending->list_next++];
    return true;
}

/* ---- what is out ------------------------------------------------------------------------------------------- */

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
        if (lending->open_room)
            memcpy(open, lending->open, lending->open_room * sizeof *open);
        lending->open = open;
        lending->open_room = room;
    }
    return (uint32_t)lending->open_used++;
}

static void forget(struct lending *lending, uint32_t place)
{
    struct open_loan *loan = &lending->open[place];
    struct reader_state *reader = &lending->readers[loan->member];
    uint32_t *link = &reader->newest;

    while (*link != place)
        link = &lending->open[*link].older;
    *link = loan->older;
    reader->out--;
    loan->older = lending->free_place;
    lending->free_place = place;
}

/* ---- the life of a loan ------------------------------------------------------------------------------------ */

static int32_t due_after(const struct lending *lending, int32_t day, int64_t loan_days)
{
    return plan_day(lending->days, day + (int32_t)loan_days)->next_open;
}

static uint8_t draw_renewals(struct lending *lending, const struct open_loan *loan)
{
    const struct title_state *title = &lending->titles[loan->book];
    const struct loan_rule *rule = rule_of(lending, loan->member);
    uint32_t throw = dice_below(&lending->dice, 100);
    uint8_t renewals = throw < PLAN_RENEWED_TWICE_PERCENT                               ? 2
                       : throw < PLAN_RENEWED_TWICE_PERCENT + PLAN_RENEWED_ONCE_PERCENT ? 1
                                                                                        : 0;

    if (rule->loan_days == 0 || title->waiting > copies_there(lending, loan->book))
        return 0;
    return renewals > rule->max_renewals ? (uint8_t)rule->max_renewals : renewals;
}

/* Decides its renewals; the day of the last one, or of the loan. */
static int32_t plan_renewals(struct lending *lending, struct open_loan *loan, int32_t day)
{
    int64_t loan_days = rule_of(lending, loan->member)->loan_days;

    loan->due[0] = due_after(lending, day, loan_days);
    loan->renewals = draw_renewals(lending, loan);
    for (size_t i = 0; i < loan->renewals; i++) {
        int32_t early = loan->due[i] - (int32_t)dice_below(&lending->dice, RENEWED_BEFORE_DAYS);
        day = early > day && plan_day(lending->days, early)->next_open == early ? early : loan->due[i];
        loan->renewed_at[i] = lending_moment(&lending->dice, plan_day(lending->days, day));
        loan->due[i + 1] = due_after(lending, loan->due[i], loan_days);
    }
    return day;
}

/* An open day so long after the due day, as near to evenly as closed days allow. */
static int32_t late_day(struct lending *lending, int32_t due)
{
    uint32_t which = dice_below(&lending->dice, 100);
    int32_t day = due;
    size_t i = 0;

    while (which >= delays[i].share)
        which -= delays[i++].share;
    for (int draws = 0; draws < DELAY_DRAWS_MAX; draws++) {
        day = due + (int32_t)dice_between(&lending->dice, delays[i].fewest, delays[i].most);
        if (plan_day(lending->days, day)->next_open == day)
            break;
    }
    return plan_day(lending->days, day)->next_open;
}

/* When a loan of this moment comes back: mostly towards the end of its time, sometimes after it. */
static void plan_end(struct lending *lending, struct open_loan *loan, int64_t at, int32_t day)
{
    struct dice *dice = &lending->dice;
    int32_t from = plan_renewals(lending, loan, day), due = loan->due[loan->renewals];
    const struct plan_day *back;

    loan->returned_day = from;
    if (dice_chance(dice, PLAN_LATE_PERCENT)) {
        loan->returned_day = late_day(lending, due);
    } else if (due > from) {
        int64_t one = dice_between(dice, 1, due - from);
        int64_t other = dice_between(dice, 1, due - from);
        loan->returned_day = plan_day(lending->days, from + (int32_t)(one > other ? one : other))->next_open;
    }
    back = plan_day(lending->days, loan->returned_day);
    if (loan->renewals)
        at = loan->renewed_at[loan->renewals - 1];
    loan->returned_at = loan->returned_day > from
                            ? lending_moment(dice, back)
                            : dice_between(dice, at + 1, back->starts + back->closes + 1);
    loan->fine = money_fine(lending, loan->member, due, loan->returned_day);
}

/* What it will cost, or 0. A title never loses all its copies: somebody may wait for it. */
static uint32_t draw_loss(struct lending *lending, uint32_t book)
{
    struct title_state *title = &lending->titles[book];

    if (dice_below(&lending->dice, 100000) >= PLAN_LOST_PER_100000 ||
        title->lost + 1 >= lending->plan->books[book].copies)
        return 0;
    title->lost++;
    return LOST_LEAST + LOST_STEP * dice_below(&lending->dice, LOST_STEPS);
}

static void plan_next(struct lending *lending, uint32_t place)
{
    const struct open_loan *loan = &lending->open[place];

    if (loan->renewed < loan->renewals)
        acts_plan(lending, loan->renewed_at[loan->renewed], RENEWS, place);
    else
        acts_plan(lending, loan->returned_at, ENDS, place);
}

static void describe(const struct lending *lending, const struct open_loan *loan,
                     struct planned_loan *out_loan)
{
    int64_t now = lending->plan->request.now;
    uint8_t renewals = 0;

    while (renewals < loan->renewals && loan->renewed_at[renewals] <= now)
        renewals++;
    bool is_open = loan->returned_at > now;
    out_loan->returned_at = is_open ? INT64_MAX : loan->returned_at;
    out_loan->returned_day = loan->returned_day;
    out_loan->due_day = loan->due[renewals];
    out_loan->renewals = renewals;
    out_loan->fine = is_open ? 0 : loan->fine;
    out_loan->lost_price = is_open ? 0 : loan->lost_price;
}

void acts_lend(struct lending *lending, struct pair pair, uint8_t copy, int64_t at, int32_t day,
               struct planned_loan *out_loan)
{
    struct reader_state *reader = &lending->readers[pair.member];
    struct title_state *title = &lending->titles[pair.book];
    uint32_t place = take_place(lending);
    struct open_loan *loan = &lending->open[place];

    *loan = (struct open_loan){.loan = lending->lent++,
                               .book = pair.book,
                               .member = pair.member,
                               .older = reader->newest,
                               .copy = copy};
    title->copies_out |= UINT32_C(1) << copy;
    plan_end(lending, loan, at, day);
    loan->lost_price = draw_loss(lending, pair.book);
    title->renewing = (uint8_t)(title->renewing + (loan->renewals > 0));
    reader->newest = place;
    reader->out++;
    plan_next(lending, place);
    *out_loan = (struct planned_loan){
        .book = pair.book, .member = pair.member, .lent_at = at, .lent_day = day, .copy = copy};
    describe(lending, loan, out_loan);
    ledger_tell(lending->ledger, at, ACT_LEND, loan->loan);
    money_visit(lending, pair.member, at, day);
}

/* ---- acts -------------------------------------------------------------------------------------------------- */

static void renew(struct lending *lending, uint32_t place)
{
    struct open_loan *loan = &lending->open[place];
    struct made_renewal *renewal = series_add(&lending->ledger->renewals);
    uint32_t number = (uint32_t)lending->ledger->renewals.count - 1;
    size_t which = loan->renewed++;

    *renewal = (struct made_renewal){.at = loan->renewed_at[which],
                                     .loan = loan->loan,
                                     .due_before = loan->due[which],
                                     .due_after = loan->due[which + 1],
                                     .by_reader = dice_chance(&lending->dice, BY_READER_PERCENT)};
    lending->titles[loan->book].renewing =
        (uint8_t)(lending->titles[loan->book].renewing - (loan->renewed == loan->renewals));
    ledger_tell(lending->ledger, renewal->at, ACT_RENEW, number);
    plan_next(lending, place);
}

static void end(struct lending *lending, uint32_t place)
{
    const struct open_loan loan = lending->open[place];

    forget(lending, place);
    ledger_tell(lending->ledger, loan.returned_at, ACT_RETURN, loan.loan);
    if (!loan.lost_price &&
        !queue_take_in(lending, loan.book, loan.copy, loan.returned_at, loan.returned_day))
        lending->titles[loan.book].copies_out &= ~(UINT32_C(1) << loan.copy);
    money_charge(lending, &loan);
    money_visit(lending, loan.member, loan.returned_at, loan.returned_day);
}

bool acts_happen(struct lending *lending, const struct happening_at *act, struct planned_loan *out_loan)
{
    switch ((enum happening)act->what) {
    case ENDS: end(lending, act->place); return false;
    case RENEWS: renew(lending, act->place); return false;
    case COMES: return lending_serve(lending, act->at, out_loan);
    case IS_PULLED:
    case IS_FETCHED:
    case EXPIRES:
    case IS_CANCELLED: break;
    }
    return queue_happen(lending, act, out_loan);
}
