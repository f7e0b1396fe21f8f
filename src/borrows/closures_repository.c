/*
 * closures_repository.c — what closures move, as SQL.
 */
#include "borrows/closures_repository.h"

#include "base/clock.h"
#include "borrows/borrow_row_repository.h"

#define DUE_BETWEEN                                                        \
    " FROM borrow INDEXED BY borrow_open_by_due WHERE returned_at IS NULL" \
    " AND due_at >= :from AND due_at <= :to"

SQL(DUE, "SELECT id, due_day" DUE_BETWEEN " ORDER BY due_at, id");
SQL(COUNT_DUE, "SELECT count(*)" DUE_BETWEEN);

SQL(MOVE_BORROW, "UPDATE borrow SET due_day = :to_day, due_at = :to_at,"
                 " overdue_step = iif(:to_day >= :today, 0, overdue_step)"
                 " WHERE id = :id AND due_day = :from_day AND returned_at IS NULL");

SQL(KEEP, "INSERT INTO closure_move (closed_day_id, borrow_id, hold_id, day_before, day_after)"
          " VALUES (:closure, :borrow, :hold, :before, :after)");
SQL(KEPT, "SELECT borrow_id, hold_id, day_before, day_after FROM closure_move WHERE closed_day_id = :closure"
          " ORDER BY id");
SQL(FORGET, "DELETE FROM closure_move WHERE closed_day_id = :closure");

SQL(BORROW, "SELECT " BORROW_COLUMNS " FROM borrow WHERE id = :id");
SQL(HOLD, "SELECT book_id, member_id FROM hold WHERE id = :id");
SQL(WORDS, "SELECT w.uuid, b.title, m.name, m.card FROM borrow w JOIN book b ON b.id = w.book_id"
           " JOIN member m ON m.id = w.member_id WHERE w.id = :id");

enum error_kind closures_repo_due(struct ctx *ctx, int32_t first, int32_t last,
                                  void (*each)(void *argument, int64_t borrow_id, int32_t due_day),
                                  void *argument)
{
    struct stmt *s = db_statement(ctx, &DUE);
    bool found;

    bind_int(s, ":from", clock_day_start(first));
    bind_int(s, ":to", clock_day_end(last));
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, column_int(s, 0), (int32_t)column_int(s, 1));
    }
}

enum error_kind closures_repo_count_due(struct ctx *ctx, int32_t day, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_DUE);
    bool found;

    bind_int(s, ":from", clock_day_start(day));
    bind_int(s, ":to", clock_day_end(day));
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind closures_repo_move_borrow(struct ctx *ctx, int64_t borrow_id, int32_t from_day,
                                          int32_t to_day, bool *out_moved)
{
    struct stmt *s = db_statement(ctx, &MOVE_BORROW);

    bind_int(s, ":id", borrow_id);
    bind_int(s, ":from_day", from_day);
    bind_int(s, ":to_day", to_day);
    bind_int(s, ":to_at", clock_day_end(to_day));
    bind_int(s, ":today", clock_day_of(ctx->now));
    TRY(db_run(s));
    *out_moved = db_changes(ctx) > 0;
    return OK;
}

static void bind_id(struct stmt *s, const char *name, int64_t id)
{
    bind_number(s, name, id == 0 ? NO_NUMBER : id);
}

enum error_kind closures_repo_keep(struct ctx *ctx, int64_t closure_id, const struct closure_move *move)
{
    struct stmt *s = db_statement(ctx, &KEEP);

    bind_int(s, ":closure", closure_id);
    bind_id(s, ":borrow", move->borrow_id);
    bind_id(s, ":hold", move->hold_id);
    bind_int(s, ":before", move->day_before);
    bind_int(s, ":after", move->day_after);
    return db_run(s);
}

enum error_kind closures_repo_kept(struct ctx *ctx, int64_t closure_id,
                                   void (*each)(void *argument, const struct closure_move *move),
                                   void *argument)
{
    struct stmt *s = db_statement(ctx, &KEPT);
    bool found;

    bind_int(s, ":closure", closure_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, &(struct closure_move){.borrow_id = column_int(s, 0),
                                              .hold_id = column_int(s, 1),
                                              .day_before = (int32_t)column_int(s, 2),
                                              .day_after = (int32_t)column_int(s, 3)});
    }
}

enum error_kind closures_repo_forget(struct ctx *ctx, int64_t closure_id)
{
    struct stmt *s = db_statement(ctx, &FORGET);

    bind_int(s, ":closure", closure_id);
    return db_run(s);
}

enum error_kind closures_repo_borrow(struct ctx *ctx, int64_t id, struct borrow *out_borrow)
{
    struct stmt *s = db_statement(ctx, &BORROW);
    bool found;

    bind_int(s, ":id", id);
    TRY(borrow_row(s, out_borrow, &found));
    return found ? OK : fail(ctx, BORROW_RECORD_NOT_FOUND, "Borrow record not found.");
}

enum error_kind closures_repo_hold(struct ctx *ctx, int64_t id, int64_t *out_book_id, int64_t *out_member_id)
{
    struct stmt *s = db_statement(ctx, &HOLD);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    *out_book_id = found ? column_int(s, 0) : 0;
    *out_member_id = found ? column_int(s, 1) : 0;
    return OK;
}

enum error_kind closures_repo_words(struct ctx *ctx, int64_t borrow_id, struct borrow_words *out_words)
{
    struct stmt *s = db_statement(ctx, &WORDS);
    bool found;

    bind_int(s, ":id", borrow_id);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, BORROW_RECORD_NOT_FOUND, "Borrow record not found.");
    *out_words = (struct borrow_words){.uuid = column_uuid(s, 0),
                                       .title = column_text(s, 1),
                                       .member_name = column_text(s, 2),
                                       .card = column_text(s, 3)};
    return OK;
}
