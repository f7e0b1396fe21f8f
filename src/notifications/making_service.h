/*
 * making_service.h — notifications come to be: from what happened, and each day from what is due.
 *
 * On the writer, in a transaction of the caller. Made is what a reader wants, over channels that are on and that the reader
 * can be reached by. What was made once is not made again, whoever asks.
 */
#ifndef CARREL_NOTIFICATIONS_MAKING_SERVICE_H
#define CARREL_NOTIFICATIONS_MAKING_SERVICE_H

#include "events/events.h"
#include "notifications/house_service.h"
#include "notifications/making_repository.h"

/* One for each channel; *out_made says how many. What is told in the program is told at once. */
enum error_kind notice_make(struct ctx *ctx, const struct notice_house *house,
                            const struct notice_draft *draft, int64_t *out_made) MUST_CHECK;

/* The same over these channels, whatever the reader wants; those that cannot be are left out. */
enum error_kind notice_make_over(struct ctx *ctx, const struct notice_house *house,
                                 const struct notice_draft *draft, const bool channels[NOTICE_CHANNELS],
                                 int64_t *out_made) MUST_CHECK;

/* Over which channels this reader is told things of a kind. */
void notice_channels_of(const struct notice_house *house, enum notice_kind_id kind,
                        const struct notice_reader *reader, bool out_channels[NOTICE_CHANNELS]);

/* For events_consume(): `argument` is a const struct notice_house. */
enum error_kind notices_take_event(struct ctx *ctx, void *argument,
                                   const struct consumed_event *event) MUST_CHECK;

/* Where the daily walk is; {0} begins it. */
struct notice_walk {
    int step;
    int64_t at, id;
    int64_t made;
};

/* NOTICES_A_SLICE things that are due soon. *out_more: call it again, in a transaction of its own. */
enum error_kind notices_walk(struct ctx *ctx, const struct notice_house *house, struct notice_walk *walk,
                             bool *out_more) MUST_CHECK;

#endif
