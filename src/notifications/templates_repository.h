/*
 * templates_repository.h — the library's own words: the only writer of `notification_template`.
 */
#ifndef CARREL_NOTIFICATIONS_TEMPLATES_REPOSITORY_H
#define CARREL_NOTIFICATIONS_TEMPLATES_REPOSITORY_H

#include "base/ctx.h"
#include "notifications/notices.h"

enum error_kind templates_repo_find(struct ctx *ctx, const char *kind, const char *channel,
                                    const char *language, struct notice_template *out_template,
                                    bool *out_found) MUST_CHECK;
enum error_kind templates_repo_count(struct ctx *ctx, int64_t *out_count) MUST_CHECK;
enum error_kind templates_repo_put(struct ctx *ctx, const struct notice_template *words) MUST_CHECK;
enum error_kind templates_repo_remove(struct ctx *ctx, const char *kind, const char *channel,
                                      const char *language) MUST_CHECK;

#endif
