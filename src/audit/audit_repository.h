/*
 * audit_repository.h — the only writer of `actor` and of `audit_log`. Both are only ever added to; what a reader has a
 * right to have forgotten is blanked in the log, the row stays.
 */
#ifndef CARREL_AUDIT_AUDIT_REPOSITORY_H
#define CARREL_AUDIT_AUDIT_REPOSITORY_H

#include "audit/audit.h"
#include "base/ctx.h"
#include "base/field.h"

/* Who and when are those of ctx. NULL changes leave `before` and `after` NULL. */
enum error_kind audit_repo_insert(struct ctx *ctx, const char *action, const char *entity, int64_t entity_id,
                                  const struct field_change *changes) MUST_CHECK;

/* The number of a name in `actor`. */
enum error_kind audit_repo_find_actor(struct ctx *ctx, const char *name, int64_t *out_id,
                                      bool *out_found) MUST_CHECK;
enum error_kind audit_repo_insert_actor(struct ctx *ctx, const char *name, int64_t *out_id) MUST_CHECK;

enum error_kind audit_repo_forget_record(struct ctx *ctx, const char *entity, int64_t entity_id) MUST_CHECK;

/* Of the rows about one record: the request they came from; who did it and from where, if it was `actor`. */
enum error_kind audit_repo_forget_requests(struct ctx *ctx, const char *entity, int64_t entity_id) MUST_CHECK;
enum error_kind audit_repo_forget_actor(struct ctx *ctx, const char *entity, int64_t entity_id,
                                        const char *actor) MUST_CHECK;

/* How many rows the ids of the log promise more than there are; how many are earlier than the row before. */
enum error_kind audit_repo_check(struct ctx *ctx, int64_t *out_gaps, int64_t *out_backward) MUST_CHECK;

/* See audit_settle(). */
enum error_kind audit_repo_settle(struct ctx *ctx) MUST_CHECK;

enum error_kind audit_repo_list(struct ctx *ctx, const struct list_query *query,
                                struct row_sink *sink) MUST_CHECK;

#endif
