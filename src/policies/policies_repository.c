/*
 * policies_repository.c — circulation rules as SQL. Which rule is the most specific one is an order of
 * rows, and so it stands here; what lies over a rule is the service's business.
 */
#include "policies/policies_repository.h"

#include "db/engine.h"
#include "db/list.h"

#define RULE_COLUMNS                                                                                     \
    "SELECT r.id, r.uuid, (SELECT code FROM member_type WHERE id = r.member_type_id),"                   \
    " (SELECT code FROM item_type WHERE id = r.item_type_id), r.max_loans, r.loan_days, r.max_renewals," \
    " r.hold_limit, r.fine_per_day, r.fine_cap, r.grace_days FROM loan_rule r "

/* Four look-ups in the index of pairs at most: the planner sees one IN for each side. */
SQL(FIND_RULE_FOR, RULE_COLUMNS "WHERE coalesce(r.member_type_id, 0) IN (:member_type, 0)"
                                " AND coalesce(r.item_type_id, 0) IN (:item_type, 0) AND r.deleted_at IS NULL"
                                " ORDER BY r.member_type_id IS NULL, r.item_type_id IS NULL LIMIT 1");
SQL(FIND_RULE, RULE_COLUMNS "WHERE r.uuid = :uuid AND r.deleted_at IS NULL");
SQL(FIND_PAIR, RULE_COLUMNS "WHERE coalesce(r.member_type_id, 0) = :member_type"
                            " AND coalesce(r.item_type_id, 0) = :item_type AND r.deleted_at IS NULL");
SQL(FIND_MEMBER_TYPE, "SELECT id FROM member_type WHERE code = :code");
SQL(FIND_ITEM_TYPE, "SELECT id FROM item_type WHERE code = :code");
SQL(INSERT_RULE,
    "INSERT INTO loan_rule (uuid, member_type_id, item_type_id, max_loans, loan_days, max_renewals, hold_limit,"
    " fine_per_day, fine_cap, grace_days) VALUES (:uuid, :member_type, :item_type, :max_loans, :loan_days,"
    " :max_renewals, :hold_limit, :fine_per_day, :fine_cap, :grace_days)");
SQL(DELETE_RULE, "UPDATE loan_rule SET deleted_at = :now WHERE id = :id");
SQL(UPDATE_RULE,
    "UPDATE loan_rule SET max_loans = :max_loans, loan_days = :loan_days, max_renewals = :max_renewals,"
    " hold_limit = :hold_limit, fine_per_day = :fine_per_day, fine_cap = :fine_cap, grace_days = :grace_days"
    " WHERE id = :id");

/* ---- the listings ---------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column rule_columns[] = {
    {"id", COLUMN_UUID, false, "r.uuid", "Id"},
    {"name", COLUMN_TEXT, false,
     "coalesce((SELECT code FROM member_type WHERE id = r.member_type_id), 'any') || ' × '"
     " || coalesce((SELECT code FROM item_type WHERE id = r.item_type_id), 'any')",
     "As reasons of answers name it"},
    {"member_type", COLUMN_TEXT, true, "(SELECT code FROM member_type WHERE id = r.member_type_id)",
     "Code of the member type; null: any"},
    {"item_type", COLUMN_TEXT, true, "(SELECT code FROM item_type WHERE id = r.item_type_id)",
     "Code of the item type; null: any"},
    {"max_loans", COLUMN_INTEGER, false, "r.max_loans", "Loans a member may have at once; 0: none are lent"},
    {"loan_days", COLUMN_INTEGER, false, "r.loan_days", "Days of a loan; 0: back on the same day"},
    {"max_renewals", COLUMN_INTEGER, false, "r.max_renewals", "How often a loan may be renewed"},
    {"hold_limit", COLUMN_INTEGER, false, "r.hold_limit", "Holds a member may have at once"},
    {"fine_per_day", COLUMN_MONEY, false, "r.fine_per_day", "Fine for each day overdue"},
    {"fine_cap", COLUMN_MONEY, true, "r.fine_cap", "Most that one loan can cost; null: no cap"},
    {"grace_days", COLUMN_INTEGER, false, "r.grace_days", "Overdue days that cost nothing"},
    {0},
};

static const struct column type_columns[] = {
    {"code", COLUMN_TEXT, false, "t.code", "What the API and imports say"},
    {"name", COLUMN_TEXT, false, "t.name", "What people read"},
    {0},
};
/* clang-format on */

/* In the order in which they were made: the any × any rule comes first, adults before children. */
static const struct list_sort rule_sorts[] = {{"age", "r.id", false, false}, {0}};
static const struct list_sort type_sorts[] = {{"age", "t.id", false, false}, {0}};

static const struct list_filter rule_filters[] = {
    {"removed", FILTER_BOOL, "r.deleted_at IS NOT NULL", "r.deleted_at IS NULL",
     .meaning = "true: removed rules, which old loans name, instead of those in force"},
    {0},
};

const struct listing loan_rules_listing = {
    .name = "LoanRule",
    .columns = rule_columns,
    .from = "loan_rule r",
    .id = "r.id",
    .uuid = "r.uuid",
    .sorts = rule_sorts,
    .filters = rule_filters,
};

const struct listing item_types_listing = {
    .name = "ItemType",
    .columns = type_columns,
    .from = "item_type t",
    .id = "t.id",
    .sorts = type_sorts,
};

enum error_kind policies_repo_list_rules(struct ctx *ctx, const struct list_query *query,
                                         struct row_sink *sink)
{
    return list_run(ctx, &loan_rules_listing, query, sink);
}

enum error_kind policies_repo_show_rule(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &loan_rules_listing, id, sink);
}

enum error_kind policies_repo_list_item_types(struct ctx *ctx, const struct list_query *query,
                                              struct row_sink *sink)
{
    return list_run(ctx, &item_types_listing, query, sink);
}

/* ---- rules ----------------------------------------------------------------------------------------- */

static enum error_kind read_rule(struct stmt *s, struct loan_rule *out_rule, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    *out_rule = (struct loan_rule){
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .member_type = column_text(s, 2),
        .item_type = column_text(s, 3),
        .max_loans = column_int(s, 4),
        .loan_days = column_int(s, 5),
        .max_renewals = column_int(s, 6),
        .hold_limit = column_int(s, 7),
        .fine_per_day = column_int(s, 8),
        .fine_cap = column_number(s, 9),
        .grace_days = column_int(s, 10),
    };
    return OK;
}

enum error_kind policies_repo_find_for(struct ctx *ctx, int64_t member_type_id, int64_t item_type_id,
                                       struct loan_rule *out_rule, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_RULE_FOR);

    bind_int(s, ":member_type", member_type_id);
    bind_int(s, ":item_type", item_type_id);
    return read_rule(s, out_rule, out_found);
}

enum error_kind policies_repo_find(struct ctx *ctx, const struct uuid *uuid, struct loan_rule *out_rule,
                                   bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_RULE);

    bind_uuid(s, ":uuid", uuid);
    return read_rule(s, out_rule, out_found);
}

enum error_kind policies_repo_find_pair(struct ctx *ctx, const struct rule_pair *pair,
                                        struct loan_rule *out_rule, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_PAIR);

    bind_int(s, ":member_type", pair->member_type_id);
    bind_int(s, ":item_type", pair->item_type_id);
    return read_rule(s, out_rule, out_found);
}

static enum error_kind find_type(struct stmt *s, const char *code, int64_t *out_id)
{
    bool found;

    bind_text(s, ":code", code);
    TRY(db_row(s, &found));
    *out_id = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind policies_repo_member_type_id(struct ctx *ctx, const char *code, int64_t *out_id)
{
    return find_type(db_statement(ctx, &FIND_MEMBER_TYPE), code, out_id);
}

enum error_kind policies_repo_item_type_id(struct ctx *ctx, const char *code, int64_t *out_id)
{
    return find_type(db_statement(ctx, &FIND_ITEM_TYPE), code, out_id);
}

static void bind_values(struct stmt *s, const struct loan_rule *rule)
{
    bind_int(s, ":max_loans", rule->max_loans);
    bind_int(s, ":loan_days", rule->loan_days);
    bind_int(s, ":max_renewals", rule->max_renewals);
    bind_int(s, ":hold_limit", rule->hold_limit);
    bind_int(s, ":fine_per_day", rule->fine_per_day);
    bind_number(s, ":fine_cap", rule->fine_cap);
    bind_int(s, ":grace_days", rule->grace_days);
}

static int64_t type_or_null(int64_t id)
{
    return id == 0 ? NO_NUMBER : id;
}

enum error_kind policies_repo_insert(struct ctx *ctx, const struct rule_pair *pair,
                                     const struct loan_rule *rule, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_RULE);
    struct uuid uuid = uuid_new(ctx->now);

    bind_uuid(s, ":uuid", &uuid);
    bind_number(s, ":member_type", type_or_null(pair->member_type_id));
    bind_number(s, ":item_type", type_or_null(pair->item_type_id));
    bind_values(s, rule);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind policies_repo_update(struct ctx *ctx, const struct loan_rule *rule)
{
    struct stmt *s = db_statement(ctx, &UPDATE_RULE);

    bind_int(s, ":id", rule->id);
    bind_values(s, rule);
    return db_run(s);
}

enum error_kind policies_repo_delete(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DELETE_RULE);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}
