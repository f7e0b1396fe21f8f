/*
 * roll_over_repository.c — roll-overs as SQL. A member's full-text row knows neither group nor last day: it stays.
 */
#include "members/roll_over_repository.h"

#include "db/engine.h"
#include "db/list.h"

SQL(GROUP_MEMBERS,
    "SELECT id FROM member WHERE group_name = :group AND deleted_at IS NULL ORDER BY name_key, id"
    " LIMIT :max");
SQL(INSERT_ROLL_OVER, "INSERT INTO roll_over (uuid, name, members, at, made_by)"
                      " VALUES (:uuid, :name, 0, :now, :actor)");
SQL(SET_COUNT, "UPDATE roll_over SET members = :members WHERE id = :id");
SQL(SET_FINISHED, "UPDATE roll_over SET finished_at = :now WHERE id = :id");
SQL(FIND_UNFINISHED, "SELECT id, uuid, name, undone_at FROM roll_over"
                     " WHERE finished_at IS NULL AND undone_at IS NULL ORDER BY id LIMIT 1");
SQL(SET_UNDONE, "UPDATE roll_over SET undone_at = :now, undone_by = :actor WHERE id = :id");
SQL(FIND_ROLL_OVER, "SELECT id, uuid, name, undone_at FROM roll_over WHERE uuid = :uuid");
SQL(INSERT_CHANGE,
    "INSERT INTO roll_over_change (roll_over_id, member_id, group_before, group_after, expires_before, expires_after,"
    " archived) VALUES (:id, :member, :group_before, :group_after, :expires_before, :expires_after, :archived)");
SQL(NEXT_CHANGE,
    "SELECT member_id, group_before, group_after, expires_before, expires_after, archived FROM roll_over_change"
    " WHERE roll_over_id = :id AND member_id > :after ORDER BY member_id LIMIT 1");
SQL(MOVE_MEMBER, "UPDATE member SET group_name = :group, expires_on = :expires, updated_at = :now,"
                 " version = version + 1 WHERE id = :id");

/* clang-format off */
static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "r.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "r.name", "Name"},
    {"members", COLUMN_INTEGER, false, "r.members", "Members that it changed"},
    {"at", COLUMN_INSTANT, false, "r.at", "When"},
    {"made_by", COLUMN_TEXT, false, "r.made_by", "Who"},
    {"finished_at", COLUMN_INSTANT, true, "r.finished_at", "When it was done; null: under way, or it broke off"},
    {"undone_at", COLUMN_INSTANT, true, "r.undone_at", "When it was undone; null: it stands"},
    {"undone_by", COLUMN_TEXT, true, "r.undone_by", "Who undid it"},
    {0},
};
/* clang-format on */

static const struct list_sort sorts[] = {{"at", "r.id", .descending = true}, {0}};

const struct listing roll_overs_listing = {
    .name = "RollOver",
    .columns = columns,
    .from = "roll_over r",
    .id = "r.id",
    .uuid = "r.uuid",
    .sorts = sorts,
};

enum error_kind roll_over_repo_members(struct ctx *ctx, const char *group, int64_t *ids, size_t max,
                                       size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &GROUP_MEMBERS);
    bool found;

    bind_text(s, ":group", group);
    bind_int(s, ":max", (int64_t)max);
    for (*out_count = 0;; ++*out_count) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        ids[*out_count] = column_int(s, 0);
    }
}

enum error_kind roll_over_repo_insert(struct ctx *ctx, struct roll_over *roll_over)
{
    struct stmt *s = db_statement(ctx, &INSERT_ROLL_OVER);

    bind_uuid(s, ":uuid", &roll_over->uuid);
    bind_text(s, ":name", roll_over->name);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    TRY(db_run(s));
    roll_over->id = db_last_id(ctx);
    return OK;
}

enum error_kind roll_over_repo_count(struct ctx *ctx, int64_t id, int64_t members)
{
    struct stmt *s = db_statement(ctx, &SET_COUNT);

    bind_int(s, ":id", id);
    bind_int(s, ":members", members);
    return db_run(s);
}

enum error_kind roll_over_repo_set_undone(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &SET_UNDONE);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    return db_run(s);
}

enum error_kind roll_over_repo_set_finished(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &SET_FINISHED);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

static enum error_kind read_roll_over(struct stmt *s, struct roll_over *out_roll_over, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_roll_over = (struct roll_over){.id = column_int(s, 0),
                                            .uuid = column_uuid(s, 1),
                                            .name = column_text(s, 2),
                                            .undone_at = column_number(s, 3)};
    return OK;
}

enum error_kind roll_over_repo_find(struct ctx *ctx, const struct uuid *uuid, struct roll_over *out_roll_over,
                                    bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ROLL_OVER);

    bind_uuid(s, ":uuid", uuid);
    return read_roll_over(s, out_roll_over, out_found);
}

enum error_kind roll_over_repo_find_unfinished(struct ctx *ctx, struct roll_over *out_roll_over,
                                               bool *out_found)
{
    return read_roll_over(db_statement(ctx, &FIND_UNFINISHED), out_roll_over, out_found);
}

enum error_kind roll_over_repo_note(struct ctx *ctx, int64_t id, const struct roll_over_change *change)
{
    struct stmt *s = db_statement(ctx, &INSERT_CHANGE);

    bind_int(s, ":id", id);
    bind_int(s, ":member", change->member_id);
    bind_text(s, ":group_before", change->group_before);
    bind_text(s, ":group_after", change->group_after);
    bind_number(s, ":expires_before", change->expires_before);
    bind_number(s, ":expires_after", change->expires_after);
    bind_bool(s, ":archived", change->archived);
    return db_run(s);
}

enum error_kind roll_over_repo_next(struct ctx *ctx, int64_t id, int64_t after,
                                    struct roll_over_change *out_change, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_CHANGE);

    bind_int(s, ":id", id);
    bind_int(s, ":after", after);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_change = (struct roll_over_change){.member_id = column_int(s, 0),
                                                .group_before = column_text(s, 1),
                                                .group_after = column_text(s, 2),
                                                .expires_before = column_number(s, 3),
                                                .expires_after = column_number(s, 4),
                                                .archived = column_bool(s, 5)};
    return OK;
}

enum error_kind roll_over_repo_move(struct ctx *ctx, int64_t member_id, const char *group, int64_t expires_on)
{
    struct stmt *s = db_statement(ctx, &MOVE_MEMBER);

    bind_int(s, ":id", member_id);
    bind_text(s, ":group", group);
    bind_number(s, ":expires", expires_on);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind roll_over_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &roll_overs_listing, query, sink);
}

enum error_kind roll_over_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &roll_overs_listing, id, sink);
}
