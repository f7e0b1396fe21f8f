/*
 * fines_check_repository.c — the ledger read whole, table by table.
 */
#include "fines/fines_check_repository.h"

#include "db/engine.h"
#include "db/table_rows.h"

#define CHECKING "--check looks at every row"

#define OF_CHARGE "coalesce((SELECT sum(a.amount) FROM allocation a WHERE a.charge_id = charge.id), 0)"
#define OF_PAYMENT "coalesce((SELECT sum(a.amount) FROM allocation a WHERE a.payment_id = payment.id), 0)"
#define OF_WAIVER "coalesce((SELECT sum(a.amount) FROM allocation a WHERE a.waiver_id = waiver.id), 0)"

#define RANGE(table)                                                                                        \
    "SELECT (SELECT min(id) FROM " table "), (SELECT max(id) FROM " table "), (SELECT count(*) FROM " table \
    " NOT INDEXED)"
SQL_SCANNING(CHARGE_RANGE, CHECKING, RANGE("charge"));
SQL_SCANNING(PAYMENT_RANGE, CHECKING, RANGE("payment"));
SQL_SCANNING(WAIVER_RANGE, CHECKING, RANGE("waiver"));

#define SUM(table, number, kept)                                                                            \
    "SELECT (SELECT name FROM member m WHERE m.id = t.member_id), " number ", amount, " kept " FROM " table \
    " t WHERE t.id = :id"
SQL(SUM_OF_CHARGE, SUM("charge", "0", "settled"));
SQL(SUM_OF_PAYMENT, SUM("payment", "receipt", "allocated"));
SQL(SUM_OF_WAIVER, SUM("waiver", "0", "allocated"));

#define REBUILD(table, kept, counted) \
    "UPDATE " table " SET " kept " = " counted " WHERE " kept " <> " counted " AND " counted " <= amount"

SQL_SCANNING(REBUILD_CHARGES, CHECKING, REBUILD("charge", "settled", OF_CHARGE));
SQL_SCANNING(REBUILD_PAYMENTS, CHECKING, REBUILD("payment", "allocated", OF_PAYMENT));
SQL_SCANNING(REBUILD_WAIVERS, CHECKING, REBUILD("waiver", "allocated", OF_WAIVER));

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

static const struct {
    const char *table;
    const char *columns[4]; /* id, whose, the sum that is kept, and what it is for or how it stands */
    int count;
    const struct sql *range, *sum;
} sides[] = {
    [SUM_OF_CHARGES] =
        {"charge", {"id", "member_id", "settled", "borrow_id"}, 4, &CHARGE_RANGE, &SUM_OF_CHARGE},
    [SUM_OF_PAYMENTS] = {"payment", {"id", "member_id", "allocated"}, 3, &PAYMENT_RANGE, &SUM_OF_PAYMENT},
    [SUM_OF_WAIVERS] =
        {"waiver", {"id", "member_id", "allocated", "status"}, 4, &WAIVER_RANGE, &SUM_OF_WAIVER},
};

enum error_kind fines_check_repo_range(struct ctx *ctx, enum sum_of what, struct id_range *out_range)
{
    struct stmt *s = db_statement(ctx, sides[what].range);
    bool found;

    TRY(db_row(s, &found));
    *out_range = (struct id_range){column_int(s, 0), column_int(s, 1), (size_t)column_int(s, 2)};
    return OK;
}

enum error_kind fines_check_repo_rows(struct ctx *ctx, enum sum_of what,
                                      bool (*each)(void *argument, const struct kept_sum *sum),
                                      void *argument)
{
    struct table_rows *rows;
    bool found;

    TRY(table_rows_begin(ctx, sides[what].table, sides[what].columns, sides[what].count, &rows));
    for (;;) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            return OK;
        if (!each(argument,
                  &(struct kept_sum){.id = row_int(rows, 0),
                                     .member_id = row_number(rows, 1),
                                     .kept = row_int(rows, 2),
                                     .is_void = what == SUM_OF_WAIVERS && !row_is(rows, 3, "approved"),
                                     .borrow_id = what == SUM_OF_CHARGES ? row_number(rows, 3) : NO_NUMBER}))
            return fail(ctx, LIBRARY_DAMAGED, "The library's file is damaged: its rows are not in order.");
    }
}

enum error_kind fines_check_repo_allocations(struct ctx *ctx,
                                             void (*each)(void *argument,
                                                          const struct checked_allocation *allocation),
                                             void *argument)
{
    static const char *const columns[] = {"charge_id", "payment_id", "waiver_id", "amount"};
    struct table_rows *rows;
    bool found;

    TRY(table_rows_begin(ctx, "allocation", columns, 4, &rows));
    for (;;) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            return OK;
        each(argument, &(struct checked_allocation){.of = {[SUM_OF_CHARGES] = row_number(rows, 0),
                                                           [SUM_OF_PAYMENTS] = row_number(rows, 1),
                                                           [SUM_OF_WAIVERS] = row_number(rows, 2)},
                                                    .amount = row_int(rows, 3)});
    }
}

enum error_kind fines_check_repo_sum(struct ctx *ctx, enum sum_of what, int64_t id, struct wrong_sum *out_sum)
{
    struct stmt *s = db_statement(ctx, sides[what].sum);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    *out_sum = (struct wrong_sum){.name = column_text(s, 0),
                                  .receipt = column_int(s, 1),
                                  .amount = column_int(s, 2),
                                  .kept = column_int(s, 3)};
    return OK;
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
    struct ledger_faults faults = {0};
    bool found;

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
