/*
 * lending_service.c — a loan is made: what is written once it was decided.
 */
#include "borrows/lending_service.h"

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "borrows/decision_service.h"
#include "borrows/lending_repository.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "holds/holds_service.h"

#define MEANING_OVERRIDE \
    "Why it is lent although another reader waits for it: without a reason, that is refused"

#define THING_FIELDS                                                                       \
    {"book_id",                                                                            \
     FIELD_UUID,                                                                           \
     OPTIONAL,                                                                             \
     0,                                                                                    \
     0,                                                                                    \
     AT(struct lend_request, book_id),                                                     \
     "The title; any copy of it that is there"},                                           \
    {                                                                                      \
        "barcode", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct lend_request, barcode), \
            "Or this very copy"                                                            \
    }

#define CIRCUMSTANCE_FIELDS                                                                             \
    {                                                                                                   \
        "occurred_at",      FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct lend_request, occurred_at),        \
        OCCURRED_AT_MEANING},                                                                           \
    {                                                                                                   \
        "override_reason", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct lend_request, override_reason), \
            MEANING_OVERRIDE                                                                            \
    }

const struct field lend_fields[] = {
    THING_FIELDS,
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct lend_request, member_id), "The member"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct lend_request, card),
     "Or the member's card number"},
    CIRCUMSTANCE_FIELDS,
    {0},
};

const struct field member_lend_fields[] = {
    THING_FIELDS,
    CIRCUMSTANCE_FIELDS,
    {0},
};

/* What an override leaves in the audit log. */
static const struct field override_fields[] = {
    {"override_reason", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct lend_request, override_reason), ""},
    {0},
};

static enum error_kind check_request(struct ctx *ctx, const struct lend_request *request)
{
    if (!uuid_is_given(&request->book_id) && !request->barcode)
        error_field(ctx, "body", "book_id", "missing", "is required, or a barcode");
    if (uuid_is_given(&request->book_id) && request->barcode)
        error_field(ctx, "body", "barcode", "ambiguous", "cannot be given together with book_id");
    if (!uuid_is_given(&request->member_id) && !request->card)
        error_field(ctx, "body", "member_id", "missing", "is required, or a card");
    if (uuid_is_given(&request->member_id) && request->card)
        error_field(ctx, "body", "card", "ambiguous", "cannot be given together with member_id");
    return error_check_fields(ctx);
}

struct counted_borrow borrows_counted(const struct borrow *borrow)
{
    return (struct counted_borrow){.book_id = borrow->book_id,
                                   .member_id = borrow->member_id,
                                   .borrowed_at = borrow->borrowed_at,
                                   .borrowed_day = clock_day_of(borrow->borrowed_at)};
}

static enum error_kind gather(struct ctx *ctx, const struct lend_request *request, struct lending *lending)
{
    TRY(check_request(ctx, request));
    TRY(decision_check_occurred(ctx, request->occurred_at, &lending->at));
    lending->override_reason = request->override_reason;
    TRY(decision_take_member(ctx, lending, &request->member_id, request->card));
    TRY(decision_take_thing(ctx, lending, &request->book_id, request->barcode));
    return decision_take_rules(ctx, lending);
}

static enum error_kind write_borrow(struct ctx *ctx, const struct lending *lending, struct borrow *borrow)
{
    struct new_borrow row = {.uuid = borrow->uuid,
                             .book_id = borrow->book_id,
                             .copy_id = borrow->copy_id,
                             .member_id = borrow->member_id,
                             .rule_id = lending->rule.id,
                             .borrowed_at = borrow->borrowed_at,
                             .due_at = borrow->due_at,
                             .due_day = borrow->due_day,
                             .fine_per_day = borrow->fine_per_day,
                             .fine_cap = borrow->fine_cap,
                             .grace_days = borrow->grace_days};
    struct counted_borrow count = borrows_counted(borrow);

    TRY(audit_actor_id(ctx, row.member_id, &row.lent_by));
    TRY(lending_repo_insert(ctx, &row, &borrow->id));
    TRY(copies_set_status(ctx, &lending->copy, COPY_ON_LOAN));
    TRY(counters_borrow_opened(ctx, &count));
    return holds_lent(ctx, &lending->claim, borrow->id, &lending->copy, borrow->member_id);
}

static enum error_kind tell_lent(struct ctx *ctx, const struct lend_request *request,
                                 const struct borrow *borrow)
{
    static const struct lend_request nothing;
    struct event_fact fact = {.type = EVENT_BOOK_ISSUED,
                              .book_id = borrow->book_id,
                              .member_id = borrow->member_id,
                              .borrow_id = borrow->id};

    TRY(audit_edit(ctx, "borrow.lent", "borrow", borrow->id,
                   request->override_reason ? fields_changes(ctx, override_fields, &nothing, request)
                                            : NULL));
    return events_record(ctx, &fact);
}

enum error_kind borrows_lend(struct ctx *ctx, const struct lend_request *request, struct borrow *out_borrow)
{
    struct lending lending = {0};
    int32_t due_day;

    TRY(gather(ctx, request, &lending));
    TRY(decision_make(ctx, &lending));
    TRY(decision_due_day(ctx, &lending, &due_day));
    struct borrow borrow = {.uuid = uuid_new(ctx->now),
                            .book_id = lending.book.id,
                            .copy_id = lending.copy.id,
                            .member_id = lending.member.id,
                            .borrowed_at = lending.at,
                            .due_at = clock_day_end(due_day),
                            .returned_at = NO_NUMBER,
                            .due_day = due_day,
                            .fine_per_day = lending.rule.fine_per_day,
                            .fine_cap = lending.rule.fine_cap,
                            .grace_days = lending.rule.grace_days};
    TRY(write_borrow(ctx, &lending, &borrow));
    TRY(tell_lent(ctx, request, &borrow));
    *out_borrow = borrow;
    return OK;
}
