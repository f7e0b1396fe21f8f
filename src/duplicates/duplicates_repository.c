/*
 * duplicates_repository.c — along the index of ISBNs, then along that of titles, from key to key that occurs twice.
 * Where there are few duplicates that is the whole of an index for one page: 200,000 short entries.
 */
#include "duplicates/duplicates_repository.h"

#include "base/limits.h"
#include "db/engine.h"

SQL(ISBN_FROM, "SELECT isbn FROM book INDEXED BY book_isbn WHERE isbn IS NOT NULL AND isbn >= :from"
               " GROUP BY isbn HAVING count(*) > 1 ORDER BY isbn LIMIT 1");
SQL(ISBN_PAST, "SELECT isbn FROM book INDEXED BY book_isbn WHERE isbn IS NOT NULL AND isbn > :from"
               " GROUP BY isbn HAVING count(*) > 1 ORDER BY isbn LIMIT 1");
SQL(TITLE_FROM,
    "SELECT title_key FROM book INDEXED BY book_by_title WHERE deleted_at IS NULL AND title_key >= :from"
    " GROUP BY title_key HAVING count(*) > 1 ORDER BY title_key LIMIT 1");
SQL(TITLE_PAST,
    "SELECT title_key FROM book INDEXED BY book_by_title WHERE deleted_at IS NULL AND title_key > :from"
    " GROUP BY title_key HAVING count(*) > 1 ORDER BY title_key LIMIT 1");

#define ALIKE "SELECT id, year, isbn, title_key, author_key, author FROM book "

SQL(OF_ISBN, ALIKE "WHERE isbn = :key AND deleted_at IS NULL ORDER BY id LIMIT :max");
SQL(OF_TITLE, ALIKE "WHERE title_key = :key AND deleted_at IS NULL ORDER BY id LIMIT :max");
SQL(ONE, ALIKE "WHERE uuid = :uuid");

SQL(IS_APART, "SELECT 1 FROM title_pair_apart WHERE first_id = :first AND second_id = :second");
SQL(SAY_APART, "INSERT INTO title_pair_apart (first_id, second_id, said_at, said_by)"
               " VALUES (:first, :second, :now, :actor) ON CONFLICT (first_id, second_id) DO NOTHING");
SQL(UNSAY_APART, "DELETE FROM title_pair_apart WHERE first_id = :first AND second_id = :second");

static enum error_kind next_key(struct ctx *ctx, const struct sql *sql, const char *from,
                                const char **out_key, bool *out_found)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_text(s, ":from", from);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_key = column_text(s, 0);
    return OK;
}

enum error_kind duplicates_repo_next_isbn(struct ctx *ctx, const char *from, bool past, const char **out_isbn,
                                          bool *out_found)
{
    return next_key(ctx, past ? &ISBN_PAST : &ISBN_FROM, from, out_isbn, out_found);
}

enum error_kind duplicates_repo_next_title(struct ctx *ctx, const char *from, bool past, const char **out_key,
                                           bool *out_found)
{
    return next_key(ctx, past ? &TITLE_PAST : &TITLE_FROM, from, out_key, out_found);
}

static struct alike read_alike(struct stmt *s)
{
    return (struct alike){.id = column_int(s, 0),
                          .year = column_number(s, 1),
                          .isbn = column_text(s, 2),
                          .title_key = column_text(s, 3),
                          .author_key = column_text(s, 4),
                          .author = column_text(s, 5)};
}

static enum error_kind read_group(struct ctx *ctx, const struct sql *sql, const char *key,
                                  struct alike *out_alike, size_t max, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, sql);
    size_t count = 0;
    bool found;

    bind_text(s, ":key", key);
    bind_int(s, ":max", (int64_t)max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found || count == max)
            break;
        out_alike[count++] = read_alike(s);
    }
    *out_count = count;
    return OK;
}

enum error_kind duplicates_repo_of_isbn(struct ctx *ctx, const char *isbn, struct alike *out_alike,
                                        size_t max, size_t *out_count)
{
    return read_group(ctx, &OF_ISBN, isbn, out_alike, max, out_count);
}

enum error_kind duplicates_repo_of_title(struct ctx *ctx, const char *title_key, struct alike *out_alike,
                                         size_t max, size_t *out_count)
{
    return read_group(ctx, &OF_TITLE, title_key, out_alike, max, out_count);
}

enum error_kind duplicates_repo_find(struct ctx *ctx, const struct uuid *uuid, struct alike *out_alike,
                                     bool *out_found)
{
    struct stmt *s = db_statement(ctx, &ONE);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_alike = read_alike(s);
    return OK;
}

/* ---- pairs that are different --------------------------------------------------------------------------- */

static struct stmt *bind_pair(struct ctx *ctx, const struct sql *sql, int64_t first_id, int64_t second_id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":first", first_id < second_id ? first_id : second_id);
    bind_int(s, ":second", first_id < second_id ? second_id : first_id);
    return s;
}

enum error_kind duplicates_repo_is_apart(struct ctx *ctx, int64_t first_id, int64_t second_id,
                                         bool *out_apart)
{
    return db_row(bind_pair(ctx, &IS_APART, first_id, second_id), out_apart);
}

enum error_kind duplicates_repo_say_apart(struct ctx *ctx, int64_t first_id, int64_t second_id,
                                          bool *out_changed)
{
    struct stmt *s = bind_pair(ctx, &SAY_APART, first_id, second_id);

    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    TRY(db_run(s));
    *out_changed = db_changes(ctx) > 0;
    return OK;
}

enum error_kind duplicates_repo_unsay_apart(struct ctx *ctx, int64_t first_id, int64_t second_id,
                                            bool *out_changed)
{
    TRY(db_run(bind_pair(ctx, &UNSAY_APART, first_id, second_id)));
    *out_changed = db_changes(ctx) > 0;
    return OK;
}
