/*
 * take_over_service.c — a loan that somebody else made, into this library's figures; and out of them again.
 */
#include "borrows/take_over_service.h"

#include <inttypes.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "books/books_service.h"
#include "borrows/lending_repository.h"
#include "borrows/lending_service.h"
#include "borrows/take_over_repository.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "members/members_service.h"
#include "notifications/forgetting_service.h"
#include "policies/policies_service.h"

#define DUE_DAYS_MAX 3650 /* ahead: as far as a rule can lend */

/* What it is checked on, and written from. */
struct taking_over {
    struct copy copy;
    struct book book;
    struct member member;
};

static enum error_kind gather(struct ctx *ctx, const struct borrow_taken_over *taken,
                              struct taking_over *taking)
{
    TRY(copies_find_by_id(ctx, taken->copy_id, &taking->copy));
    TRY(books_find_by_id(ctx, taking->copy.book_id, &taking->book));
    TRY(members_find_by_id(ctx, taken->member_id, &taking->member));
    if (taking->book.deleted_at != NO_NUMBER)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found. “%s” is archived: restore it first.",
                    taking->book.facts.title);
    if (taking->member.deleted_at != NO_NUMBER)
        return fail(ctx, MEMBER_NOT_FOUND, "Member not found. %s is archived: restore that record first.",
                    taking->member.facts.name);
    return OK;
}

static enum error_kind check_times(struct ctx *ctx, const struct borrow_taken_over *taken)
{
    int64_t last_return;

    if (taken->borrowed_at > ctx->now)
        error_field(ctx, "body", "borrowed_on", "in_the_future", "lies in the future");
    if (clock_day_end(taken->due_day) < taken->borrowed_at)
        error_field(ctx, "body", "due_on", "too_small", "lies before the day on which it was lent");
    if (taken->due_day > clock_day_of(ctx->now) + DUE_DAYS_MAX)
        error_field(ctx, "body", "due_on", "too_large", "lies more than %d days ahead", DUE_DAYS_MAX);
    TRY(error_check_fields(ctx));
    TRY(lending_repo_last_return(ctx, taken->copy_id, &last_return));
    if (last_return != NO_NUMBER && taken->borrowed_at < last_return)
        error_field(ctx, "body", "borrowed_on", "overlaps", "lies before this copy last came back");
    return error_check_fields(ctx);
}

static enum error_kind check(struct ctx *ctx, const struct borrow_taken_over *taken,
                             struct taking_over *taking)
{
    bool has_it;

    TRY(gather(ctx, taken, taking));
    TRY(check_times(ctx, taken));
    TRY(lending_repo_has_open_of_book(ctx, taken->member_id, taking->book.id, &has_it));
    if (has_it)
        return fail(ctx, ACTIVE_BORROW_EXISTS, "Member already has an active borrow for this book.");
    if (taking->copy.status == COPY_AVAILABLE)
        return OK;
    error_reason_text(ctx, "status", copy_status_name(taking->copy.status));
    return fail(ctx, COPY_NOT_AVAILABLE, "This copy cannot be lent: it is %s.",
                copy_status_words(taking->copy.status));
}

enum error_kind borrows_check_take_over(struct ctx *ctx, const struct borrow_taken_over *taken)
{
    struct taking_over taking;

    return check(ctx, taken, &taking);
}

enum error_kind borrows_take_over(struct ctx *ctx, const struct borrow_taken_over *taken,
                                  struct borrow *out_borrow)
{
    struct taking_over taking;
    struct loan_rule rule;

    TRY(check(ctx, taken, &taking));
    TRY(policies_rule_for(ctx, taking.member.member_type_id, taking.book.item_type_id, &rule));
    struct new_borrow row = {.uuid = uuid_new(ctx->now),
                             .book_id = taking.book.id,
                             .copy_id = taking.copy.id,
                             .member_id = taking.member.id,
                             .rule_id = rule.id,
                             .borrowed_at = taken->borrowed_at,
                             .due_at = clock_day_end(taken->due_day),
                             .due_day = taken->due_day,
                             .fine_per_day = rule.fine_per_day,
                             .fine_cap = rule.fine_cap,
                             .grace_days = rule.grace_days};
    struct borrow borrow = {.uuid = row.uuid,
                            .book_id = row.book_id,
                            .copy_id = row.copy_id,
                            .member_id = row.member_id,
                            .borrowed_at = row.borrowed_at,
                            .due_at = row.due_at,
                            .returned_at = NO_NUMBER,
                            .due_day = row.due_day,
                            .renewals = taken->renewals,
                            .fine_per_day = row.fine_per_day,
                            .fine_cap = row.fine_cap,
                            .grace_days = row.grace_days};
    struct counted_borrow count = borrows_counted(&borrow);
    TRY(audit_actor_id(ctx, row.member_id, &row.lent_by));
    TRY(lending_repo_insert(ctx, &row, &borrow.id));
    if (taken->renewals > 0)
        TRY(take_over_repo_set_renewals(ctx, borrow.id, taken->renewals));
    TRY(copies_set_status(ctx, &taking.copy, COPY_ON_LOAN));
    TRY(counters_borrow_opened(ctx, &count));
    *out_borrow = borrow;
    return OK;
}

/* ---- back ------------------------------------------------------------------------------------------------- */

enum error_kind borrows_find_taken_over(struct ctx *ctx, int64_t id, struct borrow *out_borrow,
                                        const char **out_why)
{
    struct borrow_traces traces;
    bool found;

    TRY(take_over_repo_find(ctx, id, out_borrow, &traces, &found));
    if (!found)
        return fail(ctx, BORROW_RECORD_NOT_FOUND, "Borrow record not found.");
    *out_why = out_borrow->returned_at != NO_NUMBER ? "it came back"
               : traces.renewed                     ? "it was renewed"
               : traces.moved                       ? "a closed day has moved its due day"
               : traces.charged                     ? "it was charged for"
               : traces.urged || traces.told        ? "the reader was reminded of it"
                                                    : NULL;
    return OK;
}

enum error_kind borrows_take_over_undo(struct ctx *ctx, int64_t id)
{
    struct borrow borrow;
    struct copy copy;
    const char *why;

    TRY(borrows_find_taken_over(ctx, id, &borrow, &why));
    if (why)
        return fail(ctx, ALREADY_RETURNED, "The loan cannot be taken back: %s.", why);
    struct counted_borrow count = borrows_counted(&borrow);
    TRY(notifications_borrow_removed(ctx, id));
    TRY(take_over_repo_remove(ctx, id));
    TRY(counters_borrow_undone(ctx, &count));
    TRY(copies_find_by_id(ctx, borrow.copy_id, &copy));
    return copies_set_status(ctx, &copy, COPY_AVAILABLE);
}
