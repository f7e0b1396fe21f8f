/*
 * borrows_service.c — the rules of lending and taking back. The writer runs one act at a time, so what is
 * checked here still holds when it is written a few lines below.
 */
#include "borrows/borrows_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "borrows/borrows_repository.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "members/members_service.h"
#include "policies/policies_service.h"

#define MEANING_OCCURRED \
    "When it happened, if not now: book drop, offline desk (RFC 3339, at most 14 days back)"

const struct field lend_fields[] = {
    {"book_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct lend_request, book_id),
     "The title; any copy of it that is there"},
    {"barcode", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct lend_request, barcode), "Or this very copy"},
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct lend_request, member_id), "The member"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct lend_request, card),
     "Or the member's card number"},
    {"occurred_at", FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct lend_request, occurred_at), MEANING_OCCURRED},
    {0},
};

const struct field member_lend_fields[] = {
    {"book_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct lend_request, book_id),
     "The title; any copy of it that is there"},
    {"barcode", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct lend_request, barcode), "Or this very copy"},
    {"occurred_at", FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct lend_request, occurred_at), MEANING_OCCURRED},
    {0},
};

const struct field return_fields[] = {
    {"occurred_at", FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct return_request, occurred_at), MEANING_OCCURRED},
    {0},
};

const struct field barcode_return_fields[] = {
    {"barcode", FIELD_TEXT, REQUIRED, 1, BARCODE_MAX, AT(struct return_request, barcode),
     "The copy that came back"},
    {"occurred_at", FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct return_request, occurred_at), MEANING_OCCURRED},
    {0},
};

/* Everything a loan is decided on, gathered before anything is refused: the order of refusals is the API's. */
struct lending {
    struct member member;
    struct book book;
    bool has_book;
    struct copy copy;
    bool has_copy;
    bool scanned; /* a barcode was given: that very copy */
    struct loan_rule rule;
    int64_t at;
};

static bool is_given(const struct uuid *uuid)
{
    static const struct uuid none;

    return memcmp(uuid, &none, sizeof none) != 0;
}

static enum error_kind check_occurred(struct ctx *ctx, int64_t occurred_at, int64_t *out_at)
{
    *out_at = occurred_at == NO_NUMBER ? ctx->now : occurred_at;
    if (*out_at > ctx->now + OCCURRED_AT_FUTURE_MS)
        error_field(ctx, "body", "occurred_at", "in_the_future", "lies in the future");
    else if (*out_at < ctx->now - (int64_t)OCCURRED_AT_PAST_DAYS * MS_PER_DAY)
        error_field(ctx, "body", "occurred_at", "too_old", "lies more than %d days back",
                    OCCURRED_AT_PAST_DAYS);
    if (*out_at > ctx->now)
        *out_at = ctx->now;
    return error_check_fields(ctx);
}

static enum error_kind check_request(struct ctx *ctx, const struct lend_request *request)
{
    if (!is_given(&request->book_id) && !request->barcode)
        error_field(ctx, "body", "book_id", "missing", "is required, or a barcode");
    if (is_given(&request->book_id) && request->barcode)
        error_field(ctx, "body", "barcode", "ambiguous", "cannot be given together with book_id");
    if (!is_given(&request->member_id) && !request->card)
        error_field(ctx, "body", "member_id", "missing", "is required, or a card");
    if (is_given(&request->member_id) && request->card)
        error_field(ctx, "body", "card", "ambiguous", "cannot be given together with member_id");
    return error_check_fields(ctx);
}

static enum error_kind find_member(struct ctx *ctx, const struct lend_request *request,
                                   struct member *out_member)
{
    bool found;

    if (!request->card)
        return members_find(ctx, &request->member_id, out_member);
    TRY(members_find_by_card(ctx, request->card, out_member, &found));
    if (!found)
        return fail(ctx, MEMBER_NOT_FOUND, "Member not found. No card has the number %s.", request->card);
    return OK;
}

/* What is wanted, as far as it exists: whether that is enough is decided later, in its turn. */
static enum error_kind find_thing(struct ctx *ctx, const struct lend_request *request,
                                  struct lending *lending)
{
    lending->scanned = request->barcode != NULL;
    if (lending->scanned) {
        TRY(copies_find_by_barcode(ctx, request->barcode, &lending->copy, &lending->has_copy));
        if (!lending->has_copy)
            return OK;
        TRY(books_find_by_id(ctx, lending->copy.book_id, &lending->book));
        lending->has_book = lending->book.deleted_at == NO_NUMBER;
        return OK;
    }
    enum error_kind kind = books_find(ctx, &request->book_id, &lending->book);
    if (kind == ERROR_NOT_FOUND) {
        error_clear(ctx);
        return OK;
    }
    TRY(kind);
    lending->has_book = true;
    return copies_pick_available(ctx, lending->book.id, &lending->copy, &lending->has_copy);
}

static enum error_kind check_limit(struct ctx *ctx, const struct lending *lending)
{
    const struct loan_rule *rule = &lending->rule;

    if (lending->member.open_borrows < rule->max_loans)
        return OK;
    error_reason_text(ctx, "rule", loan_rule_name(ctx, rule));
    error_reason_int(ctx, "max_loans", rule->max_loans);
    error_reason_int(ctx, "active_borrows", lending->member.open_borrows);
    return fail(ctx, BORROW_LIMIT_EXCEEDED,
                "Member has reached the maximum limit of %" PRId64 " active borrows.", rule->max_loans);
}

static enum error_kind check_duplicate(struct ctx *ctx, const struct lending *lending)
{
    bool found = false;

    if (lending->has_book)
        TRY(borrows_repo_has_open_of_book(ctx, lending->member.id, lending->book.id, &found));
    if (found)
        return fail(ctx, ACTIVE_BORROW_EXISTS, "Member already has an active borrow for this book.");
    return OK;
}

static const char *status_words(enum copy_status status)
{
    switch (status) {
    case COPY_AVAILABLE: return "available";
    case COPY_ON_LOAN: return "on loan";
    case COPY_ON_HOLD_SHELF: return "on the holds shelf";
    case COPY_IN_REPAIR: return "in repair";
    case COPY_LOST: return "lost";
    case COPY_WITHDRAWN: return "withdrawn";
    case COPY_STATUS_COUNT: break;
    }
    return "not available";
}

static enum error_kind check_thing(struct ctx *ctx, const struct lend_request *request,
                                   const struct lending *lending)
{
    if (lending->scanned && !lending->has_copy)
        return fail(ctx, COPY_NOT_FOUND, "Copy not found. No copy has the barcode %s.", request->barcode);
    if (!lending->has_book)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found.");
    if (!lending->has_copy) {
        error_reason_int(ctx, "total_copies", lending->book.total_copies);
        return fail(ctx, INVENTORY_UNAVAILABLE, "No copies available of “%s”.", lending->book.facts.title);
    }
    if (lending->copy.status != COPY_AVAILABLE) {
        error_reason_text(ctx, "status", copy_status_name(lending->copy.status));
        return fail(ctx, COPY_NOT_AVAILABLE, "This copy cannot be lent: it is %s.",
                    status_words(lending->copy.status));
    }
    return OK;
}

/* Only an act that is reported late can collide with what happened in between. */
static enum error_kind check_history(struct ctx *ctx, const struct lending *lending)
{
    int64_t last_return;

    if (lending->at == ctx->now)
        return OK;
    TRY(borrows_repo_last_return(ctx, lending->copy.id, &last_return));
    if (last_return != NO_NUMBER && lending->at < last_return)
        error_field(ctx, "body", "occurred_at", "overlaps", "lies before this copy last came back");
    return error_check_fields(ctx);
}

static enum error_kind decide(struct ctx *ctx, const struct lend_request *request, struct lending *lending)
{
    TRY(check_request(ctx, request));
    TRY(check_occurred(ctx, request->occurred_at, &lending->at));
    TRY(find_member(ctx, request, &lending->member));
    TRY(members_check_may_borrow(ctx, &lending->member));
    TRY(find_thing(ctx, request, lending));
    TRY(policies_rule_for(ctx, lending->member.member_type_id,
                          lending->has_book ? lending->book.item_type_id : 0, &lending->rule));
    TRY(check_limit(ctx, lending));
    TRY(check_duplicate(ctx, lending));
    TRY(check_thing(ctx, request, lending));
    return check_history(ctx, lending);
}

static struct counted_borrow counted(const struct borrow *borrow)
{
    return (struct counted_borrow){.book_id = borrow->book_id,
                                   .member_id = borrow->member_id,
                                   .borrowed_at = borrow->borrowed_at,
                                   .borrowed_day = clock_day_of(borrow->borrowed_at)};
}

static enum error_kind tell(struct ctx *ctx, const char *action, enum event_type type,
                            const struct borrow *borrow)
{
    struct event_fact fact = {
        .type = type, .book_id = borrow->book_id, .member_id = borrow->member_id, .borrow_id = borrow->id};

    TRY(audit_act(ctx, action, "borrow", borrow->id));
    return events_record(ctx, &fact);
}

enum error_kind borrows_lend(struct ctx *ctx, const struct lend_request *request, struct borrow *out_borrow)
{
    struct lending lending = {0};

    TRY(decide(ctx, request, &lending));
    int32_t due_day = clock_day_of(lending.at) + (int32_t)lending.rule.loan_days;
    struct new_borrow row = {.uuid = uuid_new(ctx->now),
                             .book_id = lending.book.id,
                             .copy_id = lending.copy.id,
                             .member_id = lending.member.id,
                             .rule_id = lending.rule.id,
                             .borrowed_at = lending.at,
                             .due_at = clock_day_end(due_day),
                             .due_day = due_day,
                             .fine_per_day = lending.rule.fine_per_day,
                             .fine_cap = lending.rule.fine_cap,
                             .grace_days = lending.rule.grace_days,
                             .lent_by = ctx->actor.name};
    struct borrow borrow = {.book_id = row.book_id,
                            .copy_id = row.copy_id,
                            .member_id = row.member_id,
                            .borrowed_at = row.borrowed_at,
                            .due_at = row.due_at,
                            .returned_at = NO_NUMBER};
    TRY(borrows_repo_insert(ctx, &row, &borrow.id));
    TRY(copies_set_status(ctx, &lending.copy, COPY_ON_LOAN));
    struct counted_borrow count = counted(&borrow);
    TRY(counters_borrow_opened(ctx, &count));
    TRY(tell(ctx, "borrow.lent", EVENT_BOOK_ISSUED, &borrow));
    *out_borrow = borrow;
    return OK;
}

/* ---- taking back ----------------------------------------------------------------------------------------- */

static enum error_kind take_back(struct ctx *ctx, struct borrow *borrow, const struct return_request *request)
{
    struct copy copy;
    int64_t at;

    TRY(check_occurred(ctx, request->occurred_at, &at));
    if (at < borrow->borrowed_at) {
        if (request->occurred_at != NO_NUMBER)
            error_field(ctx, "body", "occurred_at", "too_early", "lies before the copy was lent");
        TRY(error_check_fields(ctx));
        at = borrow->borrowed_at; /* the clock ran ahead when it was lent */
    }
    borrow->returned_at = at;
    TRY(borrows_repo_close(ctx, borrow->id, at, clock_day_of(at), ctx->actor.name));
    TRY(copies_find_by_id(ctx, borrow->copy_id, &copy));
    TRY(copies_set_status(ctx, &copy, COPY_AVAILABLE));
    struct counted_borrow count = counted(borrow);
    count.returned_day = clock_day_of(at);
    count.late = at > borrow->due_at;
    TRY(counters_borrow_closed(ctx, &count));
    return tell(ctx, "borrow.returned", EVENT_BOOK_RETURNED, borrow);
}

static enum error_kind fail_returned(struct ctx *ctx)
{
    return fail(ctx, ALREADY_RETURNED, "This copy is already returned.");
}

enum error_kind borrows_find(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow)
{
    bool found;

    TRY(borrows_repo_find(ctx, uuid, out_borrow, &found));
    return found ? OK : fail(ctx, BORROW_RECORD_NOT_FOUND, "Borrow record not found.");
}

enum error_kind borrows_return(struct ctx *ctx, const struct uuid *uuid, const struct return_request *request,
                               struct borrow *out_borrow)
{
    struct borrow borrow;

    TRY(borrows_find(ctx, uuid, &borrow));
    if (borrow.returned_at != NO_NUMBER)
        return fail_returned(ctx);
    TRY(take_back(ctx, &borrow, request));
    *out_borrow = borrow;
    return OK;
}

enum error_kind borrows_return_barcode(struct ctx *ctx, const struct return_request *request,
                                       struct borrow *out_borrow)
{
    struct copy copy;
    struct borrow borrow;
    bool found;

    TRY(copies_find_by_barcode(ctx, request->barcode, &copy, &found));
    if (!found)
        return fail(ctx, COPY_NOT_FOUND, "Copy not found. No copy has the barcode %s.", request->barcode);
    TRY(borrows_repo_find_open_of_copy(ctx, copy.id, &borrow, &found));
    if (!found)
        return fail_returned(ctx);
    TRY(take_back(ctx, &borrow, request));
    *out_borrow = borrow;
    return OK;
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

enum error_kind borrows_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return borrows_repo_list(ctx, &borrows_listing, query, sink);
}

enum error_kind borrows_list_overdue(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return borrows_repo_list(ctx, &overdue_listing, query, sink);
}

/* The query with one filter decided by the path, whatever the client sent for it. */
static enum error_kind list_of(struct ctx *ctx, const char *filter, const struct uuid *uuid,
                               const struct list_query *query, struct row_sink *sink)
{
    char text[UUID_TEXT_SIZE];
    struct list_query narrowed = list_query_with(ctx->arena, query, filter, text);

    uuid_format(uuid, text);
    return borrows_repo_list(ctx, &borrows_listing, &narrowed, sink);
}

enum error_kind borrows_list_of_member(struct ctx *ctx, const struct uuid *member,
                                       const struct list_query *query, struct row_sink *sink)
{
    struct member found;

    TRY(members_find_any(ctx, member, &found));
    return list_of(ctx, "member_id", member, query, sink);
}

enum error_kind borrows_list_of_book(struct ctx *ctx, const struct uuid *book, const struct list_query *query,
                                     struct row_sink *sink)
{
    struct book found;

    TRY(books_find_any(ctx, book, &found));
    return list_of(ctx, "book_id", book, query, sink);
}

enum error_kind borrows_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return borrows_repo_show(ctx, id, sink);
}

enum error_kind borrows_of_book(struct ctx *ctx, const struct uuid *book, struct book_loans *out_loans)
{
    struct book found;
    struct book_loans loans;

    TRY(books_find(ctx, book, &found));
    loans.book_id = found.id;
    TRY(borrows_repo_current(ctx, found.id, &loans.current));
    TRY(borrows_repo_past(ctx, found.id, BORROW_HISTORY_SHOWN, &loans.past));
    *out_loans = loans;
    return OK;
}

enum error_kind borrows_show_book(struct ctx *ctx, const struct book_loans *loans, struct row_sink *sink)
{
    return books_show(ctx, loans->book_id, sink);
}

enum error_kind borrows_count_open(struct ctx *ctx, int64_t *out_count)
{
    return counters_get(ctx, COUNTER_BORROWS_OPEN, out_count);
}
