/*
 * borrows_service.c — loans as they are shown.
 */
#include "borrows/borrows_service.h"

#include "backups/backups_service.h"
#include "base/clock.h"
#include "books/books_service.h"
#include "borrows/borrows_repository.h"
#include "counters/counters_service.h"
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

enum error_kind borrows_backup_age(struct ctx *ctx, int64_t *out_seconds)
{
    int64_t last;

    TRY(backups_last_good(ctx, &last));
    *out_seconds = last == 0 ? -1 : (ctx->now - last) / MS_PER_SECOND;
    return OK;
}

enum error_kind borrows_count_open(struct ctx *ctx, int64_t *out_count)
{
    return counters_get(ctx, COUNTER_BORROWS_OPEN, out_count);
}
