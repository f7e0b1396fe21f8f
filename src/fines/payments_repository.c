/*
 * payments_repository.c — payments and their receipts as SQL.
 */
#include "fines/payments_repository.h"

#include "base/clock.h"
#include "counters/day_sums_sql.h"
#include "db/engine.h"
#include "db/list.h"

SQL(INSERT_PAYMENT,
    "INSERT INTO payment (uuid, receipt, member_id, method, amount, reference, note, at, day, taken_by,"
    " balance_after) VALUES (:uuid, :receipt, :member, :method, :amount, :reference, :note, :now, :day, :actor,"
    " :balance_after)");

#define PAYMENT_COLUMNS                                                                                 \
    "SELECT id, receipt, uuid, member_id, method, amount, reference, note, at, taken_by, balance_after" \
    " FROM payment "

SQL(FIND_PAYMENT, PAYMENT_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_PAYMENT_BY_ID, PAYMENT_COLUMNS "WHERE id = :id");

/*
 * Lateness is posted night by night: a loan's nights are one line. Those of loans that are forgotten are one together,
 * as nothing tells any more which was whose; every other charge without a loan is its own.
 */
SQL_SCANNING(
    RECEIPT_LINES, "sorts what one payment settled, found by its index",
    "SELECT f.kind, sum(a.amount), min(f.at), max(f.at), max(b.title), f.note"
    " FROM allocation a INDEXED BY allocation_by_payment JOIN charge f ON f.id = a.charge_id"
    " LEFT JOIN copy c ON c.id = f.copy_id LEFT JOIN book b ON b.id = c.book_id"
    " WHERE a.payment_id = :payment"
    " GROUP BY f.kind, coalesce(f.borrow_id, iif(f.kind = 'overdue', 0, -f.id)), f.note ORDER BY min(f.id)");

/* ---- the listing ---------------------------------------------------------------------------------------- */

static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "p.uuid", "The payment"},
    {"receipt_number", COLUMN_INTEGER, false, "p.receipt", "Runs on without gaps"},
    {"member_id", COLUMN_UUID, false, "m.uuid", "Who paid"},
    {"method", COLUMN_TEXT, false, "p.method", "cash, card, mobile_money or other"},
    {"amount", COLUMN_MONEY, false, "p.amount", "How much"},
    {"reference", COLUMN_TEXT, true, "p.reference", "Of the card terminal or the mobile network"},
    {"note", COLUMN_TEXT, true, "p.note", "A word more"},
    {"at", COLUMN_INSTANT, false, "p.at", "When"},
    {"taken_by", COLUMN_TEXT, false, "p.taken_by", "Who took it"},
    {"balance_after", COLUMN_MONEY, true, "p.balance_after", "What the member owed then"},
    {"member.id", COLUMN_UUID, false, "m.uuid", "The member"},
    {"member.name", COLUMN_TEXT, false, "m.name", "Name"},
    {"member.card", COLUMN_TEXT, false, "m.card", "Card number"},
    {0},
};

static const struct list_filter filters[] = {
    {"member_id", FILTER_UUID, "p.member_id = (SELECT id FROM member WHERE uuid = :member_id)",
     .meaning = "Payments of this member"},
    {"from", FILTER_FROM_DAY, "p.at >= :from", .meaning = "Taken on this day or later"},
    {"to", FILTER_TO_DAY, "p.at <= :to", .meaning = "Taken on this day or earlier"},
    {0},
};

static const struct list_sort sorts[] = {{"at", "p.at", .descending = true}, {0}};

#define PAID(filters, total_of)                                                                       \
    {                                                                                                 \
        filters, .total = total_of("payments", "payments", "payment", "at"), .known = "daily counts", \
                 .index = "payment_by_time"                                                           \
    }

static const struct list_served served[] = {
    {""},
    PAID("from", TOTAL_FROM),
    PAID("to", TOTAL_TO),
    PAID("from to", TOTAL_FROM_TO),
    {"member_id from? to?", .known = "the member's payments in an index"},
    {0},
};

const struct listing payments_listing = {
    .name = "Payment",
    .columns = columns,
    .from = "payment p LEFT JOIN member m ON m.id = p.member_id",
    .count_from = "payment p",
    .id = "p.id",
    .uuid = "p.uuid",
    .sorts = sorts,
    .filters = filters,
    .total = "payments",
    .served = served,
};

/* ---- queries -------------------------------------------------------------------------------------------- */

enum error_kind payments_repo_insert(struct ctx *ctx, const struct payment *payment, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_PAYMENT);
    struct uuid uuid = uuid_new(ctx->now);

    bind_uuid(s, ":uuid", &uuid);
    bind_int(s, ":receipt", payment->receipt);
    bind_int(s, ":member", payment->member_id);
    bind_text(s, ":method", payment->method);
    bind_int(s, ":amount", payment->amount);
    bind_text(s, ":reference", payment->reference);
    bind_text(s, ":note", payment->note);
    bind_int(s, ":now", ctx->now);
    bind_int(s, ":day", clock_day_of(ctx->now));
    bind_text(s, ":actor", ctx->actor.name);
    bind_number(s, ":balance_after", payment->balance_after);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

static enum error_kind read_payment(struct stmt *s, struct payment *out_payment, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_payment = (struct payment){.id = column_int(s, 0),
                                        .receipt = column_int(s, 1),
                                        .uuid = column_uuid(s, 2),
                                        .member_id = column_int(s, 3),
                                        .method = column_text(s, 4),
                                        .amount = column_int(s, 5),
                                        .reference = column_text(s, 6),
                                        .note = column_text(s, 7),
                                        .at = column_int(s, 8),
                                        .taken_by = column_text(s, 9),
                                        .balance_after = column_number(s, 10)};
    return OK;
}

enum error_kind payments_repo_find(struct ctx *ctx, const struct uuid *uuid, struct payment *out_payment,
                                   bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_PAYMENT);

    bind_uuid(s, ":uuid", uuid);
    return read_payment(s, out_payment, out_found);
}

enum error_kind payments_repo_find_by_id(struct ctx *ctx, int64_t id, struct payment *out_payment,
                                         bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_PAYMENT_BY_ID);

    bind_int(s, ":id", id);
    return read_payment(s, out_payment, out_found);
}

enum error_kind payments_repo_lines(struct ctx *ctx, int64_t payment_id, struct receipt_line **out_first)
{
    struct stmt *s = db_statement(ctx, &RECEIPT_LINES);
    struct receipt_line *first = NULL;
    struct receipt_line **end = &first;
    bool found;

    bind_int(s, ":payment", payment_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        struct receipt_line *line = arena_alloc(ctx->arena, sizeof *line);
        *line = (struct receipt_line){.kind = column_text(s, 0),
                                      .amount = column_int(s, 1),
                                      .at = column_int(s, 2),
                                      .until = column_int(s, 3),
                                      .title = column_text(s, 4),
                                      .note = column_text(s, 5)};
        *end = line;
        end = &line->next;
    }
    *out_first = first;
    return OK;
}

enum error_kind payments_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &payments_listing, query, sink);
}
