/*
 * settling_repository.c — what fines_check_repository.c finds wrong, taken away.
 */
#include "fines/settling_repository.h"

#include "db/engine.h"

#define SETTLING "a salvaged library is gone through once"

SQL_SCANNING(DROP_STRAYS, SETTLING,
             "DELETE FROM allocation WHERE id IN (SELECT a.id FROM allocation a NOT INDEXED"
             " LEFT JOIN charge f ON f.id = a.charge_id LEFT JOIN payment p ON p.id = a.payment_id"
             " LEFT JOIN waiver v ON v.id = a.waiver_id"
             " WHERE f.member_id IS NOT coalesce(p.member_id, v.member_id)"
             " OR (v.id IS NOT NULL AND v.status <> 'approved'))");
SQL(PART_BORROWS, "UPDATE charge SET borrow_id = NULL WHERE borrow_id IS NOT NULL AND member_id IS NOT"
                  " (SELECT w.member_id FROM borrow w WHERE w.id = charge.borrow_id)");

#define OWES "EXISTS (SELECT 1 FROM charge f WHERE f.member_id = u.member_id AND f.settled < f.amount)"
SQL(NEXT_IDLE,
    "SELECT min(member_id) FROM"
    " (SELECT u.member_id FROM payment u INDEXED BY payment_unused"
    "  WHERE u.allocated < u.amount AND u.member_id > :member AND " OWES
    "  UNION ALL SELECT u.member_id FROM waiver u INDEXED BY waiver_unused"
    "  WHERE u.status = 'approved' AND u.allocated < u.amount AND u.member_id > :member AND " OWES ")");

enum error_kind fines_settling_repo_drop_strays(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &DROP_STRAYS));
}

enum error_kind fines_settling_repo_part_borrows(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &PART_BORROWS));
}

enum error_kind fines_settling_repo_next_idle(struct ctx *ctx, int64_t member_id, int64_t *out_member_id,
                                              bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_IDLE);
    bool found;

    bind_int(s, ":member", member_id);
    TRY(db_row(s, &found));
    *out_found = !column_is_null(s, 0);
    *out_member_id = column_int(s, 0);
    return OK;
}
