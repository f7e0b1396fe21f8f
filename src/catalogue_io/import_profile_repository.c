/*
 * import_profile_repository.c — profiles as SQL. There are IMPORT_PROFILES_MAX of them at most.
 */
#include "catalogue_io/import_profile_repository.h"

#include "base/text.h"
#include "db/engine.h"

#define PROFILE_COLUMNS                                                                              \
    "SELECT id, uuid, name, kind, encoding, delimiter, columns, duplicates, created_at, updated_at," \
    " version FROM import_profile "

SQL(LIST, PROFILE_COLUMNS "ORDER BY name_key");
SQL(FIND, PROFILE_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_NAMED, PROFILE_COLUMNS "WHERE name_key = :key");
SQL(INSERT,
    "INSERT INTO import_profile (uuid, name, name_key, kind, encoding, delimiter, columns, duplicates, created_at,"
    " created_by, updated_at) VALUES (:uuid, :name, :key, :kind, :encoding, :delimiter, :columns, :duplicates, :now,"
    " :by, :now)");
SQL(UPDATE, "UPDATE import_profile SET name = :name, name_key = :key, kind = :kind, encoding = :encoding,"
            " delimiter = :delimiter, columns = :columns, duplicates = :duplicates, updated_at = :now,"
            " version = version + 1 WHERE id = :id");
SQL(DELETE_PROFILE, "DELETE FROM import_profile WHERE id = :id");

static enum error_kind next_profile(struct stmt *s, struct import_profile *out_profile, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_profile = (struct import_profile){.id = column_int(s, 0),
                                               .uuid = column_uuid(s, 1),
                                               .name = column_text(s, 2),
                                               .kind = column_text(s, 3),
                                               .encoding = column_text(s, 4),
                                               .delimiter = column_text(s, 5),
                                               .columns = column_text(s, 6),
                                               .duplicates = column_text(s, 7),
                                               .created_at = column_int(s, 8),
                                               .updated_at = column_int(s, 9),
                                               .version = column_int(s, 10)};
    return OK;
}

enum error_kind import_profile_repo_list(struct ctx *ctx, struct import_profile **out_first,
                                         size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &LIST);
    struct import_profile **end = out_first;
    struct import_profile profile;
    bool found;

    *out_first = NULL;
    for (*out_count = 0;; (*out_count)++) {
        TRY(next_profile(s, &profile, &found));
        if (!found)
            return OK;
        *end = arena_memdup(ctx->arena, &profile, sizeof profile);
        end = &(*end)->next;
    }
}

enum error_kind import_profile_repo_find(struct ctx *ctx, const struct uuid *uuid,
                                         struct import_profile *out_profile, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    return next_profile(s, out_profile, out_found);
}

enum error_kind import_profile_repo_find_named(struct ctx *ctx, const char *name,
                                               struct import_profile *out_profile, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_NAMED);

    bind_text(s, ":key", text_fold(ctx->arena, name));
    return next_profile(s, out_profile, out_found);
}

static void bind_profile(struct ctx *ctx, struct stmt *s, const struct import_profile *profile)
{
    bind_text(s, ":name", profile->name);
    bind_text(s, ":key", text_fold(ctx->arena, profile->name));
    bind_text(s, ":kind", profile->kind);
    bind_text(s, ":encoding", profile->encoding);
    bind_text(s, ":delimiter", profile->delimiter);
    bind_text(s, ":columns", profile->columns);
    bind_text(s, ":duplicates", profile->duplicates);
    bind_int(s, ":now", ctx->now);
}

enum error_kind import_profile_repo_insert(struct ctx *ctx, struct import_profile *profile)
{
    struct stmt *s = db_statement(ctx, &INSERT);

    bind_uuid(s, ":uuid", &profile->uuid);
    bind_profile(ctx, s, profile);
    bind_text(s, ":by", ctx->actor.name);
    TRY(db_run(s));
    profile->id = db_last_id(ctx);
    return OK;
}

enum error_kind import_profile_repo_update(struct ctx *ctx, const struct import_profile *profile)
{
    struct stmt *s = db_statement(ctx, &UPDATE);

    bind_int(s, ":id", profile->id);
    bind_profile(ctx, s, profile);
    return db_run(s);
}

enum error_kind import_profile_repo_delete(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DELETE_PROFILE);

    bind_int(s, ":id", id);
    return db_run(s);
}
