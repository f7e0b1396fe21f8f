/*
 * renewals_service.c — may it go on, and until when? One decision for the desk, the reader and the night.
 */
#include "borrows/renewals_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "borrows/borrows_service.h"
#include "borrows/decision_service.h"
#include "borrows/lending_repository.h"
#include "borrows/overdue_service.h"
#include "borrows/renewals_repository.h"
#include "events/events_service.h"
#include "holds/holds_service.h"
#include "members/members_service.h"
#include "policies/calendar_service.h"
#include "policies/policies_service.h"
#include "settings/settings_service.h"

#define MEANING_OVERRIDE "Why it is renewed although another reader waits: for librarians"

const struct field renew_fields[] = {
    {"override_reason", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct renew_request, override_reason),
     MEANING_OVERRIDE},
    {0},
};

const struct field renew_all_fields[] = {
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct renew_all_request, member_id),
     "All that this member has"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct renew_all_request, card),
     "Or the member with this card"},
    {"ids", FIELD_TEXTS, OPTIONAL, 1, UUID_TEXT_SIZE, AT(struct renew_all_request, ids), "Or these loans",
     .most = RENEW_AT_ONCE_MAX},
    {"override_reason", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct renew_all_request, override_reason),
     MEANING_OVERRIDE},
    {0},
};

/* What the audit log says of a renewal. */
struct renewal_change {
    int64_t due_day;
    const char *override_reason;
};

static const struct field change_fields[] = {
    {"due_day", FIELD_DAY, OPTIONAL, 0, 0, AT(struct renewal_change, due_day), ""},
    {"override_reason", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct renewal_change, override_reason), ""},
    {0},
};

enum renewal_way { BY_DESK, BY_READER, AUTOMATIC };

static const char *const way_names[] = {"desk", "reader", "automatic"}; /* as stored */

/* Everything a renewal is decided on. */
struct renewing {
    struct borrow borrow;
    struct member member;
    struct book book;
    struct loan_rule rule;
    enum renewal_way way;
    const char *override_reason;
    int32_t due_day; /* the new one */
};

/* ---- deciding, in the order of the header ------------------------------------------------------------------ */

static enum error_kind check_reader(struct ctx *ctx, const struct renewing *renewing)
{
    bool on;

    if (renewing->way != BY_READER)
        return OK;
    TRY(settings_is_on(ctx, SETTING_RENEW_BY_READER, &on));
    if (on)
        return OK;
    error_reason_text(ctx, "setting", "renew_by_reader");
    return fail(ctx, RENEWAL_NOT_ALLOWED, "This library renews at the desk only.");
}

static enum error_kind check_overdue(struct ctx *ctx, const struct renewing *renewing)
{
    int64_t days_late = clock_day_of(ctx->now) - renewing->borrow.due_day;
    bool on;

    if (days_late <= 0)
        return OK;
    TRY(settings_is_on(ctx, SETTING_RENEW_OVERDUE, &on));
    if (on)
        return OK;
    error_reason_text(ctx, "setting", "renew_overdue");
    error_reason_int(ctx, "days_overdue", days_late);
    return fail(ctx, RENEWAL_NOT_ALLOWED, "“%s” is overdue by %" PRId64 " days: it has to be brought back.",
                renewing->book.facts.title, days_late);
}

static enum error_kind check_limit(struct ctx *ctx, const struct renewing *renewing)
{
    const struct loan_rule *rule = &renewing->rule;

    if (renewing->borrow.renewals < rule->max_renewals)
        return OK;
    error_reason_text(ctx, "rule", loan_rule_name(ctx, rule));
    error_reason_int(ctx, "max_renewals", rule->max_renewals);
    error_reason_int(ctx, "renewals", renewing->borrow.renewals);
    if (rule->max_renewals == 0)
        return fail(ctx, RENEWAL_LIMIT_EXCEEDED, "“%s” cannot be renewed.", renewing->book.facts.title);
    return fail(ctx, RENEWAL_LIMIT_EXCEEDED,
                "“%s” has been renewed %" PRId64 " of %" PRId64 " times. It has to be brought back.",
                renewing->book.facts.title, renewing->borrow.renewals, rule->max_renewals);
}

static enum error_kind check_held(struct ctx *ctx, const struct renewing *renewing)
{
    int64_t waiting;
    bool on;

    TRY(settings_is_on(ctx, SETTING_RENEW_HELD, &on));
    if (on || renewing->override_reason)
        return OK;
    TRY(holds_wait_count(ctx, renewing->book.id, renewing->member.id, &waiting));
    if (waiting <= renewing->book.available_copies)
        return OK;
    error_reason_int(ctx, "holds_waiting", waiting);
    error_reason_int(ctx, "available_copies", renewing->book.available_copies);
    return fail(ctx, HELD_FOR_ANOTHER, "“%s” is not renewed: %s.", renewing->book.facts.title,
                waiting == 1 ? "another reader waits for it" : "other readers wait for it");
}

static enum error_kind find_due_day(struct ctx *ctx, struct renewing *renewing)
{
    int32_t today = clock_day_of(ctx->now);
    int32_t from = renewing->borrow.due_day > today ? renewing->borrow.due_day : today;

    TRY(calendar_due_day(ctx, from, renewing->rule.loan_days, &renewing->due_day));
    if (renewing->due_day > renewing->borrow.due_day)
        return OK;
    error_reason_text(ctx, "rule", loan_rule_name(ctx, &renewing->rule));
    error_reason_int(ctx, "loan_days", renewing->rule.loan_days);
    return fail(ctx, RENEWAL_NOT_ALLOWED, "“%s” would not be due any later.", renewing->book.facts.title);
}

static enum error_kind decide(struct ctx *ctx, struct renewing *renewing)
{
    const struct borrow *borrow = &renewing->borrow;

    if (borrow->returned_at != NO_NUMBER)
        return fail(ctx, ALREADY_RETURNED, "This copy is already returned.");
    TRY(members_find_by_id(ctx, borrow->member_id, &renewing->member));
    TRY(books_find_by_id(ctx, borrow->book_id, &renewing->book));
    TRY(policies_rule_for(ctx, renewing->member.member_type_id, renewing->book.item_type_id,
                          &renewing->rule));
    TRY(decision_check_member(ctx, &renewing->member));
    TRY(check_reader(ctx, renewing));
    TRY(check_overdue(ctx, renewing));
    TRY(check_limit(ctx, renewing));
    TRY(check_held(ctx, renewing));
    return find_due_day(ctx, renewing);
}

/* ---- renewing ------------------------------------------------------------------------------------------------ */

static enum error_kind tell(struct ctx *ctx, const struct renewing *renewing)
{
    const struct borrow *borrow = &renewing->borrow;
    struct renewal_change before = {.due_day = borrow->due_day};
    struct renewal_change after = {.due_day = renewing->due_day,
                                   .override_reason = renewing->override_reason};
    char day[CLOCK_DAY_SIZE];

    clock_format_day(renewing->due_day, day);
    TRY(audit_edit(ctx, "borrow.renewed", "borrow", borrow->id,
                   fields_changes(ctx, change_fields, &before, &after)));
    return events_record(ctx, &(struct event_fact){.type = EVENT_BOOK_RENEWED,
                                                   .book_id = borrow->book_id,
                                                   .member_id = borrow->member_id,
                                                   .borrow_id = borrow->id,
                                                   .detail = day});
}

/* The term that ends here is paid for as if the thing had come back, and the next begins without a debt of days. */
static enum error_kind write_renewal(struct ctx *ctx, const struct renewing *renewing)
{
    const struct borrow *borrow = &renewing->borrow;
    struct new_renewal row = {.borrow_id = borrow->id,
                              .due_day_before = borrow->due_day,
                              .due_day_after = renewing->due_day,
                              .due_at = clock_day_end(renewing->due_day),
                              .way = way_names[renewing->way]};
    int64_t fine;

    TRY(borrows_post_fine(ctx, borrow, &fine));
    row.fine = fine - borrow->fine_before;
    row.fine_before = fine;
    TRY(renewals_repo_insert(ctx, &row));
    return tell(ctx, renewing);
}

/* Readers their own, the desk any. */
static bool may_touch(const struct ctx *ctx, const struct borrow *borrow)
{
    return ctx->actor.access > MEMBER ||
           (ctx->actor.member_id != 0 && ctx->actor.member_id == borrow->member_id);
}

static enum error_kind find_borrow(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow)
{
    TRY(borrows_find(ctx, uuid, out_borrow));
    return may_touch(ctx, out_borrow) ? OK : fail(ctx, BORROW_RECORD_NOT_FOUND, "Borrow record not found.");
}

/* Everything is decided before anything is written, so that a refusal leaves nothing behind. */
static enum error_kind renew(struct ctx *ctx, const struct borrow *borrow, enum renewal_way way,
                             const char *override_reason)
{
    struct renewing renewing = {
        .borrow = *borrow, .way = way, .override_reason = way == BY_DESK ? override_reason : NULL};

    TRY(decide(ctx, &renewing));
    return write_renewal(ctx, &renewing);
}

static enum renewal_way way_of(const struct ctx *ctx)
{
    return ctx->actor.access > MEMBER ? BY_DESK : BY_READER;
}

enum error_kind borrows_renew(struct ctx *ctx, const struct uuid *uuid, const struct renew_request *request,
                              struct borrow *out_borrow)
{
    struct borrow borrow;

    TRY(find_borrow(ctx, uuid, &borrow));
    TRY(renew(ctx, &borrow, way_of(ctx), request->override_reason));
    return borrows_find(ctx, uuid, out_borrow);
}

/* ---- many ------------------------------------------------------------------------------------------------------ */

/* A refusal is part of the answer; what is nobody's fault but ours is not. */
static enum error_kind note(struct ctx *ctx, enum error_kind kind, struct renewed *renewed)
{
    if (kind != ERROR_CONFLICT && kind != ERROR_NOT_FOUND)
        return kind;
    renewed->is_refused = true;
    renewed->code = ctx->error.code;
    renewed->detail = ctx->error.detail;
    error_clear(ctx);
    return OK;
}

static enum error_kind renew_borrows(struct ctx *ctx, const struct borrow *borrows,
                                     const char *override_reason, struct renewed_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct renewed *renewed = &list->items[i];
        if (renewed->is_refused)
            continue;
        renewed->borrow_id = borrows[i].id;
        renewed->uuid = borrows[i].uuid;
        TRY(note(ctx, renew(ctx, &borrows[i], way_of(ctx), override_reason), renewed));
    }
    return OK;
}

static enum error_kind find_members_borrows(struct ctx *ctx, const struct renew_all_request *request,
                                            struct borrow *borrows, size_t *out_count)
{
    struct member member;

    if (ctx->actor.access <= MEMBER && ctx->actor.member_id == 0)
        return fail(ctx, NO_MEMBER_RECORD, "Your account is nobody's membership: it has no loans.");
    if (ctx->actor.access <= MEMBER)
        TRY(members_find_by_id(ctx, ctx->actor.member_id, &member));
    else
        TRY(members_find_named(ctx, &request->member_id, request->card, &member));
    return lending_repo_open_of_member(ctx, member.id, RENEW_AT_ONCE_MAX, borrows, out_count);
}

static bool is_named_before(const struct renewed *items, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (memcmp(&items[i].uuid, &items[index].uuid, sizeof items[i].uuid) == 0)
            return true;
    return false;
}

static enum error_kind find_named_borrows(struct ctx *ctx, const struct text_list *ids,
                                          struct borrow *borrows, struct renewed *items)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (!uuid_parse(ids->items[i], &items[i].uuid))
            error_field(ctx, "body", "ids", "uuid", "must be ids of loans: “%s” is none", ids->items[i]);
        else if (is_named_before(items, i))
            error_field(ctx, "body", "ids", "twice", "must name each loan once: %s is named twice",
                        ids->items[i]);
    }
    TRY(error_check_fields(ctx));
    for (size_t i = 0; i < ids->count; i++)
        TRY(note(ctx, find_borrow(ctx, &items[i].uuid, &borrows[i]), &items[i]));
    return OK;
}

static enum error_kind check_request(struct ctx *ctx, const struct renew_all_request *request)
{
    int named = uuid_is_given(&request->member_id) + (request->card != NULL) + (request->ids.count > 0);

    if (named == 0 && ctx->actor.access > MEMBER)
        error_field(ctx, "body", "member_id", "missing", "is required, or a card, or ids");
    if (named > 1)
        error_field(ctx, "body", request->ids.count > 0 ? "ids" : "card", "ambiguous",
                    "cannot be given together with member_id or card");
    return error_check_fields(ctx);
}

enum error_kind borrows_renew_all(struct ctx *ctx, const struct renew_all_request *request,
                                  struct renewed_list *out_renewed)
{
    struct borrow *borrows = arena_alloc_array(ctx->arena, RENEW_AT_ONCE_MAX, sizeof *borrows);
    struct renewed_list list = {.items = arena_alloc_array(ctx->arena, RENEW_AT_ONCE_MAX, sizeof *list.items),
                                .count = request->ids.count};

    TRY(check_request(ctx, request));
    if (request->ids.count > 0)
        TRY(find_named_borrows(ctx, &request->ids, borrows, list.items));
    else
        TRY(find_members_borrows(ctx, request, borrows, &list.count));
    TRY(renew_borrows(ctx, borrows, request->override_reason, &list));
    *out_renewed = list;
    return OK;
}

/* ---- by night ---------------------------------------------------------------------------------------------------- */

static enum error_kind renew_quietly(struct ctx *ctx, const struct borrow *borrow, struct renewal_walk *walk)
{
    struct renewed renewed = {0};

    TRY(note(ctx, renew(ctx, borrow, AUTOMATIC, NULL), &renewed));
    walk->renewed += !renewed.is_refused;
    return OK;
}

enum error_kind borrows_renew_due(struct ctx *ctx, struct renewal_walk *walk, size_t max, bool *out_more)
{
    struct arena_mark start = arena_mark(ctx->arena);
    struct borrow *borrows = arena_alloc_array(ctx->arena, max, sizeof *borrows);
    size_t count = 0;
    bool on;

    TRY(settings_is_on(ctx, SETTING_RENEW_AUTOMATICALLY, &on));
    if (on)
        TRY(renewals_repo_due(ctx, clock_day_of(ctx->now), walk->after_due_at, walk->after_id, max, borrows,
                              &count));
    for (size_t i = 0; i < count; i++) {
        TRY(renew_quietly(ctx, &borrows[i], walk));
        walk->after_due_at = borrows[i].due_at;
        walk->after_id = borrows[i].id;
    }
    arena_reset_to(ctx->arena, start);
    *out_more = count == max;
    return OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

enum error_kind borrows_list_renewals(struct ctx *ctx, const struct uuid *borrow,
                                      const struct list_query *query, struct row_sink *sink)
{
    struct borrow found;

    TRY(borrows_find(ctx, borrow, &found));
    struct list_query narrowed =
        list_query_with(ctx->arena, query, ".borrow_id", arena_printf(ctx->arena, "%" PRId64, found.id));
    return renewals_repo_list(ctx, &narrowed, sink);
}
