/*
 * events_service.c — what happened, told once and in the transaction in which it happened.
 */
#include "events/events_service.h"

#include <assert.h>

#include "base/limits.h"
#include "events/events_repository.h"

const char *event_type_name(enum event_type type)
{
    static const char *const names[] = {
#define X(id, name) [EVENT_##id] = name,
        EVENT_TYPES(X)
#undef X
    };

    assert(type != EVENT_NONE && (size_t)type < sizeof names / sizeof names[0]);
    return names[type];
}

enum error_kind events_record(struct ctx *ctx, const struct event_fact *fact)
{
    return events_repo_insert(ctx, event_type_name(fact->type), fact);
}

enum error_kind events_prune(struct ctx *ctx, int64_t before_ms, int max_rows, int64_t *out_removed)
{
    return events_repo_delete_before(ctx, before_ms, max_rows, out_removed);
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
