/*
 * ending_service.c — every way in which a hold ends, so that none forgets the counters or the copy.
 */
#include "holds/ending_service.h"

#include "audit/audit_service.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "holds/holds_repository.h"
#include "holds/holds_service.h"

/* A kind of ending: how it is told. */
struct ending {
    enum hold_status status;
    enum event_type event;
    const char *action;
    const char *reason; /* for people; NULL: none */
    const char *detail; /* of the event; NULL: none */
    int64_t borrow_id;  /* 0: none */
};

static enum error_kind end(struct ctx *ctx, const struct hold *hold, const struct ending *ending)
{
    static const enum library_counter counters[] = {[HOLD_FULFILLED] = COUNTER_HOLDS_FULFILLED,
                                                    [HOLD_CANCELLED] = COUNTER_HOLDS_CANCELLED,
                                                    [HOLD_EXPIRED] = COUNTER_HOLDS_EXPIRED};

    TRY(holds_repo_end(ctx, hold->id, ending->status, ending->borrow_id, ctx->now, ending->reason));
    TRY(counters_hold_closed(ctx, hold->book_id, hold->member_id, counters[ending->status]));
    TRY(audit_act(ctx, ending->action, "hold", hold->id));
    return events_record(ctx, &(struct event_fact){.type = ending->event,
                                                   .book_id = hold->book_id,
                                                   .member_id = hold->member_id,
                                                   .borrow_id = ending->borrow_id,
                                                   .detail = ending->detail});
}

enum error_kind ending_pass_on(struct ctx *ctx, int64_t copy_id)
{
    struct hold_turn turn;
    struct copy copy;

    TRY(copies_find_by_id(ctx, copy_id, &copy));
    return copy.status == COPY_ON_HOLD_SHELF ? holds_take_in(ctx, &copy, &turn) : OK;
}

static enum error_kind end_and_pass_on(struct ctx *ctx, const struct hold *hold, const struct ending *ending)
{
    TRY(end(ctx, hold, ending));
    return hold->status == HOLD_READY ? ending_pass_on(ctx, hold->copy_id) : OK;
}

enum error_kind ending_fulfil(struct ctx *ctx, const struct hold *hold, int64_t borrow_id)
{
    return end(ctx, hold,
               &(struct ending){.status = HOLD_FULFILLED,
                                .event = EVENT_HOLD_FULFILLED,
                                .action = "hold.fulfilled",
                                .borrow_id = borrow_id});
}

enum error_kind ending_cancel(struct ctx *ctx, const struct hold *hold, const char *reason)
{
    return end_and_pass_on(ctx, hold,
                           &(struct ending){.status = HOLD_CANCELLED,
                                            .event = EVENT_HOLD_CANCELLED,
                                            .action = "hold.cancelled",
                                            .reason = reason,
                                            .detail = reason});
}

enum error_kind ending_expire(struct ctx *ctx, int64_t hold_id)
{
    struct hold hold;
    bool found;

    TRY(holds_repo_find_by_id(ctx, hold_id, &hold, &found));
    if (!found || hold.status != HOLD_READY)
        return OK;
    return end_and_pass_on(ctx, &hold,
                           &(struct ending){.status = HOLD_EXPIRED,
                                            .event = EVENT_HOLD_EXPIRED,
                                            .action = "hold.expired",
                                            .reason = "not fetched in time"});
}
