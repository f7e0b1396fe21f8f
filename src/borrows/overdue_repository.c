/*
 * overdue_repository.c — overdue loans as SQL: found through the indexes that hold what is out.
 */
#include "borrows/overdue_repository.h"

#include "borrows/borrow_row_repository.h"
#include "borrows/fine_sql.h"
#include "db/engine.h"
#include "policies/calendar_sql.h"

SQL(NEXT_OVERDUE, "SELECT " BORROW_COLUMNS " FROM borrow INDEXED BY borrow_open_by_due"
                  " WHERE returned_at IS NULL AND due_at < :now AND (due_at, id) > (:after_due_at, :after_id)"
                  " ORDER BY due_at, id LIMIT :max");

/* A member has few loans at once, so that they may be sorted. */
SQL(NEXT_OVERDUE_OF_MEMBER, "SELECT " BORROW_COLUMNS " FROM borrow INDEXED BY borrow_open_pair"
                            " WHERE member_id = :member AND returned_at IS NULL AND due_at < :now"
                            " AND (due_at, id) > (:after_due_at, :after_id) ORDER BY due_at, id LIMIT :max");

SQL(ACCRUING, "SELECT coalesce(sum(max(0, " BORROW_FINE(
                  ":day") " - " BORROW_POSTED ")), 0)"
                          " FROM borrow w INDEXED BY borrow_open_pair"
                          " WHERE w.member_id = :member AND w.returned_at IS NULL AND w.due_day < :day");

SQL(SET_STEP, "UPDATE borrow SET overdue_step = :step WHERE id = :id");

enum error_kind overdue_repo_next(struct ctx *ctx, int64_t member_id, int64_t after_due_at, int64_t after_id,
                                  size_t max, struct borrow *out_borrows, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, member_id ? &NEXT_OVERDUE_OF_MEMBER : &NEXT_OVERDUE);

    if (member_id)
        bind_int(s, ":member", member_id);
    bind_int(s, ":now", ctx->now);
    bind_int(s, ":after_due_at", after_due_at);
    bind_int(s, ":after_id", after_id);
    bind_int(s, ":max", (int64_t)max);
    return borrow_rows(s, max, out_borrows, out_count);
}

enum error_kind overdue_repo_accruing(struct ctx *ctx, int64_t member_id, int32_t day, int64_t *out_amount)
{
    struct stmt *s = db_statement(ctx, &ACCRUING);
    bool found;

    bind_int(s, ":member", member_id);
    bind_int(s, ":day", day);
    TRY(db_row(s, &found));
    *out_amount = column_int(s, 0);
    return OK;
}

enum error_kind overdue_repo_set_step(struct ctx *ctx, int64_t id, int64_t step)
{
    struct stmt *s = db_statement(ctx, &SET_STEP);

    bind_int(s, ":id", id);
    bind_int(s, ":step", step);
    return db_run(s);
}
