/*
 * making_repository.c — loans, holds and members as what has to be told about them.
 */
#include "notifications/making_repository.h"

#include "db/engine.h"

SQL(READER, "SELECT m.uuid, m.name, m.email, m.phone, m.deleted_at,"
            " EXISTS (SELECT 1 FROM account a WHERE a.member_id = m.id AND a.disabled_at IS NULL)"
            " FROM member m WHERE m.id = :member");
SQL(WANTS, "SELECT channel, wanted FROM notification_preference WHERE member_id = :member AND kind = :kind");
SQL(MEMBER_ID, "SELECT id FROM member WHERE uuid = :uuid AND deleted_at IS NULL");
SQL(GROUP_MEMBERS, "SELECT id FROM member INDEXED BY member_group_by_name WHERE group_name = :group"
                   " AND deleted_at IS NULL ORDER BY name_key, id LIMIT :max");
SQL(HOLD, "SELECT id FROM hold INDEXED BY hold_by_member WHERE member_id = :member AND book_id = :book"
          " ORDER BY placed_at DESC, id DESC LIMIT 1");
SQL(PAYMENT, "SELECT id FROM payment WHERE member_id = :member AND at = :at ORDER BY id DESC LIMIT 1");
SQL(IS_OPEN, "SELECT open FROM calendar WHERE day = :day");

SQL(LOANS, "SELECT due_at, id, book_id, member_id, due_day FROM borrow INDEXED BY borrow_open_by_due"
           " WHERE returned_at IS NULL AND due_at >= :at AND due_at <= :until AND (due_at > :at OR id > :id)"
           " AND borrowed_at < :before ORDER BY due_at, id LIMIT :max");
SQL(HOLDS, "SELECT pickup_day, id, book_id, member_id, pickup_day FROM hold INDEXED BY hold_status_by_pickup"
           " WHERE status = 'ready' AND coalesce(pickup_day, 0) >= :at AND coalesce(pickup_day, 0) <= :until"
           " AND (coalesce(pickup_day, 0) > :at OR id > :id) AND ready_at < :before"
           " ORDER BY coalesce(pickup_day, 0), id LIMIT :max");
SQL(MEMBERSHIPS, "SELECT expires_on, id, 0, id, expires_on FROM member INDEXED BY member_by_status"
                 " WHERE deleted_at IS NULL AND status = 'active' AND expires_on = :day AND id > :id"
                 " ORDER BY id LIMIT :max");

enum error_kind making_repo_reader(struct ctx *ctx, int64_t member_id, const char *kind,
                                   struct notice_reader *out_reader, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &READER);
    bool found = true;

    bind_int(s, ":member", member_id);
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    *out_reader = (struct notice_reader){.uuid = column_uuid(s, 0),
                                         .name = column_text(s, 1),
                                         .email = column_text(s, 2),
                                         .phone = column_text(s, 3),
                                         .archived = !column_is_null(s, 4),
                                         .signs_in = column_bool(s, 5),
                                         .wants = {NO_NUMBER, NO_NUMBER, NO_NUMBER}};
    s = db_statement(ctx, &WANTS);
    bind_int(s, ":member", member_id);
    bind_text(s, ":kind", kind);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        enum notice_channel channel = notice_channel_named(column_text(s, 0));
        if (channel < NOTICE_CHANNELS)
            out_reader->wants[channel] = column_int(s, 1);
    }
}

/* 0: there is none. */
static enum error_kind one_id(struct stmt *s, int64_t *out_id)
{
    bool found;

    TRY(db_row(s, &found));
    *out_id = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind making_repo_member_id(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                      bool *out_found)
{
    struct stmt *s = db_statement(ctx, &MEMBER_ID);

    bind_uuid(s, ":uuid", uuid);
    TRY(one_id(s, out_id));
    *out_found = *out_id != 0;
    return OK;
}

enum error_kind making_repo_group(struct ctx *ctx, const char *group, int64_t *out_ids, size_t max,
                                  size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &GROUP_MEMBERS);
    size_t count = 0;
    bool found;

    bind_text(s, ":group", group);
    bind_int(s, ":max", (int64_t)max);
    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_ids[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}

enum error_kind making_repo_hold(struct ctx *ctx, int64_t member_id, int64_t book_id, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &HOLD);

    bind_int(s, ":member", member_id);
    bind_int(s, ":book", book_id);
    return one_id(s, out_id);
}

enum error_kind making_repo_payment(struct ctx *ctx, int64_t member_id, int64_t at, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &PAYMENT);

    bind_int(s, ":member", member_id);
    bind_int(s, ":at", at);
    return one_id(s, out_id);
}

/* A day without a row is an open one: see policies/calendar_service.h. */
enum error_kind making_repo_is_open(struct ctx *ctx, int32_t day, bool *out_open)
{
    struct stmt *s = db_statement(ctx, &IS_OPEN);
    bool found;

    bind_int(s, ":day", day);
    TRY(db_row(s, &found));
    *out_open = !found || column_bool(s, 0);
    return OK;
}

/* ---- what is due ------------------------------------------------------------------------------------------- */

static enum error_kind read_due(struct stmt *s, struct notice_due *out_due, size_t max, size_t *out_count)
{
    size_t count = 0;
    bool found;

    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_due[count++] = (struct notice_due){.at = column_int(s, 0),
                                               .id = column_int(s, 1),
                                               .book_id = column_int(s, 2),
                                               .member_id = column_int(s, 3),
                                               .day = column_int(s, 4)};
    }
    *out_count = count;
    return OK;
}

static struct stmt *walk(struct ctx *ctx, const struct sql *sql, int64_t after_at, int64_t after_id,
                         int64_t until, int64_t before)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":at", after_at);
    bind_int(s, ":id", after_id);
    bind_int(s, ":until", until);
    bind_int(s, ":before", before);
    return s;
}

enum error_kind making_repo_loans(struct ctx *ctx, int64_t after_at, int64_t after_id, int64_t until,
                                  int64_t lent_before, struct notice_due *out_due, size_t max,
                                  size_t *out_count)
{
    struct stmt *s = walk(ctx, &LOANS, after_at, after_id, until, lent_before);

    bind_int(s, ":max", (int64_t)max);
    return read_due(s, out_due, max, out_count);
}

enum error_kind making_repo_holds(struct ctx *ctx, int64_t after_day, int64_t after_id, int64_t until_day,
                                  int64_t ready_before, struct notice_due *out_due, size_t max,
                                  size_t *out_count)
{
    struct stmt *s = walk(ctx, &HOLDS, after_day, after_id, until_day, ready_before);

    bind_int(s, ":max", (int64_t)max);
    return read_due(s, out_due, max, out_count);
}

enum error_kind making_repo_memberships(struct ctx *ctx, int64_t day, int64_t after_id,
                                        struct notice_due *out_due, size_t max, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &MEMBERSHIPS);

    bind_int(s, ":day", day);
    bind_int(s, ":id", after_id);
    bind_int(s, ":max", (int64_t)max);
    return read_due(s, out_due, max, out_count);
}
