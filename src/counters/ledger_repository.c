/*
 * ledger_repository.c — the large tables as streams. NOT INDEXED and by id: the order of the file, no look-ups.
 */
#include "counters/ledger_repository.h"

#include <string.h>

#include "base/limits.h"
#include "db/engine.h"

#define LOANS_AT_ONCE 64 /* read before they are counted: ledger_add_loans() */

#define FOR_CHECK "--check and --rebuild read every row once"

SQL_SCANNING(BOOK_IDS, FOR_CHECK,
             "SELECT (SELECT min(id) FROM book), (SELECT max(id) FROM book),"
             " (SELECT count(*) FROM book NOT INDEXED)");
SQL_SCANNING(MEMBER_IDS, FOR_CHECK,
             "SELECT (SELECT min(id) FROM member), (SELECT max(id) FROM member),"
             " (SELECT count(*) FROM member NOT INDEXED)");
SQL_SCANNING(BOOKS, FOR_CHECK, "SELECT id, deleted_at IS NOT NULL FROM book NOT INDEXED ORDER BY id");
SQL_SCANNING(MEMBERS, FOR_CHECK, "SELECT id, deleted_at IS NOT NULL FROM member NOT INDEXED ORDER BY id");
SQL_SCANNING(
    COPIES, FOR_CHECK,
    "SELECT book_id, status NOT IN ('lost', 'withdrawn'), status = 'available' FROM copy NOT INDEXED");
SQL_SCANNING(LOANS, FOR_CHECK,
             "SELECT book_id, copy_id, member_id, rule_id, borrowed_at, due_at, returned_at, returned_day"
             " FROM borrow NOT INDEXED ORDER BY id");

SQL_SCANNING(HOLDS, FOR_CHECK, "SELECT book_id, member_id, ended_at IS NULL FROM hold NOT INDEXED");

SQL_SCANNING(RATINGS, FOR_CHECK, "SELECT book_id, stars FROM review NOT INDEXED WHERE status = 'shown'");

/* Whose, how much, and whether it counts: as open, as approved. */
SQL_SCANNING(CHARGES, FOR_CHECK, "SELECT member_id, amount, settled < amount FROM charge NOT INDEXED");
SQL_SCANNING(PAYMENTS, FOR_CHECK, "SELECT member_id, amount FROM payment NOT INDEXED");
SQL_SCANNING(ROWS, FOR_CHECK,
             "SELECT (SELECT count(*) FROM review), (SELECT count(*) FROM notification),"
             " (SELECT count(*) FROM webhook_delivery)");
SQL_SCANNING(WAIVERS, FOR_CHECK, "SELECT member_id, amount, status = 'approved' FROM waiver NOT INDEXED");

/* Columns: id, the counters in their order, what people call the record. */
SQL(BOOK_COUNTERS_SHOWN,
    "SELECT id, total_copies, available_copies, open_borrows, borrow_count, last_borrowed_at, open_holds,"
    " rating_count, rating_sum, title"
    " FROM book WHERE id > :after ORDER BY id");
SQL(MEMBER_COUNTERS_SHOWN, "SELECT id, open_borrows, borrow_count, overdue_count, balance,"
                           " last_borrowed_at, open_holds, name"
                           " FROM member WHERE id > :after ORDER BY id");

SQL(PACKED, "SELECT span = 'month', first_day, last_day, books, members FROM tally ORDER BY span, first_day");
SQL_SCANNING(COUNT_MEMBERS, "a day that is not packed, or packed wrongly",
             "SELECT count(DISTINCT member_id) FROM borrow INDEXED BY borrow_by_borrowed"
             " WHERE borrowed_at BETWEEN :from AND :to");

static const struct {
    const struct sql *ids;
    const struct sql *rows;
    const struct sql *shown;
    int columns;
} tables[] = {
    [COUNTED_BOOKS] = {&BOOK_IDS, &BOOKS, &BOOK_COUNTERS_SHOWN, BOOK_COUNTERS},
    [COUNTED_MEMBERS] = {&MEMBER_IDS, &MEMBERS, &MEMBER_COUNTERS_SHOWN, MEMBER_COUNTERS},
};

static enum error_kind read_records(struct ctx *ctx, struct ledger *ledger, enum counted what)
{
    struct stmt *s = db_statement(ctx, tables[what].ids);
    bool found;

    TRY(db_row(s, &found));
    ledger_expect(ledger, what, column_int(s, 0), column_int(s, 1), (size_t)column_int(s, 2));
    s = db_statement(ctx, tables[what].rows);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        if (!ledger_add_record(ledger, what, column_int(s, 0), column_bool(s, 1)))
            return fail(ctx, LIBRARY_DAMAGED, "The library's file is damaged: its rows are not in order.");
    }
}

static enum error_kind read_copies(struct ctx *ctx, struct ledger *ledger)
{
    struct stmt *s = db_statement(ctx, &COPIES);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        ledger_add_copy(ledger, column_int(s, 0), column_bool(s, 1), column_bool(s, 2));
    }
}

static struct ledger_loan read_loan(struct stmt *s)
{
    return (struct ledger_loan){.book_id = column_int(s, 0),
                                .copy_id = column_int(s, 1),
                                .member_id = column_number(s, 2),
                                .rule_id = column_int(s, 3),
                                .borrowed_at = column_int(s, 4),
                                .due_at = column_int(s, 5),
                                .returned_at = column_number(s, 6),
                                .returned_day = column_number(s, 7)};
}

static enum error_kind read_loans(struct ctx *ctx, struct ledger *ledger, const struct loan_watch *also)
{
    struct stmt *s = db_statement(ctx, &LOANS);
    struct ledger_loan loans[LOANS_AT_ONCE];
    bool found = true;

    while (found) {
        size_t count = 0;
        while (count < LOANS_AT_ONCE) {
            TRY(db_row(s, &found));
            if (!found)
                break;
            loans[count++] = read_loan(s);
        }
        if (also)
            also->take(also->argument, loans, count);
        ledger_add_loans(ledger, loans, count);
    }
    return OK;
}

static enum error_kind read_holds(struct ctx *ctx, struct ledger *ledger)
{
    struct stmt *s = db_statement(ctx, &HOLDS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        ledger_add_hold(ledger, column_int(s, 0), column_int(s, 1), column_bool(s, 2));
    }
}

static enum error_kind read_ratings(struct ctx *ctx, struct ledger *ledger)
{
    struct stmt *s = db_statement(ctx, &RATINGS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        ledger_add_rating(ledger, column_int(s, 0), column_int(s, 1));
    }
}

static enum error_kind read_charges(struct ctx *ctx, struct ledger *ledger)
{
    struct stmt *s = db_statement(ctx, &CHARGES);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        ledger->library[COUNTER_CHARGES]++;
        ledger->library[COUNTER_CHARGES_OPEN] += column_bool(s, 2);
        ledger_add_money(ledger, column_int(s, 0), column_int(s, 1));
    }
}

static enum error_kind read_payments(struct ctx *ctx, struct ledger *ledger)
{
    struct stmt *s = db_statement(ctx, &PAYMENTS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        ledger->library[COUNTER_PAYMENTS]++;
        ledger_add_money(ledger, column_int(s, 0), -column_int(s, 1));
    }
}

static enum error_kind read_waivers(struct ctx *ctx, struct ledger *ledger)
{
    struct stmt *s = db_statement(ctx, &WAIVERS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        ledger->library[COUNTER_WAIVERS]++;
        if (column_bool(s, 2))
            ledger_add_money(ledger, column_int(s, 0), -column_int(s, 1));
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
    TRY(read_copies(ctx, ledger));
    TRY(read_loans(ctx, ledger, also));
    TRY(read_holds(ctx, ledger));
    TRY(read_ratings(ctx, ledger));
    TRY(read_charges(ctx, ledger));
    TRY(read_payments(ctx, ledger));
    TRY(read_waivers(ctx, ledger));
    TRY(count_rows(ctx, ledger));
    ledger_finish(ledger);
    return ledger->days.full ? fail(ctx, OUT_OF_MEMORY,
                                    "There are loans on more than %d different days. That is more than can be"
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
