/*
 * borrows_service.c — loans as they are shown.
 */
#include "borrows/borrows_service.h"

#include "books/books_service.h"
#include "borrows/borrows_repository.h"
#include "members/members_service.h"

enum error_kind borrows_find(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow)
{
    bool found;

    TRY(borrows_repo_find(ctx, uuid, out_borrow, &found));
    return found ? OK : fail(ctx, BORROW_RECORD_NOT_FOUND, "Borrow record not found.");
}

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

enum error_kind borrows_show_copy(struct ctx *ctx, int64_t copy_id, struct row_sink *sink)
{
    return borrows_repo_show_copy(ctx, copy_id, sink);
}

enum error_kind borrows_of_book(struct ctx *ctx, const struct uuid *book, struct book_borrows *out_borrows)
{
    struct book found;
    struct book_borrows borrows;

    TRY(books_find(ctx, book, &found));
    borrows.book_id = found.id;
    TRY(borrows_repo_current(ctx, found.id, &borrows.current));
    TRY(borrows_repo_past(ctx, found.id, BORROW_HISTORY_SHOWN, &borrows.past));
    *out_borrows = borrows;
    return OK;
}
