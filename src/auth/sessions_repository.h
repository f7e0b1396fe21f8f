/*
 * sessions_repository.h — the only writer of `session`, `refresh_token` and `secret`.
 */
#ifndef CARREL_AUTH_SESSIONS_REPOSITORY_H
#define CARREL_AUTH_SESSIONS_REPOSITORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/digest.h"

struct session {
    int64_t id;
    int64_t account_id;
    int64_t seen_at;
    int64_t expires_at;
};

#define FAMILY_BYTES 16

struct family {
    uint8_t bytes[FAMILY_BYTES];
};

struct refresh_token {
    int64_t id;
    int64_t account_id;
    struct family family;
    int64_t expires_at;
    int64_t used_at;    /* NO_NUMBER: not yet */
    int64_t revoked_at; /* NO_NUMBER: not */
};

/* ---- sessions: hash is token_hash() of what the browser has ------------------------------------------ */

enum error_kind sessions_repo_insert(struct ctx *ctx, int64_t account_id, const struct digest *hash,
                                     int64_t expires_at, const char *agent) MUST_CHECK;
enum error_kind sessions_repo_find(struct ctx *ctx, const struct digest *hash, struct session *out_session,
                                   bool *out_found) MUST_CHECK;
enum error_kind sessions_repo_set_seen(struct ctx *ctx, int64_t id, int64_t at) MUST_CHECK;
enum error_kind sessions_repo_delete(struct ctx *ctx, const struct digest *hash,
                                     bool *out_was_there) MUST_CHECK;
/* All of an account, but `except` (NULL: all). */
enum error_kind sessions_repo_delete_of(struct ctx *ctx, int64_t account_id,
                                        const struct digest *except) MUST_CHECK;
/* Those that are over, and those not seen since `idle_since`. */
enum error_kind sessions_repo_delete_over(struct ctx *ctx, int64_t idle_since,
                                          int64_t *out_removed) MUST_CHECK;

/* ---- refresh tokens ---------------------------------------------------------------------------------- */

enum error_kind refresh_repo_insert(struct ctx *ctx, int64_t account_id, const struct family *family,
                                    const struct digest *hash, int64_t expires_at) MUST_CHECK;
enum error_kind refresh_repo_find(struct ctx *ctx, const struct digest *hash, struct refresh_token *out_token,
                                  bool *out_found) MUST_CHECK;
enum error_kind refresh_repo_set_used(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind refresh_repo_revoke_family(struct ctx *ctx, const struct family *family) MUST_CHECK;
enum error_kind refresh_repo_revoke_of(struct ctx *ctx, int64_t account_id) MUST_CHECK;
enum error_kind refresh_repo_delete_over(struct ctx *ctx, int64_t *out_removed) MUST_CHECK;

/* ---- the program's own keys --------------------------------------------------------------------------- */

enum error_kind secrets_repo_find(struct ctx *ctx, const char *name, struct digest *out_key,
                                  bool *out_found) MUST_CHECK;
enum error_kind secrets_repo_insert(struct ctx *ctx, const char *name, const struct digest *key) MUST_CHECK;

#endif
