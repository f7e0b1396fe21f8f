/*
 * bulk_loans.c — rows of loans, and of the copies that they leave lent or on the shelf.
 */
#include "seeder/bulk_internal.h"

#define FETCH_AHEAD 8 /* loans */

/* ---- loans --------------------------------------------------------------------------------------------- */

static const char *const borrow_columns[] = {
    "uuid",     "book_id",     "copy_id",      "member_id",    "rule_id",  "borrowed_at", "due_at",
    "due_day",  "returned_at", "returned_day", "fine_per_day", "fine_cap", "grace_days",  "lent_by",
    "taken_by", "fine",        "renewals",     "lost",         NULL};

static void count_loan(struct bulk *bulk, const struct belt_loan *lent)
{
    const struct planned_loan *loan = &lent->loan;
    struct book_state *book = &bulk->books[loan->book];
    struct member_state *member = &bulk->members[loan->member];
    struct day_state *day = &bulk->days[loan->lent_day - bulk->plan->first_day];
    bool is_open = loan->returned_at == INT64_MAX;

    /* Loans come in order of time, so a member's last day tells whether this one is new. */
    day->members += member->borrows == 0 || member->last_lent_day != loan->lent_day;
    day->borrows++;
    member->last_lent_day = loan->lent_day;
    book->borrows++;
    book->last_borrowed_at = loan->lent_at;
    member->borrows++;
    member->last_borrowed_at = loan->lent_at;
    bulk->copy_acts[lent->copy] += is_open ? COPY_IS_OUT + 1 : 2;
    if (loan->lost_price) {
        bulk->copy_acts[lent->copy] |= COPY_IS_LOST;
        book->lost++;
        bulk->lost++;
    }
    bulk->copy_acted_at[lent->copy] = is_open ? loan->lent_at : loan->returned_at;
    if (is_open) {
        book->open++;
        member->open++;
        return;
    }
    bulk->days[loan->returned_day - bulk->plan->first_day].returns++;
    if (loan->returned_at > lent->due_at) /* mostly not: its line of memory is left alone */
        member->late++;
}

/* As in lending_acts.c: what the next loans touch is fetched while this one is counted. */
static inline __attribute__((always_inline)) void fetch_ahead(const struct bulk *bulk,
                                                              const struct belt_loan *loans, size_t left)
{
    if (left > 2 * FETCH_AHEAD) {
        const struct planned_loan *far = &loans[2 * FETCH_AHEAD].loan;
        __builtin_prefetch(&bulk->books[far->book], 1);
        __builtin_prefetch(&bulk->members[far->member], 1);
        __builtin_prefetch(&bulk->plan->books[far->book]);
        __builtin_prefetch(&bulk->plan->members[far->member]);
    }
    if (left > FETCH_AHEAD) {
        const struct planned_loan *near = &loans[FETCH_AHEAD].loan;
        size_t copy = bulk_copy(bulk, near->book, near->copy);
        __builtin_prefetch(&bulk->copy_acts[copy], 1);
        __builtin_prefetch(&bulk->copy_acted_at[copy], 1);
    }
}

/* By the thread that draws them: the one that writes their rows has more to do. */
static void count_loans(void *argument, struct belt_loan *loans, size_t count)
{
    struct bulk *bulk = argument;
    const struct plan *plan = bulk->plan;
    struct seeder_summary summary = bulk->summary; /* beside it lies what the other thread reads */

    for (size_t i = 0; i < count; i++) {
        struct belt_loan *lent = &loans[i];
        fetch_ahead(bulk, lent, count - i);
        lent->due_at = plan_due_at(plan, &lent->loan);
        lent->copy = (uint32_t)bulk_copy(bulk, lent->loan.book, lent->loan.copy);
        lent->kind = plan->members[lent->loan.member].kind;
        count_loan(bulk, lent);
        summary_add(&summary, plan, &lent->loan);
    }
    bulk->summary = summary;
}

static bool next_borrow(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    const struct bulk *bulk = pass->bulk;

    pass_next_row(pass);
    const struct belt_loan *lent = loan_belt_next(bulk->loans);
    if (!lent)
        return false;
    const struct planned_loan *loan = &lent->loan;
    const struct loan_rule *rule = &bulk->plan->request.rules[lent->kind];
    bool is_open = loan->returned_at == INT64_MAX;
    *row++ = pass_next_id(pass, loan->lent_at);
    *row++ = load_int(loan->book + 1);
    *row++ = load_int((int64_t)lent->copy + 1);
    *row++ = load_int(loan->member + 1);
    *row++ = load_int(rule->id);
    *row++ = load_int(loan->lent_at);
    *row++ = load_int(lent->due_at);
    *row++ = load_int(loan->due_day);
    *row++ = load_number(is_open ? NO_NUMBER : loan->returned_at);
    *row++ = load_number(is_open ? NO_NUMBER : loan->returned_day);
    *row++ = load_int(rule->fine_per_day);
    *row++ = load_number(rule->fine_cap);
    *row++ = load_int(rule->grace_days);
    *row++ = load_int(bulk->actor_id);
    *row++ = load_number(is_open ? NO_NUMBER : bulk->actor_id);
    *row++ = load_int(loan->fine);
    *row++ = load_int(loan->renewals);
    *row = load_int(loan->lost_price > 0);
    return true;
}

enum error_kind bulk_load_borrows(struct ctx *ctx, struct bulk *bulk)
{
    bulk_tell(bulk, "lending");
    bulk->loans = loan_belt_start(bulk->request->arena, bulk->plan, bulk->ledger,
                                  (struct belt_work){count_loans, bulk});
    enum error_kind kind = bulk_load(ctx, bulk, "borrow", borrow_columns, next_borrow);
    loan_belt_stop(bulk->loans);
    return kind;
}

/* ---- copies -------------------------------------------------------------------------------------------- */

static const char *const copy_columns[] = {"uuid",       "book_id",    "barcode", "status",
                                           "created_at", "updated_at", "version", NULL};

static const char *status_of(uint32_t acts)
{
    if (acts & COPY_IS_LOST)
        return "lost";
    if (acts & COPY_IS_ASIDE)
        return "on_hold_shelf";
    return acts & COPY_IS_OUT ? "on_loan" : "available";
}

static bool next_copy(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;
    const struct plan *plan = bulk->plan;

    pass_next_row(pass);
    while (pass->index < plan->book_count &&
           pass->copy == bulk->books[pass->index].first_copy + plan->books[pass->index].copies)
        pass->index++;
    if (pass->index == plan->book_count)
        return false;
    const struct planned_book *book = &plan->books[pass->index];
    size_t copy = pass->copy++;
    uint32_t acts = bulk->copy_acts[copy];
    barcode_make(pass->barcode, bulk->barcode_prefix, (int64_t)copy + 1);
    *row++ = pass_next_id(pass, book->at);
    *row++ = load_int((int64_t)pass->index + 1);
    *row++ = load_text(pass->barcode);
    *row++ = load_text(status_of(acts));
    *row++ = load_int(book->at);
    *row++ = load_int(acts ? bulk->copy_acted_at[copy] : book->at);
    *row = load_int(1 + (acts & COPY_ACTS));
    return true;
}

enum error_kind bulk_load_copies(struct ctx *ctx, struct bulk *bulk)
{
    char last[BARCODE_MAX + 1];

    bulk_tell(bulk, "shelving copies");
    if (!barcode_make(last, bulk->barcode_prefix, bulk->summary.copies))
        return fail(ctx, CONFLICT, "The barcode prefix “%s” leaves no room for %lld copies.",
                    bulk->barcode_prefix, (long long)bulk->summary.copies);
    return bulk_load(ctx, bulk, "copy", copy_columns, next_copy);
}
