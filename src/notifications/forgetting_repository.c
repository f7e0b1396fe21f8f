/*
 * forgetting_repository.c — the words go with the name: a subject says which title it was.
 *
 * What was told in one message hangs together by message_id: that goes as well, or the rows that keep their reader would
 * say whose the others were. So would the instants: one message has one in which it was claimed and one in which it ended,
 * and who reads all reads them in one. And a mail server's complaint names the address.
 */
#include "notifications/forgetting_repository.h"

#include "db/engine.h"

#define FORGOTTEN                                                                                           \
    "UPDATE notification SET member_id = NULL, address = NULL, subject = NULL, body = NULL, detail = NULL," \
    " message_id = NULL, problem = NULL, claimed_at = NULL, read_at = NULL, state = iif(state IN"           \
    " ('waiting', 'claimed'), 'dropped', state), send_at = send_at - send_at % 86400000,"                   \
    " ended_at = coalesce(ended_at, :now) - coalesce(ended_at, :now) % 86400000 "
#define PARTED "UPDATE notification SET message_id = NULL WHERE message_id IN "

SQL(PART_BORROW, PARTED "(SELECT id FROM notification WHERE borrow_id = :id)");
SQL(FORGET_BORROW, FORGOTTEN "WHERE borrow_id = :id");
SQL(PART_HOLD, PARTED "(SELECT id FROM notification WHERE hold_id = :id)");
SQL(FORGET_HOLD, FORGOTTEN "WHERE hold_id = :id");

/* Few are about a title alone: a walk over all that are old, in bites, and no search for the next of the few. */
SQL(OLD_ONES,
    "SELECT created_at, id, book_id IS NOT NULL AND borrow_id IS NULL AND hold_id IS NULL"
    " AND member_id IS NOT NULL FROM notification INDEXED BY notification_by_created"
    " WHERE created_at < :before AND (created_at, id) > (:at, :id) ORDER BY created_at, id LIMIT :max");
SQL(PART_TITLE, PARTED "(:id)");
SQL(FORGET_TITLE, FORGOTTEN "WHERE id = :id");

SQL(BOOK_REMOVED, "UPDATE notification SET book_id = NULL WHERE book_id = :id");
SQL(BORROW_REMOVED, "UPDATE notification SET borrow_id = NULL WHERE borrow_id = :id");
SQL(PART_MEMBER, PARTED "(SELECT id FROM notification WHERE member_id = :id)");
SQL(MEMBER_REMOVED, "DELETE FROM notification WHERE member_id = :id");

static enum error_kind both(struct ctx *ctx, const struct sql *part, const struct sql *forget, int64_t id,
                            bool dated)
{
    struct stmt *s = db_statement(ctx, part);

    bind_int(s, ":id", id);
    TRY(db_run(s));
    s = db_statement(ctx, forget);
    bind_int(s, ":id", id);
    if (dated)
        bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind forgetting_repo_borrow(struct ctx *ctx, int64_t borrow_id)
{
    return both(ctx, &PART_BORROW, &FORGET_BORROW, borrow_id, true);
}

enum error_kind forgetting_repo_hold(struct ctx *ctx, int64_t hold_id)
{
    return both(ctx, &PART_HOLD, &FORGET_HOLD, hold_id, true);
}

enum error_kind forgetting_repo_titles(struct ctx *ctx, int64_t before, size_t max,
                                       struct notices_place *io_place, int64_t *out_forgotten, bool *out_more)
{
    int64_t *ids = arena_alloc_array(ctx->arena, max, sizeof *ids);
    struct stmt *s = db_statement(ctx, &OLD_ONES);
    size_t looked = 0, count = 0;
    bool found;

    bind_int(s, ":before", before);
    bind_int(s, ":at", io_place->at);
    bind_int(s, ":id", io_place->id);
    bind_int(s, ":max", (int64_t)max);
    for (; looked < max; looked++) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        *io_place = (struct notices_place){column_int(s, 0), column_int(s, 1)};
        if (column_bool(s, 2))
            ids[count++] = io_place->id;
    }
    for (size_t i = 0; i < count; i++)
        TRY(both(ctx, &PART_TITLE, &FORGET_TITLE, ids[i], true));
    *out_forgotten = (int64_t)count;
    *out_more = looked == max;
    return OK;
}

static enum error_kind no_more(struct ctx *ctx, const struct sql *sql, int64_t id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind forgetting_repo_book_removed(struct ctx *ctx, int64_t book_id)
{
    return no_more(ctx, &BOOK_REMOVED, book_id);
}

enum error_kind forgetting_repo_borrow_removed(struct ctx *ctx, int64_t borrow_id)
{
    return no_more(ctx, &BORROW_REMOVED, borrow_id);
}

enum error_kind forgetting_repo_member_removed(struct ctx *ctx, int64_t member_id, int64_t *out_removed)
{
    TRY(both(ctx, &PART_MEMBER, &MEMBER_REMOVED, member_id, false));
    *out_removed = db_changes(ctx);
    return OK;
}
