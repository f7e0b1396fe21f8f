/*
 * idempotency_repository.h — the only writer of `idempotency_key`.
 */
#ifndef CARREL_IDEMPOTENCY_IDEMPOTENCY_REPOSITORY_H
#define CARREL_IDEMPOTENCY_IDEMPOTENCY_REPOSITORY_H

#include "base/kept_reply.h"

/* The answer kept under this key, unless its time is over, and what was asked. */
enum error_kind idempotency_repo_find(struct ctx *ctx, const struct reply_key *key,
                                      struct kept_reply *out_reply, struct digest *out_request,
                                      bool *out_found) MUST_CHECK;

/* In place of one whose time is over. */
enum error_kind idempotency_repo_keep(struct ctx *ctx, const struct reply_key *key,
                                      const struct kept_reply *reply, int64_t expires_at) MUST_CHECK;

enum error_kind idempotency_repo_delete_expired(struct ctx *ctx, int max_rows,
                                                int64_t *out_removed) MUST_CHECK;

/* However long they were to be kept. */
enum error_kind idempotency_repo_delete_kept_before(struct ctx *ctx, int64_t before, int max_rows,
                                                    int64_t *out_removed) MUST_CHECK;

#endif
