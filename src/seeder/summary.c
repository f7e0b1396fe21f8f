/*
 * summary.c — counting what was made, and saying it.
 */
#include "seeder/summary.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"

void summary_start(struct seeder_summary *summary, const struct plan *plan)
{
    for (size_t i = 0; i < plan->book_count; i++) {
        summary->books++;
        summary->copies += plan->books[i].copies;
        summary->books_in_tier[plan->books[i].tier]++;
    }
    for (size_t i = 0; i < plan->member_count; i++) {
        summary->members++;
        summary->members_in_segment[plan->members[i].segment]++;
    }
}

void summary_add(struct seeder_summary *summary, const struct plan *plan, const struct planned_loan *loan)
{
    int64_t due_at = plan_due_at(plan, loan);
    bool is_due = due_at < plan->request.now, is_open = loan->returned_at == INT64_MAX;
    int64_t last_act = is_open ? loan->lent_at : loan->returned_at;

    summary->borrows++;
    summary->borrows_in_tier[plan->books[loan->book].tier]++;
    summary->borrows_in_segment[plan->members[loan->member].segment]++;
    if (summary->first_borrow_at == 0)
        summary->first_borrow_at = loan->lent_at;
    if (last_act > summary->last_act_at)
        summary->last_act_at = last_act;
    summary->due += is_due;
    summary->late += is_due && loan->returned_at > due_at;
    summary->open += is_open;
    summary->overdue += is_due && is_open;
    summary->renewed_once += loan->renewals == 1;
    summary->renewed_twice += loan->renewals > 1;
    summary->lost += loan->lost_price > 0;
}

void summary_add_ledger(struct seeder_summary *summary, const struct ledger *ledger)
{
    summary->renewals = (int64_t)ledger->renewals.count;
    summary->charges = (int64_t)ledger->charges.count;
    summary->payments = (int64_t)ledger->payments.count;
    summary->waivers = (int64_t)ledger->waivers.count;
    summary->holds = (int64_t)ledger->holds.count;
    for (size_t i = 0; i < ledger->charges.count; i++)
        summary->charged += ((const struct made_charge *)series_at(&ledger->charges, i))->amount;
    for (size_t i = 0; i < ledger->payments.count; i++)
        summary->paid += ((const struct made_payment *)series_at(&ledger->payments, i))->amount;
    for (size_t i = 0; i < ledger->waivers.count; i++)
        summary->waived += ((const struct made_waiver *)series_at(&ledger->waivers, i))->amount;
    for (size_t i = 0; i < ledger->holds.count; i++)
        summary->holds_in_state[((const struct made_hold *)series_at(&ledger->holds, i))->state]++;
}

/* 1234567 → "1,234,567": reports are for people. */
const char *summary_grouped(struct arena *arena, int64_t number)
{
    if (number < 1000)
        return arena_printf(arena, "%" PRId64, number);
    return arena_printf(arena, "%s,%03" PRId64, summary_grouped(arena, number / 1000), number % 1000);
}

/* "1 copy", "2,000 copies". */
static const char *counted(struct arena *arena, int64_t number, const char *one, const char *many)
{
    return arena_printf(arena, "%s %s", summary_grouped(arena, number), number == 1 ? one : many);
}

/* "45.5 %", rounded half up, without floating point. */
static const char *percentage(struct arena *arena, int64_t part, int64_t whole)
{
    int64_t tenths = whole ? (part * 1000 + whole / 2) / whole : 0;

    return arena_printf(arena, "%" PRId64 ".%" PRId64 " %%", tenths / 10, tenths % 10);
}

static void report_groups(struct text_buf *report, const char *what, const struct plan_group *groups,
                          size_t count, const int64_t *sizes, const int64_t *borrows, int64_t all_borrows)
{
    text_buf_printf(report, "\n  %-8s", what);
    for (size_t i = 0; i < count; i++)
        text_buf_printf(report, "%s %s %s (%s of loans)", i ? "," : "", groups[i].name,
                        summary_grouped(report->arena, sizes[i]),
                        percentage(report->arena, borrows[i], all_borrows));
}

/* What came with the loans. */
static void report_accounts(struct text_buf *report, const struct seeder_summary *summary)
{
    struct arena *arena = report->arena;
    const int64_t *holds = summary->holds_in_state;
    int64_t open = summary->charged - summary->paid - summary->waived;

    if (summary->renewals == 0)
        return;
    text_buf_printf(report, "\n  renewed  %s once, %s twice",
                    percentage(arena, summary->renewed_once, summary->borrows),
                    percentage(arena, summary->renewed_twice, summary->borrows));
    text_buf_printf(
        report, "\n  holds    %s of loans were held; %s waiting, %s ready now; %s cancelled, %s expired",
        percentage(arena, holds[HOLD_WAS_FULFILLED], summary->borrows),
        summary_grouped(arena, holds[HOLD_IS_WAITING]), summary_grouped(arena, holds[HOLD_IS_READY]),
        summary_grouped(arena, holds[HOLD_WAS_CANCELLED]), summary_grouped(arena, holds[HOLD_HAS_EXPIRED]));
    text_buf_printf(report, "\n  fines    %s: %s paid (%s), %s waived, %s open; %s lost",
                    counted(arena, summary->charges, "charge", "charges"),
                    percentage(arena, summary->paid, summary->charged),
                    counted(arena, summary->payments, "receipt", "receipts"),
                    percentage(arena, summary->waived, summary->charged),
                    percentage(arena, open, summary->charged),
                    counted(arena, summary->lost, "copy", "copies"));
}

const char *summary_report(struct arena *arena, const struct seeder_summary *made)
{
    struct seeder_summary summary = *made;
    struct text_buf report;
    char from[CLOCK_DAY_SIZE], to[CLOCK_DAY_SIZE];

    clock_format_day(clock_day_of(summary.first_borrow_at), from);
    clock_format_day(clock_day_of(summary.last_act_at), to);
    text_buf_init(&report, arena);
    text_buf_printf(&report, "Seeded “%s” (random seed %" PRIu64 "): %s, %s, %s, %s.", summary.scenario,
                    summary.random_seed, counted(arena, summary.books, "title", "titles"),
                    counted(arena, summary.copies, "copy", "copies"),
                    counted(arena, summary.members, "member", "members"),
                    counted(arena, summary.borrows, "loan", "loans"));
    text_buf_printf(&report, "\n  lending  %s to %s; %s out now, %s of them overdue", from, to,
                    summary_grouped(arena, summary.open), summary_grouped(arena, summary.overdue));
    text_buf_printf(&report, "\n  late     %s of the loans that should be back by now",
                    percentage(arena, summary.late, summary.due));
    report_accounts(&report, &summary);
    report_groups(&report, "titles", plan_tiers, PLAN_TIERS, summary.books_in_tier, summary.borrows_in_tier,
                  summary.borrows);
    report_groups(&report, "members", plan_segments, PLAN_SEGMENTS, summary.members_in_segment,
                  summary.borrows_in_segment, summary.borrows);
    if (summary.refused)
        text_buf_printf(&report, "\n  refused  %s that this library's rules do not allow",
                        counted(arena, summary.refused, "loan", "loans"));
    return text_buf_string(&report);
}
