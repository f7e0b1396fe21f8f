/*
 * seeder_acts.c — the acts of the plan, each through the service that people's own acts go through.
 */
#include <string.h>

#include "borrows/borrows_service.h"
#include "borrows/renewals_service.h"
#include "copies/copies_service.h"
#include "db/engine.h"
#include "fines/payments_service.h"
#include "fines/waivers_service.h"
#include "holds/holds_service.h"
#include "holds/placing_service.h"
#include "members/members_service.h"
#include "seeder/seeder_internal.h"

#define EXPIRE_AT_ONCE 100

SQL(CHARGE_OF_LOAN,
    "SELECT uuid FROM charge WHERE borrow_id = :borrow AND kind = :kind ORDER BY id DESC LIMIT 1");
SQL(WAIVER, "SELECT uuid FROM waiver WHERE id = :id");

static const struct uuid nobody;

/* ---- titles and people ------------------------------------------------------------------------------------- */

static enum error_kind catalogue(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    struct book_facts facts = invent_book(ctx->arena, seeder->invention, index);
    struct book book;

    TRY(copies_catalogue_title(ctx, &facts, &book));
    seeder->books[index] = book.uuid;
    return OK;
}

static enum error_kind enrol(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    struct member_facts facts = invent_member(ctx->arena, seeder->invention, index);
    struct member member;

    TRY(members_create(ctx, &facts, &member));
    seeder->members[index] = member.uuid;
    return OK;
}

/* ---- loans ------------------------------------------------------------------------------------------------- */

static enum error_kind lend(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    const struct planned_loan *loan = &seeder->plan->loans[index];
    struct lend_request request = {.book_id = seeder->books[loan->book],
                                   .member_id = seeder->members[loan->member],
                                   .occurred_at = NO_NUMBER};
    struct borrow borrow;

    seeder->loans[index] = (struct made_loan){0};
    TRY(borrows_lend(ctx, &request, &borrow));
    seeder->loans[index] = (struct made_loan){borrow.uuid, borrow.id, borrow.copy_id};
    return OK;
}

static enum error_kind not_there(struct ctx *ctx)
{
    return fail(ctx, CONFLICT, "What this follows from was refused.");
}

static enum error_kind take_back(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    const struct made_loan *made = &seeder->loans[index];
    struct return_request request = {.occurred_at = NO_NUMBER};
    struct lost_report report = {.amount = seeder->plan->loans[index].lost_price};
    struct reception reception;

    if (made->copy_id == 0)
        return not_there(ctx);
    if (report.amount > 0)
        return borrows_declare_lost(ctx, &made->uuid, &report, &reception);
    return borrows_receive(ctx, &made->uuid, &request, &reception);
}

/* At the desk, or by the reader as one who is signed in. */
static enum error_kind renew(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    const struct made_renewal *renewal = series_at(&seeder->plan->ledger->renewals, index);
    const struct made_loan *made = &seeder->loans[renewal->loan];
    const struct actor actor = ctx->actor;
    struct renew_request request = {0};
    struct borrow borrow;

    if (made->copy_id == 0)
        return not_there(ctx);
    if (renewal->by_reader) {
        ctx->actor.access = MEMBER;
        ctx->actor.member_id = (int64_t)seeder->plan->loans[renewal->loan].member + 1;
    }
    enum error_kind kind = borrows_renew(ctx, &made->uuid, &request, &borrow);
    ctx->actor = actor;
    return kind;
}

/* ---- money ------------------------------------------------------------------------------------------------- */

static enum error_kind find_uuid(struct stmt *s, struct ctx *ctx, struct uuid *out_uuid)
{
    bool found;

    TRY(db_row(s, &found));
    if (!found)
        return not_there(ctx);
    *out_uuid = column_uuid(s, 0);
    return OK;
}

static enum error_kind waive(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    const struct ledger *ledger = seeder->plan->ledger;
    const struct made_waiver *waiver = series_at(&ledger->waivers, index);
    const struct made_charge *charge = series_at(&ledger->charges, waiver->charge);
    struct waiver_request request = {.amount = NO_NUMBER, .reason = ledger_reason(waiver)};
    struct stmt *s = db_statement(ctx, &CHARGE_OF_LOAN);
    struct uuid uuid;
    int64_t id;

    bind_int(s, ":borrow", seeder->loans[charge->loan].id);
    bind_text(s, ":kind", charge->is_lost ? "lost" : "overdue");
    TRY(find_uuid(s, ctx, &uuid));
    TRY(waivers_ask(ctx, &uuid, &request, &id));
    s = db_statement(ctx, &WAIVER);
    bind_int(s, ":id", id);
    TRY(find_uuid(s, ctx, &uuid));
    return waivers_approve(ctx, &uuid, &id);
}

static enum error_kind pay(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    const struct made_payment *payment = series_at(&seeder->plan->ledger->payments, index);
    struct payment_request request = {.member_id = seeder->members[payment->member],
                                      .amount = payment->amount,
                                      .method = ledger_methods[payment->method].name,
                                      .reference = ledger_reference(ctx->arena, payment, index + 1)};
    int64_t id;

    return payments_take(ctx, &request, &id);
}

/* ---- holds ------------------------------------------------------------------------------------------------- */

static enum error_kind place(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    const struct made_hold *made = series_at(&seeder->plan->ledger->holds, index);
    struct hold_request request = {.book_id = seeder->books[made->book],
                                   .member_id = seeder->members[made->member]};
    struct hold hold;

    seeder->holds[index] = nobody;
    TRY(placing_add(ctx, &request, &hold));
    seeder->holds[index] = hold.uuid;
    return OK;
}

static enum error_kind pull(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    const struct made_hold *made = series_at(&seeder->plan->ledger->holds, index);
    struct copy copy;
    struct hold hold;

    TRY(copies_find_by_id(ctx, (int64_t)seeder->first_copy[made->book] + made->copy + 1, &copy));
    return placing_pull(ctx, &(struct hold_pull){.barcode = copy.facts.barcode}, &hold);
}

static enum error_kind cancel(struct ctx *ctx, struct seeder *seeder, uint32_t index)
{
    struct hold hold;

    if (memcmp(&seeder->holds[index], &nobody, sizeof nobody) == 0)
        return not_there(ctx);
    return placing_cancel(ctx, &seeder->holds[index], &hold);
}

/* All of this night: whoever comes next finds nothing left to do. */
static enum error_kind expire(struct ctx *ctx)
{
    int64_t rows;

    return holds_expire(ctx, EXPIRE_AT_ONCE, &rows);
}

/* ---- any of them ------------------------------------------------------------------------------------------- */

static enum error_kind act_out(struct ctx *ctx, struct seeder *seeder, const struct act *act)
{
    switch (act->kind) {
    case ACT_CATALOGUE: return catalogue(ctx, seeder, act->index);
    case ACT_REGISTER: return enrol(ctx, seeder, act->index);
    case ACT_LEND: return lend(ctx, seeder, act->index);
    case ACT_RETURN: return take_back(ctx, seeder, act->index);
    case ACT_RENEW: return renew(ctx, seeder, act->index);
    case ACT_WAIVE: return waive(ctx, seeder, act->index);
    case ACT_PAY: return pay(ctx, seeder, act->index);
    case ACT_PLACE: return place(ctx, seeder, act->index);
    case ACT_PULL: return pull(ctx, seeder, act->index);
    case ACT_CANCEL: return cancel(ctx, seeder, act->index);
    case ACT_EXPIRE: break;
    }
    return expire(ctx);
}

/* The library's counters tell of it (seeder.c). */
static bool is_counted(enum act_kind kind)
{
    return kind != ACT_RENEW && kind != ACT_PULL && kind != ACT_CANCEL && kind != ACT_EXPIRE;
}

enum error_kind seeder_perform(struct ctx *ctx, struct seeder *seeder, const struct act *act,
                               int64_t *out_counted)
{
    enum error_kind kind = act_out(ctx, seeder, act);

    *out_counted = kind == OK && is_counted(act->kind);
    if (act->kind > ACT_REGISTER && (kind == ERROR_CONFLICT || kind == ERROR_NOT_FOUND)) {
        error_clear(ctx);
        return OK;
    }
    return kind;
}
