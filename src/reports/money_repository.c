/*
 * money_repository.c — the indexes of the ledger that hold day, kind and amount.
 */
#include "reports/money_repository.h"

#include "base/clock.h"
#include "db/engine.h"
#include "reports/report_rows.h"

SQL(CHARGED, "SELECT day, kind, count(*), sum(amount) FROM charge INDEXED BY charge_by_day"
             " WHERE day BETWEEN :from AND :to GROUP BY day, kind");
SQL(PAID, "SELECT day, method, count(*), sum(amount) FROM payment INDEXED BY payment_by_day"
          " WHERE day BETWEEN :from AND :to GROUP BY day, method");
SQL(WAIVED, "SELECT decided_day, kind, count(*), sum(amount) FROM waiver INDEXED BY waiver_by_day"
            " WHERE status = 'approved' AND decided_day BETWEEN :from AND :to GROUP BY decided_day, kind");
SQL(NOT_SETTLED, "SELECT day, kind, 1, amount - settled FROM charge INDEXED BY charge_open_by_time"
                 " WHERE settled < amount AND at BETWEEN :at_from AND :at_to AND day BETWEEN :from AND :to");

static int kind_of(struct stmt *s, enum money_side side)
{
    static const char *const charges[] = {"overdue", "lost", "damage", "fee"};
    static const char *const methods[] = {"cash", "card", "mobile_money", "other"};
    int last = 3;

    if (side == MONEY_WAIVED)
        return column_is(s, 1, "waiver") ? 0 : 1;
    for (int i = 0; i < last; i++)
        if (column_is(s, 1, side == MONEY_PAID ? methods[i] : charges[i]))
            return i;
    return last;
}

enum error_kind money_repo_rows(struct ctx *ctx, enum money_side side, int32_t first, int32_t last,
                                void (*each)(void *argument, const struct money_row *row), void *argument)
{
    static const struct sql *const statements[] = {[MONEY_CHARGED] = &CHARGED,
                                                   [MONEY_PAID] = &PAID,
                                                   [MONEY_WAIVED] = &WAIVED,
                                                   [MONEY_OPEN] = &NOT_SETTLED};
    struct stmt *s = db_statement(ctx, statements[side]);
    bool found;

    bind_int(s, ":from", first);
    bind_int(s, ":to", last);
    if (side == MONEY_OPEN) {
        bind_int(s, ":at_from", clock_day_start(first - REPORT_ZONE_DAYS));
        bind_int(s, ":at_to", clock_day_end(last + REPORT_ZONE_DAYS));
    }
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, &(struct money_row){.day = (int32_t)column_int(s, 0),
                                           .kind = kind_of(s, side),
                                           .count = column_int(s, 2),
                                           .amount = column_int(s, 3)});
    }
}
