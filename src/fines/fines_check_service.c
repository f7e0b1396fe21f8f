/*
 * fines_check_service.c — the ledger in words, where it is wrong.
 */
#include "fines/fines_check_service.h"

#include "base/money.h"
#include "fines/fines_check_repository.h"

struct reporter {
    struct ctx *ctx;
    enum sum_of what;
    void (*report)(void *argument, const char *finding);
    void *argument;
};

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

static void report_sum(void *argument, const struct wrong_sum *wrong)
{
    const struct reporter *reporter = argument;
    struct ctx *ctx = reporter->ctx;
    char amount[MONEY_TEXT_SIZE];
    char kept[MONEY_TEXT_SIZE];
    char counted[MONEY_TEXT_SIZE];

    money_format(wrong->amount, ctx->currency_exponent, amount);
    money_format(wrong->kept, ctx->currency_exponent, kept);
    money_format(wrong->counted, ctx->currency_exponent, counted);
    reporter->report(reporter->argument,
                     arena_printf(ctx->arena,
                                  "%s of %s, of “%s”: %s kept as settled; its allocations give %s.",
                                  noun_of(ctx, reporter->what, wrong), amount,
                                  wrong->name ? wrong->name : "nobody", kept, counted));
}

static void report_count(const struct reporter *reporter, int64_t count, const char *what)
{
    if (count > 0)
        reporter->report(reporter->argument,
                         arena_printf(reporter->ctx->arena, "%lld %s", (long long)count, what));
}

static void report_receipts(const struct reporter *reporter, const struct ledger_faults *faults)
{
    struct ctx *ctx = reporter->ctx;

    if (faults->lost > 0 && faults->first >= 1 && faults->last <= faults->given &&
        faults->receipts + faults->lost == faults->given)
        return;
    if (faults->first < 1 || faults->last != faults->receipts)
        reporter->report(
            reporter->argument,
            arena_printf(ctx->arena, "There are %lld receipts; their numbers go from %lld to %lld.",
                         (long long)faults->receipts, (long long)faults->first, (long long)faults->last));
    if (faults->given != faults->last)
        reporter->report(
            reporter->argument,
            arena_printf(ctx->arena,
                         "The last receipt is number %lld, yet %lld is kept as the last one given.",
                         (long long)faults->last, (long long)faults->given));
}

enum error_kind fines_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                            void *argument)
{
    struct reporter reporter = {.ctx = ctx, .report = report, .argument = argument};
    struct ledger_faults faults;

    for (int i = 0; i < SUM_OF_COUNT; i++) {
        reporter.what = (enum sum_of)i;
        TRY(fines_check_repo_sums(ctx, reporter.what, report_sum, &reporter));
    }
    TRY(fines_check_repo_faults(ctx, &faults));
    report_count(&reporter, faults.strays,
                 "allocation(s) lie between two members, or are of a waiver that nobody approved.");
    report_count(&reporter, faults.misborrows, "charge(s) are for a loan that is not their member's.");
    report_count(&reporter, faults.idle, "member(s) have an open charge and something to their credit.");
    report_receipts(&reporter, &faults);
    return OK;
}

enum error_kind fines_rebuild(struct ctx *ctx)
{
    for (int i = 0; i < SUM_OF_COUNT; i++)
        TRY(fines_check_repo_rebuild(ctx, (enum sum_of)i));
    return OK;
}
