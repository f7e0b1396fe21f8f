/*
 * making_service.c — which happening becomes which notification, and for whom.
 */
#include "notifications/making_service.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "counters/counters_service.h"
#include "notifications/notices_repository.h"
#include "notifications/wording_service.h"

#define CODE_AGAIN_MS (10 * 60 * 1000) /* who asks for a code more often gets no more of them */

/* ---- making one ---------------------------------------------------------------------------------------------- */

static bool can_reach(const struct notice_house *house, const struct notice_reader *reader,
                      enum notice_channel channel)
{
    if (!house->on[channel])
        return false;
    return channel == NOTICE_APP     ? true
           : channel == NOTICE_EMAIL ? reader->email != NULL
                                     : reader->phone != NULL;
}

void notice_channels_of(const struct notice_house *house, enum notice_kind_id kind,
                        const struct notice_reader *reader, bool out_channels[NOTICE_CHANNELS])
{
    for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++) {
        bool wants = !notice_kind_is_chosen(kind)          ? true
                     : reader->wants[channel] != NO_NUMBER ? reader->wants[channel] != 0
                                                           : house->chosen[channel];
        out_channels[channel] = wants && notice_kind_has(kind, channel) &&
                                can_reach(house, reader, channel) &&
                                (channel != NOTICE_APP || reader->signs_in);
    }
}

static enum error_kind show_now(struct ctx *ctx, const struct notice_house *house, int64_t id)
{
    struct notice_wording wording;
    struct notice notice;

    TRY(notices_repo_load(ctx, id, &notice));
    TRY(wording_of(ctx, house, &notice, NULL, 0, &wording));
    return notices_repo_shown(ctx, id, wording.subject, wording.body);
}

static enum error_kind make_one(struct ctx *ctx, const struct notice_house *house,
                                const struct notice_draft *draft, enum notice_channel channel,
                                int64_t *out_made)
{
    int64_t send_at = ctx->now;
    int64_t id;

    if (channel != NOTICE_APP)
        TRY(notice_due_time(ctx, house, draft->kind, &send_at));
    TRY(notices_repo_insert(ctx, draft, channel, send_at, &id));
    if (id == 0)
        return OK;
    (*out_made)++;
    TRY(counters_add(ctx, COUNTER_NOTIFICATIONS, 1));
    return channel == NOTICE_APP ? show_now(ctx, house, id) : OK;
}

static enum error_kind make_for(struct ctx *ctx, const struct notice_house *house,
                                const struct notice_draft *draft, const struct notice_reader *reader,
                                const bool channels[NOTICE_CHANNELS], int64_t *out_made)
{
    int64_t made = 0;

    for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++)
        if (channels[channel] && can_reach(house, reader, channel) && notice_kind_has(draft->kind, channel))
            TRY(make_one(ctx, house, draft, channel, &made));
    *out_made = made;
    return OK;
}

static enum error_kind find_reader(struct ctx *ctx, const struct notice_draft *draft,
                                   struct notice_reader *out_reader, bool *out_found)
{
    TRY(making_repo_reader(ctx, draft->member_id, notice_kinds[draft->kind].name, out_reader, out_found));
    *out_found = *out_found && !out_reader->archived;
    return OK;
}

enum error_kind notice_make(struct ctx *ctx, const struct notice_house *house,
                            const struct notice_draft *draft, int64_t *out_made)
{
    bool channels[NOTICE_CHANNELS];
    struct notice_reader reader;
    bool found;

    *out_made = 0;
    TRY(find_reader(ctx, draft, &reader, &found));
    if (!found)
        return OK;
    notice_channels_of(house, draft->kind, &reader, channels);
    return make_for(ctx, house, draft, &reader, channels, out_made);
}

enum error_kind notice_make_over(struct ctx *ctx, const struct notice_house *house,
                                 const struct notice_draft *draft, const bool channels[NOTICE_CHANNELS],
                                 int64_t *out_made)
{
    struct notice_reader reader;
    bool found;

    *out_made = 0;
    TRY(find_reader(ctx, draft, &reader, &found));
    return found ? make_for(ctx, house, draft, &reader, channels, out_made) : OK;
}

/* ---- from what happened -------------------------------------------------------------------------------------- */

static enum notice_kind_id kind_of(enum event_type type)
{
    switch (type) {
    case EVENT_BOOK_OVERDUE: return NOTICE_OVERDUE;
    case EVENT_DUE_DATE_MOVED: return NOTICE_DUE_DATE_MOVED;
    case EVENT_HOLD_READY: return NOTICE_HOLD_READY;
    case EVENT_HOLD_EXPIRED: return NOTICE_HOLD_ENDED;
    case EVENT_HOLD_WAITS_AGAIN: return NOTICE_HOLD_WAITS_AGAIN;
    case EVENT_HOLD_CANCELLED: return NOTICE_HOLD_CANCELLED;
    case EVENT_TITLE_AVAILABLE: return NOTICE_TITLE_AVAILABLE;
    case EVENT_FINE_PAID: return NOTICE_RECEIPT;
    case EVENT_PASSWORD_CODE_ASKED: return NOTICE_PASSWORD_CODE;
    default: return NOTICE_KINDS;
    }
}

/* What the event does not name by itself. */
static enum error_kind add_record(struct ctx *ctx, const struct consumed_event *event,
                                  struct notice_draft *draft)
{
    switch (draft->kind) {
    case NOTICE_HOLD_READY:
    case NOTICE_HOLD_ENDED:
    case NOTICE_HOLD_WAITS_AGAIN:
    case NOTICE_HOLD_CANCELLED:
        return making_repo_hold(ctx, event->member_id, event->book_id, &draft->hold_id);
    case NOTICE_RECEIPT: return making_repo_payment(ctx, event->member_id, event->at, &draft->payment_id);
    default: return OK;
    }
}

/* Who has done it knows it; who wants no receipts gets none. */
static bool is_told(const struct notice_house *house, enum notice_kind_id kind,
                    const struct consumed_event *event)
{
    switch (kind) {
    case NOTICE_KINDS: return false;
    case NOTICE_RECEIPT: return house->receipts;
    case NOTICE_HOLD_CANCELLED: return !event->detail || strcmp(event->detail, EVENT_BY_READER) != 0;
    default: return true;
    }
}

enum error_kind notices_take_event(struct ctx *ctx, void *argument, const struct consumed_event *event)
{
    const struct notice_house *house = argument;
    enum notice_kind_id kind = kind_of(event->type);
    char uuid[UUID_TEXT_SIZE];
    int64_t made;

    if (event->member_id == 0 || !is_told(house, kind, event))
        return OK;
    uuid_format(&event->uuid, uuid);
    struct notice_draft draft = {.kind = kind,
                                 .member_id = event->member_id,
                                 .book_id = event->book_id,
                                 .borrow_id = event->borrow_id,
                                 .detail = event->detail,
                                 .dedupe = arena_printf(ctx->arena, "%s:%s", notice_kinds[kind].name, uuid)};
    if (kind == NOTICE_PASSWORD_CODE)
        draft.dedupe = arena_printf(ctx->arena, "password_code:%" PRId64 ":%" PRId64, event->member_id,
                                    event->at / CODE_AGAIN_MS);
    TRY(add_record(ctx, event, &draft));
    return notice_make(ctx, house, &draft, &made);
}

/* ---- from what is due ---------------------------------------------------------------------------------------- */

enum { WALK_LOANS, WALK_HOLDS, WALK_MEMBERSHIPS, WALK_ENDED };

static enum error_kind make_due(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                                const struct notice_due *due, int64_t *made)
{
    const char *day = arena_printf(ctx->arena, "%" PRId64, due->day);
    struct notice_draft draft = {
        .kind = kind, .member_id = due->member_id, .book_id = due->book_id, .detail = day};
    int64_t count;

    if (kind == NOTICE_DUE_SOON)
        draft.borrow_id = due->id;
    else if (kind == NOTICE_HOLD_EXPIRING)
        draft.hold_id = due->id;
    draft.dedupe = arena_printf(ctx->arena, "%s:%" PRId64 ":%s", notice_kinds[kind].name, due->id, day);
    TRY(notice_make(ctx, house, &draft, &count));
    *made += count;
    return OK;
}

static enum error_kind make_all(struct ctx *ctx, const struct notice_house *house, enum notice_kind_id kind,
                                const struct notice_due *due, size_t count, struct notice_walk *walk)
{
    for (size_t i = 0; i < count; i++) {
        TRY(make_due(ctx, house, kind, &due[i], &walk->made));
        walk->at = due[i].at;
        walk->id = due[i].id;
    }
    return OK;
}

static void next_step(struct notice_walk *walk, bool done)
{
    if (!done)
        return;
    walk->step++;
    walk->at = 0;
    walk->id = 0;
}

static enum error_kind walk_loans(struct ctx *ctx, const struct notice_house *house, struct notice_walk *walk)
{
    struct notice_due due[NOTICES_A_SLICE];
    int32_t today = clock_day_of(ctx->now);
    size_t count = 0;

    if (walk->at == 0)
        walk->at = clock_day_start(today);
    if (house->due_soon_days > 0)
        TRY(making_repo_loans(ctx, walk->at, walk->id, clock_day_end(today + (int32_t)house->due_soon_days),
                              clock_day_start(today), due, NOTICES_A_SLICE, &count));
    TRY(make_all(ctx, house, NOTICE_DUE_SOON, due, count, walk));
    next_step(walk, count < NOTICES_A_SLICE);
    return OK;
}

static enum error_kind walk_holds(struct ctx *ctx, const struct notice_house *house, struct notice_walk *walk)
{
    struct notice_due due[NOTICES_A_SLICE];
    int32_t today = clock_day_of(ctx->now);
    size_t count = 0;

    if (walk->at == 0)
        walk->at = today;
    if (house->hold_days > 0)
        TRY(making_repo_holds(ctx, walk->at, walk->id, today + house->hold_days, clock_day_start(today), due,
                              NOTICES_A_SLICE, &count));
    TRY(make_all(ctx, house, NOTICE_HOLD_EXPIRING, due, count, walk));
    next_step(walk, count < NOTICES_A_SLICE);
    return OK;
}

/* Day by day: members have an index for one day only. */
static enum error_kind walk_memberships(struct ctx *ctx, const struct notice_house *house,
                                        struct notice_walk *walk)
{
    struct notice_due due[NOTICES_A_SLICE];
    int32_t today = clock_day_of(ctx->now);
    size_t count = 0;

    if (walk->at == 0)
        walk->at = today;
    if (house->membership_days > 0)
        TRY(making_repo_memberships(ctx, walk->at, walk->id, due, NOTICES_A_SLICE, &count));
    TRY(make_all(ctx, house, NOTICE_MEMBERSHIP_EXPIRING, due, count, walk));
    if (count < NOTICES_A_SLICE) {
        walk->at++;
        walk->id = 0;
    }
    next_step(walk, house->membership_days == 0 || walk->at > today + house->membership_days);
    return OK;
}

enum error_kind notices_walk(struct ctx *ctx, const struct notice_house *house, struct notice_walk *walk,
                             bool *out_more)
{
    switch (walk->step) {
    case WALK_LOANS: TRY(walk_loans(ctx, house, walk)); break;
    case WALK_HOLDS: TRY(walk_holds(ctx, house, walk)); break;
    case WALK_MEMBERSHIPS: TRY(walk_memberships(ctx, house, walk)); break;
    default: break;
    }
    *out_more = walk->step < WALK_ENDED;
    return OK;
}
