/*
 * decision_service.c — the rules of lending, each a few lines. The writer runs one act at a time, so what is checked
 * here still holds when it is written.
 */
#include "borrows/decision_service.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "borrows/lending_repository.h"
#include "borrows/overdue_service.h"
#include "copies/copies_service.h"
#include "fines/fines_service.h"
#include "holds/holds_service.h"
#include "members/members_service.h"
#include "policies/calendar_service.h"
#include "policies/policies_service.h"

/* A no of the library's rules ends the decision, unless all of them are wanted. Other failures always do. */
static enum error_kind put(struct ctx *ctx, struct lending *lending, enum error_kind kind)
{
    if (kind != ERROR_CONFLICT || !lending->all)
        return kind;
    struct lending_refusal *refusal = arena_alloc(ctx->arena, sizeof *refusal);
    *refusal = (struct lending_refusal){
        .code = ctx->error.code, .detail = ctx->error.detail, .reasons = ctx->error.reasons};
    *lending->all = refusal;
    lending->all = &refusal->next;
    error_clear(ctx);
    return OK;
}

/* ---- gathering ------------------------------------------------------------------------------------------- */

enum error_kind decision_check_occurred(struct ctx *ctx, int64_t occurred_at, int64_t *out_at)
{
    int64_t at = occurred_at == NO_NUMBER ? ctx->now : occurred_at;

    if (at > ctx->now + OCCURRED_AT_FUTURE_MS)
        error_field(ctx, "body", "occurred_at", "in_the_future", "lies in the future");
    else if (at < ctx->now - (int64_t)OCCURRED_AT_PAST_DAYS * MS_PER_DAY)
        error_field(ctx, "body", "occurred_at", "too_old", "lies more than %d days back",
                    OCCURRED_AT_PAST_DAYS);
    TRY(error_check_fields(ctx));
    *out_at = at > ctx->now ? ctx->now : at;
    return OK;
}

enum error_kind decision_take_member(struct ctx *ctx, struct lending *lending, const struct uuid *uuid,
                                     const char *card)
{
    TRY(members_find_named(ctx, uuid, card, &lending->member));
    lending->has_member = true;
    lending->member_type_id = lending->member.member_type_id;
    return OK;
}

/* The copy that waits for this member on the hold shelf, else one that anybody may have. */
static enum error_kind choose_copy(struct ctx *ctx, struct lending *lending)
{
    struct hold_claim claim = {0};

    if (lending->has_member)
        TRY(holds_own(ctx, lending->member.id, lending->book.id, &claim));
    if (!claim.ready)
        return copies_pick_available(ctx, lending->book.id, &lending->copy, &lending->has_copy);
    lending->has_copy = true;
    return copies_find_by_id(ctx, claim.copy_id, &lending->copy);
}

/* What is wanted, as far as it exists: whether that is enough is decided later, in its turn. */
enum error_kind decision_take_thing(struct ctx *ctx, struct lending *lending, const struct uuid *uuid,
                                    const char *barcode)
{
    enum error_kind kind;

    lending->barcode = barcode;
    if (barcode) {
        TRY(copies_find_by_barcode(ctx, barcode, &lending->copy, &lending->has_copy));
        if (!lending->has_copy)
            return OK;
        kind = books_find_by_id(ctx, lending->copy.book_id, &lending->book);
    } else {
        kind = books_find(ctx, uuid, &lending->book);
    }
    if (kind == ERROR_NOT_FOUND) {
        error_clear(ctx);
        return OK;
    }
    TRY(kind);
    lending->has_book = lending->book.deleted_at == NO_NUMBER;
    lending->item_type_id = lending->has_book ? lending->book.item_type_id : 0;
    return lending->has_book && !barcode ? choose_copy(ctx, lending) : OK;
}

/* The rule for this thing, and the one that says how many altogether: often the same. */
enum error_kind decision_take_rules(struct ctx *ctx, struct lending *lending)
{
    TRY(policies_rule_for(ctx, lending->member_type_id, lending->item_type_id, &lending->rule));
    if (lending->rule.item_type)
        return policies_total_rule_for(ctx, lending->member_type_id, &lending->total);
    lending->total = lending->rule;
    return OK;
}

/* ---- deciding, in the order of the header --------------------------------------------------------------- */

static enum error_kind check_block(struct ctx *ctx, const struct member *member)
{
    int64_t accruing;

    TRY(borrows_accruing(ctx, member, &accruing));
    return fines_check_block(ctx, member, accruing);
}

enum error_kind decision_check_member(struct ctx *ctx, const struct member *member)
{
    TRY(members_check_may_borrow(ctx, member));
    return check_block(ctx, member);
}

static enum error_kind fail_limit(struct ctx *ctx, const struct loan_rule *rule, int64_t borrows)
{
    error_reason_text(ctx, "rule", loan_rule_name(ctx, rule));
    error_reason_int(ctx, "max_loans", rule->max_loans);
    error_reason_int(ctx, "active_borrows", borrows);
    if (!rule->item_type)
        return fail(ctx, BORROW_LIMIT_EXCEEDED,
                    "Member has reached the maximum limit of %" PRId64 " active borrows.", rule->max_loans);
    error_reason_text(ctx, "item_type", rule->item_type);
    return fail(ctx, BORROW_LIMIT_EXCEEDED,
                "Member has reached the maximum limit of %" PRId64 " active borrows of the type “%s”.",
                rule->max_loans, rule->item_type);
}

static enum error_kind check_type_limit(struct ctx *ctx, const struct lending *lending)
{
    int64_t borrows = 0;

    if (!lending->rule.item_type)
        return OK;
    if (lending->has_member)
        TRY(lending_repo_count_open_of_type(ctx, lending->member.id, lending->item_type_id, &borrows));
    return borrows < lending->rule.max_loans ? OK : fail_limit(ctx, &lending->rule, borrows);
}

static enum error_kind check_total_limit(struct ctx *ctx, const struct lending *lending)
{
    int64_t borrows = lending->has_member ? lending->member.open_borrows : 0;

    return borrows < lending->total.max_loans ? OK : fail_limit(ctx, &lending->total, borrows);
}

static enum error_kind check_duplicate(struct ctx *ctx, const struct lending *lending)
{
    bool found = false;

    if (lending->has_member && lending->has_book)
        TRY(lending_repo_has_open_of_book(ctx, lending->member.id, lending->book.id, &found));
    if (found)
        return fail(ctx, ACTIVE_BORROW_EXISTS, "Member already has an active borrow for this book.");
    return OK;
}

static enum error_kind check_thing(struct ctx *ctx, const struct lending *lending)
{
    if (lending->of_a_type)
        return OK;
    if (lending->barcode && !lending->has_copy)
        return fail(ctx, COPY_NOT_FOUND, "Copy not found. No copy has the barcode %s.", lending->barcode);
    if (!lending->has_book)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found.");
    if (!lending->has_copy) {
        error_reason_int(ctx, "total_copies", lending->book.total_copies);
        return fail(ctx, INVENTORY_UNAVAILABLE, "No copies available of “%s”.", lending->book.facts.title);
    }
    if (lending->copy.status != COPY_AVAILABLE && lending->copy.status != COPY_ON_HOLD_SHELF) {
        error_reason_text(ctx, "status", copy_status_name(lending->copy.status));
        return fail(ctx, COPY_NOT_AVAILABLE, "This copy cannot be lent: it is %s.",
                    copy_status_words(lending->copy.status));
    }
    return OK;
}

/* Whose turn it is; and the member's own hold, which the loan fulfils. */
static enum error_kind check_holds(struct ctx *ctx, struct lending *lending)
{
    if (!lending->has_member || !lending->has_book || !lending->has_copy)
        return OK;
    return holds_check_lend(ctx, &lending->member, &lending->book, &lending->copy, lending->override_reason,
                            &lending->claim);
}

/* Only an act that is reported late can collide with what happened in between. */
static enum error_kind check_history(struct ctx *ctx, const struct lending *lending)
{
    int64_t last_return;

    if (lending->at == ctx->now)
        return OK;
    TRY(lending_repo_last_return(ctx, lending->copy.id, &last_return));
    if (last_return != NO_NUMBER && lending->at < last_return)
        error_field(ctx, "body", "occurred_at", "overlaps", "lies before this copy last came back");
    return error_check_fields(ctx);
}

enum error_kind decision_make(struct ctx *ctx, struct lending *lending)
{
    if (lending->has_member) {
        TRY(put(ctx, lending, members_check_may_borrow(ctx, &lending->member)));
        TRY(put(ctx, lending, check_block(ctx, &lending->member)));
    }
    TRY(put(ctx, lending, check_type_limit(ctx, lending)));
    TRY(put(ctx, lending, check_total_limit(ctx, lending)));
    TRY(put(ctx, lending, check_duplicate(ctx, lending)));
    TRY(put(ctx, lending, check_thing(ctx, lending)));
    TRY(put(ctx, lending, check_holds(ctx, lending)));
    return check_history(ctx, lending);
}

enum error_kind decision_due_day(struct ctx *ctx, const struct lending *lending, int32_t *out_day)
{
    return calendar_due_day(ctx, clock_day_of(lending->at), lending->rule.loan_days, out_day);
}
