/*
 * fines_check_repository.c — the ledger read whole, each side along its allocations' index.
 */
#include "fines/fines_check_repository.h"

#include "db/engine.h"

#define CHECKING "--check looks at every row"

#define OF_CHARGE "coalesce((SELECT sum(a.amount) FROM allocation a WHERE a.charge_id = charge.id), 0)"
#define OF_PAYMENT "coalesce((SELECT sum(a.amount) FROM allocation a WHERE a.payment_id = payment.id), 0)"
#define OF_WAIVER "coalesce((SELECT sum(a.amount) FROM allocation a WHERE a.waiver_id = waiver.id), 0)"

#define WRONG(table, number, kept, counted)                                                          \
    "SELECT (SELECT name FROM member m WHERE m.id = " table ".member_id), " number ", amount, " kept \
    ", " counted " FROM " table " NOT INDEXED WHERE " kept " <> " counted

SQL_SCANNING(WRONG_CHARGES, CHECKING, WRONG("charge", "0", "settled", OF_CHARGE));
SQL_SCANNING(WRONG_PAYMENTS, CHECKING, WRONG("payment", "receipt", "allocated", OF_PAYMENT));
SQL_SCANNING(WRONG_WAIVERS, CHECKING, WRONG("waiver", "0", "allocated", OF_WAIVER));

#define REBUILD(table, kept, counted) \
    "UPDATE " table " SET " kept " = " counted " WHERE " kept " <> " counted " AND " counted " <= amount"

SQL_SCANNING(REBUILD_CHARGES, CHECKING, REBUILD("charge", "settled", OF_CHARGE));
SQL_SCANNING(REBUILD_PAYMENTS, CHECKING, REBUILD("payment", "allocated", OF_PAYMENT));
SQL_SCANNING(REBUILD_WAIVERS, CHECKING, REBUILD("waiver", "allocated", OF_WAIVER));

SQL_SCANNING(STRAYS, CHECKING,
             "SELECT count(*) FROM allocation a NOT INDEXED LEFT JOIN charge f ON f.id = a.charge_id"
             " LEFT JOIN payment p ON p.id = a.payment_id LEFT JOIN waiver v ON v.id = a.waiver_id"
             " WHERE f.member_id IS NOT coalesce(p.member_id, v.member_id)"
             " OR (v.id IS NOT NULL AND v.status <> 'approved')");
SQL_SCANNING(MISBORROWS, CHECKING,
             "SELECT count(*) FROM charge f NOT INDEXED LEFT JOIN borrow w ON w.id = f.borrow_id"
             " WHERE f.borrow_id IS NOT NULL AND w.member_id IS NOT f.member_id");

/* Along what is left of payments and waivers, which is little. */
#define OWES "EXISTS (SELECT 1 FROM charge f WHERE f.member_id = u.member_id AND f.settled < f.amount)"
SQL_SCANNING(IDLE, CHECKING,
             "SELECT (SELECT count(DISTINCT u.member_id) FROM payment u INDEXED BY payment_unused"
             "  WHERE u.allocated < u.amount AND " OWES ")"
             " + (SELECT count(DISTINCT u.member_id) FROM waiver u INDEXED BY waiver_unused"
             "  WHERE u.status = 'approved' AND u.allocated < u.amount AND " OWES ")");
SQL_SCANNING(
    RECEIPTS, CHECKING,
    "SELECT count(*), coalesce(min(receipt), 1), coalesce(max(receipt), 0),"
    " coalesce((SELECT value FROM sequence WHERE name = 'receipt'), 0),"
    " coalesce((SELECT value FROM sequence WHERE name = 'receipts_lost'), 0) FROM payment NOT INDEXED");

enum error_kind fines_check_repo_sums(struct ctx *ctx, enum sum_of what,
                                      void (*each)(void *argument, const struct wrong_sum *wrong),
                                      void *argument)
{
    static const struct sql *const statements[] = {[SUM_OF_CHARGES] = &WRONG_CHARGES,
                                                   [SUM_OF_PAYMENTS] = &WRONG_PAYMENTS,
                                                   [SUM_OF_WAIVERS] = &WRONG_WAIVERS};
    struct stmt *s = db_statement(ctx, statements[what]);
    bool found;

    for (;;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct wrong_sum wrong = {.name = column_text(s, 0),
                                  .receipt = column_int(s, 1),
                                  .amount = column_int(s, 2),
                                  .kept = column_int(s, 3),
                                  .counted = column_int(s, 4)};
        each(argument, &wrong);
        arena_reset_to(ctx->arena, mark);
    }
}

enum error_kind fines_check_repo_rebuild(struct ctx *ctx, enum sum_of what)
{
    static const struct sql *const statements[] = {[SUM_OF_CHARGES] = &REBUILD_CHARGES,
                                                   [SUM_OF_PAYMENTS] = &REBUILD_PAYMENTS,
                                                   [SUM_OF_WAIVERS] = &REBUILD_WAIVERS};

    return db_run(db_statement(ctx, statements[what]));
}

static enum error_kind count(struct ctx *ctx, const struct sql *sql, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind fines_check_repo_faults(struct ctx *ctx, struct ledger_faults *out_faults)
{
    struct ledger_faults faults;
    bool found;

    TRY(count(ctx, &STRAYS, &faults.strays));
    TRY(count(ctx, &MISBORROWS, &faults.misborrows));
    TRY(count(ctx, &IDLE, &faults.idle));
    struct stmt *s = db_statement(ctx, &RECEIPTS);
    TRY(db_row(s, &found));
    faults.receipts = column_int(s, 0);
    faults.first = column_int(s, 1);
    faults.last = column_int(s, 2);
    faults.given = column_int(s, 3);
    faults.lost = column_int(s, 4);
    *out_faults = faults;
    return OK;
}
