/*
 * ledger_repository.c — the large tables as streams, in the order of the file, without look-ups (db/table_rows.h).
 */
#include "counters/ledger_repository.h"

#include <string.h>

#include "base/limits.h"
#include "db/engine.h"
#include "db/table_rows.h"

#define LOANS_AT_ONCE 64 /* read before they are counted: ledger_add_loans() */

#define FOR_CHECK "--check and --rebuild read every row once"

SQL_SCANNING(BOOK_IDS, FOR_CHECK,
             "SELECT (SELECT min(id) FROM book), (SELECT max(id) FROM book),"
             " (SELECT count(*) FROM book NOT INDEXED)");
SQL_SCANNING(MEMBER_IDS, FOR_CHECK,
             "SELECT (SELECT min(id) FROM member), (SELECT max(id) FROM member),"
             " (SELECT count(*) FROM member NOT INDEXED)");
SQL_SCANNING(ROWS, FOR_CHECK,
             "SELECT (SELECT count(*) FROM review), (SELECT count(*) FROM notification),"
             " (SELECT count(*) FROM webhook_delivery)");

/* Columns: id, the counters in their order, what people call the record. */
SQL(BOOK_COUNTERS_SHOWN,
    "SELECT id, total_copies, available_copies, open_borrows, borrow_count, last_borrowed_at, open_holds,"
    " rating_count, rating_sum, title"
    " FROM book WHERE id > :after ORDER BY id");
SQL(MEMBER_COUNTERS_SHOWN, "SELECT id, open_borrows, borrow_count, overdue_count, balance,"
                           " last_borrowed_at, open_holds, name"
                           " FROM member WHERE id > :after ORDER BY id");

SQL(PACKED, "SELECT span = 'month', first_day, last_day, books, members FROM tally ORDER BY span, first_day");
SQL_SCANNING(TYPES, FOR_CHECK,
             "SELECT t.code, t.member_count, (SELECT count(*) FROM member m WHERE m.member_type_id = t.id"
             " AND m.deleted_at IS NULL) FROM member_type t ORDER BY t.id");
SQL_SCANNING(COUNT_MEMBERS, "a day that is not packed, or packed wrongly",
             "SELECT count(DISTINCT member_id) FROM borrow INDEXED BY borrow_by_borrowed"
             " WHERE borrowed_at BETWEEN :from AND :to");

static const struct {
    const char *name;
    const struct sql *ids;
    const struct sql *shown;
    int columns;
} tables[] = {
    [COUNTED_BOOKS] = {"book", &BOOK_IDS, &BOOK_COUNTERS_SHOWN, BOOK_COUNTERS},
    [COUNTED_MEMBERS] = {"member", &MEMBER_IDS, &MEMBER_COUNTERS_SHOWN, MEMBER_COUNTERS},
};

static enum error_kind read_records(struct ctx *ctx, struct ledger *ledger, enum counted what)
{
    static const char *const columns[] = {"id", "deleted_at"};
    struct stmt *s = db_statement(ctx, tables[what].ids);
    struct table_rows *rows;
    bool found;

    TRY(db_row(s, &found));
    ledger_expect(ledger, what, column_int(s, 0), column_int(s, 1), (size_t)column_int(s, 2));
    TRY(table_rows_begin(ctx, tables[what].name, columns, 2, &rows));
    for (;;) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            return OK;
        if (!ledger_add_record(ledger, what, row_int(rows, 0), !row_is_null(rows, 1)))
            return fail(ctx, LIBRARY_DAMAGED, "The library's file is damaged: its rows are not in order.");
    }
}

static enum error_kind read_loans(struct ctx *ctx, struct ledger *ledger, const struct loan_watch *also)
{
    static const char *const columns[] = {"book_id", "copy_id",     "member_id",    "rule_id", "borrowed_at",
                                          "due_at",  "returned_at", "returned_day", "lent_by", "taken_by"};
    struct ledger_loan loans[LOANS_AT_ONCE];
    struct table_rows *rows;
    bool found = true;

    TRY(table_rows_begin(ctx, "borrow", columns, 10, &rows));
    while (found) {
        size_t count = 0;
        while (count < LOANS_AT_ONCE) {
            TRY(table_rows_next(rows, &found));
            if (!found)
                break;
            loans[count++] = (struct ledger_loan){.id = rows->rowid,
                                                  .book_id = row_int(rows, 0),
                                                  .copy_id = row_int(rows, 1),
                                                  .member_id = row_number(rows, 2),
                                                  .rule_id = row_int(rows, 3),
                                                  .borrowed_at = row_int(rows, 4),
                                                  .due_at = row_int(rows, 5),
                                                  .returned_at = row_number(rows, 6),
                                                  .returned_day = row_number(rows, 7),
                                                  .lent_by = row_int(rows, 8),
                                                  .taken_by = row_number(rows, 9)};
        }
        if (also)
            also->take(also->argument, loans, count);
        ledger_add_loans(ledger, loans, count);
    }
    return OK;
}

static void take_copy(struct ledger *ledger, const struct table_rows *copy)
{
    ledger_add_copy(ledger, row_int(copy, 0), !row_is(copy, 1, "lost") && !row_is(copy, 1, "withdrawn"),
                    row_is(copy, 1, "available"));
}

static void take_hold(struct ledger *ledger, const struct table_rows *hold)
{
    enum library_counter ending = row_is(hold, 2, "fulfilled")   ? COUNTER_HOLDS_FULFILLED
                                  : row_is(hold, 2, "cancelled") ? COUNTER_HOLDS_CANCELLED
                                  : row_is(hold, 2, "expired")   ? COUNTER_HOLDS_EXPIRED
                                                                 : COUNTER_HOLDS_OPEN;

    ledger_add_hold(ledger, row_int(hold, 0), row_int(hold, 1), ending);
}

static void take_review(struct ledger *ledger, const struct table_rows *review)
{
    if (row_is(review, 2, "shown"))
        ledger_add_rating(ledger, row_int(review, 0), row_int(review, 1));
}

static void take_charge(struct ledger *ledger, const struct table_rows *charge)
{
    ledger->library[COUNTER_CHARGES_OPEN] += row_int(charge, 2) < row_int(charge, 1);
    ledger_add_charge(ledger, row_int(charge, 0), row_int(charge, 1), row_int(charge, 3));
}

static void take_payment(struct ledger *ledger, const struct table_rows *payment)
{
    ledger_add_payment(ledger, row_int(payment, 0), row_int(payment, 1), row_int(payment, 2));
}

static void take_waiver(struct ledger *ledger, const struct table_rows *waiver)
{
    ledger->library[COUNTER_WAIVERS]++;
    if (row_is(waiver, 2, "approved"))
        ledger_add_money(ledger, row_int(waiver, 0), -row_int(waiver, 1));
}

/* Tables whose rows are simply added up, once titles and members are known. */
static const struct fact {
    const char *table;
    const char *columns[4];
    int count;
    void (*take)(struct ledger *ledger, const struct table_rows *row);
} facts[] = {
    {"copy", {"book_id", "status"}, 2, take_copy},
    {"hold", {"book_id", "member_id", "status"}, 3, take_hold},
    {"review", {"book_id", "stars", "status"}, 3, take_review},
    {"charge", {"member_id", "amount", "settled", "at"}, 4, take_charge},
    {"payment", {"member_id", "amount", "at"}, 3, take_payment},
    {"waiver", {"member_id", "amount", "status"}, 3, take_waiver},
};

static enum error_kind read_facts(struct ctx *ctx, struct ledger *ledger, const struct fact *fact)
{
    struct table_rows *rows;
    bool found;

    TRY(table_rows_begin(ctx, fact->table, fact->columns, fact->count, &rows));
    for (;;) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            return OK;
        fact->take(ledger, rows);
    }
}

/* What nothing but its number is asked of. */
static enum error_kind count_rows(struct ctx *ctx, struct ledger *ledger)
{
    struct stmt *s = db_statement(ctx, &ROWS);
    bool found;

    TRY(db_row(s, &found));
    ledger->library[COUNTER_REVIEWS] = column_int(s, 0);
    ledger->library[COUNTER_NOTIFICATIONS] = column_int(s, 1);
    ledger->library[COUNTER_DELIVERIES] = column_int(s, 2);
    return OK;
}

enum error_kind ledger_repo_read(struct ctx *ctx, struct ledger *ledger, const struct loan_watch *also)
{
    for (int what = 0; what < COUNTED_COUNT; what++)
        TRY(read_records(ctx, ledger, (enum counted)what));
    TRY(read_loans(ctx, ledger, also));
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        TRY(read_facts(ctx, ledger, &facts[i]));
    TRY(count_rows(ctx, ledger));
    ledger_finish(ledger);
    return ledger->days.full
               ? fail(
                     ctx, OUT_OF_MEMORY,
                     "There are loans, charges and payments on more than %d different days. That is more than can be"
                     " counted.",
                     LEDGER_DAYS_MAX)
               : OK;
}

enum error_kind ledger_repo_miscounted(struct ctx *ctx, const struct ledger *ledger, enum counted what,
                                       int64_t after_id, struct miscounted *out_rows, size_t max,
                                       size_t *out_count)
{
    const struct ledger_records *records = &ledger->of[what];
    struct stmt *s = db_statement(ctx, tables[what].shown);
    int columns = tables[what].columns;
    size_t count = 0;
    bool found;

    bind_int(s, ":after", after_id);
    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        struct miscounted row = {.id = column_int(s, 0)};
        size_t place = id_index_place(&records->ids, row.id);
        if (place == ID_NOWHERE)
            continue; /* it came after the ledger was read */
        for (int i = 0; i < columns; i++) {
            row.shown[i] = column_number(s, 1 + i);
            row.counted[i] = records->counted[place][i];
        }
        if (memcmp(row.shown, row.counted, sizeof row.shown) == 0)
            continue;
        row.name = column_text(s, 1 + columns);
        out_rows[count++] = row;
    }
    *out_count = count;
    return OK;
}

enum error_kind ledger_repo_types(struct ctx *ctx,
                                  void (*each)(void *argument, const struct counted_type *type),
                                  void *argument)
{
    struct stmt *s = db_statement(ctx, &TYPES);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, &(struct counted_type){.code = column_text(s, 0),
                                              .shown = column_int(s, 1),
                                              .counted = column_int(s, 2)});
    }
}

enum error_kind ledger_repo_packed(struct ctx *ctx,
                                   void (*each)(void *argument, const struct packed_period *period),
                                   void *argument)
{
    struct stmt *s = db_statement(ctx, &PACKED);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct packed_period period = {
            .is_month = column_bool(s, 0), .first_day = column_int(s, 1), .last_day = column_int(s, 2)};
        for (int i = 0; i < COUNTED_COUNT; i++)
            period.bytes[i] = column_bytes(s, 3 + i, &period.lengths[i]);
        each(argument, &period);
    }
}

enum error_kind ledger_repo_count_members(struct ctx *ctx, int64_t from, int64_t to, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_MEMBERS);
    bool found;

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}
