/*
 * forgetting_repository.c — found through the member's holds, which are few: no hold has an index by loan.
 */
#include "holds/forgetting_repository.h"

#include "db/engine.h"

SQL(FIND_FULFILLED, "SELECT id FROM hold WHERE member_id = :member AND borrow_id = :borrow");
SQL(FORGET_MEMBER, "UPDATE hold SET member_id = NULL WHERE id = :id");
SQL(RENAME_PLACER, "UPDATE hold SET placed_by = :to WHERE id = :id AND placed_by = :name");

enum error_kind forgetting_repo_find(struct ctx *ctx, int64_t member_id, int64_t borrow_id,
                                     int64_t *out_hold_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_FULFILLED);

    bind_int(s, ":member", member_id);
    bind_int(s, ":borrow", borrow_id);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_hold_id = column_int(s, 0);
    return OK;
}

enum error_kind forgetting_repo_forget(struct ctx *ctx, int64_t hold_id)
{
    struct stmt *s = db_statement(ctx, &FORGET_MEMBER);

    bind_int(s, ":id", hold_id);
    return db_run(s);
}

enum error_kind forgetting_repo_rename(struct ctx *ctx, int64_t hold_id, const char *name, const char *to)
{
    struct stmt *s = db_statement(ctx, &RENAME_PLACER);

    bind_int(s, ":id", hold_id);
    bind_text(s, ":name", name);
    bind_text(s, ":to", to);
    return db_run(s);
}
