/*
 * events_repository.c — the outbox as rows.
 */
#include "events/events_repository.h"

#include "db/engine.h"

SQL(INSERT, "INSERT INTO event (uuid, at, type, book_id, member_id, borrow_id, detail)"
            " VALUES (:uuid, :at, :type, :book, :member, :borrow, :detail)");

/* The inner query bounds the work of one slice: DELETE … LIMIT is not portable. */
SQL(DELETE_BEFORE, "DELETE FROM event WHERE id IN"
                   " (SELECT id FROM event WHERE at < :before ORDER BY at, id LIMIT :max)");

/*
 * By ranges of ids: no event has an index by loan, which every lend and return would have to keep. What was told of
 * a hold before there was a loan is known by the title and the moment.
 */
/* An event does not say which hold it is about: it is about none that still names the member. */
SQL(FORGET_MEMBERS,
    "UPDATE event SET member_id = NULL WHERE id >= :first AND id < :end AND member_id IS NOT NULL"
    " AND (EXISTS (SELECT 1 FROM borrow WHERE id = event.borrow_id AND member_id IS NULL)"
    " OR (borrow_id IS NULL AND type IN ('BookReserved', 'HoldReady', 'HoldWaitsAgain', 'HoldCancelled',"
    " 'HoldExpired', 'DueDateMoved') AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.member_id = event.member_id"
    " AND h.book_id = event.book_id AND h.placed_at <= event.at AND coalesce(h.ended_at, event.at) >= event.at)))");
SQL_SCANNING(FORGET_BOOK,
             "only when an import is undone, of a title that was changed since; events are pruned",
             "UPDATE event SET book_id = NULL WHERE book_id = :book");
SQL(ID_RANGE, "SELECT (SELECT min(id) FROM event), (SELECT max(id) FROM event)");
SQL(NEWEST, "SELECT coalesce(max(id), 0) FROM event");
SQL(LAST_UUID, "SELECT max(uuid) FROM event");
SQL(FIND, "SELECT id FROM event WHERE uuid = :uuid");
SQL(AFTER, "SELECT e.id, e.uuid, e.at, e.type, e.detail, b.uuid, m.uuid, w.uuid FROM event e"
           " LEFT JOIN book b ON b.id = e.book_id LEFT JOIN member m ON m.id = e.member_id"
           " LEFT JOIN borrow w ON w.id = e.borrow_id WHERE e.id > :after ORDER BY e.id LIMIT :max");

static int64_t id_or_none(int64_t id)
{
    return id == 0 ? NO_NUMBER : id;
}

enum error_kind events_repo_insert(struct ctx *ctx, const char *type, const struct event_fact *fact)
{
    struct stmt *s = db_statement(ctx, &INSERT);
    struct uuid uuid = uuid_new(ctx->now);

    bind_uuid(s, ":uuid", &uuid);
    bind_int(s, ":at", ctx->now);
    bind_text(s, ":type", type);
    bind_number(s, ":book", id_or_none(fact->book_id));
    bind_number(s, ":member", id_or_none(fact->member_id));
    bind_number(s, ":borrow", id_or_none(fact->borrow_id));
    bind_text(s, ":detail", fact->detail);
    return db_run(s);
}

enum error_kind events_repo_delete_before(struct ctx *ctx, int64_t before_ms, int64_t max_rows,
                                          int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_BEFORE);

    bind_int(s, ":before", before_ms);
    bind_int(s, ":max", max_rows);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}

enum error_kind events_repo_forget_members(struct ctx *ctx, int64_t first_id, int64_t count)
{
    struct stmt *s = db_statement(ctx, &FORGET_MEMBERS);

    bind_int(s, ":first", first_id);
    bind_int(s, ":end", first_id + count);
    return db_run(s);
}

enum error_kind events_repo_forget_book(struct ctx *ctx, int64_t book_id)
{
    struct stmt *s = db_statement(ctx, &FORGET_BOOK);

    bind_int(s, ":book", book_id);
    return db_run(s);
}

enum error_kind events_repo_id_range(struct ctx *ctx, int64_t *out_first, int64_t *out_last)
{
    struct stmt *s = db_statement(ctx, &ID_RANGE);
    bool found;

    TRY(db_row(s, &found));
    *out_first = found ? column_int(s, 0) : 0;
    *out_last = found ? column_int(s, 1) : 0;
    return OK;
}

enum error_kind events_repo_newest(struct ctx *ctx, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &NEWEST);
    bool found;

    TRY(db_row(s, &found));
    *out_id = column_int(s, 0);
    return OK;
}

enum error_kind events_repo_find(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_id = column_int(s, 0);
    return OK;
}

static struct told_event read_event(struct stmt *s)
{
    return (struct told_event){.uuid = column_uuid(s, 1),
                               .at = column_int(s, 2),
                               .type = column_text(s, 3),
                               .detail = column_text(s, 4),
                               .has_book = !column_is_null(s, 5),
                               .book = column_uuid(s, 5),
                               .has_member = !column_is_null(s, 6),
                               .member = column_uuid(s, 6),
                               .has_borrow = !column_is_null(s, 7),
                               .borrow = column_uuid(s, 7)};
}

enum error_kind events_repo_after(struct ctx *ctx, int64_t after, int max, event_taker *take, void *argument,
                                  int64_t *out_last)
{
    struct stmt *s = db_statement(ctx, &AFTER);
    bool found;

    bind_int(s, ":after", after);
    bind_int(s, ":max", max);
    TRY(db_row(s, &found));
    *out_last = after;
    while (found) {
        struct told_event event = read_event(s);
        *out_last = column_int(s, 0);
        take(argument, &event);
        TRY(db_row(s, &found));
    }
    return OK;
}

enum error_kind events_repo_last_uuid(struct ctx *ctx, struct uuid *out_uuid)
{
    struct stmt *s = db_statement(ctx, &LAST_UUID);
    bool found;

    TRY(db_row(s, &found));
    *out_uuid = column_uuid(s, 0);
    return OK;
}
