/*
 * house_service.h — how the library wants to tell its readers: its settings about notifications, read once for a slice of
 * work, and when something may go out.
 */
#ifndef CARREL_NOTIFICATIONS_HOUSE_SERVICE_H
#define CARREL_NOTIFICATIONS_HOUSE_SERVICE_H

#include "base/ctx.h"
#include "notifications/notices.h"

struct notice_house {
    bool on[NOTICE_CHANNELS];     /* can anything go out by it at all? */
    bool chosen[NOTICE_CHANNELS]; /* for readers who have not chosen */
    bool digest, on_closed_days, receipts;
    int64_t due_soon_days, hold_days, membership_days;
    const char *from, *to; /* "08:00", "20:00" */
    const char *language, *library, *currency;
};

enum error_kind notice_house_read(struct ctx *ctx, struct notice_house *out_house) MUST_CHECK;

/* Why nothing goes out by a channel; NULL: it does. */
const char *notice_channel_why_off(const struct notice_house *house, enum notice_channel channel);

/*
 * The first instant from `at` on at which something may go out: within the hours, and on an open day unless the library
 * says otherwise. With `gathered`, the first beginning of those hours: then a digest leaves. Hours that end before they
 * begin go over midnight; hours without a length are the whole day.
 */
enum error_kind notice_next_time(struct ctx *ctx, const struct notice_house *house, int64_t at, bool gathered,
                                 int64_t *out_at) MUST_CHECK;

/* When a notification of this kind that is made now is due. */
enum error_kind notice_due_time(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                                int64_t *out_at) MUST_CHECK;

/* May something of this kind go out now? */
enum error_kind notice_may_go_now(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                                  bool *out_may) MUST_CHECK;

#endif
