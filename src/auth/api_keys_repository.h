/*
 * api_keys_repository.h — the only writer of `api_key`.
 */
#ifndef CARREL_AUTH_API_KEYS_REPOSITORY_H
#define CARREL_AUTH_API_KEYS_REPOSITORY_H

#include "auth/auth.h"
#include "base/digest.h"
#include "base/row_sink.h"

struct api_key {
    int64_t id;
    struct uuid uuid;
    const char *name;
    enum access role;
    int64_t last_used_at; /* NO_NUMBER: never */
    int64_t revoked_at;   /* NO_NUMBER: not */
};

enum error_kind api_keys_repo_find(struct ctx *ctx, const struct uuid *uuid, struct api_key *out_key,
                                   bool *out_found) MUST_CHECK;
enum error_kind api_keys_repo_find_by_hash(struct ctx *ctx, const struct digest *hash,
                                           struct api_key *out_key, bool *out_found) MUST_CHECK;
enum error_kind api_keys_repo_insert(struct ctx *ctx, const struct api_key_facts *facts,
                                     const struct digest *hash, int64_t *out_id) MUST_CHECK;
enum error_kind api_keys_repo_revoke(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind api_keys_repo_set_used(struct ctx *ctx, int64_t id, int64_t at) MUST_CHECK;
enum error_kind api_keys_repo_list(struct ctx *ctx, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;
enum error_kind api_keys_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
