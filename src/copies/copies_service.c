/*
 * copies_service.c — what may happen to a copy, and what that does to the numbers of its title.
 */
#include "copies/copies_service.h"

#include <assert.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "copies/copies_repository.h"
#include "copies/making_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"

/* ---- finding ------------------------------------------------------------------------------------------ */

enum error_kind copies_find(struct ctx *ctx, const struct uuid *uuid, struct copy *out_copy)
{
    bool found;

    TRY(copies_repo_find(ctx, uuid, out_copy, &found));
    return found ? OK : fail(ctx, COPY_NOT_FOUND, "Copy not found.");
}

enum error_kind copies_find_by_id(struct ctx *ctx, int64_t id, struct copy *out_copy)
{
    bool found;

    TRY(copies_repo_find_by_id(ctx, id, out_copy, &found));
    return found ? OK : fail(ctx, COPY_NOT_FOUND, "Copy not found.");
}

enum error_kind copies_find_by_barcode(struct ctx *ctx, const char *barcode, struct copy *out_copy,
                                       bool *out_found)
{
    return copies_repo_find_by_barcode(ctx, barcode, out_copy, out_found);
}

enum error_kind copies_pick_available(struct ctx *ctx, int64_t book_id, struct copy *out_copy,
                                      bool *out_found)
{
    return copies_repo_pick_available(ctx, book_id, out_copy, out_found);
}

static bool asks_for(const struct list_query *query, const char *name)
{
    for (size_t i = 0; i < query->parameter_count; i++) {
        const struct list_parameter *parameter = &query->parameters[i];
        if (strcmp(parameter->name, name) == 0 && parameter->value && *parameter->value)
            return true;
    }
    return false;
}

enum error_kind copies_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    struct list_query asked = *query;

    /* Who names a barcode or a state wants to see it, lost or not. */
    if (asks_for(query, "barcode") || asks_for(query, "status"))
        asked = list_query_with(ctx->arena, query, "include_withdrawn", "true");
    return copies_repo_list(ctx, &asked, sink);
}

enum error_kind copies_export(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return copies_repo_export(ctx, query, sink);
}

enum error_kind copies_list_of_book(struct ctx *ctx, const struct uuid *book_uuid,
                                    const struct list_query *query, struct row_sink *sink)
{
    char uuid[UUID_TEXT_SIZE];
    struct book book;

    TRY(books_find(ctx, book_uuid, &book));
    uuid_format(book_uuid, uuid);
    struct list_query of_book = list_query_with(ctx->arena, query, "book_id", arena_strdup(ctx->arena, uuid));
    return copies_list(ctx, &of_book, sink);
}

enum error_kind copies_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return copies_repo_show(ctx, id, sink);
}

/* ---- single copies -------------------------------------------------------------------------------------- */

static enum error_kind count_change(struct ctx *ctx, int64_t book_id, int sign, enum copy_status status)
{
    return counters_book_copies(ctx, book_id, copy_status_counts(status) ? sign : 0,
                                copy_status_is_available(status) ? sign : 0);
}

static enum error_kind tell(struct ctx *ctx, const char *action, const struct copy *copy,
                            const struct field_change *changes)
{
    TRY(books_touch(ctx, copy->book_id));
    TRY(audit_edit(ctx, action, "copy", copy->id, changes));
    return events_record(
        ctx, &(struct event_fact){.type = EVENT_BOOK_UPDATED, .book_id = copy->book_id, .detail = action});
}

static enum copy_status status_of(const struct copy_facts *facts)
{
    enum copy_status status = COPY_AVAILABLE;

    /* The field's choices are these names, so that the answer is never left open. */
    if (facts->status && !copy_status_parse(facts->status, &status))
        return COPY_AVAILABLE;
    return status;
}

static bool set_by_circulation(enum copy_status status)
{
    return status == COPY_ON_LOAN || status == COPY_ON_HOLD_SHELF;
}

static enum error_kind check_room(struct ctx *ctx, const struct book *book)
{
    if (book->total_copies < BOOK_COPIES_MAX)
        return OK;
    error_reason_int(ctx, "total_copies", book->total_copies);
    return fail(ctx, CONFLICT, "A title can have at most %d copies.", BOOK_COPIES_MAX);
}

enum error_kind copies_add(struct ctx *ctx, const struct uuid *book_uuid, const struct copy_facts *facts,
                           struct copy *out_copy)
{
    enum copy_status status = status_of(facts);
    struct book book;
    struct copy copy;

    TRY(books_find(ctx, book_uuid, &book));
    making_check_barcode(ctx, facts->barcode);
    TRY(error_check_fields(ctx));
    if (facts->barcode)
        TRY(making_check_barcode_free(ctx, facts->barcode));
    if (copy_status_counts(status))
        TRY(check_room(ctx, &book));
    TRY(making_insert(ctx, book.id, facts, &(struct known_copies){0}, status, &copy));
    TRY(count_change(ctx, book.id, 1, status));
    TRY(tell(ctx, "copy.added", &copy, NULL));
    *out_copy = copy;
    return events_record(
        ctx,
        &(struct event_fact){.type = EVENT_COPY_ADDED, .book_id = book.id, .detail = copy.facts.barcode});
}

static enum error_kind check_version(struct ctx *ctx, const struct copy *copy, int64_t expected_version)
{
    if (expected_version == NO_NUMBER || expected_version == copy->version)
        return OK;
    error_reason_int(ctx, "version", copy->version);
    return fail(ctx, PRECONDITION_FAILED,
                "Copy %s was changed by someone else since you read it. Read it again.", copy->facts.barcode);
}

/* An archived title's copies rest with it, and one that is found again needs its place. */
static enum error_kind check_title(struct ctx *ctx, const struct copy *copy, enum copy_status to)
{
    struct book book;

    TRY(books_find_by_id(ctx, copy->book_id, &book));
    if (book.deleted_at != NO_NUMBER)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found. “%s” is archived: restore it first.",
                    book.facts.title);
    return copy_status_counts(to) && !copy_status_counts(copy->status) ? check_room(ctx, &book) : OK;
}

/* What has to happen first, where a copy's status cannot be changed by hand. */
static const char *way_out(enum copy_status from)
{
    switch (from) {
    case COPY_ON_LOAN: return "take it back first, or declare the loan lost";
    case COPY_ON_HOLD_SHELF: return "cancel the hold first";
    case COPY_WITHDRAWN: return "take it into the stock again first";
    default: return "set it to available first";
    }
}

static enum error_kind check_status_change(struct ctx *ctx, const struct copy *copy, enum copy_status to)
{
    const struct copy_move *move = copy_move_find(copy->status, to);

    if (to == copy->status)
        return OK;
    if (set_by_circulation(to) && !set_by_circulation(copy->status)) {
        error_field(ctx, "body", "status", "choice", "is set by lending and holds, not by hand");
        return OK;
    }
    if (move && move->movers & COPY_BY_DESK)
        return OK;
    error_reason_text(ctx, "status", copy_status_name(copy->status));
    error_reason_text(ctx, "from", copy_status_name(copy->status));
    error_reason_text(ctx, "to", copy_status_name(to));
    return fail(ctx, COPY_NOT_AVAILABLE, "Copy %s is %s: %s.", copy->facts.barcode,
                copy_status_words(copy->status), way_out(copy->status));
}

/* In one step, so that available ≤ total holds at every moment. */
static enum error_kind count_status_change(struct ctx *ctx, int64_t book_id, enum copy_status from,
                                           enum copy_status to)
{
    int64_t total = (int64_t)copy_status_counts(to) - (int64_t)copy_status_counts(from);
    int64_t available = (int64_t)copy_status_is_available(to) - (int64_t)copy_status_is_available(from);

    return total == 0 && available == 0 ? OK : counters_book_copies(ctx, book_id, total, available);
}

enum error_kind copies_update(struct ctx *ctx, const struct copy *before, const struct copy_facts *after,
                              int64_t expected_version)
{
    struct copy copy = *before;

    copy.facts = *after;
    copy.status = after->status ? status_of(after) : before->status;
    copy.facts.status = copy_status_name(copy.status);
    if (!copy.facts.barcode)
        copy.facts.barcode = before->facts.barcode;
    TRY(check_version(ctx, before, expected_version));
    TRY(check_status_change(ctx, before, copy.status));
    making_check_barcode(ctx, copy.facts.barcode);
    TRY(error_check_fields(ctx));
    TRY(check_title(ctx, before, copy.status));
    if (strcmp(copy.facts.barcode, before->facts.barcode) != 0)
        TRY(making_check_barcode_free(ctx, copy.facts.barcode));

    const struct field_change *changes = fields_changes(ctx, copy_edit_fields, &before->facts, &copy.facts);
    if (!changes)
        return OK;
    TRY(copies_repo_update(ctx, &copy));
    TRY(count_status_change(ctx, copy.book_id, before->status, copy.status));
    TRY(tell(ctx, "copy.updated", &copy, changes));
    return copy.status == before->status
               ? OK
               : events_record(ctx, &(struct event_fact){.type = EVENT_COPY_STATUS_CHANGED,
                                                         .book_id = copy.book_id,
                                                         .detail = copy_status_name(copy.status)});
}

enum error_kind copies_set_status(struct ctx *ctx, const struct copy *copy, enum copy_status to)
{
    assert(copy->status == to || copy_move_find(copy->status, to));
    TRY(copies_repo_set_status(ctx, copy->id, to));
    if (copy_status_counts(to) != copy_status_counts(copy->status))
        TRY(books_touch(ctx, copy->book_id));
    return count_status_change(ctx, copy->book_id, copy->status, to);
}

/* ---- in batches ----------------------------------------------------------------------------------------- */

enum error_kind copies_add_in_batch(struct ctx *ctx, int64_t book_id, const struct copy_facts *facts,
                                    struct copy *out_copy)
{
    enum copy_status status = status_of(facts);
    struct book book;

    TRY(books_find_by_id(ctx, book_id, &book));
    if (book.deleted_at != NO_NUMBER)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found. “%s” is archived: restore it first.",
                    book.facts.title);
    making_check_barcode(ctx, facts->barcode);
    TRY(error_check_fields(ctx));
    if (facts->barcode)
        TRY(making_check_barcode_free(ctx, facts->barcode));
    if (copy_status_counts(status))
        TRY(check_room(ctx, &book));
    TRY(making_insert(ctx, book_id, facts, &(struct known_copies){0}, status, out_copy));
    TRY(count_change(ctx, book_id, 1, status));
    return books_touch(ctx, book_id);
}

enum error_kind copies_fill_in_batch(struct ctx *ctx, const struct copy *before,
                                     const struct copy_facts *after)
{
    struct copy copy = *before;

    copy.facts.shelf = before->facts.shelf ? before->facts.shelf : after->shelf;
    copy.facts.note = before->facts.note ? before->facts.note : after->note;
    if (before->facts.acquired_on == NO_NUMBER)
        copy.facts.acquired_on = after->acquired_on;
    if (before->facts.price == NO_NUMBER)
        copy.facts.price = after->price;
    if (!fields_changes(ctx, copy_edit_fields, &before->facts, &copy.facts))
        return OK;
    TRY(copies_repo_update(ctx, &copy));
    return books_touch(ctx, copy.book_id);
}

enum error_kind copies_ties(struct ctx *ctx, const struct copy *copy, const char **out_why)
{
    struct copy_uses uses;

    TRY(copies_repo_uses(ctx, copy, &uses));
    *out_why = set_by_circulation(copy->status) ? "it is out, or waits for a reader"
               : uses.lent                      ? "it was lent"
               : uses.held                      ? "it was held for a reader"
               : uses.charged                   ? "a charge names it"
               : uses.scanned                   ? "a stock-take has seen it"
                                                : NULL;
    return OK;
}

enum error_kind copies_remove(struct ctx *ctx, const struct copy *copy)
{
    const char *why;

    TRY(copies_ties(ctx, copy, &why));
    if (why)
        return fail(ctx, COPY_NOT_AVAILABLE, "Copy %s cannot be removed: %s.", copy->facts.barcode, why);
    TRY(copies_repo_remove(ctx, copy->id));
    TRY(count_change(ctx, copy->book_id, -1, copy->status));
    return books_touch(ctx, copy->book_id);
}

enum error_kind copies_change_title(struct ctx *ctx, int64_t copy_id, int64_t from_book, int64_t to_book,
                                    bool *out_moved)
{
    return copies_repo_set_book(ctx, copy_id, from_book, to_book, out_moved);
}
