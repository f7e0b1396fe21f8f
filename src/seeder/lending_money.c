/*
 * lending_money.c — being late costs, and most people pay when they are next at the desk.
 */
#include "seeder/lending_internal.h"

#define PAYS_NOW_PERCENT 75 /* at a visit */
#define PAYS_HALF_PERCENT 5
#define HALF_TO 50 /* halves are rounded down to this, minor units */

uint32_t money_fine(const struct lending *lending, uint32_t member, int32_t due_day, int32_t back_day)
{
    const struct loan_rule *rule = rule_of(lending, member);

    if (back_day <= due_day)
        return 0;
    int64_t days = plan_day(lending->days, back_day)->costs - plan_day(lending->days, due_day)->costs;
    int64_t fine = days > rule->grace_days ? (days - rule->grace_days) * rule->fine_per_day : 0;
    return (uint32_t)(rule->fine_cap != NO_NUMBER && fine > rule->fine_cap ? rule->fine_cap : fine);
}

/* ---- charges ----------------------------------------------------------------------------------------------- */

static void settle(struct lending *lending, uint32_t number, uint32_t amount, uint32_t source, bool is_waiver)
{
    struct made_charge *charge = series_at(&lending->ledger->charges, number);
    struct made_allocation *allocation = series_add(&lending->ledger->allocations);

    charge->settled += amount;
    *allocation = (struct made_allocation){number, amount, source, is_waiver};
}

static void waive(struct lending *lending, uint32_t number)
{
    const struct made_charge *charge = series_at(&lending->ledger->charges, number);
    uint32_t source = (uint32_t)lending->ledger->waivers.count;
    struct made_waiver *waiver = series_add(&lending->ledger->waivers);

    *waiver = (struct made_waiver){charge->at, charge->member, number, charge->amount, charge->day};
    ledger_tell(lending->ledger, charge->at, ACT_WAIVE, source);
    settle(lending, number, charge->amount, source, true);
}

/* Behind those that are open already. */
static void remember(struct lending *lending, uint32_t member, uint32_t number)
{
    uint32_t *link = &lending->readers[member].first_charge;

    while (*link != NOBODY)
        link = &((struct made_charge *)series_at(&lending->ledger->charges, *link))->next;
    *link = number;
}

static void charge(struct lending *lending, const struct open_loan *loan, uint32_t amount, bool is_lost)
{
    uint32_t number = (uint32_t)lending->ledger->charges.count;
    struct made_charge *made;

    if (amount == 0)
        return;
    made = series_add(&lending->ledger->charges);
    *made = (struct made_charge){.at = loan->returned_at,
                                 .day = loan->returned_day,
                                 .loan = loan->loan,
                                 .member = loan->member,
                                 .book = loan->book,
                                 .copy = loan->copy,
                                 .amount = amount,
                                 .next = NOBODY,
                                 .is_lost = is_lost};
    if (dice_chance(&lending->dice, PLAN_WAIVED_PERCENT))
        waive(lending, number);
    else if (lending->plan->members[loan->member].pays)
        remember(lending, loan->member, number);
}

void money_charge(struct lending *lending, const struct open_loan *loan)
{
    charge(lending, loan, loan->fine, false);
    charge(lending, loan, loan->lost_price, true);
}

/* ---- payments ---------------------------------------------------------------------------------------------- */

static uint32_t owed(const struct lending *lending, uint32_t member)
{
    uint32_t sum = 0;

    for (uint32_t number = lending->readers[member].first_charge; number != NOBODY;) {
        const struct made_charge *open = series_at(&lending->ledger->charges, number);
        sum += open->amount - open->settled;
        number = open->next;
    }
    return sum;
}

static uint8_t draw_method(struct dice *dice)
{
    uint32_t throw = dice_below(dice, 100);
    uint8_t i = 0;

    while (throw >= ledger_methods[i].share)
        throw -= ledger_methods[i++].share;
    return i;
}

/* The oldest charge first. */
static void pay(struct lending *lending, uint32_t member, uint32_t amount, uint32_t left_open, int64_t at,
                int32_t day)
{
    uint32_t source = (uint32_t)lending->ledger->payments.count;
    struct made_payment *payment = series_add(&lending->ledger->payments);
    uint32_t *first = &lending->readers[member].first_charge;

    *payment = (struct made_payment){.at = at,
                                     .member = member,
                                     .amount = amount,
                                     .balance_after = left_open,
                                     .day = day,
                                     .method = draw_method(&lending->dice)};
    ledger_tell(lending->ledger, at, ACT_PAY, source);
    while (amount > 0) {
        const struct made_charge *open = series_at(&lending->ledger->charges, *first);
        uint32_t left = open->amount - open->settled;
        uint32_t part = amount < left ? amount : left;
        settle(lending, *first, part, source, false);
        amount -= part;
        if (part == left)
            *first = open->next;
    }
}

void money_visit(struct lending *lending, uint32_t member, int64_t at, int32_t day)
{
    if (lending->readers[member].first_charge == NOBODY || !dice_chance(&lending->dice, PAYS_NOW_PERCENT))
        return;
    uint32_t sum = owed(lending, member);
    uint32_t half = sum / 2 / HALF_TO * HALF_TO;
    uint32_t amount = half > 0 && dice_chance(&lending->dice, PAYS_HALF_PERCENT) ? half : sum;
    pay(lending, member, amount, sum - amount, at, day);
}
