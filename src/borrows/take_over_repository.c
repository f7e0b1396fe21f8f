/*
 * take_over_repository.c — loans that came from another system, as SQL.
 */
#include "borrows/take_over_repository.h"

#include "borrows/borrow_row_repository.h"
#include "db/engine.h"

SQL(SET_RENEWALS, "UPDATE borrow SET renewals = :renewals WHERE id = :id");
SQL(FIND_BY_ID, "SELECT " BORROW_COLUMNS ", EXISTS (SELECT 1 FROM renewal r WHERE r.borrow_id = borrow.id),"
                " EXISTS (SELECT 1 FROM closure_move m WHERE m.borrow_id = borrow.id),"
                " EXISTS (SELECT 1 FROM charge c WHERE c.borrow_id = borrow.id) FROM borrow WHERE id = :id");
SQL_SCANNING(TOLD_OF, "only an import that is undone asks; events are of a month",
             "SELECT EXISTS (SELECT 1 FROM event WHERE borrow_id = :id)");
SQL_SCANNING(REMOVE, "its foreign keys ask holds and events: only an import that is undone does that",
             "DELETE FROM borrow WHERE id = :id");

enum error_kind take_over_repo_set_renewals(struct ctx *ctx, int64_t id, int64_t renewals)
{
    struct stmt *s = db_statement(ctx, &SET_RENEWALS);

    bind_int(s, ":id", id);
    bind_int(s, ":renewals", renewals);
    return db_run(s);
}

enum error_kind take_over_repo_find(struct ctx *ctx, int64_t id, struct borrow *out_borrow,
                                    struct borrow_traces *out_traces, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BY_ID);
    struct stmt *told = db_statement(ctx, &TOLD_OF);
    bool row;

    bind_int(s, ":id", id);
    TRY(borrow_row(s, out_borrow, out_found));
    if (!*out_found)
        return OK;
    *out_traces = (struct borrow_traces){.renewed = column_bool(s, BORROW_COLUMN_COUNT),
                                         .moved = column_bool(s, BORROW_COLUMN_COUNT + 1),
                                         .charged = column_bool(s, BORROW_COLUMN_COUNT + 2),
                                         .urged = out_borrow->overdue_step > 0};
    bind_int(told, ":id", id);
    TRY(db_row(told, &row));
    out_traces->told = column_bool(told, 0);
    return OK;
}

enum error_kind take_over_repo_remove(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REMOVE);

    bind_int(s, ":id", id);
    return db_run(s);
}
