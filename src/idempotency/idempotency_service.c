/*
 * idempotency_service.c — when a kept answer counts, and when its key was used for something else.
 */
#include "idempotency/idempotency_service.h"

#include "base/limits.h"
#include "idempotency/idempotency_repository.h"

enum error_kind idempotency_find(struct ctx *ctx, const struct reply_key *key, struct kept_reply *out_reply,
                                 bool *out_found)
{
    struct digest request;
    struct kept_reply reply;

    TRY(idempotency_repo_find(ctx, key, &reply, &request, out_found));
    if (!*out_found)
        return OK;
    if (!digest_equal(&request, &key->request))
        return fail(ctx, IDEMPOTENCY_KEY_REUSED,
                    "This Idempotency-Key was used for another request. Take a new key for each act.");
    *out_reply = reply;
    return OK;
}

enum error_kind idempotency_keep(struct ctx *ctx, const struct reply_key *key, const struct kept_reply *reply)
{
    struct kept_reply kept = *reply;

    kept.too_long = reply->length > IDEMPOTENCY_REPLY_MAX;
    kept.kept_at = ctx->now;
    return idempotency_repo_keep(
        ctx, key, &kept, ctx->now + (key->told_later ? IDEMPOTENCY_KEEP_DESK_MS : IDEMPOTENCY_KEEP_MS));
}

enum error_kind idempotency_prune(struct ctx *ctx, int max_rows, int64_t *out_removed)
{
    return idempotency_repo_delete_expired(ctx, max_rows, out_removed);
}

enum error_kind idempotency_forget(struct ctx *ctx, int64_t before, int max_rows, int64_t *out_removed)
{
    return idempotency_repo_delete_kept_before(ctx, before, max_rows, out_removed);
}
