/*
 * lookup_ask.h — one question to several targets at the same time, each on a thread of its own, within LOOKUP_WAIT_MS.
 */
#ifndef CARREL_LOOKUP_LOOKUP_ASK_H
#define CARREL_LOOKUP_LOOKUP_ASK_H

#include "base/ctx.h"
#include "lookup/lookup.h"

struct lookup_answer {
    struct lookup_record *records; /* in the order of the targets */
    struct lookup_result *results; /* one for each target, in their order */
};

/*
 * Asks them all, LOOKUP_AT_ONCE at a time. Neither reads the library nor needs a connection to it. Answers are ctx->arena's.
 * BUSY when LOOKUPS_AT_ONCE others are under way and none ends within LOOKUP_TURN_MS. What a target does wrong is told in
 * its result and is no error.
 */
enum error_kind lookup_ask(struct ctx *ctx, const struct lookup_target *targets, size_t count,
                           const struct lookup_question *question,
                           struct lookup_answer *out_answer) MUST_CHECK;

#endif
