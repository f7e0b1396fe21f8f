/*
 * forgetting_repository.c — found through the member's holds, which are few: no hold has an index by loan, and none by
 * its end. Those that name nobody have left that index.
 */
#include "holds/forgetting_repository.h"

#include "db/engine.h"

SQL(FIND_FULFILLED, "SELECT id FROM hold WHERE member_id = :member AND borrow_id = :borrow");
SQL(NEXT_MEMBER, "SELECT min(member_id) FROM hold WHERE member_id >= :from");
SQL(OLD_HOLDS,
    "SELECT id FROM hold INDEXED BY hold_by_member WHERE member_id = :member AND placed_at <= :until"
    " AND ended_at <= :until AND status <> 'fulfilled' ORDER BY placed_at, id LIMIT :max");
SQL(LOGIN_NAME, "SELECT name FROM account WHERE member_id = :member");
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

enum error_kind forgetting_repo_next_member(struct ctx *ctx, int64_t from_id, int64_t *out_id,
                                            bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_MEMBER);
    bool found;

    bind_int(s, ":from", from_id);
    TRY(db_row(s, &found));
    *out_found = found && !column_is_null(s, 0);
    if (*out_found)
        *out_id = column_int(s, 0);
    return OK;
}

enum error_kind forgetting_repo_old(struct ctx *ctx, int64_t member_id, int64_t ended_until,
                                    int64_t *out_hold_ids, size_t max, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &OLD_HOLDS);
    size_t count = 0;
    bool found;

    bind_int(s, ":member", member_id);
    bind_int(s, ":until", ended_until);
    bind_int(s, ":max", (int64_t)max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_hold_ids[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}

enum error_kind forgetting_repo_login(struct ctx *ctx, int64_t member_id, const char **out_name)
{
    struct stmt *s = db_statement(ctx, &LOGIN_NAME);
    bool found;

    bind_int(s, ":member", member_id);
    TRY(db_row(s, &found));
    *out_name = found ? column_text(s, 0) : NULL;
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
