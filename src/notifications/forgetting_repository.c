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

#define OLD_TITLES                                                                               \
    "(SELECT id FROM notification INDEXED BY notification_by_created WHERE created_at < :before" \
    " AND book_id IS NOT NULL AND borrow_id IS NULL AND hold_id IS NULL AND member_id IS NOT NULL LIMIT :max)"
SQL(PART_TITLES, PARTED OLD_TITLES);
SQL(FORGET_TITLES, FORGOTTEN "WHERE id IN " OLD_TITLES);

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

enum error_kind forgetting_repo_titles(struct ctx *ctx, int64_t before, int64_t max, int64_t *out_forgotten)
{
    static const struct sql *const statements[] = {&PART_TITLES, &FORGET_TITLES};

    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        struct stmt *s = db_statement(ctx, statements[i]);
        bind_int(s, ":before", before);
        bind_int(s, ":max", max);
        if (i > 0)
            bind_int(s, ":now", ctx->now);
        TRY(db_run(s));
    }
    *out_forgotten = db_changes(ctx);
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

enum error_kind forgetting_repo_member_removed(struct ctx *ctx, int64_t member_id)
{
    return both(ctx, &PART_MEMBER, &MEMBER_REMOVED, member_id, false);
}
