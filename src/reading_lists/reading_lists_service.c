/*
 * reading_lists_service.c — the rules of reading lists. What belongs to a reader leaves no trace in the audit log: what
 * somebody wants to read is nobody else's business.
 */
#include "reading_lists/reading_lists_service.h"

#include <inttypes.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "events/events_service.h"
#include "members/self_service.h"
#include "reading_lists/reading_lists_repository.h"

static bool is_staff(const struct ctx *ctx)
{
    return ctx->actor.access >= LIBRARIAN;
}

static enum error_kind tell(struct ctx *ctx, const struct reading_list *list, const char *action,
                            const struct field_change *changes)
{
    return list->member_id ? OK : audit_edit(ctx, action, "reading_list", list->id, changes);
}

/* Of the library's lists; a reader's are never shown. */
static enum error_kind tell_shown(struct ctx *ctx, const struct reading_list *list, bool was_shown)
{
    char id[UUID_TEXT_SIZE];

    if (!list->facts.shown || was_shown)
        return OK;
    uuid_format(&list->uuid, id);
    return events_record(ctx, &(struct event_fact){.type = EVENT_READING_LIST_SHOWN, .detail = id});
}

/* ---- reading -------------------------------------------------------------------------------------------- */

static struct list_query with_number(struct ctx *ctx, const struct list_query *query, const char *name,
                                     int64_t number)
{
    return list_query_with(ctx->arena, query, name, arena_printf(ctx->arena, "%" PRId64, number));
}

enum error_kind reading_lists_list(struct ctx *ctx, bool own, const struct list_query *query,
                                   struct row_sink *sink)
{
    struct list_query narrowed;
    struct member member;

    if (own) {
        TRY(self_find(ctx, &member));
        narrowed = with_number(ctx, query, ".member", member.id);
    } else {
        narrowed = list_query_with(ctx->arena, query, ".library", "true");
        if (!is_staff(ctx))
            narrowed = list_query_with(ctx->arena, &narrowed, "shown", "true");
    }
    return reading_lists_repo_list(ctx, &reading_lists_listing, &narrowed, sink);
}

static bool is_for_actor(const struct ctx *ctx, const struct reading_list *list)
{
    if (list->member_id)
        return list->member_id == ctx->actor.member_id;
    return list->facts.shown || is_staff(ctx);
}

enum error_kind reading_lists_find(struct ctx *ctx, const struct uuid *uuid, struct reading_list *out_list)
{
    struct reading_list list;
    bool found;

    TRY(reading_lists_repo_find(ctx, uuid, &list, &found));
    if (!found || !is_for_actor(ctx, &list))
        return fail(ctx, READING_LIST_NOT_FOUND, "Reading list not found.");
    *out_list = list;
    return OK;
}

enum error_kind reading_lists_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return reading_lists_repo_show(ctx, &reading_lists_listing, id, sink);
}

enum error_kind reading_lists_list_books(struct ctx *ctx, const struct uuid *uuid,
                                         const struct list_query *query, struct row_sink *sink)
{
    struct list_query narrowed;
    struct reading_list list;

    TRY(reading_lists_find(ctx, uuid, &list));
    narrowed = with_number(ctx, query, ".list", list.id);
    if (!is_staff(ctx))
        narrowed = list_query_with(ctx->arena, &narrowed, ".live", "true");
    return reading_lists_repo_list(ctx, &list_entries_listing, &narrowed, sink);
}

/* ---- changing ------------------------------------------------------------------------------------------- */

/* Who sees a list that is shown may not change it for that. */
static enum error_kind check_may_change(struct ctx *ctx, const struct reading_list *list)
{
    return list->member_id || is_staff(ctx)
               ? OK
               : fail(ctx, FORBIDDEN, "“%s” is the library's list: only the staff changes it.",
                      list->facts.name);
}

static enum error_kind check_version(struct ctx *ctx, const struct reading_list *list, int64_t expected)
{
    TRY(check_may_change(ctx, list));
    if (expected == NO_NUMBER || expected == list->version)
        return OK;
    return fail(ctx, PRECONDITION_FAILED,
                "“%s” was changed by someone else since you read it. Read it again.", list->facts.name);
}

static enum error_kind check_facts(struct ctx *ctx, bool own, const struct reading_list_facts *facts)
{
    if (own && facts->shown)
        error_field(ctx, "body", "shown", "not_allowed",
                    "is for the library's lists: yours is for you alone");
    return error_check_fields(ctx);
}

/* *out_owner: 0 for the staff, whose lists are the library's. */
static enum error_kind find_owner(struct ctx *ctx, int64_t *out_owner)
{
    struct member member;
    int64_t count;

    *out_owner = 0;
    if (is_staff(ctx))
        return OK;
    TRY(self_find(ctx, &member));
    if (member.deleted_at != NO_NUMBER)
        return fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
    TRY(reading_lists_repo_count_of_member(ctx, member.id, &count));
    if (count >= READING_LISTS_MAX) {
        error_reason_int(ctx, "max_lists", READING_LISTS_MAX);
        return fail(ctx, READING_LIST_FULL, "You have %" PRId64 " lists already. Delete one first.", count);
    }
    *out_owner = member.id;
    return OK;
}

enum error_kind reading_lists_create(struct ctx *ctx, const struct reading_list_facts *facts,
                                     struct reading_list *out_list)
{
    static const struct reading_list_facts nothing;
    struct reading_list list = {.uuid = uuid_new(ctx->now), .facts = *facts, .version = 1};

    TRY(find_owner(ctx, &list.member_id));
    TRY(check_facts(ctx, list.member_id != 0, facts));
    TRY(reading_lists_repo_insert(ctx, &list));
    TRY(tell(ctx, &list, "reading_list.created", fields_changes(ctx, reading_list_fields, &nothing, facts)));
    *out_list = list;
    return tell_shown(ctx, &list, false);
}

enum error_kind reading_lists_update(struct ctx *ctx, const struct reading_list *before,
                                     const struct reading_list_facts *facts, int64_t expected_version)
{
    const struct field_change *changes = fields_changes(ctx, reading_list_fields, &before->facts, facts);
    struct reading_list after = *before;

    TRY(check_version(ctx, before, expected_version));
    TRY(check_facts(ctx, before->member_id != 0, facts));
    if (!changes)
        return OK;
    after.facts = *facts;
    TRY(reading_lists_repo_update(ctx, &after));
    TRY(tell(ctx, before, "reading_list.updated", changes));
    return tell_shown(ctx, &after, before->facts.shown);
}

enum error_kind reading_lists_remove(struct ctx *ctx, const struct reading_list *list,
                                     int64_t expected_version)
{
    struct field_change entries = {"entries", arena_printf(ctx->arena, "%" PRId64, list->entries), NULL,
                                   NULL};
    struct field_change name = {"name", list->facts.name, NULL, &entries};

    TRY(check_version(ctx, list, expected_version));
    TRY(reading_lists_repo_remove(ctx, list->id));
    return list->member_id ? OK : audit_removal(ctx, "reading_list.deleted", "reading_list", list->id, &name);
}

static enum error_kind tell_title(struct ctx *ctx, const struct reading_list *list, const char *action,
                                  const struct field_change *change, int64_t delta)
{
    TRY(reading_lists_repo_touch(ctx, list->id, delta));
    return tell(ctx, list, action, change);
}

enum error_kind reading_lists_add(struct ctx *ctx, const struct reading_list *list,
                                  const struct list_entry_facts *facts)
{
    int64_t position;
    struct book book;

    TRY(check_may_change(ctx, list));
    TRY(books_find(ctx, &facts->book_id, &book));
    TRY(reading_lists_repo_position(ctx, list->id, book.id, &position));
    if (position) {
        error_reason_int(ctx, "position", position);
        return fail(ctx, CONFLICT, "“%s” is on the list already.", book.facts.title);
    }
    TRY(reading_lists_repo_last(ctx, list->id, &position));
    if (list->entries >= READING_LIST_ENTRIES_MAX) {
        error_reason_int(ctx, "max_entries", READING_LIST_ENTRIES_MAX);
        return fail(ctx, READING_LIST_FULL, "There are %" PRId64 " titles on the list. Begin another one.",
                    list->entries);
    }
    TRY(reading_lists_repo_add(ctx, list->id, book.id, position + 1, facts->note));
    return tell_title(ctx, list, "reading_list.book_added",
                      &(struct field_change){"title", NULL, book.facts.title, NULL}, 1);
}

/* The title and where it stands. */
static enum error_kind find_entry(struct ctx *ctx, const struct reading_list *list, const struct uuid *uuid,
                                  struct book *out_book, int64_t *out_position)
{
    TRY(check_may_change(ctx, list));
    TRY(books_find_any(ctx, uuid, out_book));
    TRY(reading_lists_repo_position(ctx, list->id, out_book->id, out_position));
    return *out_position ? OK : fail(ctx, BOOK_NOT_FOUND, "“%s” is not on the list.", out_book->facts.title);
}

enum error_kind reading_lists_take_off(struct ctx *ctx, const struct reading_list *list,
                                       const struct uuid *book_uuid)
{
    int64_t position, last;
    struct book book;

    TRY(find_entry(ctx, list, book_uuid, &book, &position));
    TRY(reading_lists_repo_last(ctx, list->id, &last));
    TRY(reading_lists_repo_take_off(ctx, list->id, book.id));
    TRY(reading_lists_repo_shift(ctx, list->id, position + 1, last, -1));
    return tell_title(ctx, list, "reading_list.book_removed",
                      &(struct field_change){"title", book.facts.title, NULL, NULL}, -1);
}

enum error_kind reading_lists_move(struct ctx *ctx, const struct reading_list *list,
                                   const struct list_order_facts *facts)
{
    int64_t to = facts->position;
    int64_t position, last;
    struct book book;

    TRY(find_entry(ctx, list, &facts->book_id, &book, &position));
    TRY(reading_lists_repo_last(ctx, list->id, &last));
    if (to > last)
        to = last;
    if (to == position)
        return OK;
    if (to < position)
        TRY(reading_lists_repo_shift(ctx, list->id, to, position - 1, 1));
    else
        TRY(reading_lists_repo_shift(ctx, list->id, position + 1, to, -1));
    TRY(reading_lists_repo_place(ctx, list->id, book.id, to));
    struct field_change place = {"position", arena_printf(ctx->arena, "%" PRId64, position),
                                 arena_printf(ctx->arena, "%" PRId64, to), NULL};
    return tell_title(ctx, list, "reading_list.order_changed",
                      &(struct field_change){"title", book.facts.title, book.facts.title, &place}, 0);
}

/* ---- when two titles become one ------------------------------------------------------------------------- */

enum error_kind reading_lists_move_title(struct ctx *ctx, int64_t from_book, int64_t to_book,
                                         void (*moved)(void *argument, int64_t id), void *argument)
{
    int64_t list_id = 0;
    bool found;

    for (;;) {
        TRY(reading_lists_repo_next_with(ctx, from_book, to_book, list_id, &list_id, &found));
        if (!found)
            return OK;
        TRY(reading_lists_repo_replace(ctx, list_id, from_book, to_book));
        if (moved)
            moved(argument, list_id);
    }
}

enum error_kind reading_lists_move_back(struct ctx *ctx, int64_t list_id, int64_t from_book, int64_t to_book)
{
    int64_t there;

    TRY(reading_lists_repo_position(ctx, list_id, to_book, &there));
    return there ? OK : reading_lists_repo_replace(ctx, list_id, from_book, to_book);
}

/* ---- for --check and --rebuild -------------------------------------------------------------------------- */

enum error_kind reading_lists_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                    void *argument)
{
    struct list_count count = {0};
    bool found;

    for (;;) {
        TRY(reading_lists_repo_next_wrong(ctx, count.id, &count, &found));
        if (!found)
            return OK;
        report(argument,
               arena_printf(ctx->arena,
                            "The reading list “%s”: %" PRId64 " titles are kept, the last at place %" PRId64
                            "; counting gives %" PRId64 ".",
                            count.name, count.kept, count.last, count.counted));
    }
}

enum error_kind reading_lists_rebuild(struct ctx *ctx)
{
    struct list_count count = {0};
    bool found;

    for (;;) {
        TRY(reading_lists_repo_next_wrong(ctx, count.id, &count, &found));
        if (!found)
            return OK;
        TRY(reading_lists_repo_mend(ctx, &count));
    }
}
