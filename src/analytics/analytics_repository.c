/*
 * analytics_repository.c — figures as SQL. Each statement walks a few rows of an index: what cannot be had
 * so is kept by src/counters.
 */
#include "analytics/analytics_repository.h"

#include "db/engine.h"

/* All loans of a day are due at one instant, so the index alone says how many are late by how much. */
SQL(OVERDUE, "SELECT due_at, count(*) FROM borrow INDEXED BY borrow_open_by_due"
             " WHERE returned_at IS NULL AND due_at < :now GROUP BY due_at");

SQL(DAYS,
    "SELECT day, borrows, returns, members FROM daily_stat WHERE day BETWEEN :from AND :to ORDER BY day");

SQL(NAME_BOOK, "SELECT uuid, title, author FROM book WHERE id = :id");
SQL(NAME_MEMBER, "SELECT uuid, name FROM member WHERE id = :id");

#define ACTIVITY "SELECT w.uuid, b.title, m.name, "
#define OF_LOAN "JOIN book b ON b.id = w.book_id LEFT JOIN member m ON m.id = w.member_id "

SQL(LAST_LOANS, ACTIVITY "w.borrowed_at FROM borrow w INDEXED BY borrow_by_borrowed " OF_LOAN
                         "WHERE w.borrowed_at > 0 ORDER BY w.borrowed_at DESC, w.id DESC LIMIT :max");
SQL(LAST_RETURNS, ACTIVITY "w.returned_at FROM borrow w INDEXED BY borrow_by_returned " OF_LOAN
                           "WHERE coalesce(w.returned_at, 0) > 0"
                           " ORDER BY coalesce(w.returned_at, 0) DESC, w.id DESC LIMIT :max");

#define DURATIONS                                                                                \
    "SELECT count(returned_at), avg(returned_at - borrowed_at), max(returned_at - borrowed_at)," \
    " min(returned_at - borrowed_at), count(*) FILTER (WHERE returned_at > due_at) FROM borrow WHERE "

SQL(DURATIONS_OF_BOOK, DURATIONS "book_id = :id");
SQL(DURATIONS_OF_MEMBER, DURATIONS "member_id = :id");

SQL(FAVOURITE_AUTHOR, "SELECT b.author FROM borrow w JOIN book b ON b.id = w.book_id WHERE w.member_id = :id"
                      " GROUP BY b.author_key ORDER BY count(*) DESC, b.author_key LIMIT 1");
SQL(LOANS_BETWEEN, "SELECT count(*) FROM borrow WHERE member_id = :id AND borrowed_at BETWEEN :from AND :to");
SQL(FIRST_LOAN, "SELECT min(borrowed_at) FROM borrow WHERE member_id = :id");

#define MS_PER_DAY_REAL 86400000.0

enum error_kind analytics_repo_overdue(struct ctx *ctx, int64_t now,
                                       void (*each)(void *argument, int64_t due_at, int64_t count),
                                       void *argument)
{
    struct stmt *s = db_statement(ctx, &OVERDUE);
    bool found;

    bind_int(s, ":now", now);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, column_int(s, 0), column_int(s, 1));
    }
}

enum error_kind analytics_repo_days(struct ctx *ctx, struct trends *out_trends)
{
    struct stmt *s = db_statement(ctx, &DAYS);
    bool found;

    bind_int(s, ":from", out_trends->range.from);
    bind_int(s, ":to", out_trends->range.to);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        int64_t i = column_int(s, 0) - out_trends->range.from;
        out_trends->borrows[i] = column_int(s, 1);
        out_trends->returns[i] = column_int(s, 2);
        out_trends->active_members[i] = column_int(s, 3);
    }
}

enum error_kind analytics_repo_name_book(struct ctx *ctx, int64_t id, struct favourite_book *out)
{
    struct stmt *s = db_statement(ctx, &NAME_BOOK);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, INTERNAL, "A title that was lent is not there.");
    out->uuid = column_uuid(s, 0);
    out->title = column_text(s, 1);
    out->author = column_text(s, 2);
    return OK;
}

enum error_kind analytics_repo_name_member(struct ctx *ctx, int64_t id, struct favourite_member *out)
{
    struct stmt *s = db_statement(ctx, &NAME_MEMBER);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, INTERNAL, "A member who borrowed is not there.");
    out->uuid = column_uuid(s, 0);
    out->name = column_text(s, 1);
    return OK;
}

enum error_kind analytics_repo_activity(struct ctx *ctx, bool returns, size_t max, struct activities *out)
{
    struct stmt *s = db_statement(ctx, returns ? &LAST_RETURNS : &LAST_LOANS);
    bool found;

    out->count = 0;
    bind_int(s, ":max", (int64_t)max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        out->rows[out->count++] = (struct activity){.borrow_id = column_uuid(s, 0),
                                                    .is_return = returns,
                                                    .book_title = column_text(s, 1),
                                                    .member_name = column_text(s, 2),
                                                    .at = column_int(s, 3)};
    }
}

static enum error_kind read_durations(struct ctx *ctx, const struct sql *sql, int64_t id,
                                      struct durations *out)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    *out = (struct durations){.count = column_int(s, 0),
                              .average = column_real(s, 1) / MS_PER_DAY_REAL,
                              .longest = column_int(s, 2),
                              .shortest = column_int(s, 3),
                              .late = column_int(s, 4)};
    return OK;
}

enum error_kind analytics_repo_durations_of_book(struct ctx *ctx, int64_t book_id, struct durations *out)
{
    return read_durations(ctx, &DURATIONS_OF_BOOK, book_id, out);
}

enum error_kind analytics_repo_durations_of_member(struct ctx *ctx, int64_t member_id, struct durations *out)
{
    return read_durations(ctx, &DURATIONS_OF_MEMBER, member_id, out);
}

static enum error_kind read_count(struct stmt *s, int64_t *out_count)
{
    bool found;

    TRY(db_row(s, &found));
    *out_count = column_number(s, 0);
    return OK;
}

enum error_kind analytics_repo_favourite_author(struct ctx *ctx, int64_t member_id, const char **out_author)
{
    struct stmt *s = db_statement(ctx, &FAVOURITE_AUTHOR);
    bool found;

    bind_int(s, ":id", member_id);
    TRY(db_row(s, &found));
    *out_author = found ? column_text(s, 0) : NULL;
    return OK;
}

enum error_kind analytics_repo_loans_between(struct ctx *ctx, int64_t member_id, int64_t from, int64_t to,
                                             int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &LOANS_BETWEEN);

    bind_int(s, ":id", member_id);
    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    return read_count(s, out_count);
}

enum error_kind analytics_repo_first_loan(struct ctx *ctx, int64_t member_id, int64_t *out_at)
{
    struct stmt *s = db_statement(ctx, &FIRST_LOAN);

    bind_int(s, ":id", member_id);
    return read_count(s, out_at);
}
