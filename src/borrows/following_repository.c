/*
 * following_repository.c — loans follow their copies, as SQL.
 */
#include "borrows/following_repository.h"

#include "db/engine.h"

#define STRAYED "WHERE book_id = :from AND copy_id IN (SELECT c.id FROM copy c WHERE c.book_id = :to)"

SQL(STRAYED_BORROWS, "SELECT borrowed_at FROM borrow " STRAYED " ORDER BY borrowed_at");
SQL(MOVE_BORROWS, "UPDATE borrow SET book_id = :to " STRAYED);

static struct stmt *bind_pair(struct ctx *ctx, const struct sql *sql, int64_t from_book, int64_t to_book)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":from", from_book);
    bind_int(s, ":to", to_book);
    return s;
}

enum error_kind following_repo_borrows(struct ctx *ctx, int64_t from_book, int64_t to_book, int64_t **out_at,
                                       size_t *out_count)
{
    struct stmt *s = bind_pair(ctx, &STRAYED_BORROWS, from_book, to_book);
    int64_t *at = NULL;
    size_t count = 0;
    size_t room = 0;
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        if (count == room) {
            int64_t *more = arena_alloc_array(ctx->arena, room = room ? 2 * room : 64, sizeof *more);
            for (size_t i = 0; i < count; i++)
                more[i] = at[i];
            at = more;
        }
        at[count++] = column_int(s, 0);
    }
    *out_at = at;
    *out_count = count;
    return OK;
}

enum error_kind following_repo_move(struct ctx *ctx, int64_t from_book, int64_t to_book)
{
    return db_run(bind_pair(ctx, &MOVE_BORROWS, from_book, to_book));
}
