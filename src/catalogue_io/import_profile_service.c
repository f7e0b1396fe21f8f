/*
 * import_profile_service.c — what makes a profile a good one, and which one a file is for.
 */
#include "catalogue_io/import_profile_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/import_profile_repository.h"

/* ---- finding -------------------------------------------------------------------------------------------- */

enum error_kind import_profile_list(struct ctx *ctx, const char *kind, struct import_profile **out_first)
{
    struct import_profile *own, profile;
    struct import_profile **end = out_first;
    size_t count;

    TRY(import_profile_repo_list(ctx, &own, &count));
    *out_first = NULL;
    for (; own; own = own->next) {
        if (kind && strcmp(own->kind, kind) != 0)
            continue;
        *end = own;
        end = &own->next;
    }
    *end = NULL;
    for (size_t i = 0; import_profiles_built_in(i, &profile); i++) {
        if (kind && strcmp(profile.kind, kind) != 0)
            continue;
        *end = arena_memdup(ctx->arena, &profile, sizeof profile);
        end = &(*end)->next;
    }
    return OK;
}

static enum error_kind fail_unknown(struct ctx *ctx)
{
    return fail(ctx, PROFILE_NOT_FOUND, "Import profile not found.");
}

enum error_kind import_profile_find(struct ctx *ctx, const struct uuid *uuid,
                                    struct import_profile *out_profile)
{
    struct import_profile profile;
    bool found;

    for (size_t i = 0; import_profiles_built_in(i, &profile); i++) {
        if (memcmp(profile.uuid.bytes, uuid->bytes, UUID_BYTES) != 0)
            continue;
        *out_profile = profile;
        return OK;
    }
    TRY(import_profile_repo_find(ctx, uuid, out_profile, &found));
    return found ? OK : fail_unknown(ctx);
}

enum error_kind import_profile_find_named(struct ctx *ctx, const char *name,
                                          struct import_profile *out_profile)
{
    const char *key = text_fold(ctx->arena, name);
    struct import_profile profile;
    bool found;

    TRY(import_profile_repo_find_named(ctx, name, out_profile, &found));
    if (found)
        return OK;
    for (size_t i = 0; import_profiles_built_in(i, &profile); i++) {
        if (strcmp(text_fold(ctx->arena, profile.name), key) != 0)
            continue;
        *out_profile = profile;
        return OK;
    }
    return fail_unknown(ctx);
}

/* ---- recognising ---------------------------------------------------------------------------------------- */

static bool file_has(struct ctx *ctx, const struct import_columns *columns, const char *header)
{
    const char *words = import_header_words(ctx->arena, header);

    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(import_header_words(ctx->arena, columns->headers[i]), words) == 0)
            return true;
    return false;
}

/* How many headers a profile names; 0 when the file has not all of them. */
static size_t fitting_headers(struct ctx *ctx, const struct import_profile *profile,
                              const struct import_columns *columns)
{
    size_t count = 0;

    for (const char *line = profile->columns; *line; count++) {
        size_t length = strcspn(line, "\t");
        if (!file_has(ctx, columns, arena_strndup(ctx->arena, line, length)))
            return 0;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return count;
}

enum error_kind import_profile_recognise(struct ctx *ctx, const char *kind,
                                         const struct import_columns *columns,
                                         struct import_profile *out_profile, bool *out_found)
{
    struct import_profile *own;
    size_t best = 0, count;

    TRY(import_profile_repo_list(ctx, &own, &count));
    for (; own; own = own->next) {
        count = strcmp(own->kind, kind) == 0 ? fitting_headers(ctx, own, columns) : 0;
        if (count <= best)
            continue;
        best = count;
        *out_profile = *own;
    }
    *out_found = best > 0 ||
                 import_profiles_recognise(ctx->arena, kind, columns->headers, columns->count, out_profile);
    return OK;
}

/* ---- changing ------------------------------------------------------------------------------------------- */

/* The columns as they are kept. What is wrong with them is added to the wrong fields. */
static const char *columns_text(struct ctx *ctx, const struct import_profile_facts *facts)
{
    const struct import_field *fields = import_profiles_fields_of(facts->kind);
    const char *headers[IMPORT_COLUMNS_MAX];
    struct import_columns *matched = arena_alloc(ctx->arena, sizeof *matched);
    struct text_buf lines;
    size_t count = 0;

    text_buf_init(&lines, ctx->arena);
    for (const char *line = facts->columns; *line;) {
        size_t length = strcspn(line, "\n");
        size_t header = strcspn(line, "\t\n");
        if (header > 0 && count == IMPORT_COLUMNS_MAX) {
            error_field(ctx, "body", "columns", "too_long", "names more than %d columns", IMPORT_COLUMNS_MAX);
            return "";
        }
        if (header > 0) {
            headers[count++] = arena_strndup(ctx->arena, line, header);
            text_buf_append_bytes(&lines, line, length);
            text_buf_append(&lines, header == length ? "\t\n" : "\n");
        }
        line += length + (line[length] == '\n');
    }
    import_columns_match(ctx->arena, fields, headers, count, matched);
    const char *wrong = import_columns_by_header(ctx->arena, text_buf_string(&lines), matched);
    if (wrong)
        error_field(ctx, "body", "columns", "columns", "cannot be taken: %s", wrong);
    return text_buf_string(&lines);
}

static enum error_kind settle(struct ctx *ctx, const struct import_profile_facts *facts,
                              struct import_profile *profile)
{
    struct import_profile other;
    bool found;

    profile->name = facts->name;
    profile->kind = facts->kind;
    profile->encoding = facts->encoding;
    profile->delimiter = facts->delimiter;
    profile->duplicates = facts->duplicates ? facts->duplicates : "skip";
    profile->columns = columns_text(ctx, facts);
    TRY(error_check_fields(ctx));
    TRY(import_profile_repo_find_named(ctx, facts->name, &other, &found));
    if (found && other.id != profile->id)
        return fail(ctx, DUPLICATE_PROFILE, "There is an import profile “%s” already.", other.name);
    return OK;
}

enum error_kind import_profile_add(struct ctx *ctx, const struct import_profile_facts *facts,
                                   struct import_profile *out_profile)
{
    struct import_profile profile = {.created_at = ctx->now, .updated_at = ctx->now, .version = 1};
    struct import_profile *others;
    size_t count;

    TRY(settle(ctx, facts, &profile));
    TRY(import_profile_repo_list(ctx, &others, &count));
    if (count >= IMPORT_PROFILES_MAX)
        return fail(ctx, CONFLICT, "There are %d import profiles already. Delete one first.",
                    IMPORT_PROFILES_MAX);
    profile.uuid = uuid_new(ctx->now);
    TRY(import_profile_repo_insert(ctx, &profile));
    TRY(audit_act(ctx, "import_profile.added", "import_profile", profile.id));
    *out_profile = profile;
    return OK;
}

static enum error_kind check_own(struct ctx *ctx, const struct import_profile *profile)
{
    if (!profile->built_in)
        return OK;
    return fail(ctx, CONFLICT, "The import profile “%s” comes with the program: it stays as it is.",
                profile->name);
}

enum error_kind import_profile_update(struct ctx *ctx, const struct import_profile *before,
                                      const struct import_profile_facts *facts, int64_t expected_version,
                                      struct import_profile *out_profile)
{
    struct import_profile profile = *before;

    TRY(check_own(ctx, before));
    if (expected_version != NO_NUMBER && expected_version != before->version) {
        error_reason_int(ctx, "version", before->version);
        return fail(ctx, PRECONDITION_FAILED,
                    "%s was changed by someone else since you read it. Read it again.", before->name);
    }
    TRY(settle(ctx, facts, &profile));
    TRY(import_profile_repo_update(ctx, &profile));
    TRY(audit_act(ctx, "import_profile.updated", "import_profile", profile.id));
    profile.updated_at = ctx->now;
    profile.version++;
    *out_profile = profile;
    return OK;
}

enum error_kind import_profile_delete(struct ctx *ctx, const struct import_profile *profile)
{
    TRY(check_own(ctx, profile));
    TRY(import_profile_repo_delete(ctx, profile->id));
    return audit_removal(ctx, "import_profile.deleted", "import_profile", profile->id, NULL);
}
