/*
 * watches_repository.c — watches as SQL.
 */
#include "holds/watches_repository.h"

#include "db/engine.h"

SQL(ADD_WATCH, "INSERT INTO title_watch (book_id, member_id, created_at) VALUES (:book, :member, :now)"
               " ON CONFLICT (book_id, member_id) DO NOTHING");
SQL(REMOVE_WATCH, "DELETE FROM title_watch WHERE book_id = :book AND member_id = :member");
SQL(REMOVE_WATCHES, "DELETE FROM title_watch WHERE book_id = :book");
SQL(HAS_WATCH, "SELECT 1 FROM title_watch WHERE book_id = :book AND member_id = :member");
SQL(COUNT_WATCHES, "SELECT count(*) FROM title_watch WHERE member_id = :member");
SQL(LIST_WATCHES,
    "SELECT b.uuid, b.title, b.author, w.created_at FROM title_watch w JOIN book b ON b.id = w.book_id"
    " WHERE w.member_id = :member ORDER BY w.created_at DESC, w.book_id DESC LIMIT :max");
SQL(NEXT_WATCHER, "SELECT member_id FROM title_watch WHERE book_id = :book AND member_id > :after"
                  " ORDER BY member_id LIMIT 1");
SQL_SCANNING(DUE_WATCHES, "a job looks at what is watched, WATCHES_MAX titles of a reader at most",
             "SELECT DISTINCT w.book_id FROM title_watch w CROSS JOIN book b ON b.id = w.book_id"
             " WHERE b.available_copies > 0 AND b.open_holds = 0 AND b.deleted_at IS NULL LIMIT :max");

static struct stmt *bind_pair(struct ctx *ctx, const struct sql *sql, int64_t book_id, int64_t member_id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":book", book_id);
    bind_int(s, ":member", member_id);
    return s;
}

enum error_kind watches_repo_add(struct ctx *ctx, int64_t book_id, int64_t member_id)
{
    struct stmt *s = bind_pair(ctx, &ADD_WATCH, book_id, member_id);

    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind watches_repo_remove(struct ctx *ctx, int64_t book_id, int64_t member_id)
{
    return db_run(bind_pair(ctx, &REMOVE_WATCH, book_id, member_id));
}

enum error_kind watches_repo_remove_all(struct ctx *ctx, int64_t book_id)
{
    struct stmt *s = db_statement(ctx, &REMOVE_WATCHES);

    bind_int(s, ":book", book_id);
    return db_run(s);
}

enum error_kind watches_repo_has(struct ctx *ctx, int64_t book_id, int64_t member_id, bool *out_has)
{
    return db_row(bind_pair(ctx, &HAS_WATCH, book_id, member_id), out_has);
}

enum error_kind watches_repo_count(struct ctx *ctx, int64_t member_id, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_WATCHES);
    bool found;

    bind_int(s, ":member", member_id);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind watches_repo_list(struct ctx *ctx, int64_t member_id, int64_t max,
                                  struct title_watch **out_first)
{
    struct stmt *s = db_statement(ctx, &LIST_WATCHES);
    struct title_watch **last = out_first;
    bool found;

    *out_first = NULL;
    bind_int(s, ":member", member_id);
    bind_int(s, ":max", max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct title_watch *watch = arena_alloc(ctx->arena, sizeof *watch);
        *watch = (struct title_watch){.book_id = column_uuid(s, 0),
                                      .title = column_text(s, 1),
                                      .author = column_text(s, 2),
                                      .created_at = column_int(s, 3)};
        *last = watch;
        last = &watch->next;
    }
}

enum error_kind watches_repo_next_watcher(struct ctx *ctx, int64_t book_id, int64_t after_member_id,
                                          int64_t *out_member_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_WATCHER);

    bind_int(s, ":book", book_id);
    bind_int(s, ":after", after_member_id);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_member_id = column_int(s, 0);
    return OK;
}

enum error_kind watches_repo_due(struct ctx *ctx, size_t max, int64_t *out_books, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &DUE_WATCHES);
    size_t count = 0;
    bool found = true;

    bind_int(s, ":max", (int64_t)max);
    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_books[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}
