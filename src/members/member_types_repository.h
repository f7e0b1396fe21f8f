/*
 * member_types_repository.h — the only writer of `member_type`.
 */
#ifndef CARREL_MEMBERS_MEMBER_TYPES_REPOSITORY_H
#define CARREL_MEMBERS_MEMBER_TYPES_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "members/member_types.h"

enum error_kind member_types_repo_find(struct ctx *ctx, const char *code, struct member_type *out_type,
                                       bool *out_found) MUST_CHECK;
enum error_kind member_types_repo_insert(struct ctx *ctx,
                                         struct member_type *type) MUST_CHECK; /* sets type->id */
enum error_kind member_types_repo_update(struct ctx *ctx, const struct member_type *type) MUST_CHECK;
enum error_kind member_types_repo_delete(struct ctx *ctx, int64_t id) MUST_CHECK;

/* Members (archived ones included) and loan rules (removed ones included) that are of this type. */
enum error_kind member_types_repo_uses(struct ctx *ctx, int64_t id, int64_t *out_members,
                                       int64_t *out_rules) MUST_CHECK;

enum error_kind member_types_repo_list(struct ctx *ctx, const struct list_query *query,
                                       struct row_sink *sink) MUST_CHECK;
enum error_kind member_types_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
