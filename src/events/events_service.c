/*
 * events_service.c — what happened, told once and in the transaction in which it happened.
 */
#include "events/events_service.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "events/events_repository.h"

const struct event_kind event_kinds[EVENT_TYPES_END] = {
#define X(id, name, meaning, detail) [EVENT_##id] = {name, meaning, detail[0] ? detail : NULL},
    EVENT_TYPES(X)
#undef X
};

const char *event_type_name(enum event_type type)
{
    assert(type > EVENT_NONE && type < EVENT_TYPES_END);
    return event_kinds[type].name;
}

enum event_type event_type_of(const char *name)
{
    for (int type = EVENT_NONE + 1; type < EVENT_TYPES_END; type++)
        if (strcmp(event_kinds[type].name, name) == 0)
            return (enum event_type)type;
    return EVENT_NONE;
}

enum error_kind events_record(struct ctx *ctx, const struct event_fact *fact)
{
    return events_repo_insert(ctx, event_type_name(fact->type), fact);
}

enum error_kind events_prune(struct ctx *ctx, int64_t before_ms, int max_rows, int64_t *out_removed)
{
    int64_t anyway_ms = before_ms - (int64_t)EVENT_KEEP_DAYS * MS_PER_DAY;

    return events_repo_delete_before(ctx, before_ms, anyway_ms, max_rows, out_removed);
}

enum error_kind events_forget_members(struct ctx *ctx, int64_t *from_id, int64_t count, bool *out_more)
{
    int64_t first;
    int64_t last;

    TRY(events_repo_id_range(ctx, &first, &last));
    if (*from_id < first)
        *from_id = first;
    TRY(events_repo_forget_members(ctx, *from_id, count));
    *from_id += count;
    *out_more = *from_id <= last;
    return OK;
}

enum error_kind events_place(struct ctx *ctx, const char *last, int64_t *out_place, bool *out_missed)
{
    struct uuid uuid;
    int64_t place;
    bool found = false;

    if (last && uuid_parse(last, &uuid))
        TRY(events_repo_find(ctx, &uuid, &place, &found));
    if (!found)
        TRY(events_repo_newest(ctx, &place));
    *out_place = place;
    *out_missed = last && !found;
    return OK;
}

enum error_kind events_after(struct ctx *ctx, int64_t *place, event_taker *take, void *argument)
{
    return events_repo_after(ctx, *place, EVENTS_AT_ONCE, take, argument, place);
}

enum error_kind events_last_id(struct ctx *ctx, struct uuid *out_uuid)
{
    return events_repo_last_uuid(ctx, out_uuid);
}

enum error_kind events_forget_book(struct ctx *ctx, int64_t book_id)
{
    return events_repo_forget_book(ctx, book_id);
}

enum error_kind events_told(struct ctx *ctx, int64_t id, struct told_event *out_event, bool *out_found)
{
    return events_repo_told(ctx, id, out_event, out_found);
}

enum error_kind events_forget_reviews(struct ctx *ctx, int64_t book_id, int64_t since_ms)
{
    return events_repo_forget_reviews(ctx, book_id, since_ms);
}

/* ---- for those who act on them --------------------------------------------------------------------------- */

static enum error_kind begin_after_newest(struct ctx *ctx, const char *name)
{
    int64_t newest;

    TRY(events_repo_newest(ctx, &newest));
    return events_repo_put_consumer(ctx, name, newest);
}

enum error_kind events_has_more(struct ctx *ctx, const char *name, bool *out_more)
{
    int64_t place, newest;
    bool found;

    TRY(events_repo_consumer(ctx, name, &place, &found));
    TRY(events_repo_newest(ctx, &newest));
    *out_more = !found || newest > place;
    return OK;
}

/* A new library's first event has the number 1, each further one the next. */
static void tell_gap(const char *name, int64_t place, int64_t first_id)
{
    if (first_id > place + 1)
        LOG(WARN, "events were removed before they were acted on", LOG_TEXT("consumer", name),
            LOG_INT("events", first_id - place - 1));
}

/* *out_more: as many as were read, or as there was time for. At least one. */
static enum error_kind hand_out(struct ctx *ctx, const struct consumed_event *event, event_consumer *take,
                                void *argument, int64_t *io_place, bool *out_more)
{
    int64_t until = clock_monotonic_ms() + WRITER_BULK_SLICE_MS;
    int count = 0;

    for (bool in_time = true; event && in_time; event = event->next) {
        /* A program that is newer than this one has told it: nobody here can act on it. */
        if (event->type != EVENT_NONE)
            TRY(take(ctx, argument, event));
        *io_place = event->id;
        *out_more = ++count == EVENT_CONSUMED_AT_ONCE || event->next;
        in_time = clock_monotonic_ms() < until;
    }
    return OK;
}

enum error_kind events_consume(struct ctx *ctx, const char *name, event_consumer *take, void *argument,
                               bool *out_more)
{
    struct consumed_event *first;
    int64_t place;
    bool found, more = false;

    TRY(events_repo_consumer(ctx, name, &place, &found));
    if (!found || !take) {
        *out_more = false;
        return begin_after_newest(ctx, name);
    }
    TRY(events_repo_consumed(ctx, place, EVENT_CONSUMED_AT_ONCE, &first));
    if (!first) {
        *out_more = false;
        return OK;
    }
    tell_gap(name, place, first->id);
    TRY(hand_out(ctx, first, take, argument, &place, &more));
    TRY(events_repo_put_consumer(ctx, name, place));
    *out_more = more;
    return OK;
}
