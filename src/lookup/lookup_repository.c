/*
 * lookup_repository.c — targets as SQL: a handful of rows.
 */
#include "lookup/lookup_repository.h"

#include "base/limits.h"
#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"

#define TARGET "SELECT id, uuid, name, kind, address, enabled, position, version FROM lookup_target "
SQL(FIND, TARGET "WHERE uuid = :uuid");
SQL(FIND_NAME, TARGET "WHERE name_key = :key");
SQL(ENABLED, TARGET "WHERE enabled = 1 ORDER BY position, id LIMIT :max");
SQL(COUNT, "SELECT count(*), coalesce(max(position), 0) FROM lookup_target");
SQL(INSERT, "INSERT INTO lookup_target (uuid, name, name_key, kind, address, enabled, position, created_at,"
            " updated_at) VALUES (:uuid, :name, :key, :kind, :address, :enabled, :position, :now, :now)");
SQL(UPDATE, "UPDATE lookup_target SET name = :name, name_key = :key, kind = :kind, address = :address,"
            " enabled = :enabled, position = :position, updated_at = :now, version = version + 1"
            " WHERE id = :id");
SQL(DELETE_TARGET, "DELETE FROM lookup_target WHERE id = :id");

/* clang-format off */
static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "t.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "t.name", "What people read"},
    {"kind", COLUMN_TEXT, false, "t.kind", "z3950, sru or json"},
    {"address", COLUMN_TEXT, false, "t.address", "Where it is asked"},
    {"enabled", COLUMN_BOOL, false, "t.enabled", "Is it asked?"},
    {"position", COLUMN_INTEGER, false, "t.position", "Targets are asked and shown in this order"},
    {"version", COLUMN_INTEGER, false, "t.version", "For If-Match"},
    {0},
};
/* clang-format on */

static const struct list_sort sorts[] = {{"age", "t.id", false, false}, {0}};

const struct listing targets_listing = {
    .name = "LookupTarget",
    .columns = columns,
    .from = "lookup_target t",
    .id = "t.id",
    .uuid = "t.uuid",
    .sorts = sorts,
};

static struct lookup_target read_target(struct stmt *s)
{
    return (struct lookup_target){
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .facts = {.name = column_text(s, 2),
                  .kind = column_text(s, 3),
                  .address = column_text(s, 4),
                  .enabled = column_int(s, 5) != 0,
                  .position = column_int(s, 6)},
        .version = column_int(s, 7),
    };
}

static enum error_kind find_one(struct stmt *s, struct lookup_target *out_target, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_target = read_target(s);
    return OK;
}

enum error_kind lookup_repo_find(struct ctx *ctx, const struct uuid *uuid, struct lookup_target *out_target,
                                 bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    return find_one(s, out_target, out_found);
}

enum error_kind lookup_repo_find_name(struct ctx *ctx, const char *name, struct lookup_target *out_target,
                                      bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_NAME);

    bind_text(s, ":key", text_name_key(ctx->arena, name));
    return find_one(s, out_target, out_found);
}

enum error_kind lookup_repo_enabled(struct ctx *ctx, struct lookup_target *out_targets, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &ENABLED);
    size_t count = 0;
    bool found;

    bind_int(s, ":max", LOOKUP_TARGETS_MAX);
    TRY(db_row(s, &found));
    while (found && count < LOOKUP_TARGETS_MAX) {
        out_targets[count++] = read_target(s);
        TRY(db_row(s, &found));
    }
    *out_count = count;
    return OK;
}

enum error_kind lookup_repo_count(struct ctx *ctx, int64_t *out_count, int64_t *out_last)
{
    struct stmt *s = db_statement(ctx, &COUNT);
    bool found;

    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    *out_last = column_int(s, 1);
    return OK;
}

static void bind_facts(struct ctx *ctx, struct stmt *s, const struct target_facts *facts)
{
    bind_text(s, ":name", facts->name);
    bind_text(s, ":key", text_name_key(ctx->arena, facts->name));
    bind_text(s, ":kind", facts->kind);
    bind_text(s, ":address", facts->address);
    bind_int(s, ":enabled", facts->enabled);
    bind_int(s, ":position", facts->position);
    bind_int(s, ":now", ctx->now);
}

enum error_kind lookup_repo_insert(struct ctx *ctx, struct lookup_target *target)
{
    struct stmt *s = db_statement(ctx, &INSERT);

    target->uuid = uuid_new(ctx->now);
    target->version = 1;
    bind_uuid(s, ":uuid", &target->uuid);
    bind_facts(ctx, s, &target->facts);
    TRY(db_run(s));
    target->id = db_last_id(ctx);
    return OK;
}

enum error_kind lookup_repo_update(struct ctx *ctx, const struct lookup_target *target)
{
    struct stmt *s = db_statement(ctx, &UPDATE);

    bind_int(s, ":id", target->id);
    bind_facts(ctx, s, &target->facts);
    return db_run(s);
}

enum error_kind lookup_repo_delete(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DELETE_TARGET);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind lookup_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &targets_listing, query, sink);
}

enum error_kind lookup_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &targets_listing, id, sink);
}
