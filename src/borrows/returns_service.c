/*
 * returns_service.c — the ends of a loan.
 */
#include "borrows/returns_service.h"

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "borrows/borrows_service.h"
#include "borrows/decision_service.h"
#include "borrows/lending_repository.h"
#include "borrows/overdue_service.h"
#include "borrows/renewals_repository.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "fines/fines_service.h"
#include "holds/holds_service.h"
#include "members/members_service.h"
#include "settings/settings_service.h"

const struct field return_fields[] = {
    {"occurred_at", FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct return_request, occurred_at),
     OCCURRED_AT_MEANING},
    {0},
};

const struct field barcode_return_fields[] = {
    {"barcode", FIELD_TEXT, REQUIRED, 1, BARCODE_MAX, AT(struct return_request, barcode),
     "The copy that came back"},
    {"occurred_at", FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct return_request, occurred_at),
     OCCURRED_AT_MEANING},
    {0},
};

const struct field lost_fields[] = {
    {"note", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct lost_report, note), "What happened, if known"},
    {"amount", FIELD_MONEY, OPTIONAL, 0, MONEY_MAX, AT(struct lost_report, amount),
     "Charged for the copy; without it, its price, or what the library charges for a copy without one"},
    {0},
};

static enum error_kind tell(struct ctx *ctx, const char *action, enum event_type type,
                            const struct borrow *borrow, const struct field_change *changes)
{
    struct event_fact fact = {
        .type = type, .book_id = borrow->book_id, .member_id = borrow->member_id, .borrow_id = borrow->id};

    TRY(audit_edit(ctx, action, "borrow", borrow->id, changes));
    return events_record(ctx, &fact);
}

/* What lateness cost by then: a renewal that came after it, before anybody told of it, counts for nothing. */
static enum error_kind fine_at(struct ctx *ctx, const struct borrow *borrow, int64_t at, int64_t *out_fine)
{
    struct borrow then = *borrow;
    int64_t due_day, fine;

    if (at < ctx->now && borrow->renewals > 0) {
        TRY(renewals_repo_since(ctx, borrow->id, at, &due_day, &fine));
        then.due_day = due_day == NO_NUMBER ? borrow->due_day : (int32_t)due_day;
        then.fine_before -= fine;
    }
    return borrows_fine(ctx, &then, clock_day_of(at), out_fine);
}

/* Ends the loan and posts its fine; the copy is the caller's affair. */
static enum error_kind end_borrow(struct ctx *ctx, struct borrow *borrow, int64_t at, bool lost,
                                  int64_t *out_fine)
{
    struct borrow_end end = {.at = at, .day = clock_day_of(at), .lost = lost};
    struct counted_borrow count = borrows_counted(borrow);
    struct overdue_borrow overdue = {
        .borrow_id = borrow->id, .member_id = borrow->member_id, .copy_id = borrow->copy_id};

    TRY(fine_at(ctx, borrow, at, &end.fine));
    TRY(audit_actor_id(ctx, borrow->member_id, &end.taken_by));
    TRY(lending_repo_close(ctx, borrow->id, &end));
    borrow->returned_at = at;
    count.returned_day = end.day;
    count.late = at > borrow->due_at;
    TRY(counters_borrow_closed(ctx, &count));
    overdue.amount = end.fine;
    TRY(fines_post_overdue(ctx, &overdue, ctx->now));
    *out_fine = end.fine;
    return OK;
}

/* What the answer says of the member, once everything is written. */
static enum error_kind finish(struct ctx *ctx, struct reception *reception)
{
    struct member member;

    if (!reception->has_borrow || reception->borrow.member_id == 0)
        return OK;
    TRY(members_find_by_id(ctx, reception->borrow.member_id, &member));
    reception->balance = member.balance;
    return OK;
}

/* ---- taking back ----------------------------------------------------------------------------------------- */

static enum error_kind find_instant(struct ctx *ctx, const struct borrow *borrow,
                                    const struct return_request *request, int64_t *out_at)
{
    int64_t at;

    TRY(decision_check_occurred(ctx, request->occurred_at, &at));
    if (at < borrow->borrowed_at) {
        if (request->occurred_at != NO_NUMBER)
            error_field(ctx, "body", "occurred_at", "too_early", "lies before the copy was lent");
        TRY(error_check_fields(ctx));
        at = borrow->borrowed_at; /* the clock ran ahead when it was lent */
    }
    *out_at = at;
    return OK;
}

static enum error_kind take_back(struct ctx *ctx, const struct borrow *borrow,
                                 const struct return_request *request, struct reception *out_reception)
{
    struct reception reception = {
        .outcome = RECEPTION_RETURNED, .has_borrow = true, .borrow = *borrow, .copy_id = borrow->copy_id};
    struct copy copy;
    int64_t at;

    TRY(find_instant(ctx, borrow, request, &at));
    TRY(end_borrow(ctx, &reception.borrow, at, false, &reception.fine));
    TRY(copies_find_by_id(ctx, borrow->copy_id, &copy));
    TRY(holds_take_in(ctx, &copy, &reception.turn));
    TRY(tell(ctx, "borrow.returned", EVENT_BOOK_RETURNED, borrow, NULL));
    TRY(finish(ctx, &reception));
    *out_reception = reception;
    return OK;
}

static enum error_kind fail_returned(struct ctx *ctx)
{
    return fail(ctx, ALREADY_RETURNED, "This copy is already returned.");
}

static enum error_kind fail_nothing_to_do(struct ctx *ctx, const struct copy *copy)
{
    error_reason_text(ctx, "status", copy_status_name(copy->status));
    return fail_returned(ctx);
}

static enum error_kind find_open(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow)
{
    TRY(borrows_find(ctx, uuid, out_borrow));
    return out_borrow->returned_at == NO_NUMBER ? OK : fail_returned(ctx);
}

enum error_kind borrows_receive(struct ctx *ctx, const struct uuid *uuid,
                                const struct return_request *request, struct reception *out_reception)
{
    struct borrow borrow;

    TRY(find_open(ctx, uuid, &borrow));
    return take_back(ctx, &borrow, request, out_reception);
}

/* ---- other copies on the returns desk ----------------------------------------------------------------------- */

static enum error_kind check_title(struct ctx *ctx, const struct copy *copy)
{
    struct book book;

    TRY(books_find_by_id(ctx, copy->book_id, &book));
    if (book.deleted_at != NO_NUMBER)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found. “%s” is archived: restore it first.",
                    book.facts.title);
    return OK;
}

static enum error_kind refund(struct ctx *ctx, const struct borrow *borrow)
{
    int64_t amount;
    bool wanted;

    TRY(settings_is_on(ctx, SETTING_REFUND_FOUND, &wanted));
    return wanted ? fines_refund_found(ctx, borrow->id, &amount) : OK;
}

static enum error_kind find_again(struct ctx *ctx, const struct copy *copy,
                                  const struct return_request *request, struct reception *out_reception)
{
    struct reception reception = {.outcome = RECEPTION_FOUND, .copy_id = copy->id};
    int64_t at;

    TRY(decision_check_occurred(ctx, request->occurred_at, &at));
    TRY(check_title(ctx, copy));
    TRY(lending_repo_find_lost_of_copy(ctx, copy->id, &reception.borrow, &reception.has_borrow));
    if (reception.has_borrow)
        TRY(refund(ctx, &reception.borrow));
    TRY(holds_take_in(ctx, copy, &reception.turn));
    TRY(audit_act(ctx, "copy.found", "copy", copy->id));
    TRY(events_record(ctx, &(struct event_fact){.type = EVENT_COPY_FOUND,
                                                .book_id = copy->book_id,
                                                .member_id = reception.borrow.member_id,
                                                .borrow_id = reception.borrow.id}));
    TRY(finish(ctx, &reception));
    *out_reception = reception;
    return OK;
}

static enum error_kind pull(struct ctx *ctx, const struct copy *copy, const struct return_request *request,
                            struct reception *out_reception)
{
    struct reception reception = {.outcome = RECEPTION_PULLED, .copy_id = copy->id};
    int64_t waiting;
    int64_t at;

    TRY(holds_wait_count(ctx, copy->book_id, 0, &waiting));
    if (waiting == 0)
        return fail_nothing_to_do(ctx, copy);
    TRY(decision_check_occurred(ctx, request->occurred_at, &at));
    TRY(holds_take_in(ctx, copy, &reception.turn));
    *out_reception = reception;
    return OK;
}

enum error_kind borrows_receive_barcode(struct ctx *ctx, const struct return_request *request,
                                        struct reception *out_reception)
{
    struct copy copy;
    struct borrow borrow;
    bool found;

    TRY(copies_find_by_barcode(ctx, request->barcode, &copy, &found));
    if (!found)
        return fail(ctx, COPY_NOT_FOUND, "Copy not found. No copy has the barcode %s.", request->barcode);
    TRY(lending_repo_find_open_of_copy(ctx, copy.id, &borrow, &found));
    if (found)
        return take_back(ctx, &borrow, request, out_reception);
    if (copy.status == COPY_LOST)
        return find_again(ctx, &copy, request, out_reception);
    if (copy.status == COPY_AVAILABLE)
        return pull(ctx, &copy, request, out_reception);
    return fail_nothing_to_do(ctx, &copy);
}

/* ---- lost ---------------------------------------------------------------------------------------------------- */

static enum error_kind charge_copy(struct ctx *ctx, const struct borrow *borrow, const struct copy *copy,
                                   const struct lost_report *report)
{
    struct new_charge charge = {.member_id = borrow->member_id,
                                .kind = CHARGE_LOST,
                                .amount = report->amount,
                                .borrow_id = borrow->id,
                                .copy_id = copy->id,
                                .at = ctx->now,
                                .note = report->note};
    int64_t id;

    if (charge.amount == NO_NUMBER)
        charge.amount = copy->facts.price;
    if (charge.amount == NO_NUMBER)
        TRY(settings_int(ctx, SETTING_LOST_PRICE, &charge.amount));
    return charge.amount > 0 ? fines_charge(ctx, &charge, &id) : OK;
}

enum error_kind borrows_lose(struct ctx *ctx, const struct borrow *borrow, const struct lost_report *report,
                             struct reception *out_reception)
{
    static const struct lost_report nothing = {.amount = NO_NUMBER};
    struct reception reception = {
        .outcome = RECEPTION_RETURNED, .has_borrow = true, .borrow = *borrow, .copy_id = borrow->copy_id};
    struct copy copy;

    TRY(end_borrow(ctx, &reception.borrow, ctx->now > borrow->borrowed_at ? ctx->now : borrow->borrowed_at,
                   true, &reception.fine));
    TRY(copies_find_by_id(ctx, borrow->copy_id, &copy));
    TRY(copies_set_status(ctx, &copy, COPY_LOST));
    TRY(charge_copy(ctx, borrow, &copy, report));
    TRY(tell(ctx, "borrow.lost", EVENT_COPY_LOST, borrow,
             fields_changes(ctx, lost_fields, &nothing, report)));
    TRY(finish(ctx, &reception));
    *out_reception = reception;
    return OK;
}

enum error_kind borrows_declare_lost(struct ctx *ctx, const struct uuid *uuid,
                                     const struct lost_report *report, struct reception *out_reception)
{
    struct borrow borrow;

    TRY(find_open(ctx, uuid, &borrow));
    return borrows_lose(ctx, &borrow, report, out_reception);
}
