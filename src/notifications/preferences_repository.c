/*
 * preferences_repository.c — what readers have chosen, as SQL.
 */
#include "notifications/preferences_repository.h"

#include "db/engine.h"

SQL(FIND_MEMBER, "SELECT id, name FROM member WHERE uuid = :uuid");
SQL(LANGUAGE, "SELECT language FROM notification_reader WHERE member_id = :member");
SQL(SET_LANGUAGE, "INSERT INTO notification_reader (member_id, language) VALUES (:member, :language)"
                  " ON CONFLICT (member_id) DO UPDATE SET language = :language");
SQL(NO_LANGUAGE, "DELETE FROM notification_reader WHERE member_id = :member");
SQL(WANTED, "SELECT wanted FROM notification_preference WHERE member_id = :member AND kind = :kind"
            " AND channel = :channel");
SQL(SET_WANTED, "INSERT INTO notification_preference (member_id, kind, channel, wanted)"
                " VALUES (:member, :kind, :channel, :wanted)"
                " ON CONFLICT (member_id, kind, channel) DO UPDATE SET wanted = :wanted");
SQL(FORGET_WANTED, "DELETE FROM notification_preference WHERE member_id = :member");

static struct stmt *of_member(struct ctx *ctx, const struct sql *sql, int64_t member_id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":member", member_id);
    return s;
}

enum error_kind preferences_repo_member(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                        const char **out_name, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_MEMBER);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found) {
        *out_id = column_int(s, 0);
        *out_name = column_text(s, 1);
    }
    return OK;
}

enum error_kind preferences_repo_language(struct ctx *ctx, int64_t member_id, const char **out_language)
{
    struct stmt *s = of_member(ctx, &LANGUAGE, member_id);
    bool found;

    TRY(db_row(s, &found));
    *out_language = found ? column_text(s, 0) : NULL;
    return OK;
}

enum error_kind preferences_repo_set_language(struct ctx *ctx, int64_t member_id, const char *language)
{
    struct stmt *s = of_member(ctx, language ? &SET_LANGUAGE : &NO_LANGUAGE, member_id);

    if (language)
        bind_text(s, ":language", language);
    return db_run(s);
}

enum error_kind preferences_repo_wanted(struct ctx *ctx, int64_t member_id, const char *kind,
                                        const char *channel, int64_t *out_wanted)
{
    struct stmt *s = of_member(ctx, &WANTED, member_id);
    bool found;

    bind_text(s, ":kind", kind);
    bind_text(s, ":channel", channel);
    TRY(db_row(s, &found));
    *out_wanted = found ? column_int(s, 0) : NO_NUMBER;
    return OK;
}

enum error_kind preferences_repo_set(struct ctx *ctx, int64_t member_id,
                                     const struct notice_preference *preference)
{
    struct stmt *s = of_member(ctx, &SET_WANTED, member_id);

    bind_text(s, ":kind", preference->kind);
    bind_text(s, ":channel", preference->channel);
    bind_bool(s, ":wanted", preference->wanted);
    return db_run(s);
}

enum error_kind preferences_repo_forget(struct ctx *ctx, int64_t member_id)
{
    TRY(db_run(of_member(ctx, &FORGET_WANTED, member_id)));
    return db_run(of_member(ctx, &NO_LANGUAGE, member_id));
}
