/*
 * search_repository.c — each answer is a seek and a few steps: one title after the other, each with another sort
 * key than the last, so that a hundred records of one title or author take no longer than one.
 */
#include "search/search_repository.h"

#include "base/text.h"
#include "db/engine.h"

/* No text of ours holds this byte, and all begin below it. */
#define AFTER_ALL "\xff"

SQL(NEXT_TITLE,
    "SELECT title, title_key FROM book WHERE title_key > :after AND title_key < :end AND deleted_at IS NULL"
    " ORDER BY title_key, id LIMIT 1");
SQL(FIRST_TITLE, "SELECT title, title_key FROM book WHERE title_key >= :after AND title_key < :end"
                 " AND deleted_at IS NULL ORDER BY title_key, id LIMIT 1");
SQL(NEXT_AUTHOR,
    "SELECT author, author_key FROM book WHERE author_key > :after AND author_key < :end AND deleted_at IS NULL"
    " ORDER BY author_key, id LIMIT 1");
SQL(FIRST_AUTHOR, "SELECT author, author_key FROM book WHERE author_key >= :after AND author_key < :end"
                  " AND deleted_at IS NULL ORDER BY author_key, id LIMIT 1");

static enum error_kind collect(struct ctx *ctx, const struct sql *first, const struct sql *next,
                               const char *key, size_t max, const char **out_texts, size_t *out_count)
{
    const char *end = arena_printf(ctx->arena, "%s" AFTER_ALL, key);
    const char *after = key;

    *out_count = 0;
    while (*out_count < max) {
        struct stmt *s = db_statement(ctx, *out_count == 0 ? first : next);
        bool found;
        bind_text(s, ":after", after);
        bind_text(s, ":end", end);
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_texts[(*out_count)++] = column_text(s, 0);
        after = column_text(s, 1);
    }
    return OK;
}

enum error_kind search_repo_titles(struct ctx *ctx, const char *key, size_t max, const char **out_titles,
                                   size_t *out_count)
{
    return collect(ctx, &FIRST_TITLE, &NEXT_TITLE, key, max, out_titles, out_count);
}

enum error_kind search_repo_authors(struct ctx *ctx, const char *key, size_t max, const char **out_authors,
                                    size_t *out_count)
{
    return collect(ctx, &FIRST_AUTHOR, &NEXT_AUTHOR, key, max, out_authors, out_count);
}
