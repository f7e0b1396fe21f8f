/*
 * events_repository.c — the outbox as rows.
 */
#include "events/events_repository.h"

#include "db/engine.h"

SQL(INSERT, "INSERT INTO event (uuid, at, type, book_id, member_id, borrow_id, detail)"
            " VALUES (:uuid, :at, :type, :book, :member, :borrow, :detail)");

/*
 * The inner query bounds the work of one slice: DELETE … LIMIT is not portable. The newest stays: SQLite gives the next
 * event the number after the greatest there is, and consumers stand at a number.
 */
SQL(DELETE_BEFORE,
    "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < :before"
    " AND (at < :anyway OR id <= (SELECT coalesce(min(event_id), 9223372036854775807) FROM event_consumer))"
    " AND id < (SELECT max(id) FROM event) ORDER BY at, id LIMIT :max)");

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
SQL(FORGET_REVIEWS, "UPDATE event SET book_id = NULL WHERE at >= :since AND book_id = :book"
                    " AND type IN ('ReviewWritten', 'ReviewDecided')");
SQL(ID_RANGE, "SELECT (SELECT min(id) FROM event), (SELECT max(id) FROM event)");
SQL(NEWEST, "SELECT coalesce(max(id), 0) FROM event");
SQL(LAST_UUID, "SELECT max(uuid) FROM event");
SQL(FIND, "SELECT id FROM event WHERE uuid = :uuid");
/* For read_event(). */
#define TOLD_EVENTS                                                                    \
    "SELECT e.id, e.uuid, e.at, e.type, e.detail, b.uuid, m.uuid, w.uuid FROM event e" \
    " LEFT JOIN book b ON b.id = e.book_id LEFT JOIN member m ON m.id = e.member_id"   \
    " LEFT JOIN borrow w ON w.id = e.borrow_id"
SQL(AFTER, TOLD_EVENTS " WHERE e.id > :after ORDER BY e.id LIMIT :max");
SQL(TOLD, TOLD_EVENTS " WHERE e.id = :id");
SQL(CONSUMER, "SELECT event_id FROM event_consumer WHERE name = :name");
SQL(PUT_CONSUMER,
    "INSERT INTO event_consumer (name, event_id, updated_at) VALUES (:name, :event, :now)"
    " ON CONFLICT (name) DO UPDATE SET event_id = excluded.event_id, updated_at = excluded.updated_at");
SQL(CONSUMED, "SELECT id, uuid, at, type, detail, book_id, member_id, borrow_id FROM event WHERE id > :after"
              " ORDER BY id LIMIT :max");

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

enum error_kind events_repo_delete_before(struct ctx *ctx, int64_t before_ms, int64_t anyway_ms,
                                          int64_t max_rows, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_BEFORE);

    bind_int(s, ":before", before_ms);
    bind_int(s, ":anyway", anyway_ms);
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

enum error_kind events_repo_forget_reviews(struct ctx *ctx, int64_t book_id, int64_t since_ms)
{
    struct stmt *s = db_statement(ctx, &FORGET_REVIEWS);

    bind_int(s, ":book", book_id);
    bind_int(s, ":since", since_ms);
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

enum error_kind events_repo_told(struct ctx *ctx, int64_t id, struct told_event *out_event, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &TOLD);

    bind_int(s, ":id", id);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_event = read_event(s);
    return OK;
}

enum error_kind events_repo_consumer(struct ctx *ctx, const char *name, int64_t *out_event_id,
                                     bool *out_found)
{
    struct stmt *s = db_statement(ctx, &CONSUMER);

    bind_text(s, ":name", name);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_event_id = column_int(s, 0);
    return OK;
}

enum error_kind events_repo_put_consumer(struct ctx *ctx, const char *name, int64_t event_id)
{
    struct stmt *s = db_statement(ctx, &PUT_CONSUMER);

    bind_text(s, ":name", name);
    bind_int(s, ":event", event_id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

static enum event_type column_type(struct stmt *s, int index)
{
    for (int type = EVENT_NONE + 1; type < EVENT_TYPES_END; type++)
        if (column_is(s, index, event_kinds[type].name))
            return (enum event_type)type;
    return EVENT_NONE;
}

enum error_kind events_repo_consumed(struct ctx *ctx, int64_t after, int max,
                                     struct consumed_event **out_first)
{
    struct stmt *s = db_statement(ctx, &CONSUMED);
    struct consumed_event *first = NULL;
    struct consumed_event **last = &first;
    bool found;

    bind_int(s, ":after", after);
    bind_int(s, ":max", max);
    TRY(db_row(s, &found));
    while (found) {
        struct consumed_event *event = arena_alloc(ctx->arena, sizeof *event);
        *event = (struct consumed_event){.id = column_int(s, 0),
                                         .uuid = column_uuid(s, 1),
                                         .at = column_int(s, 2),
                                         .type = column_type(s, 3),
                                         .detail = column_text(s, 4),
                                         .book_id = column_int(s, 5),
                                         .member_id = column_int(s, 6),
                                         .borrow_id = column_int(s, 7)};
        *last = event;
        last = &event->next;
        TRY(db_row(s, &found));
    }
    *out_first = first;
    return OK;
}
