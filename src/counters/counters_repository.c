/*
 * counters_repository.c — derived numbers in SQL: the small statements that keep them. What they must be is
 * counted by ledger.c: whoever changes a meaning here changes it there.
 */
#include "counters/counters_repository.h"

#include <assert.h>

#include "counters/ledger.h"
#include "db/engine.h"

SQL(ADD, "UPDATE library_counter SET value = value + :delta WHERE name = :name");
SQL(GET, "SELECT value FROM library_counter WHERE name = :name");
SQL(SET, "INSERT INTO library_counter (name, value) VALUES (:name, :value)"
         " ON CONFLICT (name) DO UPDATE SET value = excluded.value");

SQL(TAKE_NUMBER, "UPDATE sequence SET value = value + :step WHERE name = :name");
SQL(TAKEN_NUMBER, "SELECT value FROM sequence WHERE name = :name");

SQL(ADD_COPIES,
    "UPDATE book SET total_copies = total_copies + :total, available_copies = available_copies + :available"
    " WHERE id = :id");
SQL(BOOK_STOCK, "SELECT available_copies, borrow_count, deleted_at IS NULL FROM book WHERE id = :id");
SQL(BOOK_LENT, "UPDATE book SET open_borrows = open_borrows + 1, borrow_count = borrow_count + 1,"
               " last_borrowed_at = max(coalesce(last_borrowed_at, :at), :at) WHERE id = :id");
SQL(BOOK_RETURNED, "UPDATE book SET open_borrows = open_borrows - 1 WHERE id = :id");
SQL(MEMBER_LENT, "UPDATE member SET open_borrows = open_borrows + 1, borrow_count = borrow_count + 1,"
                 " last_borrowed_at = max(coalesce(last_borrowed_at, :at), :at) WHERE id = :id");
SQL(MEMBER_RETURNED,
    "UPDATE member SET open_borrows = open_borrows - 1, overdue_count = overdue_count + :late"
    " WHERE id = :id");
SQL(MEMBER_FORGOTTEN,
    "UPDATE member SET borrow_count = borrow_count - 1, overdue_count = overdue_count - :late,"
    " last_borrowed_at = (SELECT max(borrowed_at) FROM borrow WHERE member_id = :id) WHERE id = :id");

SQL(BOOK_UNLENT,
    "UPDATE book SET open_borrows = open_borrows - 1, borrow_count = borrow_count - 1,"
    " last_borrowed_at = (SELECT max(borrowed_at) FROM borrow WHERE book_id = :id) WHERE id = :id");
SQL(MEMBER_UNLENT,
    "UPDATE member SET open_borrows = open_borrows - 1, borrow_count = borrow_count - 1,"
    " last_borrowed_at = (SELECT max(borrowed_at) FROM borrow WHERE member_id = :id) WHERE id = :id");
SQL(TAKE_FROM_DAY,
    "UPDATE daily_stat SET borrows = borrows - 1, members = members - :members WHERE day = :day");
SQL(DROP_EMPTY_DAY,
    "DELETE FROM daily_stat WHERE day = :day AND borrows = 0 AND returns = 0 AND members = 0 AND charges = 0"
    " AND payments = 0");

SQL(ADD_BOOK_HOLDS, "UPDATE book SET open_holds = open_holds + :delta WHERE id = :id");
SQL(ADD_RATING, "UPDATE book SET rating_count = rating_count + :count, rating_sum = rating_sum + :stars"
                " WHERE id = :id");
SQL(ADD_MEMBER_HOLDS, "UPDATE member SET open_holds = open_holds + :delta WHERE id = :id");
SQL(ADD_BALANCE, "UPDATE member SET balance = balance + :delta WHERE id = :id");
SQL(ADD_MEMBERS, "UPDATE member_type SET member_count = member_count + :delta WHERE id = :id");

SQL(ADD_DAY, "INSERT INTO daily_stat (day, borrows, returns, members, forgotten, charges, payments)"
             " VALUES (:day, :borrows, :returns, :members, :forgotten, :charges, :payments)"
             " ON CONFLICT (day) DO UPDATE"
             " SET borrows = borrows + excluded.borrows, returns = returns + excluded.returns,"
             " members = members + excluded.members, forgotten = forgotten + excluded.forgotten,"
             " charges = charges + excluded.charges, payments = payments + excluded.payments");
SQL(DAY_FORGOT, "UPDATE daily_stat SET forgotten = forgotten + 1 WHERE day = :day");
SQL(BORROWS_OF_DAY, "SELECT borrows FROM daily_stat WHERE day = :day");
SQL(LOANS_OF_MEMBER,
    "SELECT count(*) FROM borrow WHERE member_id = :member AND borrowed_at BETWEEN :from AND :to");
SQL(CLEAR_DAYS, "DELETE FROM daily_stat");
SQL_SCANNING(
    DAYS, "one row for each day, and a rebuild compares them all",
    "SELECT day, borrows, returns, members, forgotten, charges, payments FROM daily_stat ORDER BY day");

#define OF_TYPE \
    "(SELECT count(*) FROM member m WHERE m.member_type_id = member_type.id AND m.deleted_at IS NULL)"
SQL_SCANNING(SETTLE_TYPES, "a handful of types, and --rebuild counts all",
             "UPDATE member_type SET member_count = " OF_TYPE " WHERE member_count <> " OF_TYPE);

SQL(ZONE, "SELECT print FROM day_zone WHERE id = 1");
SQL(SET_ZONE, "INSERT INTO day_zone (id, print) VALUES (1, :print)"
              " ON CONFLICT (id) DO UPDATE SET print = excluded.print");
SQL(CLEAR_ZONE, "DELETE FROM day_zone");

SQL(SET_BOOK,
    "UPDATE book SET total_copies = :c0, available_copies = :c1, open_borrows = :c2, borrow_count = :c3,"
    " last_borrowed_at = :c4, open_holds = :c5, rating_count = :c6, rating_sum = :c7 WHERE id = :id");
SQL(SET_MEMBER, "UPDATE member SET open_borrows = :c0, borrow_count = :c1, overdue_count = :c2,"
                " balance = :c3, last_borrowed_at = :c4, open_holds = :c5 WHERE id = :id");

SQL(NEXT_BORROW, "SELECT min(borrowed_at) FROM borrow WHERE borrowed_at >= :from");

/* ---- keeping --------------------------------------------------------------------------------------- */

const char *counters_repo_name(enum library_counter counter)
{
    static const char *const names[] = {
#define X(id, name) [COUNTER_##id] = name,
        LIBRARY_COUNTERS(X)
#undef X
    };

    assert(counter < COUNTER_COUNT);
    return names[counter];
}

enum error_kind counters_repo_add(struct ctx *ctx, enum library_counter counter, int64_t delta)
{
    struct stmt *s = db_statement(ctx, &ADD);

    bind_text(s, ":name", counters_repo_name(counter));
    bind_int(s, ":delta", delta);
    return db_run(s);
}

enum error_kind counters_repo_get(struct ctx *ctx, enum library_counter counter, int64_t *out_value,
                                  bool *out_found)
{
    struct stmt *s = db_statement(ctx, &GET);

    bind_text(s, ":name", counters_repo_name(counter));
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_value = column_int(s, 0);
    return OK;
}

enum error_kind counters_repo_set(struct ctx *ctx, enum library_counter counter, int64_t value)
{
    struct stmt *s = db_statement(ctx, &SET);

    bind_text(s, ":name", counters_repo_name(counter));
    bind_int(s, ":value", value);
    return db_run(s);
}

enum error_kind counters_repo_next_number(struct ctx *ctx, enum sequence sequence, int64_t step,
                                          int64_t *out_number)
{
    static const char *const names[] = {
        [SEQUENCE_COPY_BARCODE] = "copy_barcode",
        [SEQUENCE_MEMBER_CARD] = "member_card",
        [SEQUENCE_RECEIPT] = "receipt",
    };
    struct stmt *s = db_statement(ctx, &TAKE_NUMBER);
    bool found;

    bind_text(s, ":name", names[sequence]);
    bind_int(s, ":step", step);
    TRY(db_run(s));
    s = db_statement(ctx, &TAKEN_NUMBER);
    bind_text(s, ":name", names[sequence]);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, INTERNAL, "The library's running numbers are missing.");
    *out_number = column_int(s, 0);
    return OK;
}

enum error_kind counters_repo_add_copies(struct ctx *ctx, int64_t book_id, int64_t total, int64_t available)
{
    struct stmt *s = db_statement(ctx, &ADD_COPIES);

    bind_int(s, ":id", book_id);
    bind_int(s, ":total", total);
    bind_int(s, ":available", available);
    return db_run(s);
}

enum error_kind counters_repo_stock(struct ctx *ctx, int64_t book_id, struct book_stock *out_stock)
{
    struct stmt *s = db_statement(ctx, &BOOK_STOCK);
    bool found;

    bind_int(s, ":id", book_id);
    TRY(db_row(s, &found));
    *out_stock = (struct book_stock){0};
    if (found)
        *out_stock = (struct book_stock){
            .available = column_int(s, 0), .borrow_count = column_int(s, 1), .listed = column_bool(s, 2)};
    return OK;
}

static enum error_kind record_lent(struct ctx *ctx, const struct sql *sql, int64_t id, int64_t borrowed_at)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":id", id);
    bind_int(s, ":at", borrowed_at);
    return db_run(s);
}

enum error_kind counters_repo_book_lent(struct ctx *ctx, int64_t book_id, int64_t borrowed_at)
{
    return record_lent(ctx, &BOOK_LENT, book_id, borrowed_at);
}

enum error_kind counters_repo_book_unlent(struct ctx *ctx, int64_t book_id)
{
    struct stmt *s = db_statement(ctx, &BOOK_UNLENT);

    bind_int(s, ":id", book_id);
    return db_run(s);
}

enum error_kind counters_repo_member_unlent(struct ctx *ctx, int64_t member_id)
{
    struct stmt *s = db_statement(ctx, &MEMBER_UNLENT);

    bind_int(s, ":id", member_id);
    return db_run(s);
}

enum error_kind counters_repo_take_from_day(struct ctx *ctx, int64_t day, bool member_too)
{
    struct stmt *s = db_statement(ctx, &TAKE_FROM_DAY);

    bind_int(s, ":day", day);
    bind_bool(s, ":members", member_too);
    TRY(db_run(s));
    s = db_statement(ctx, &DROP_EMPTY_DAY);
    bind_int(s, ":day", day);
    return db_run(s);
}

enum error_kind counters_repo_book_returned(struct ctx *ctx, int64_t book_id)
{
    struct stmt *s = db_statement(ctx, &BOOK_RETURNED);

    bind_int(s, ":id", book_id);
    return db_run(s);
}

enum error_kind counters_repo_member_lent(struct ctx *ctx, int64_t member_id, int64_t borrowed_at)
{
    return record_lent(ctx, &MEMBER_LENT, member_id, borrowed_at);
}

enum error_kind counters_repo_member_returned(struct ctx *ctx, int64_t member_id, bool late)
{
    struct stmt *s = db_statement(ctx, &MEMBER_RETURNED);

    bind_int(s, ":id", member_id);
    bind_bool(s, ":late", late);
    return db_run(s);
}

enum error_kind counters_repo_member_forgotten(struct ctx *ctx, int64_t member_id, bool late)
{
    struct stmt *s = db_statement(ctx, &MEMBER_FORGOTTEN);

    bind_int(s, ":id", member_id);
    bind_bool(s, ":late", late);
    return db_run(s);
}

enum error_kind counters_repo_add_balance(struct ctx *ctx, int64_t member_id, int64_t delta)
{
    struct stmt *s = db_statement(ctx, &ADD_BALANCE);

    bind_int(s, ":id", member_id);
    bind_int(s, ":delta", delta);
    return db_run(s);
}

enum error_kind counters_repo_add_members(struct ctx *ctx, int64_t member_type_id, int64_t delta)
{
    struct stmt *s = db_statement(ctx, &ADD_MEMBERS);

    bind_int(s, ":id", member_type_id);
    bind_int(s, ":delta", delta);
    return db_run(s);
}

static enum error_kind add_holds(struct ctx *ctx, const struct sql *sql, int64_t id, int64_t delta)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":id", id);
    bind_int(s, ":delta", delta);
    return db_run(s);
}

enum error_kind counters_repo_add_holds(struct ctx *ctx, int64_t book_id, int64_t member_id, int64_t delta)
{
    TRY(add_holds(ctx, &ADD_BOOK_HOLDS, book_id, delta));
    return add_holds(ctx, &ADD_MEMBER_HOLDS, member_id, delta);
}

enum error_kind counters_repo_add_rating(struct ctx *ctx, int64_t book_id, int64_t count, int64_t stars)
{
    struct stmt *s = db_statement(ctx, &ADD_RATING);

    bind_int(s, ":id", book_id);
    bind_int(s, ":count", count);
    bind_int(s, ":stars", stars);
    return db_run(s);
}

enum error_kind counters_repo_add_day(struct ctx *ctx, const struct day_count *count)
{
    struct stmt *s = db_statement(ctx, &ADD_DAY);

    bind_int(s, ":day", count->day);
    bind_int(s, ":borrows", count->borrows);
    bind_int(s, ":returns", count->returns);
    bind_int(s, ":members", count->members);
    bind_int(s, ":forgotten", count->forgotten);
    bind_int(s, ":charges", count->charges);
    bind_int(s, ":payments", count->payments);
    return db_run(s);
}

enum error_kind counters_repo_day_forgot(struct ctx *ctx, int64_t day)
{
    struct stmt *s = db_statement(ctx, &DAY_FORGOT);

    bind_int(s, ":day", day);
    return db_run(s);
}

enum error_kind counters_repo_borrows_of_day(struct ctx *ctx, int64_t day, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &BORROWS_OF_DAY);
    bool found;

    bind_int(s, ":day", day);
    TRY(db_row(s, &found));
    *out_count = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind counters_repo_loans_of_member(struct ctx *ctx, int64_t member_id, int64_t from, int64_t to,
                                              int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &LOANS_OF_MEMBER);
    bool found;

    bind_int(s, ":member", member_id);
    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind counters_repo_clear_days(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &CLEAR_DAYS));
}

/* ---- for --check and --rebuild ------------------------------------------------------------------------------------ */

static enum error_kind write_counted(struct ctx *ctx, const struct sql *sql, int columns, int64_t id,
                                     const int64_t *counted)
{
    static const char *const parameters[RECORD_COUNTERS_MAX] = {":c0", ":c1", ":c2", ":c3",
                                                                ":c4", ":c5", ":c6", ":c7"};
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":id", id);
    for (int i = 0; i < columns; i++)
        bind_number(s, parameters[i], counted[i]);
    return db_run(s);
}

enum error_kind counters_repo_set_book(struct ctx *ctx, int64_t id, const int64_t *counted)
{
    return write_counted(ctx, &SET_BOOK, BOOK_COUNTERS, id, counted);
}

enum error_kind counters_repo_set_member(struct ctx *ctx, int64_t id, const int64_t *counted)
{
    return write_counted(ctx, &SET_MEMBER, MEMBER_COUNTERS, id, counted);
}

enum error_kind counters_repo_days(struct ctx *ctx, struct day_count **out_days)
{
    struct stmt *s = db_statement(ctx, &DAYS);
    struct day_count *first = NULL;
    struct day_count **end = &first;
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        struct day_count *day = arena_alloc(ctx->arena, sizeof *day);
        *day = (struct day_count){.day = column_int(s, 0),
                                  .borrows = column_int(s, 1),
                                  .returns = column_int(s, 2),
                                  .members = column_int(s, 3),
                                  .forgotten = column_int(s, 4),
                                  .charges = column_int(s, 5),
                                  .payments = column_int(s, 6)};
        *end = day;
        end = &day->next;
    }
    *out_days = first;
    return OK;
}

enum error_kind counters_repo_settle_types(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &SETTLE_TYPES));
}

enum error_kind counters_repo_zone(struct ctx *ctx, int64_t *out_print, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &ZONE);

    TRY(db_row(s, out_found));
    *out_print = *out_found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind counters_repo_set_zone(struct ctx *ctx, int64_t print)
{
    struct stmt *s = db_statement(ctx, &SET_ZONE);

    bind_int(s, ":print", print);
    return db_run(s);
}

enum error_kind counters_repo_clear_zone(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &CLEAR_ZONE));
}

enum error_kind counters_repo_next_borrow(struct ctx *ctx, int64_t from, int64_t *out_at, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_BORROW);
    bool found;

    bind_int(s, ":from", from);
    TRY(db_row(s, &found));
    *out_found = found && !column_is_null(s, 0);
    if (*out_found)
        *out_at = column_int(s, 0);
    return OK;
}

/* ---- after records were lost ------------------------------------------------------------------------------ */

SQL(CATCH_UP_RECEIPTS,
    "UPDATE sequence SET value = max(value, coalesce((SELECT max(receipt) FROM payment), 0))"
    " WHERE name = 'receipt'");
SQL_SCANNING(
    NOTE_LOST_RECEIPTS, "a salvaged library is gone through once",
    "INSERT INTO sequence (name, value) SELECT 'receipts_lost', value - (SELECT count(*) FROM payment NOT INDEXED)"
    " FROM sequence WHERE name = 'receipt' ON CONFLICT (name) DO UPDATE SET value = excluded.value");

enum error_kind counters_repo_settle_receipts(struct ctx *ctx)
{
    TRY(db_run(db_statement(ctx, &CATCH_UP_RECEIPTS)));
    return db_run(db_statement(ctx, &NOTE_LOST_RECEIPTS));
}
