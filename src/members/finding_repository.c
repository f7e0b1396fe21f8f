/*
 * finding_repository.c — members as other systems' files name them, and what would be lost with one: as SQL.
 */
#include <string.h>

#include "base/text.h"
#include "db/engine.h"
#include "members/members_repository.h"

SQL(FIND_NAMED, "SELECT id FROM member WHERE name_key = :key AND deleted_at IS NULL"
                " AND (:birth IS NULL OR birth_date = :birth) ORDER BY id LIMIT 2");

SQL(MEMBER_TYPES, "SELECT code, name FROM member_type ORDER BY id");

SQL(MEMBER_USES, "SELECT EXISTS (SELECT 1 FROM borrow WHERE member_id = :id),"
                 " EXISTS (SELECT 1 FROM hold WHERE member_id = :id),"
                 " EXISTS (SELECT 1 FROM charge WHERE member_id = :id)"
                 " OR EXISTS (SELECT 1 FROM payment WHERE member_id = :id)"
                 " OR EXISTS (SELECT 1 FROM waiver WHERE member_id = :id),"
                 " EXISTS (SELECT 1 FROM account WHERE member_id = :id),"
                 " EXISTS (SELECT 1 FROM title_watch WHERE member_id = :id),"
                 " EXISTS (SELECT 1 FROM reading_list WHERE member_id = :id),"
                 " EXISTS (SELECT 1 FROM review WHERE member_id = :id)");
SQL_SCANNING(MEMBER_MENTIONS,
             "only an import that is undone asks; events are of a month, roll-overs of a year each",
             "SELECT EXISTS (SELECT 1 FROM roll_over_change WHERE member_id = :id),"
             " EXISTS (SELECT 1 FROM event WHERE member_id = :id)"
             " OR EXISTS (SELECT 1 FROM webhook_delivery WHERE member_id = :id)");

SQL_SCANNING(REMOVE_MEMBER,
             "its foreign keys ask the events and roll-overs: only an import that is undone does that",
             "DELETE FROM member WHERE id = :id");
SQL(REMOVE_SEARCH_ROW, "DELETE FROM member_search WHERE rowid = :id");

enum error_kind members_repo_find_named(struct ctx *ctx, const char *name, int64_t birth_date,
                                        struct member *out_member, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &FIND_NAMED);
    int64_t first = 0;
    bool found;

    bind_text(s, ":key", text_name_key(ctx->arena, name));
    bind_number(s, ":birth", birth_date);
    for (*out_count = 0;; (*out_count)++) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        if (*out_count == 0)
            first = column_int(s, 0);
    }
    return *out_count == 0 ? OK : members_repo_find_by_id(ctx, first, out_member, &found);
}

enum error_kind members_repo_find_type_called(struct ctx *ctx, const char *words, const char **out_code,
                                              bool *out_found)
{
    struct stmt *s = db_statement(ctx, &MEMBER_TYPES);
    const char *folded = text_fold(ctx->arena, words);
    bool more;

    for (*out_found = false;;) {
        TRY(db_row(s, &more));
        if (!more)
            return OK;
        const char *code = column_text(s, 0);
        if (*out_found || (strcmp(text_fold(ctx->arena, code), folded) != 0 &&
                           strcmp(text_fold(ctx->arena, column_text(s, 1)), folded) != 0))
            continue;
        *out_found = true;
        *out_code = code;
    }
}

enum error_kind members_repo_uses(struct ctx *ctx, int64_t id, struct member_uses *out_uses)
{
    struct stmt *s = db_statement(ctx, &MEMBER_USES);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    *out_uses = (struct member_uses){.lent = column_bool(s, 0),
                                     .held = column_bool(s, 1),
                                     .money = column_bool(s, 2),
                                     .login = column_bool(s, 3),
                                     .watching = column_bool(s, 4),
                                     .reading = column_bool(s, 5),
                                     .reviewed = column_bool(s, 6)};
    s = db_statement(ctx, &MEMBER_MENTIONS);
    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    out_uses->rolled_over = column_bool(s, 0);
    out_uses->told = column_bool(s, 1);
    return OK;
}

enum error_kind members_repo_remove(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REMOVE_SEARCH_ROW);

    bind_int(s, ":id", id);
    TRY(db_run(s));
    s = db_statement(ctx, &REMOVE_MEMBER);
    bind_int(s, ":id", id);
    return db_run(s);
}
