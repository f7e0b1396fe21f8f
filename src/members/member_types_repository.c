/*
 * member_types_repository.c — kinds of readers as SQL.
 */
#include "members/member_types_repository.h"

#include "db/engine.h"
#include "db/list.h"

SQL(FIND_TYPE, "SELECT id, code, name, membership_months FROM member_type WHERE code = :code");
SQL(INSERT_TYPE, "INSERT INTO member_type (code, name, membership_months) VALUES (:code, :name, :months)");
SQL(UPDATE_TYPE, "UPDATE member_type SET name = :name, membership_months = :months WHERE id = :id");
SQL_SCANNING(DELETE_TYPE, "its foreign keys ask all members, seldom: see below",
             "DELETE FROM member_type WHERE id = :id");
SQL_SCANNING(COUNT_USES, "a type is deleted seldom, and no index holds the archived members of one",
             "SELECT (SELECT count(*) FROM member WHERE member_type_id = :id),"
             " (SELECT count(*) FROM loan_rule WHERE member_type_id = :id)");

/* clang-format off */
static const struct column columns[] = {
    {"code", COLUMN_TEXT, false, "t.code", "What the API and imports say"},
    {"name", COLUMN_TEXT, false, "t.name", "What people read"},
    {"membership_months", COLUMN_INTEGER, true, "t.membership_months", "How long a membership runs; null: for ever"},
    {"members", COLUMN_INTEGER, false, "t.member_count", "How many there are, archived ones left out"},
    {0},
};
/* clang-format on */

static const struct list_sort sorts[] = {{"age", "t.id", false, false}, {0}};

const struct listing member_type_listing = {
    .name = "MemberType",
    .columns = columns,
    .from = "member_type t",
    .id = "t.id",
    .sorts = sorts,
};

enum error_kind member_types_repo_find(struct ctx *ctx, const char *code, struct member_type *out_type,
                                       bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_TYPE);

    bind_text(s, ":code", code);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_type = (struct member_type){.id = column_int(s, 0),
                                         .code = column_text(s, 1),
                                         .name = column_text(s, 2),
                                         .membership_months = column_number(s, 3)};
    return OK;
}

enum error_kind member_types_repo_insert(struct ctx *ctx, struct member_type *type)
{
    struct stmt *s = db_statement(ctx, &INSERT_TYPE);

    bind_text(s, ":code", type->code);
    bind_text(s, ":name", type->name);
    bind_number(s, ":months", type->membership_months);
    TRY(db_run(s));
    type->id = db_last_id(ctx);
    return OK;
}

enum error_kind member_types_repo_update(struct ctx *ctx, const struct member_type *type)
{
    struct stmt *s = db_statement(ctx, &UPDATE_TYPE);

    bind_int(s, ":id", type->id);
    bind_text(s, ":name", type->name);
    bind_number(s, ":months", type->membership_months);
    return db_run(s);
}

enum error_kind member_types_repo_delete(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DELETE_TYPE);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind member_types_repo_uses(struct ctx *ctx, int64_t id, int64_t *out_members, int64_t *out_rules)
{
    struct stmt *s = db_statement(ctx, &COUNT_USES);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    *out_members = column_int(s, 0);
    *out_rules = column_int(s, 1);
    return OK;
}

enum error_kind member_types_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &member_type_listing, query, sink);
}

enum error_kind member_types_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &member_type_listing, id, sink);
}
