/*
 * settling_repository.c — three statements over all copies.
 */
#include "copies/settling_repository.h"

#include "db/engine.h"

#define SETTLING "a salvaged library is gone through once"
#define IS_LENT "EXISTS (SELECT 1 FROM borrow w WHERE w.copy_id = copy.id AND w.returned_at IS NULL)"
#define IS_HELD "EXISTS (SELECT 1 FROM hold h WHERE h.copy_id = copy.id AND h.status = 'ready')"

SQL_SCANNING(MARK_LENT, SETTLING,
             "UPDATE copy SET status = 'on_loan', updated_at = :now, version = version + 1"
             " WHERE status <> 'on_loan' AND " IS_LENT);
SQL_SCANNING(MARK_HELD, SETTLING,
             "UPDATE copy SET status = 'on_hold_shelf', updated_at = :now, version = version + 1"
             " WHERE status NOT IN ('on_hold_shelf', 'on_loan') AND " IS_HELD);
SQL_SCANNING(FREE_OTHERS, SETTLING,
             "UPDATE copy SET status = 'available', updated_at = :now, version = version + 1"
             " WHERE (status = 'on_loan' AND NOT " IS_LENT ") OR (status = 'on_hold_shelf' AND NOT " IS_HELD
             ")");

static enum error_kind run(struct ctx *ctx, const struct sql *sql)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind copies_settling_repo_mark_lent(struct ctx *ctx)
{
    return run(ctx, &MARK_LENT);
}

enum error_kind copies_settling_repo_mark_held(struct ctx *ctx)
{
    return run(ctx, &MARK_HELD);
}

enum error_kind copies_settling_repo_free_others(struct ctx *ctx)
{
    return run(ctx, &FREE_OTHERS);
}
