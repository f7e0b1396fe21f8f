/*
 * notices_repository.h — the only writer of `notification`: rows on their way from waiting to an end.
 */
#ifndef CARREL_NOTIFICATIONS_NOTICES_REPOSITORY_H
#define CARREL_NOTIFICATIONS_NOTICES_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "notifications/notices.h"

/* ---- reading ----------------------------------------------------------------------------------------------- */

enum error_kind notices_repo_list(struct ctx *ctx, const struct list_query *query,
                                  struct row_sink *sink) MUST_CHECK;
enum error_kind notices_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;
enum error_kind notices_repo_find(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                  bool *out_found) MUST_CHECK;
/* There is one. */
enum error_kind notices_repo_load(struct ctx *ctx, int64_t id, struct notice *out_notice) MUST_CHECK;
enum error_kind notices_repo_unread(struct ctx *ctx, int64_t member_id, int64_t *out_unread) MUST_CHECK;
enum error_kind notices_repo_channel(struct ctx *ctx, enum notice_channel channel,
                                     struct notice_channel_state *out_state) MUST_CHECK;

/* ---- beginning --------------------------------------------------------------------------------------------- */

/* *out_id 0: it was made before. */
enum error_kind notices_repo_insert(struct ctx *ctx, const struct notice_draft *draft,
                                    enum notice_channel channel, int64_t send_at, int64_t *out_id) MUST_CHECK;

/* ---- sending ----------------------------------------------------------------------------------------------- */

/* The first that is due on one of the channels that are asked for. */
enum error_kind notices_repo_next_due(struct ctx *ctx, const bool channels[NOTICE_CHANNELS], int64_t *out_id,
                                      bool *out_found) MUST_CHECK;

/* Others of the same reader and channel that are due now, oldest first. */
enum error_kind notices_repo_companions(struct ctx *ctx, const struct notice *notice, size_t max,
                                        int64_t *out_ids, size_t *out_count) MUST_CHECK;

/* waiting → claimed */
enum error_kind notices_repo_claim(struct ctx *ctx, int64_t id, int64_t message_id, const char *address,
                                   const char *subject, const char *body) MUST_CHECK;
/* claimed → sent, failed, unsure; or waiting again until `send_at` */
enum error_kind notices_repo_end(struct ctx *ctx, int64_t id, const char *state, int64_t send_at,
                                 const char *problem) MUST_CHECK;
/* What is told in the program is told at once. */
enum error_kind notices_repo_shown(struct ctx *ctx, int64_t id, const char *subject,
                                   const char *body) MUST_CHECK;
enum error_kind notices_repo_postpone(struct ctx *ctx, int64_t id, int64_t send_at) MUST_CHECK;
enum error_kind notices_repo_drop(struct ctx *ctx, int64_t id, const char *why) MUST_CHECK;
/* ended → waiting */
enum error_kind notices_repo_again(struct ctx *ctx, int64_t id) MUST_CHECK;
/* claimed at or before that instant → unsure */
enum error_kind notices_repo_recover(struct ctx *ctx, int64_t claimed_until, const char *problem,
                                     int64_t *out_rows) MUST_CHECK;

/* ---- reading them, and the end ----------------------------------------------------------------------------- */

enum error_kind notices_repo_note_read(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind notices_repo_note_all_read(struct ctx *ctx, int64_t member_id) MUST_CHECK;
/* The oldest from before that instant. */
enum error_kind notices_repo_prune(struct ctx *ctx, int64_t before, int64_t max,
                                   int64_t *out_removed) MUST_CHECK;

#endif
