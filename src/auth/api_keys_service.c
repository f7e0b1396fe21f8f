/*
 * api_keys_service.c — making, looking up and revoking keys.
 */
#include "auth/api_keys_service.h"

#include "audit/audit_service.h"
#include "auth/api_keys_repository.h"
#include "auth/sessions_service.h"
#include "auth/token.h"

#define API_KEY_NAME "API key %s" /* see reserved_names in accounts_service.c */

enum error_kind api_keys_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return api_keys_repo_list(ctx, query, sink);
}

enum error_kind api_keys_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return api_keys_repo_show(ctx, id, sink);
}

enum error_kind api_keys_create(struct ctx *ctx, const struct api_key_facts *facts, int64_t *out_id,
                                const char **out_key)
{
    static const struct api_key_facts nothing;
    const char *key = arena_printf(ctx->arena, API_KEY_PREFIX "%s", token_new(ctx->arena));
    const struct digest hash = token_hash(key);

    TRY(api_keys_repo_insert(ctx, facts, &hash, out_id));
    *out_key = key;
    return audit_edit(ctx, "api_key.created", "api_key", *out_id,
                      fields_changes(ctx, api_key_fields, &nothing, facts));
}

enum error_kind api_keys_revoke(struct ctx *ctx, const struct uuid *uuid)
{
    struct api_key key;
    bool found;

    TRY(api_keys_repo_find(ctx, uuid, &key, &found));
    if (!found)
        return fail(ctx, API_KEY_NOT_FOUND, "API key not found.");
    if (key.revoked_at != NO_NUMBER)
        return OK;
    TRY(api_keys_repo_revoke(ctx, key.id));
    return audit_act(ctx, "api_key.revoked", "api_key", key.id);
}

enum error_kind api_keys_identify(struct ctx *ctx, const char *text, struct caller *out_caller)
{
    const struct digest hash = token_hash(text);
    struct api_key key;
    bool found;

    TRY(api_keys_repo_find_by_hash(ctx, &hash, &key, &found));
    if (!found || key.revoked_at != NO_NUMBER)
        return fail(ctx, INVALID_TOKEN, "This API key is not valid.");
    *out_caller = (struct caller){
        .access = key.role,
        .name = arena_printf(ctx->arena, API_KEY_NAME, key.name),
        .grounds = {.api_key_id = key.id, .until = INT64_MAX, .seen_at = key.last_used_at},
    };
    sessions_note_use(ctx, &out_caller->grounds);
    return OK;
}
