/*
 * roll_over_repository.h — the only writer of roll_over and roll_over_change; groups and last days of members.
 */
#ifndef CARREL_MEMBERS_ROLL_OVER_REPOSITORY_H
#define CARREL_MEMBERS_ROLL_OVER_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "members/roll_over.h"

/* Appends the ids of a group's members, archived ones left out, `max` at most. */
enum error_kind roll_over_repo_members(struct ctx *ctx, const char *group, int64_t *ids, size_t max,
                                       size_t *out_count) MUST_CHECK;

enum error_kind roll_over_repo_insert(struct ctx *ctx,
                                      struct roll_over *roll_over) MUST_CHECK; /* sets its id */
enum error_kind roll_over_repo_count(struct ctx *ctx, int64_t id, int64_t members) MUST_CHECK;
enum error_kind roll_over_repo_set_finished(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind roll_over_repo_set_undone(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind roll_over_repo_find(struct ctx *ctx, const struct uuid *uuid, struct roll_over *out_roll_over,
                                    bool *out_found) MUST_CHECK;
/* One that is under way or broke off, and is not undone. */
enum error_kind roll_over_repo_find_unfinished(struct ctx *ctx, struct roll_over *out_roll_over,
                                               bool *out_found) MUST_CHECK;

enum error_kind roll_over_repo_note(struct ctx *ctx, int64_t id,
                                    const struct roll_over_change *change) MUST_CHECK;
/* The change of the next member after this id. */
enum error_kind roll_over_repo_next(struct ctx *ctx, int64_t id, int64_t after,
                                    struct roll_over_change *out_change, bool *out_found) MUST_CHECK;

/* Group and last day of a member; raises the version. */
enum error_kind roll_over_repo_move(struct ctx *ctx, int64_t member_id, const char *group,
                                    int64_t expires_on) MUST_CHECK;

enum error_kind roll_over_repo_list(struct ctx *ctx, const struct list_query *query,
                                    struct row_sink *sink) MUST_CHECK;
enum error_kind roll_over_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
