/*
 * sealing_repository.h — the key that backups are sealed with: two rows of `secret`, in no export and no answer.
 */
#ifndef CARREL_BACKUPS_SEALING_REPOSITORY_H
#define CARREL_BACKUPS_SEALING_REPOSITORY_H

#include "base/ctx.h"
#include "base/seal.h"

enum error_kind sealing_repo_find(struct ctx *ctx, struct seal_key *out_key, bool *out_found) MUST_CHECK;
enum error_kind sealing_repo_insert(struct ctx *ctx, const struct seal_key *key) MUST_CHECK;
enum error_kind sealing_repo_delete(struct ctx *ctx) MUST_CHECK;

#endif
