/*
 * watches_service.c — telling readers that a title is back: once, and nobody else is kept from it.
 */
#include "holds/watches_service.h"

#include <inttypes.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "events/events_service.h"
#include "holds/watches_repository.h"
#include "holds/whose_service.h"
#include "members/members_service.h"

const struct field watch_fields[] = {
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct watch_request, member_id),
     "Who watches; readers leave it out"},
    {0},
};

static enum error_kind check_watch(struct ctx *ctx, const struct book *book, const struct member *member)
{
    int64_t count;

    if (book->available_copies > 0) {
        error_reason_int(ctx, "available_copies", book->available_copies);
        return fail(ctx, CONFLICT, "“%s” stands on the shelf now.", book->facts.title);
    }
    TRY(watches_repo_count(ctx, member->id, &count));
    if (count < WATCHES_MAX)
        return OK;
    error_reason_int(ctx, "max_watches", WATCHES_MAX);
    return fail(ctx, CONFLICT, "%" PRId64 " titles are watched already. Leave one out first.", count);
}

enum error_kind watches_add(struct ctx *ctx, const struct uuid *book_uuid,
                            const struct watch_request *request)
{
    struct member member;
    struct book book;
    bool has;

    TRY(whose_member(ctx, &request->member_id, NULL, &member));
    TRY(books_find(ctx, book_uuid, &book));
    TRY(watches_repo_has(ctx, book.id, member.id, &has));
    if (has)
        return OK;
    TRY(check_watch(ctx, &book, &member));
    TRY(watches_repo_add(ctx, book.id, member.id));
    return audit_act(ctx, "book.watched", "book", book.id);
}

enum error_kind watches_remove(struct ctx *ctx, const struct uuid *book_uuid,
                               const struct watch_request *request)
{
    struct member member;
    struct book book;
    bool has;

    TRY(whose_member(ctx, &request->member_id, NULL, &member));
    TRY(books_find_any(ctx, book_uuid, &book));
    TRY(watches_repo_has(ctx, book.id, member.id, &has));
    if (!has)
        return OK;
    TRY(watches_repo_remove(ctx, book.id, member.id));
    return audit_act(ctx, "book.unwatched", "book", book.id);
}

enum error_kind watches_list(struct ctx *ctx, const struct uuid *member_uuid, struct title_watch **out_first)
{
    struct member member;

    TRY(members_find_any(ctx, member_uuid, &member));
    return watches_repo_list(ctx, member.id, WATCHES_MAX, out_first);
}

enum error_kind watches_tell(struct ctx *ctx, int64_t book_id)
{
    int64_t member_id = 0;
    bool any = false;
    bool found;

    for (;;) {
        TRY(watches_repo_next_watcher(ctx, book_id, member_id, &member_id, &found));
        if (!found)
            break;
        any = true;
        TRY(events_record(
            ctx,
            &(struct event_fact){.type = EVENT_TITLE_AVAILABLE, .book_id = book_id, .member_id = member_id}));
    }
    return any ? watches_repo_remove_all(ctx, book_id) : OK;
}

enum error_kind watches_tell_due(struct ctx *ctx, size_t max, int64_t *out_rows)
{
    struct arena_mark start = arena_mark(ctx->arena);
    int64_t *books = arena_alloc_array(ctx->arena, max, sizeof *books);
    size_t count;

    TRY(watches_repo_due(ctx, max, books, &count));
    for (size_t i = 0; i < count; i++)
        TRY(watches_tell(ctx, books[i]));
    arena_reset_to(ctx->arena, start);
    *out_rows = (int64_t)count;
    return OK;
}
