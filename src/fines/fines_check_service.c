/*
 * fines_check_service.c — the ledger in words, where it is wrong.
 */
#include "fines/fines_check_service.h"

#include <stdlib.h>

#include "base/id_index.h"
#include "base/money.h"
#include "fines/fines_check_repository.h"

/* A charge, payment or waiver. */
struct account {
    int64_t member_id; /* NO_NUMBER: of nobody */
    int64_t missing;   /* of the sum that it keeps, in allocations */
    bool is_void;
};

struct fines_check {
    struct ctx *ctx;
    void (*report)(void *argument, const char *finding);
    void *argument;
    const struct loan_index *loans;
    struct id_index ids[SUM_OF_COUNT];
    struct account *accounts[SUM_OF_COUNT]; /* by place */
    enum sum_of reading;
    int64_t strays;     /* allocations between two members, or of a waiver that is not approved */
    int64_t misborrows; /* charges for a loan that is not, or no longer, their member's */
};

/* ---- sums -------------------------------------------------------------------------------------------------- */

static bool take_sum(void *argument, const struct kept_sum *sum)
{
    struct fines_check *check = argument;
    size_t place = id_index_add(&check->ids[check->reading], sum->id);

    if (place == ID_NOWHERE)
        return false;
    check->accounts[check->reading][place] =
        (struct account){.member_id = sum->member_id, .missing = sum->kept, .is_void = sum->is_void};
    check->misborrows +=
        sum->borrow_id != NO_NUMBER && loan_index_member(check->loans, sum->borrow_id) != sum->member_id;
    return true;
}

static enum error_kind read_sums(struct fines_check *check, enum sum_of what)
{
    struct id_range range;

    TRY(fines_check_repo_range(check->ctx, what, &range));
    id_index_init(&check->ids[what], range.first, range.last, range.count);
    check->accounts[what] = calloc(check->ids[what].places + 1, sizeof *check->accounts[what]);
    if (!check->accounts[what])
        abort(); /* as the arena does */
    check->reading = what;
    return fines_check_repo_rows(check->ctx, what, take_sum, check);
}

/* NULL: there is none; that a key leads nowhere is another finding. */
static struct account *account_of(struct fines_check *check, enum sum_of what, int64_t id)
{
    size_t place = id == NO_NUMBER ? ID_NOWHERE : id_index_place(&check->ids[what], id);

    return place == ID_NOWHERE ? NULL : &check->accounts[what][place];
}

/* Amounts of a damaged row may be anything: what is too much for a sum goes round, and is no sum that is right. */
static int64_t less(int64_t sum, int64_t amount)
{
    int64_t rest;

    (void)__builtin_sub_overflow(sum, amount, &rest);
    return rest;
}

static void take_allocation(void *argument, const struct checked_allocation *allocation)
{
    struct fines_check *check = argument;
    int64_t members[SUM_OF_COUNT];
    bool is_void = false;

    for (int what = 0; what < SUM_OF_COUNT; what++) {
        struct account *account = account_of(check, (enum sum_of)what, allocation->of[what]);
        members[what] = account ? account->member_id : NO_NUMBER;
        if (!account)
            continue;
        account->missing = less(account->missing, allocation->amount);
        is_void = is_void || account->is_void;
    }
    int64_t giver =
        members[SUM_OF_PAYMENTS] == NO_NUMBER ? members[SUM_OF_WAIVERS] : members[SUM_OF_PAYMENTS];
    check->strays += is_void || members[SUM_OF_CHARGES] != giver;
}

static const char *noun_of(struct ctx *ctx, enum sum_of what, const struct wrong_sum *wrong)
{
    switch (what) {
    case SUM_OF_CHARGES: return "A charge";
    case SUM_OF_PAYMENTS:
        return arena_printf(ctx->arena, "The payment with receipt %lld", (long long)wrong->receipt);
    case SUM_OF_WAIVERS: return "A waiver";
    case SUM_OF_COUNT: break;
    }
    return "";
}

static enum error_kind report_sum(struct fines_check *check, enum sum_of what, int64_t id, int64_t missing)
{
    struct ctx *ctx = check->ctx;
    struct arena_mark mark = arena_mark(ctx->arena);
    struct wrong_sum wrong;
    char amount[MONEY_TEXT_SIZE];
    char kept[MONEY_TEXT_SIZE];
    char counted[MONEY_TEXT_SIZE];

    TRY(fines_check_repo_sum(ctx, what, id, &wrong));
    money_format(wrong.amount, ctx->currency_exponent, amount);
    money_format(wrong.kept, ctx->currency_exponent, kept);
    money_format(less(wrong.kept, missing), ctx->currency_exponent, counted);
    check->report(check->argument,
                  arena_printf(ctx->arena, "%s of %s, of “%s”: %s kept as settled; its allocations give %s.",
                               noun_of(ctx, what, &wrong), amount, wrong.name ? wrong.name : "nobody", kept,
                               counted));
    arena_reset_to(ctx->arena, mark);
    return OK;
}

static enum error_kind report_sums(struct fines_check *check, enum sum_of what)
{
    const struct id_index *ids = &check->ids[what];

    for (size_t place = 0; place < ids->places; place++)
        if (check->accounts[what][place].missing != 0)
            TRY(report_sum(check, what, id_index_id(ids, place), check->accounts[what][place].missing));
    return OK;
}

static void report_count(const struct fines_check *check, int64_t count, const char *what)
{
    if (count > 0)
        check->report(check->argument, arena_printf(check->ctx->arena, "%lld %s", (long long)count, what));
}

static void report_receipts(const struct fines_check *check, const struct ledger_faults *faults)
{
    struct ctx *ctx = check->ctx;

    if (faults->lost > 0 && faults->first >= 1 && faults->last <= faults->given &&
        faults->receipts + faults->lost == faults->given)
        return;
    if (faults->first < 1 || faults->last != faults->receipts)
        check->report(check->argument,
                      arena_printf(ctx->arena, "There are %lld receipts; their numbers go from %lld to %lld.",
                                   (long long)faults->receipts, (long long)faults->first,
                                   (long long)faults->last));
    if (faults->given != faults->last)
        check->report(check->argument,
                      arena_printf(ctx->arena,
                                   "The last receipt is number %lld, yet %lld is kept as the last one given.",
                                   (long long)faults->last, (long long)faults->given));
}

static enum error_kind check_all(struct fines_check *check)
{
    struct ledger_faults faults;

    for (int what = 0; what < SUM_OF_COUNT; what++)
        TRY(read_sums(check, (enum sum_of)what));
    TRY(fines_check_repo_allocations(check->ctx, take_allocation, check));
    for (int what = 0; what < SUM_OF_COUNT; what++)
        TRY(report_sums(check, (enum sum_of)what));
    TRY(fines_check_repo_faults(check->ctx, &faults));
    report_count(check, check->strays,
                 "allocation(s) lie between two members, or are of a waiver that nobody approved.");
    report_count(check, check->misborrows, "charge(s) are for a loan that is not their member's.");
    report_count(check, faults.idle, "member(s) have an open charge and something to their credit.");
    report_receipts(check, &faults);
    return OK;
}

enum error_kind fines_check(struct ctx *ctx, const struct loan_index *loans,
                            void (*report)(void *argument, const char *finding), void *argument)
{
    struct fines_check check = {.ctx = ctx, .loans = loans, .report = report, .argument = argument};
    enum error_kind kind = check_all(&check);

    for (int what = 0; what < SUM_OF_COUNT; what++) {
        id_index_release(&check.ids[what]);
        free(check.accounts[what]);
    }
    return kind;
}

enum error_kind fines_rebuild(struct ctx *ctx)
{
    for (int i = 0; i < SUM_OF_COUNT; i++)
        TRY(fines_check_repo_rebuild(ctx, (enum sum_of)i));
    return OK;
}
