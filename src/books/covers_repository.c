/*
 * covers_repository.c — pictures of titles as SQL. A title's `cover` in lists is read in books_repository.c.
 */
#include "books/covers_repository.h"

#include <string.h>

#include "base/arena.h"
#include "db/engine.h"

SQL(FIND_COVER, "SELECT media_type, width, height, sha256, picture FROM cover WHERE book_id = :book");

SQL(PUT_COVER,
    "INSERT INTO cover (book_id, media_type, width, height, sha256, picture, updated_at)"
    " VALUES (:book, :media_type, :width, :height, :sha256, :picture, :now)"
    " ON CONFLICT (book_id) DO UPDATE SET media_type = excluded.media_type, width = excluded.width,"
    " height = excluded.height, sha256 = excluded.sha256, picture = excluded.picture,"
    " updated_at = excluded.updated_at");

SQL(REMOVE_COVER, "DELETE FROM cover WHERE book_id = :book");

enum error_kind covers_repo_find(struct ctx *ctx, int64_t book_id, struct cover *out_cover, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_COVER);
    bool found;

    bind_int(s, ":book", book_id);
    TRY(db_row(s, &found));
    if (found) {
        struct cover cover = {.picture = {.media_type = column_text(s, 0),
                                          .width = (int32_t)column_int(s, 1),
                                          .height = (int32_t)column_int(s, 2)}};
        size_t length;
        const void *sha256 = column_bytes(s, 3, &length);
        if (length == sizeof cover.sha256.bytes)
            memcpy(cover.sha256.bytes, sha256, length);
        const void *bytes = column_bytes(s, 4, &cover.length);
        cover.bytes = arena_memdup(ctx->arena, bytes, cover.length);
        *out_cover = cover;
    }
    *out_found = found;
    return OK;
}

enum error_kind covers_repo_put(struct ctx *ctx, int64_t book_id, const struct cover *cover)
{
    struct stmt *s = db_statement(ctx, &PUT_COVER);

    bind_int(s, ":book", book_id);
    bind_text(s, ":media_type", cover->picture.media_type);
    bind_int(s, ":width", cover->picture.width);
    bind_int(s, ":height", cover->picture.height);
    bind_bytes(s, ":sha256", cover->sha256.bytes, sizeof cover->sha256.bytes);
    bind_bytes(s, ":picture", cover->bytes, cover->length);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind covers_repo_remove(struct ctx *ctx, int64_t book_id, bool *out_removed)
{
    struct stmt *s = db_statement(ctx, &REMOVE_COVER);

    bind_int(s, ":book", book_id);
    TRY(db_run(s));
    *out_removed = db_changes(ctx) > 0;
    return OK;
}
