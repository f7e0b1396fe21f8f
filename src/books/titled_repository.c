/*
 * titled_repository.c — titles as other systems' files name them, as SQL.
 */
#include <string.h>

#include "base/text.h"
#include "books/books_repository.h"
#include "db/engine.h"

/* Several titles of one key are few; which of them is called so is looked at one by one. */
SQL(FIND_TITLED, "SELECT id, uuid, title FROM book WHERE title_key = :title_key AND deleted_at IS NULL"
                 " AND (:author_key IS NULL OR author_key = :author_key)"
                 " AND (:year IS NULL OR year IS NULL OR year = :year) ORDER BY id");

enum error_kind books_repo_find_titled(struct ctx *ctx, const struct book_sought *sought,
                                       struct book_name *out_name, size_t *io_count)
{
    struct stmt *s = db_statement(ctx, &FIND_TITLED);
    struct book_name name;
    bool found;

    bind_text(s, ":title_key", sought->title_key);
    bind_text(s, ":author_key", sought->author ? text_name_key(ctx->arena, sought->author) : NULL);
    bind_number(s, ":year", sought->year);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        if (*io_count > 1)
            continue;
        name =
            (struct book_name){.id = column_int(s, 0), .uuid = column_uuid(s, 1), .title = column_text(s, 2)};
        if (strcmp(text_fold(ctx->arena, name.title), sought->folded) != 0)
            continue;
        if ((*io_count)++ == 0)
            *out_name = name;
    }
}
