/*
 * sending_service.h — one message leaves: claimed in a transaction, sent without one, marked in another.
 *
 * A notification is claimed before anything goes out, so that nothing goes twice: what was claimed when the program ended is
 * *unsure* afterwards, and only a person sends it again. On the writer, in a transaction of the caller.
 */
#ifndef CARREL_NOTIFICATIONS_SENDING_SERVICE_H
#define CARREL_NOTIFICATIONS_SENDING_SERVICE_H

#include "notifications/house_service.h"

/* Is anything due on one of these channels? For readers. */
enum error_kind sending_is_due(struct ctx *ctx, const bool channels[NOTICE_CHANNELS],
                               bool *out_due) MUST_CHECK;

/*
 * Looks at what is due on these channels, at most NOTICES_A_SLICE of them, drops what is no longer true, puts off what may
 * not go now, and claims the first message that shall go: *out_found. *out_more: there may be others.
 */
enum error_kind sending_claim(struct ctx *ctx, const struct notice_house *house,
                              const bool channels[NOTICE_CHANNELS], struct notice_outgoing *out_message,
                              bool *out_found, bool *out_more) MUST_CHECK;

/* How it went. `problem` NULL: well. */
enum error_kind sending_mark(struct ctx *ctx, const struct notice_outgoing *message,
                             enum notice_result result, const char *problem) MUST_CHECK;

/* What was claimed at or before that instant and has not been marked: nobody knows whether it went. */
enum error_kind sending_recover(struct ctx *ctx, int64_t claimed_until, int64_t *out_rows) MUST_CHECK;

/* After so many tries, how long until the next. */
int64_t sending_wait_ms(int64_t tries);

#endif
