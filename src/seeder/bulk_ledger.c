/*
 * bulk_ledger.c — rows of what came with the loans: renewals, money, holds; and what they leave on copies, titles
 * and members. Each series is forgotten when its rows are written.
 */
#include "base/text.h"
#include "seeder/bulk_internal.h"

static int64_t number_or_null(uint32_t number)
{
    return number == NOBODY ? NO_NUMBER : (int64_t)number + 1;
}

/* The next of the series, or NULL. */
static const void *next_of(struct pass *pass, const struct series *series)
{
    pass_next_row(pass);
    return pass->index < series->count ? series_at(series, pass->index++) : NULL;
}

/* ---- renewals ---------------------------------------------------------------------------------------------- */

static const char *const renewal_columns[] = {"borrow_id",  "at", "due_day_before", "due_day_after", "way",
                                              "renewed_by", NULL};

static bool next_renewal(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    const struct made_renewal *renewal = next_of(pass, &pass->bulk->ledger->renewals);

    if (!renewal)
        return false;
    *row++ = load_int((int64_t)renewal->loan + 1);
    *row++ = load_int(renewal->at);
    *row++ = load_int(renewal->due_before);
    *row++ = load_int(renewal->due_after);
    *row++ = load_text(renewal->by_reader ? "reader" : "desk");
    *row = pass->actor;
    return true;
}

/* ---- charges ----------------------------------------------------------------------------------------------- */

static const char *const charge_columns[] = {
    "uuid", "member_id", "kind", "amount", "settled", "borrow_id", "copy_id", "at", "day", "made_by", NULL};

static void count_charge(struct bulk *bulk, const struct made_charge *charge)
{
    bulk->members[charge->member].balance += charge->amount - charge->settled;
    bulk->open_charges += charge->settled < charge->amount;
    bulk->days[charge->day - bulk->plan->first_day].charges++;
}

static bool next_charge(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;
    const struct made_charge *charge = next_of(pass, &bulk->ledger->charges);

    if (!charge)
        return false;
    count_charge(bulk, charge);
    *row++ = pass_next_id(pass, charge->at);
    *row++ = load_int((int64_t)charge->member + 1);
    *row++ = load_text(charge->is_lost ? "lost" : "overdue");
    *row++ = load_int(charge->amount);
    *row++ = load_int(charge->settled);
    *row++ = load_int((int64_t)charge->loan + 1);
    *row++ = load_int((int64_t)bulk_copy(bulk, charge->book, charge->copy) + 1);
    *row++ = load_int(charge->at);
    *row++ = load_int(charge->day);
    *row = pass->actor;
    return true;
}

/* ---- payments ---------------------------------------------------------------------------------------------- */

static const char *const payment_columns[] = {"uuid",   "receipt",   "member_id",     "method",
                                              "amount", "allocated", "reference",     "at",
                                              "day",    "taken_by",  "balance_after", NULL};

static bool next_payment(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;
    const struct made_payment *payment = next_of(pass, &bulk->ledger->payments);

    if (!payment)
        return false;
    bulk->days[payment->day - bulk->plan->first_day].payments++;
    *row++ = pass_next_id(pass, payment->at);
    *row++ = load_int((int64_t)pass->index); /* the receipt */
    *row++ = load_int((int64_t)payment->member + 1);
    *row++ = load_text(ledger_methods[payment->method].name);
    *row++ = load_int(payment->amount);
    *row++ = load_int(payment->amount);
    *row++ = load_text(ledger_reference(&pass->row, payment, pass->index));
    *row++ = load_int(payment->at);
    *row++ = load_int(payment->day);
    *row++ = pass->actor;
    *row = load_int(payment->balance_after);
    return true;
}

/* ---- waivers, and what settled what ------------------------------------------------------------------------ */

static const char *const waiver_columns[] = {
    "uuid",   "member_id", "charge_id", "kind",       "status",     "amount",      "allocated",
    "reason", "asked_by",  "asked_at",  "decided_by", "decided_at", "decided_day", NULL};

static bool next_waiver(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;
    const struct made_waiver *waiver = next_of(pass, &bulk->ledger->waivers);

    if (!waiver)
        return false;
    *row++ = pass_next_id(pass, waiver->at);
    *row++ = load_int((int64_t)waiver->member + 1);
    *row++ = load_int((int64_t)waiver->charge + 1);
    *row++ = load_text("waiver");
    *row++ = load_text("approved");
    *row++ = load_int(waiver->amount);
    *row++ = load_int(waiver->amount);
    *row++ = load_text(ledger_reason(waiver));
    *row++ = pass->actor;
    *row++ = load_int(waiver->at);
    *row++ = pass->actor;
    *row++ = load_int(waiver->at);
    *row = load_int(waiver->day);
    return true;
}

static const char *const allocation_columns[] = {"charge_id", "payment_id", "waiver_id", "amount", NULL};

static bool next_allocation(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    const struct made_allocation *allocation = next_of(pass, &pass->bulk->ledger->allocations);

    if (!allocation)
        return false;
    *row++ = load_int((int64_t)allocation->charge + 1);
    *row++ = load_number(allocation->is_waiver ? NO_NUMBER : (int64_t)allocation->source + 1);
    *row++ = load_number(allocation->is_waiver ? (int64_t)allocation->source + 1 : NO_NUMBER);
    *row = load_int(allocation->amount);
    return true;
}

/* ---- holds ------------------------------------------------------------------------------------------------- */

static const char *const hold_columns[] = {"uuid",         "book_id",   "member_id",  "status",    "place",
                                           "copy_id",      "ready_at",  "pickup_day", "borrow_id", "ended_at",
                                           "ended_reason", "placed_at", "placed_by",  NULL};

static const struct {
    const char *name, *reason;
} hold_states[] = {
    [HOLD_IS_WAITING] = {"waiting", NULL},
    [HOLD_IS_READY] = {"ready", NULL},
    [HOLD_WAS_FULFILLED] = {"fulfilled", NULL},
    [HOLD_WAS_CANCELLED] = {"cancelled", "at the desk"},
    [HOLD_HAS_EXPIRED] = {"expired", "not fetched in time"},
};

static void count_act(struct bulk *bulk, size_t copy, int64_t at)
{
    bulk->copy_acts[copy]++;
    if (at > bulk->copy_acted_at[copy])
        bulk->copy_acted_at[copy] = at;
}

/* To the hold shelf, and back where nobody came. */
static void count_hold(struct bulk *bulk, const struct made_hold *hold)
{
    bool is_open = hold->ended_at == 0;

    bulk->holds[hold->state]++;
    bulk->books[hold->book].holds = (uint16_t)(bulk->books[hold->book].holds + is_open);
    bulk->members[hold->member].holds = (uint16_t)(bulk->members[hold->member].holds + is_open);
    if (hold->ready_at == 0)
        return;
    size_t copy = bulk_copy(bulk, hold->book, hold->copy);
    if (hold->is_pulled)
        count_act(bulk, copy, hold->ready_at);
    if (hold->puts_back)
        count_act(bulk, copy, hold->ended_at);
    if (is_open) {
        bulk->copy_acts[copy] |= COPY_IS_ASIDE;
        bulk->books[hold->book].aside++;
    }
}

static bool next_hold(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;
    const struct made_hold *hold = next_of(pass, &bulk->ledger->holds);

    if (!hold)
        return false;
    count_hold(bulk, hold);
    bool has_copy = hold->ready_at != 0;
    *row++ = pass_next_id(pass, hold->placed_at);
    *row++ = load_int((int64_t)hold->book + 1);
    *row++ = load_int((int64_t)hold->member + 1);
    *row++ = load_text(hold_states[hold->state].name);
    *row++ = load_int(hold->place);
    *row++ = load_number(has_copy ? (int64_t)bulk_copy(bulk, hold->book, hold->copy) + 1 : NO_NUMBER);
    *row++ = load_number(instant_or_null(hold->ready_at));
    *row++ = load_number(has_copy ? hold->pickup_day : NO_NUMBER);
    *row++ = load_number(number_or_null(hold->loan));
    *row++ = load_number(instant_or_null(hold->ended_at));
    *row++ = load_text(hold_states[hold->state].reason);
    *row++ = load_int(hold->placed_at);
    *row = pass->actor;
    return true;
}

/* ---- all of it --------------------------------------------------------------------------------------------- */

enum error_kind bulk_load_ledger(struct ctx *ctx, struct bulk *bulk)
{
    struct ledger *ledger = bulk->ledger;
    const struct {
        struct series *series;
        const char *table;
        const char *const *columns;
        load_next *next;
    } tables[] = {
        {&ledger->renewals, "renewal", renewal_columns, next_renewal},
        {&ledger->charges, "charge", charge_columns, next_charge},
        {&ledger->payments, "payment", payment_columns, next_payment},
        {&ledger->waivers, "waiver", waiver_columns, next_waiver},
        {&ledger->allocations, "allocation", allocation_columns, next_allocation},
        {&ledger->holds, "hold", hold_columns, next_hold},
    };

    bulk_tell(bulk, "settling accounts");
    summary_add_ledger(&bulk->summary, ledger);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        TRY(bulk_load(ctx, bulk, tables[i].table, tables[i].columns, tables[i].next));
        series_release(tables[i].series);
    }
    return OK;
}
