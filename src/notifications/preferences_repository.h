/*
 * preferences_repository.h — what readers have chosen: the only writer of `notification_preference` and
 * `notification_reader`.
 */
#ifndef CARREL_NOTIFICATIONS_PREFERENCES_REPOSITORY_H
#define CARREL_NOTIFICATIONS_PREFERENCES_REPOSITORY_H

#include "base/ctx.h"
#include "notifications/notices.h"

/* The reader's id, archived ones included, and name. */
enum error_kind preferences_repo_member(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                        const char **out_name, bool *out_found) MUST_CHECK;
/* NULL: the library's. */
enum error_kind preferences_repo_language(struct ctx *ctx, int64_t member_id,
                                          const char **out_language) MUST_CHECK;
enum error_kind preferences_repo_set_language(struct ctx *ctx, int64_t member_id,
                                              const char *language) MUST_CHECK; /* NULL: the library's */
/* NO_NUMBER: the reader has not said. */
enum error_kind preferences_repo_wanted(struct ctx *ctx, int64_t member_id, const char *kind,
                                        const char *channel, int64_t *out_wanted) MUST_CHECK;
enum error_kind preferences_repo_set(struct ctx *ctx, int64_t member_id,
                                     const struct notice_preference *preference) MUST_CHECK;
/* All that the reader has chosen. */
enum error_kind preferences_repo_forget(struct ctx *ctx, int64_t member_id) MUST_CHECK;

#endif
