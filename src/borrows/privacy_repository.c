/*
 * privacy_repository.c — loans by member: those that name nobody have left that index, so that each night finds
 * what is new in it without walking past all that was forgotten before, and without an index of its own.
 */
#include "borrows/privacy_repository.h"

#include "db/engine.h"

SQL(NEXT_MEMBER, "SELECT min(member_id) FROM borrow WHERE member_id >= :from");

/* A charge of the loan that is open, or about which something was asked, decided or paid since. */
#define HAS_CHARGE                                                                         \
    "EXISTS (SELECT 1 FROM charge c WHERE c.borrow_id = w.id AND (c.settled < c.amount"    \
    " OR c.at > :settled_until OR EXISTS (SELECT 1 FROM waiver v WHERE v.charge_id = c.id" \
    " AND max(v.asked_at, coalesce(v.decided_at, 0)) > :settled_until)"                    \
    " OR EXISTS (SELECT 1 FROM allocation a LEFT JOIN payment p ON p.id = a.payment_id"    \
    " LEFT JOIN waiver v ON v.id = a.waiver_id WHERE a.charge_id = c.id"                   \
    " AND coalesce(p.at, v.decided_at) > :settled_until)))"

/* Each condition is asked of the loan itself: one that has to wait must not stand in the way of the next. */
SQL(OLD_BORROWS,
    "SELECT id, book_id, borrowed_at, returned_at > due_at FROM borrow w INDEXED BY borrow_by_member"
    " WHERE member_id = :member AND borrowed_at <= :borrowed_until AND returned_day <= :returned_day"
    " AND NOT " HAS_CHARGE
    " AND NOT EXISTS (SELECT 1 FROM audit_log l WHERE l.entity = 'borrow' AND l.entity_id = w.id"
    " AND l.at > :settled_until)"
    " ORDER BY borrowed_at LIMIT :max");

SQL(COUNT_RENEWALS, "SELECT count(*) FROM renewal WHERE borrow_id = :borrow");
SQL(NAMES, "SELECT name FROM account WHERE member_id = :member"
           " UNION SELECT renewed_by FROM renewal WHERE borrow_id = :borrow AND way = 'reader'");
SQL(FORGET, "UPDATE borrow SET member_id = NULL WHERE id = :id");
SQL(RENAME_RENEWER, "UPDATE renewal SET renewed_by = :to WHERE borrow_id = :id AND renewed_by = :name");

enum error_kind privacy_repo_next_member(struct ctx *ctx, int64_t from_id, int64_t *out_id, bool *out_found)
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

enum error_kind privacy_repo_old_borrows(struct ctx *ctx, int64_t member_id, const struct old_when *when,
                                         struct old_borrow *out_borrows, size_t max, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &OLD_BORROWS);
    size_t count = 0;
    bool found;

    bind_int(s, ":member", member_id);
    bind_int(s, ":borrowed_until", when->borrowed_until);
    bind_int(s, ":returned_day", when->returned_day);
    bind_int(s, ":settled_until", when->settled_until);
    bind_int(s, ":max", (int64_t)max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_borrows[count++] = (struct old_borrow){.id = column_int(s, 0),
                                                   .book_id = column_int(s, 1),
                                                   .member_id = member_id,
                                                   .borrowed_at = column_int(s, 2),
                                                   .late = column_bool(s, 3)};
    }
    *out_count = count;
    return OK;
}

enum error_kind privacy_repo_names(struct ctx *ctx, const struct old_borrow *borrow,
                                   const char *const **out_names, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_RENEWALS);
    size_t count = 0;
    bool found;

    bind_int(s, ":borrow", borrow->id);
    TRY(db_row(s, &found));
    size_t most = (size_t)column_int(s, 0) + 1; /* each by another name, and the login's */
    const char **names = arena_alloc_array(ctx->arena, most, sizeof *names);
    s = db_statement(ctx, &NAMES);
    bind_int(s, ":member", borrow->member_id);
    bind_int(s, ":borrow", borrow->id);
    while (count < most) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        names[count++] = column_text(s, 0);
    }
    *out_names = names;
    *out_count = count;
    return OK;
}

enum error_kind privacy_repo_forget(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &FORGET);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind privacy_repo_rename(struct ctx *ctx, int64_t id, const char *name, const char *to)
{
    struct stmt *s = db_statement(ctx, &RENAME_RENEWER);

    bind_int(s, ":id", id);
    bind_text(s, ":name", name);
    bind_text(s, ":to", to);
    return db_run(s);
}
