/*
 * allocations_repository.c — the one place where `settled` and `allocated` are written, beside the row they follow
 * from.
 */
#include "fines/allocations_repository.h"

#include "db/engine.h"

SQL(OPEN_OF_MEMBER, "SELECT id, uuid, kind, borrow_id, amount - settled FROM charge INDEXED BY charge_open"
                    " WHERE member_id = :member AND settled < amount ORDER BY id");
SQL(UNUSED_PAYMENTS, "SELECT id, amount - allocated FROM payment INDEXED BY payment_unused"
                     " WHERE member_id = :member AND allocated < amount ORDER BY id");
SQL(UNUSED_WAIVERS, "SELECT id, amount - allocated FROM waiver INDEXED BY waiver_unused"
                    " WHERE member_id = :member AND status = 'approved' AND allocated < amount ORDER BY id");

SQL(INSERT_ALLOCATION, "INSERT INTO allocation (charge_id, payment_id, waiver_id, amount)"
                       " VALUES (:charge, :payment, :waiver, :amount)");
SQL(SETTLE_CHARGE, "UPDATE charge SET settled = settled + :amount WHERE id = :id");
SQL(SPEND_PAYMENT, "UPDATE payment SET allocated = allocated + :amount WHERE id = :id");
SQL(SPEND_WAIVER, "UPDATE waiver SET allocated = allocated + :amount WHERE id = :id");

enum error_kind allocations_repo_open(struct ctx *ctx, int64_t member_id, struct open_charge **out_first)
{
    struct stmt *s = db_statement(ctx, &OPEN_OF_MEMBER);
    struct open_charge *first = NULL;
    struct open_charge **end = &first;
    bool found;

    bind_int(s, ":member", member_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        struct open_charge *charge = arena_alloc(ctx->arena, sizeof *charge);
        *charge = (struct open_charge){.id = column_int(s, 0),
                                       .uuid = column_uuid(s, 1),
                                       .kind = charge_kind_of(column_text(s, 2)),
                                       .borrow_id = column_int(s, 3),
                                       .open = column_int(s, 4)};
        *end = charge;
        end = &charge->next;
    }
    *out_first = first;
    return OK;
}

static enum error_kind read_unused(struct ctx *ctx, const struct sql *sql, int64_t member_id, bool is_payment,
                                   struct credit ***end)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    bind_int(s, ":member", member_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct credit *credit = arena_alloc(ctx->arena, sizeof *credit);
        int64_t id = column_int(s, 0);
        *credit = (struct credit){
            .payment_id = is_payment ? id : 0, .waiver_id = is_payment ? 0 : id, .left = column_int(s, 1)};
        **end = credit;
        *end = &credit->next;
    }
}

enum error_kind allocations_repo_unused(struct ctx *ctx, int64_t member_id, struct credit **out_first)
{
    struct credit *first = NULL;
    struct credit **end = &first;

    TRY(read_unused(ctx, &UNUSED_PAYMENTS, member_id, true, &end));
    TRY(read_unused(ctx, &UNUSED_WAIVERS, member_id, false, &end));
    *out_first = first;
    return OK;
}

static enum error_kind add(struct ctx *ctx, const struct sql *sql, int64_t id, int64_t amount)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":id", id);
    bind_int(s, ":amount", amount);
    return db_run(s);
}

enum error_kind allocations_repo_insert(struct ctx *ctx, int64_t charge_id, const struct credit *credit,
                                        int64_t amount)
{
    struct stmt *s = db_statement(ctx, &INSERT_ALLOCATION);

    bind_int(s, ":charge", charge_id);
    bind_number(s, ":payment", credit->payment_id ? credit->payment_id : NO_NUMBER);
    bind_number(s, ":waiver", credit->waiver_id ? credit->waiver_id : NO_NUMBER);
    bind_int(s, ":amount", amount);
    TRY(db_run(s));
    TRY(add(ctx, &SETTLE_CHARGE, charge_id, amount));
    return credit->payment_id ? add(ctx, &SPEND_PAYMENT, credit->payment_id, amount)
                              : add(ctx, &SPEND_WAIVER, credit->waiver_id, amount);
}
