/*
 * merging_repository.c — moving holds and watches, as SQL.
 */
#include "holds/merging_repository.h"

#include "db/engine.h"
#include "holds/merging_sql.h"

#define MERGING_COLUMNS \
    "SELECT h.id, h.book_id, coalesce(h.member_id, 0), h.place, h.placed_at, h.ended_at IS NULL FROM hold h "

SQL(OPEN_HOLDS, MERGING_COLUMNS "WHERE h.book_id = :book AND h.ended_at IS NULL ORDER BY h.place, h.id");
SQL(ALL_HOLDS, MERGING_COLUMNS "WHERE h.book_id = :book ORDER BY h.placed_at, h.id");
SQL(ONE_HOLD, MERGING_COLUMNS "WHERE h.id = :id");
SQL(DOUBLED_HOLDS,
    MERGING_COLUMNS "WHERE h.book_id = :book AND " HOLD_IS_DOUBLED(":other") " ORDER BY h.place, h.id");

SQL(MOVE_HOLDS, "UPDATE hold SET book_id = :to WHERE book_id = :from");
SQL(FOLLOW_COPIES, "UPDATE hold SET book_id = :to WHERE book_id = :from"
                   " AND copy_id IN (SELECT c.id FROM copy c WHERE c.book_id = :to)");
SQL(MOVE_HOLD, "UPDATE hold SET book_id = :to WHERE id = :id AND book_id = :from AND copy_id IS NULL");
SQL(PLACE_TAKEN,
    "SELECT 1 FROM hold WHERE book_id = :book AND place = :place AND ended_at IS NULL AND id <> :id");
SQL(REOPEN, "UPDATE hold AS h SET status = 'waiting', ended_at = NULL, ended_reason = NULL"
            " WHERE h.id = :id AND h.status = 'cancelled' AND h.ended_reason = :reason"
            " AND EXISTS (SELECT 1 FROM member m WHERE m.id = h.member_id AND m.deleted_at IS NULL)"
            " AND EXISTS (SELECT 1 FROM book b WHERE b.id = h.book_id AND b.deleted_at IS NULL)"
            " AND NOT EXISTS (SELECT 1 FROM hold o WHERE o.member_id = h.member_id AND o.book_id = h.book_id"
            "  AND o.ended_at IS NULL)"
            " AND NOT " HOLD_READER_HAS("h.book_id"));

SQL(WATCHES,
    "SELECT w.member_id, w.created_at, EXISTS (SELECT 1 FROM title_watch o WHERE o.book_id = :kept"
    " AND o.member_id = w.member_id) FROM title_watch w WHERE w.book_id = :gone ORDER BY w.member_id");
SQL(DROP_WATCH, "DELETE FROM title_watch WHERE book_id = :book AND member_id = :member");
SQL(MOVE_WATCH,
    "UPDATE OR IGNORE title_watch SET book_id = :to WHERE book_id = :from AND member_id = :member");
/* Who is archived meanwhile wants to be told no more. */
SQL(ADD_WATCH, "INSERT INTO title_watch (book_id, member_id, created_at)"
               " SELECT :book, m.id, :created_at FROM member m WHERE m.id = :member AND m.deleted_at IS NULL"
               " ON CONFLICT (book_id, member_id) DO NOTHING");

/* ---- holds ---------------------------------------------------------------------------------------------- */

static struct merging_hold read_row(struct stmt *s)
{
    return (struct merging_hold){.id = column_int(s, 0),
                                 .book_id = column_int(s, 1),
                                 .member_id = column_int(s, 2),
                                 .place = column_int(s, 3),
                                 .placed_at = column_int(s, 4),
                                 .open = column_bool(s, 5)};
}

static enum error_kind read_rows(struct ctx *ctx, struct stmt *s, struct merging_hold **out_holds,
                                 size_t *out_count)
{
    struct merging_hold *holds = NULL;
    size_t count = 0;
    size_t room = 0;
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        if (count == room) {
            struct merging_hold *more =
                arena_alloc_array(ctx->arena, room = room ? 2 * room : 32, sizeof *more);
            for (size_t i = 0; i < count; i++)
                more[i] = holds[i];
            holds = more;
        }
        holds[count++] = read_row(s);
    }
    *out_holds = holds;
    *out_count = count;
    return OK;
}

enum error_kind merging_repo_open(struct ctx *ctx, int64_t book_id, struct merging_hold **out_holds,
                                  size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &OPEN_HOLDS);

    bind_int(s, ":book", book_id);
    return read_rows(ctx, s, out_holds, out_count);
}

enum error_kind merging_repo_all(struct ctx *ctx, int64_t book_id, struct merging_hold **out_holds,
                                 size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &ALL_HOLDS);

    bind_int(s, ":book", book_id);
    return read_rows(ctx, s, out_holds, out_count);
}

enum error_kind merging_repo_doubled(struct ctx *ctx, int64_t book_id, int64_t other_id,
                                     struct merging_hold **out_holds, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &DOUBLED_HOLDS);

    bind_int(s, ":book", book_id);
    bind_int(s, ":other", other_id);
    return read_rows(ctx, s, out_holds, out_count);
}

enum error_kind merging_repo_find(struct ctx *ctx, int64_t id, struct merging_hold *out_hold, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &ONE_HOLD);

    bind_int(s, ":id", id);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_hold = read_row(s);
    return OK;
}

static struct stmt *bind_way(struct ctx *ctx, const struct sql *sql, int64_t from, int64_t to)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    return s;
}

enum error_kind merging_repo_move_all(struct ctx *ctx, int64_t from, int64_t to)
{
    return db_run(bind_way(ctx, &MOVE_HOLDS, from, to));
}

enum error_kind merging_repo_follow_copies(struct ctx *ctx, int64_t from, int64_t to)
{
    return db_run(bind_way(ctx, &FOLLOW_COPIES, from, to));
}

enum error_kind merging_repo_move_one(struct ctx *ctx, int64_t id, int64_t from, int64_t to)
{
    struct stmt *s = bind_way(ctx, &MOVE_HOLD, from, to);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind merging_repo_place_taken(struct ctx *ctx, const struct merging_hold *hold, int64_t place,
                                         bool *out_taken)
{
    struct stmt *s = db_statement(ctx, &PLACE_TAKEN);

    bind_int(s, ":book", hold->book_id);
    bind_int(s, ":place", place);
    bind_int(s, ":id", hold->id);
    return db_row(s, out_taken);
}

enum error_kind merging_repo_reopen(struct ctx *ctx, int64_t id, const char *reason, bool *out_reopened)
{
    struct stmt *s = db_statement(ctx, &REOPEN);

    bind_int(s, ":id", id);
    bind_text(s, ":reason", reason);
    TRY(db_run(s));
    *out_reopened = db_changes(ctx) > 0;
    return OK;
}

/* ---- watches -------------------------------------------------------------------------------------------- */

enum error_kind merging_repo_watches(struct ctx *ctx, int64_t gone, int64_t kept,
                                     struct moved_watch **out_watches)
{
    struct stmt *s = db_statement(ctx, &WATCHES);
    struct moved_watch **last = out_watches;
    bool found;

    *out_watches = NULL;
    bind_int(s, ":gone", gone);
    bind_int(s, ":kept", kept);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct moved_watch *watch = arena_alloc(ctx->arena, sizeof *watch);
        *watch = (struct moved_watch){
            .member_id = column_int(s, 0), .created_at = column_int(s, 1), .doubled = column_bool(s, 2)};
        *last = watch;
        last = &watch->next;
    }
}

enum error_kind merging_repo_move_watch(struct ctx *ctx, int64_t member_id, int64_t from, int64_t to)
{
    struct stmt *s = bind_way(ctx, &MOVE_WATCH, from, to);

    bind_int(s, ":member", member_id);
    TRY(db_run(s));
    s = db_statement(ctx, &DROP_WATCH); /* where the other title is watched, too, it is still there */
    bind_int(s, ":book", from);
    bind_int(s, ":member", member_id);
    return db_run(s);
}

enum error_kind merging_repo_add_watch(struct ctx *ctx, int64_t book_id, const struct moved_watch *watch)
{
    struct stmt *s = db_statement(ctx, &ADD_WATCH);

    bind_int(s, ":book", book_id);
    bind_int(s, ":member", watch->member_id);
    bind_int(s, ":created_at", watch->created_at);
    return db_run(s);
}
