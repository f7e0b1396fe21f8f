/*
 * lending_repository.c — walks of indexes over the days that were asked for.
 */
#include "reports/lending_repository.h"

#include <string.h>

#include "base/clock.h"
#include "borrows/fine_sql.h"
#include "db/engine.h"
#include "policies/calendar_sql.h"

SQL(DAYS, "SELECT day, borrows, returns, members FROM daily_stat WHERE day BETWEEN :from AND :to"
          " AND (borrows > 0 OR returns > 0) ORDER BY day");

SQL(LOANS,
    "SELECT borrowed_at FROM borrow INDEXED BY borrow_by_borrowed WHERE borrowed_at BETWEEN :from AND :to"
    " ORDER BY borrowed_at");
SQL_SCANNING(RENEWALS, "they are few and small, and no other report asks for them by time",
             "SELECT at FROM renewal WHERE at BETWEEN :from AND :to");

SQL(DUE, "SELECT due_day, returned_day, member_id FROM borrow INDEXED BY borrow_by_due"
         " WHERE due_at BETWEEN :at_from AND :at_to AND due_day BETWEEN :from AND :to AND lost = 0");

SQL_SCANNING(MEMBERS, "each reader once, for a report",
             "SELECT id, created_at, borrow_count > 0 FROM member NOT INDEXED"
             " WHERE deleted_at IS NULL AND created_at <= :until");

/* Two indexes in the same order, merged: an author may have archived titles, too. */
SQL_SCANNING(
    AUTHORS, "each title once, by its author",
    "SELECT author_key, id FROM book INDEXED BY book_by_author WHERE deleted_at IS NULL UNION ALL"
    " SELECT author_key, id FROM book INDEXED BY book_archived_by_author WHERE deleted_at IS NOT NULL"
    " ORDER BY 1, 2");

SQL(TITLE, "SELECT b.uuid, b.title, b.author, t.code, b.total_copies FROM book b"
           " JOIN item_type t ON t.id = b.item_type_id WHERE b.id = :id");

/* ---- days and loans ------------------------------------------------------------------------------------- */

enum error_kind lending_repo_days(struct ctx *ctx, int32_t first, int32_t last,
                                  void (*each)(void *argument, const struct lending_day *day), void *argument)
{
    struct stmt *s = db_statement(ctx, &DAYS);
    bool found;

    bind_int(s, ":from", first);
    bind_int(s, ":to", last);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, &(struct lending_day){.day = (int32_t)column_int(s, 0),
                                             .loans = column_int(s, 1),
                                             .returns = column_int(s, 2),
                                             .members = column_int(s, 3)});
    }
}

static enum error_kind walk_instants(struct ctx *ctx, struct stmt *s, int64_t deadline_ms,
                                     lending_instant *each, void *argument)
{
    bool found;

    for (int64_t row = 0;; row++) {
        if (row % REPORT_LOOK_ROWS == 0)
            TRY(report_in_time(ctx, deadline_ms));
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, column_int(s, 0));
    }
}

enum error_kind lending_repo_loans(struct ctx *ctx, int64_t from, int64_t to, int64_t deadline_ms,
                                   lending_instant *each, void *argument)
{
    struct stmt *s = db_statement(ctx, &LOANS);

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    return walk_instants(ctx, s, deadline_ms, each, argument);
}

enum error_kind lending_repo_renewals(struct ctx *ctx, int64_t from, int64_t to, int64_t deadline_ms,
                                      lending_instant *each, void *argument)
{
    struct stmt *s = db_statement(ctx, &RENEWALS);

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    return walk_instants(ctx, s, deadline_ms, each, argument);
}

enum error_kind lending_repo_due(struct ctx *ctx, int32_t first, int32_t last, int64_t deadline_ms,
                                 void (*each)(void *argument, const struct due_loan *loan), void *argument)
{
    struct stmt *s = db_statement(ctx, &DUE);
    bool found;

    bind_int(s, ":at_from", clock_day_start(first - REPORT_ZONE_DAYS));
    bind_int(s, ":at_to", clock_day_end(last + REPORT_ZONE_DAYS));
    bind_int(s, ":from", first);
    bind_int(s, ":to", last);
    for (int64_t row = 0;; row++) {
        if (row % REPORT_LOOK_ROWS == 0)
            TRY(report_in_time(ctx, deadline_ms));
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, &(struct due_loan){.due_day = (int32_t)column_int(s, 0),
                                          .returned_day = column_number(s, 1),
                                          .member_id = column_int(s, 2)});
    }
}

/* ---- readers, titles ------------------------------------------------------------------------------------ */

enum error_kind lending_repo_members(struct ctx *ctx, int64_t until,
                                     void (*each)(void *argument, const struct lending_member *member),
                                     void *argument)
{
    struct stmt *s = db_statement(ctx, &MEMBERS);
    bool found;

    bind_int(s, ":until", until);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, &(struct lending_member){.id = column_int(s, 0),
                                                .created_at = column_int(s, 1),
                                                .has_borrowed = column_bool(s, 2)});
    }
}

#define AUTHOR_KEY_SIZE 256 /* text_name_key() gives 200 bytes at most */

enum error_kind lending_repo_authors(struct ctx *ctx, const uint32_t *counts, int64_t end,
                                     void (*each)(void *argument, const struct author_sum *author),
                                     void *argument)
{
    struct stmt *s = db_statement(ctx, &AUTHORS);
    char before[AUTHOR_KEY_SIZE];
    size_t before_length = SIZE_MAX;
    struct author_sum sum = {0};
    bool found;

    for (;;) {
        size_t length;
        TRY(db_row(s, &found));
        const char *key = found ? column_bytes(s, 0, &length) : NULL;
        bool same = found && length == before_length && (length == 0 || memcmp(key, before, length) == 0);
        if (!same && sum.loans > 0)
            each(argument, &sum);
        if (!found)
            return OK;
        if (!same) {
            sum = (struct author_sum){0};
            before_length = length < sizeof before ? length : sizeof before;
            if (length > 0)
                memcpy(before, key, before_length);
        }
        int64_t id = column_int(s, 1);
        if (id >= end || counts[id] == 0)
            continue;
        sum.book_id = id;
        sum.titles++;
        sum.loans += counts[id];
    }
}

/* In the arena. */
static const uint8_t *read_uuid(struct ctx *ctx, struct stmt *s, int column)
{
    struct uuid uuid = column_uuid(s, column);

    return arena_memdup(ctx->arena, &uuid, sizeof uuid);
}

enum error_kind lending_repo_title(struct ctx *ctx, int64_t id, struct title_facts *out_title)
{
    struct stmt *s = db_statement(ctx, &TITLE);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, INTERNAL, "A title that was lent is not there.");
    *out_title = (struct title_facts){.uuid = read_uuid(ctx, s, 0),
                                      .title = column_text(s, 1),
                                      .author = column_text(s, 2),
                                      .item_type = column_text(s, 3),
                                      .copies = column_int(s, 4)};
    return OK;
}

/* ---- overdue -------------------------------------------------------------------------------------------- */

#define OVERDUE_LOANS                                                                                        \
    "SELECT w.id, " BORROW_FINE(":today") " FROM borrow w INDEXED BY borrow_open_by_due CROSS JOIN member m" \
                                          " ON m.id = w.member_id WHERE w.returned_at IS NULL"               \
                                          " AND w.due_at < :now AND w.due_day < :due_before"                 \
                                          " AND w.overdue_step >= :steps"                                    \
                                          " AND (:type = 0 OR m.member_type_id = :type)"                     \
                                          " AND (:group IS NULL OR m.group_name = :group) ORDER BY "

SQL(OVERDUE_BY_DUE, OVERDUE_LOANS "w.due_at, w.id");
SQL_SCANNING(OVERDUE_BY_NAME, "sorts what is overdue, which is a small part of what is lent",
             OVERDUE_LOANS "m.name_key, m.id, w.due_at, w.id");

SQL(OVERDUE_ROW,
    "SELECT m.name, m.card, m.phone, m.email, t.code, m.group_name, b.title, b.author, c.barcode, c.shelf,"
    " w.due_day, w.overdue_step, " BORROW_FINE(
        ":today") ", m.balance, m.uuid, b.uuid FROM borrow w"
                  " JOIN member m ON m.id = w.member_id JOIN member_type t ON t.id = m.member_type_id"
                  " JOIN book b ON b.id = w.book_id JOIN copy c ON c.id = w.copy_id"
                  " WHERE w.id = :id AND w.returned_at IS NULL");

enum error_kind lending_repo_overdue(struct ctx *ctx, const struct overdue_filter *filter,
                                     void (*each)(void *argument, int64_t id, int64_t fine), void *argument)
{
    struct stmt *s = db_statement(ctx, filter->by_name ? &OVERDUE_BY_NAME : &OVERDUE_BY_DUE);
    bool found;

    bind_int(s, ":now", ctx->now);
    bind_int(s, ":today", filter->today);
    bind_int(s, ":due_before", filter->due_before);
    bind_int(s, ":steps", filter->steps);
    bind_int(s, ":type", filter->member_type_id);
    bind_text(s, ":group", filter->group);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, column_int(s, 0), column_int(s, 1));
    }
}

enum error_kind lending_repo_overdue_row(struct ctx *ctx, int64_t id, int32_t today,
                                         struct overdue_row *out_row, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &OVERDUE_ROW);

    bind_int(s, ":id", id);
    bind_int(s, ":today", today);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_row = (struct overdue_row){.name = column_text(s, 0),
                                        .card = column_text(s, 1),
                                        .phone = column_text(s, 2),
                                        .email = column_text(s, 3),
                                        .member_type = column_text(s, 4),
                                        .group = column_text(s, 5),
                                        .title = column_text(s, 6),
                                        .author = column_text(s, 7),
                                        .barcode = column_text(s, 8),
                                        .shelf = column_text(s, 9),
                                        .due_day = column_int(s, 10),
                                        .steps = column_int(s, 11),
                                        .fine = column_int(s, 12),
                                        .balance = column_int(s, 13),
                                        .member_uuid = read_uuid(ctx, s, 14),
                                        .book_uuid = read_uuid(ctx, s, 15)};
    return OK;
}
