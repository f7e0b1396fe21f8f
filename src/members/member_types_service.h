/*
 * member_types_service.h — the rules of member types. Changes leave an audit row.
 */
#ifndef CARREL_MEMBERS_MEMBER_TYPES_SERVICE_H
#define CARREL_MEMBERS_MEMBER_TYPES_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "members/member_types.h"

/* MEMBER_TYPE_NOT_FOUND "Member type not found." */
enum error_kind member_types_find(struct ctx *ctx, const char *code, struct member_type *out_type) MUST_CHECK;

enum error_kind member_types_list(struct ctx *ctx, const struct list_query *query,
                                  struct row_sink *sink) MUST_CHECK;
enum error_kind member_types_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* DUPLICATE_MEMBER_TYPE; VALIDATION_ERROR on a code of other than small letters, digits, - and _. Sets type->id. */
enum error_kind member_types_add(struct ctx *ctx, struct member_type *type) MUST_CHECK;

/* The code stays. What is changed counts for memberships that begin or are renewed from now on. */
enum error_kind member_types_update(struct ctx *ctx, const struct member_type *before,
                                    const struct member_type *after) MUST_CHECK;

/*
 * MEMBER_TYPE_IN_USE while there are members (archived ones included) or loan rules (removed ones included, since
 * loans name them) of it, and for the type that new members get.
 */
enum error_kind member_types_delete(struct ctx *ctx, const struct member_type *type) MUST_CHECK;

#endif
