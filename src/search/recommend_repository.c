/*
 * recommend_repository.c — each statement is a seek and a bounded walk.
 */
#include "search/recommend_repository.h"

#include "db/engine.h"

SQL(LOANS_OF,
    "SELECT book_id FROM borrow WHERE member_id = :member ORDER BY borrowed_at DESC, id DESC LIMIT :max");
SQL(READERS_OF,
    "SELECT member_id FROM borrow WHERE book_id = :book ORDER BY borrowed_at DESC, id DESC LIMIT :look");
/* The inner walk first, then who they are: not all members of the type and their loans. */
SQL_SCANNING(RECENT, "a bounded walk from the end of an index",
             "SELECT r.book_id, r.member_id FROM"
             " (SELECT book_id, member_id FROM borrow ORDER BY borrowed_at DESC, id DESC LIMIT :look) r"
             " CROSS JOIN member m ON m.id = r.member_id WHERE m.member_type_id = :type");
SQL(POPULAR, "SELECT id FROM book WHERE deleted_at IS NULL AND borrow_count > 0"
             " ORDER BY borrow_count DESC, id DESC LIMIT :max");
SQL_SCANNING(NEWEST, "a bounded walk from the end of an index",
             "SELECT id FROM book WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT :max");
SQL(TITLE_STATE, "SELECT deleted_at IS NULL, available_copies, borrow_count FROM book WHERE id = :book");
SQL(TITLE_NAME, "SELECT uuid, title FROM book WHERE id = :book");

static enum error_kind read_ids(struct stmt *s, size_t max, int64_t *out_ids, size_t *out_count)
{
    size_t count = 0;
    bool found = true;

    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        /* Forgotten loans have no member. */
        if (!column_is_null(s, 0))
            out_ids[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}

enum error_kind recommend_repo_loans_of(struct ctx *ctx, int64_t member_id, size_t max, int64_t *out_books,
                                        size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &LOANS_OF);

    bind_int(s, ":member", member_id);
    bind_int(s, ":max", (int64_t)max);
    return read_ids(s, max, out_books, out_count);
}

static bool has_id(const int64_t *ids, size_t count, int64_t id)
{
    while (count > 0 && ids[count - 1] != id)
        count--;
    return count > 0;
}

/* Each loan that is looked at lies on a page of its own: no more of them than are needed. */
enum error_kind recommend_repo_readers_of(struct ctx *ctx, int64_t book_id, size_t look, size_t max,
                                          int64_t *out_members, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &READERS_OF);
    size_t count = 0;
    bool found;

    bind_int(s, ":book", book_id);
    bind_int(s, ":look", (int64_t)look);
    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        /* Forgotten loans have no member. */
        if (!column_is_null(s, 0) && !has_id(out_members, count, column_int(s, 0)))
            out_members[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}

enum error_kind recommend_repo_recent(struct ctx *ctx, int64_t member_type_id, size_t look,
                                      struct recent_loan *out_loans, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &RECENT);
    size_t count = 0;
    bool found;

    bind_int(s, ":type", member_type_id);
    bind_int(s, ":look", (int64_t)look);
    for (; count < look; count++) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_loans[count] = (struct recent_loan){column_int(s, 0), column_int(s, 1)};
    }
    *out_count = count;
    return OK;
}

static enum error_kind read_first(struct ctx *ctx, const struct sql *sql, size_t max, int64_t *out_books,
                                  size_t *out_count)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":max", (int64_t)max);
    return read_ids(s, max, out_books, out_count);
}

enum error_kind recommend_repo_popular(struct ctx *ctx, size_t max, int64_t *out_books, size_t *out_count)
{
    return read_first(ctx, &POPULAR, max, out_books, out_count);
}

enum error_kind recommend_repo_newest(struct ctx *ctx, size_t max, int64_t *out_books, size_t *out_count)
{
    return read_first(ctx, &NEWEST, max, out_books, out_count);
}

enum error_kind recommend_repo_state(struct ctx *ctx, int64_t book_id, struct title_state *out_state)
{
    struct stmt *s = db_statement(ctx, &TITLE_STATE);
    bool found;

    bind_int(s, ":book", book_id);
    TRY(db_row(s, &found));
    *out_state = found ? (struct title_state){column_bool(s, 0), column_int(s, 1), column_int(s, 2)}
                       : (struct title_state){0};
    return OK;
}

enum error_kind recommend_repo_title(struct ctx *ctx, int64_t book_id, struct uuid *out_uuid,
                                     const char **out_title)
{
    struct stmt *s = db_statement(ctx, &TITLE_NAME);
    bool found;

    bind_int(s, ":book", book_id);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found.");
    *out_uuid = column_uuid(s, 0);
    *out_title = column_text(s, 1);
    return OK;
}
