/*
 * till_repository.c — sums of days. Each index holds day, kind and amount, in the order in which they are grouped: a
 * year of half a million charges is read in one go, without a look at a charge.
 */
#include "fines/till_repository.h"

#include "db/engine.h"

SQL(CHARGES_OF_DAYS, "SELECT day, kind, count(*), sum(amount) FROM charge INDEXED BY charge_by_day"
                     " WHERE day BETWEEN :from AND :to GROUP BY day, kind");
SQL(PAYMENTS_OF_DAYS, "SELECT day, method, count(*), sum(amount) FROM payment INDEXED BY payment_by_day"
                      " WHERE day BETWEEN :from AND :to GROUP BY day, method");
SQL(WAIVERS_OF_DAYS,
    "SELECT decided_day, kind, count(*), sum(amount) FROM waiver INDEXED BY waiver_by_day"
    " WHERE status = 'approved' AND decided_day BETWEEN :from AND :to GROUP BY decided_day, kind");

#define BALANCES "SELECT count(*), coalesce(sum(balance), 0) FROM member INDEXED BY member_by_balance"
SQL(OWED_BY_THEM, BALANCES " WHERE balance <> 0 AND balance > 0");
SQL(OWED_TO_THEM, BALANCES " WHERE balance <> 0 AND balance < 0");
SQL(DEBTORS, "SELECT uuid, name, card, balance FROM member INDEXED BY member_by_balance"
             " WHERE balance <> 0 AND balance > 0 ORDER BY balance DESC, id DESC LIMIT :max");

static int kind_of(enum till_source source, const char *name)
{
    switch (source) {
    case TILL_CHARGES: return (int)charge_kind_of(name);
    case TILL_PAYMENTS: return (int)payment_method_of(name);
    case TILL_WAIVERS: return (int)waiver_kind_of(name);
    case TILL_SOURCE_COUNT: break;
    }
    return 0;
}

enum error_kind till_repo_days(struct ctx *ctx, enum till_source source, int32_t from, int32_t to,
                               void (*each)(void *argument, const struct day_sum *sum), void *argument)
{
    static const struct sql *const statements[] = {[TILL_CHARGES] = &CHARGES_OF_DAYS,
                                                   [TILL_PAYMENTS] = &PAYMENTS_OF_DAYS,
                                                   [TILL_WAIVERS] = &WAIVERS_OF_DAYS};
    struct stmt *s = db_statement(ctx, statements[source]);
    bool found;

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    for (;;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct day_sum sum = {.day = (int32_t)column_int(s, 0),
                              .kind = kind_of(source, column_text(s, 1)),
                              .sum = {column_int(s, 2), column_int(s, 3)}};
        arena_reset_to(ctx->arena, mark);
        each(argument, &sum);
    }
}

enum error_kind till_repo_balances(struct ctx *ctx, bool owed_to_them, struct money_sum *out_sum)
{
    struct stmt *s = db_statement(ctx, owed_to_them ? &OWED_TO_THEM : &OWED_BY_THEM);
    bool found;

    TRY(db_row(s, &found));
    *out_sum = (struct money_sum){column_int(s, 0), owed_to_them ? -column_int(s, 1) : column_int(s, 1)};
    return OK;
}

enum error_kind till_repo_debtors(struct ctx *ctx, struct fines_report *report)
{
    struct stmt *s = db_statement(ctx, &DEBTORS);
    bool found;

    report->debtor_count = 0;
    bind_int(s, ":max", DEBTORS_MAX);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        report->debtors[report->debtor_count++] = (struct debtor){.uuid = column_uuid(s, 0),
                                                                  .name = column_text(s, 1),
                                                                  .card = column_text(s, 2),
                                                                  .balance = column_int(s, 3)};
    }
}
