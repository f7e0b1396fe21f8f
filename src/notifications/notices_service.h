/*
 * notices_service.h — notifications as people see them: a reader's own, all of them for the staff, and writing to readers.
 *
 * A reader sees, and marks as read, what is theirs; for anything else there is nothing there (NOTIFICATION_NOT_FOUND).
 */
#ifndef CARREL_NOTIFICATIONS_NOTICES_SERVICE_H
#define CARREL_NOTIFICATIONS_NOTICES_SERVICE_H

#include "base/row_sink.h"
#include "notifications/forgetting_repository.h"
#include "notifications/house_service.h"

enum error_kind notices_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;
/* MEMBER_NOT_FOUND */
enum error_kind notices_list_of(struct ctx *ctx, const struct uuid *member, const struct list_query *query,
                                struct row_sink *sink) MUST_CHECK;
/* NOTIFICATION_NOT_FOUND */
enum error_kind notices_find(struct ctx *ctx, const struct uuid *uuid, struct notice *out_notice) MUST_CHECK;
enum error_kind notices_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

enum error_kind notices_unread(struct ctx *ctx, const struct uuid *member, int64_t *out_unread) MUST_CHECK;
enum error_kind notices_read(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id) MUST_CHECK;
enum error_kind notices_read_all(struct ctx *ctx, const struct uuid *member) MUST_CHECK;

/*
 * Writes to readers: to those named, or to a group. Without a channel each is told as they want it. Who cannot be reached,
 * or does not want it, is in out_queued->without_address. VALIDATION_ERROR: nobody, or both ways of naming, or more than
 * NOTICE_MEMBERS_MAX; MEMBER_NOT_FOUND; CHANNEL_IS_OFF.
 */
enum error_kind notices_send(struct ctx *ctx, const struct notice_message *message,
                             struct notice_queued *out_queued) MUST_CHECK;

/* What failed, was dropped or may have gone goes out once more. CONFLICT: it is still on its way, or has gone. */
enum error_kind notices_again(struct ctx *ctx, const struct notice *notice) MUST_CHECK;
/* A waiting one is dropped. CONFLICT: it does not wait. */
enum error_kind notices_drop(struct ctx *ctx, const struct notice *notice) MUST_CHECK;

enum error_kind notices_channel(struct ctx *ctx, const struct notice_house *house,
                                enum notice_channel channel,
                                struct notice_channel_state *out_state) MUST_CHECK;

/* For the job: removes at most `max` that are older than NOTICE_KEEP_DAYS. */
enum error_kind notices_prune(struct ctx *ctx, int64_t max, int64_t *out_rows) MUST_CHECK;

/*
 * … and takes the readers off those that are about a title alone and older than the setting forget_loans_after_days. It
 * looks at `max` of them from a place on; *out_more: call it again, in a transaction of its own.
 */
enum error_kind notices_forget_titles(struct ctx *ctx, size_t max, struct notices_place *io_place,
                                      int64_t *out_rows, bool *out_more) MUST_CHECK;

/* ---- the thread that makes and sends them (jobs/notice_thread.h) -------------------------------------------- */

void notices_wake(void);
/* Sleeps for so long, or until notices_wake(). */
void notices_wait(int64_t ms);

#endif
