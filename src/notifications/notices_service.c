/*
 * notices_service.c — whose notification it is, and writing to many readers at once.
 */
#include "notifications/notices_service.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "counters/counters_service.h"
#include "notifications/making_service.h"
#include "notifications/notices_repository.h"
#include "notifications/preferences_repository.h"
#include "settings/settings_service.h"

/* ---- reading ------------------------------------------------------------------------------------------------- */

static enum error_kind find_member(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id)
{
    const char *name;
    bool found;

    TRY(preferences_repo_member(ctx, uuid, out_id, &name, &found));
    return found ? OK : fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
}

enum error_kind notices_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return notices_repo_list(ctx, query, sink);
}

enum error_kind notices_list_of(struct ctx *ctx, const struct uuid *member, const struct list_query *query,
                                struct row_sink *sink)
{
    int64_t id;

    TRY(find_member(ctx, member, &id));
    struct list_query of_member =
        list_query_with(ctx->arena, query, ".member", arena_printf(ctx->arena, "%" PRId64, id));
    return notices_repo_list(ctx, &of_member, sink);
}

enum error_kind notices_find(struct ctx *ctx, const struct uuid *uuid, struct notice *out_notice)
{
    bool found;
    int64_t id;

    TRY(notices_repo_find(ctx, uuid, &id, &found));
    if (found)
        TRY(notices_repo_load(ctx, id, out_notice));
    /* Who is no reader has member 0, and so has a notification that is forgotten. */
    if (!found || (ctx->actor.access < LIBRARIAN &&
                   (out_notice->member_id == 0 || out_notice->member_id != ctx->actor.member_id)))
        return fail(ctx, NOTIFICATION_NOT_FOUND, "Notification not found.");
    return OK;
}

enum error_kind notices_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return notices_repo_show(ctx, id, sink);
}

enum error_kind notices_unread(struct ctx *ctx, const struct uuid *member, int64_t *out_unread)
{
    int64_t id;

    TRY(find_member(ctx, member, &id));
    return notices_repo_unread(ctx, id, out_unread);
}

enum error_kind notices_read(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id)
{
    struct notice notice;

    TRY(notices_find(ctx, uuid, &notice));
    *out_id = notice.id;
    return notices_repo_note_read(ctx, notice.id);
}

enum error_kind notices_read_all(struct ctx *ctx, const struct uuid *member)
{
    int64_t id;

    TRY(find_member(ctx, member, &id));
    return notices_repo_note_all_read(ctx, id);
}

/* ---- writing to readers -------------------------------------------------------------------------------------- */

struct readers {
    int64_t *ids;
    size_t count;
};

static void add_reader(struct readers *readers, int64_t id)
{
    for (size_t i = 0; i < readers->count; i++)
        if (readers->ids[i] == id)
            return; /* named twice, and told once */
    readers->ids[readers->count++] = id;
}

static enum error_kind read_ids(struct ctx *ctx, const struct text_list *texts, struct readers *readers)
{
    struct uuid uuid;
    int64_t id;
    bool found;

    for (size_t i = 0; i < texts->count; i++) {
        if (!uuid_parse(texts->items[i], &uuid))
            error_field(ctx, "body", "member_ids", "invalid", "must be ids of members");
        TRY(error_check_fields(ctx));
        TRY(making_repo_member_id(ctx, &uuid, &id, &found));
        if (!found)
            return fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
        add_reader(readers, id);
    }
    return OK;
}

static enum error_kind read_group(struct ctx *ctx, const char *group, struct readers *readers)
{
    TRY(making_repo_group(ctx, group, readers->ids, NOTICE_MEMBERS_MAX + 1, &readers->count));
    if (readers->count == 0)
        error_field(ctx, "body", "group_name", "unknown", "has no members");
    else if (readers->count > NOTICE_MEMBERS_MAX)
        error_field(ctx, "body", "group_name", "too_many", "has more than %d members", NOTICE_MEMBERS_MAX);
    return error_check_fields(ctx);
}

static enum error_kind read_readers(struct ctx *ctx, const struct notice_message *message,
                                    struct readers *readers)
{
    readers->ids = arena_alloc_array(ctx->arena, NOTICE_MEMBERS_MAX + 1, sizeof *readers->ids);
    if ((message->member_ids.count > 0) == (message->group_name != NULL)) {
        error_field(ctx, "body", "member_ids", "missing", "name readers or a group, not both");
        return error_check_fields(ctx);
    }
    return message->group_name ? read_group(ctx, message->group_name, readers)
                               : read_ids(ctx, &message->member_ids, readers);
}

/* One channel for all but those who have said that they do not want it; else each reader's own. */
static void choose(const struct notice_house *house, const struct notice_reader *reader, const char *channel,
                   bool out_channels[NOTICE_CHANNELS])
{
    if (!channel) {
        notice_channels_of(house, NOTICE_MESSAGE, reader, out_channels);
        return;
    }
    enum notice_channel only = notice_channel_named(channel);
    for (enum notice_channel i = 0; i < NOTICE_CHANNELS; i++)
        out_channels[i] = i == only && reader->wants[i] != 0;
}

static enum error_kind send_to(struct ctx *ctx, const struct notice_house *house,
                               const struct notice_message *message, struct notice_draft *draft,
                               struct notice_queued *queued)
{
    bool channels[NOTICE_CHANNELS];
    struct notice_reader reader;
    int64_t made;
    bool found;

    TRY(making_repo_reader(ctx, draft->member_id, "message", &reader, &found));
    if (!found)
        return OK;
    choose(house, &reader, message->channel, channels);
    TRY(notice_make_over(ctx, house, draft, channels, &made));
    queued->queued += made;
    if (made > 0)
        return OK;
    struct notice_unreached *unreached = arena_alloc(ctx->arena, sizeof *unreached);
    *unreached =
        (struct notice_unreached){.id = reader.uuid, .name = reader.name, .next = queued->without_address};
    queued->without_address = unreached;
    return OK;
}

static enum error_kind tell_sent(struct ctx *ctx, const struct notice_message *message, size_t readers,
                                 int64_t queued)
{
    struct field_change how_many = {.name = "notifications",
                                    .after = arena_printf(ctx->arena, "%" PRId64, queued)};
    struct field_change whom = {
        .name = "readers", .after = arena_printf(ctx->arena, "%zu", readers), .next = &how_many};
    struct field_change group = {.name = "group_name", .after = message->group_name, .next = &whom};

    return audit_edit(ctx, "notifications.queued", "library", NO_NUMBER,
                      message->group_name ? &group : &whom);
}

enum error_kind notices_send(struct ctx *ctx, const struct notice_message *message,
                             struct notice_queued *out_queued)
{
    struct notice_queued queued = {0};
    struct notice_house house;
    struct readers readers = {0};

    TRY(notice_house_read(ctx, &house));
    TRY(read_readers(ctx, message, &readers));
    if (message->channel && !house.on[notice_channel_named(message->channel)])
        return fail(ctx, CHANNEL_IS_OFF, "%s",
                    notice_channel_why_off(&house, notice_channel_named(message->channel)));
    struct uuid once = uuid_new(ctx->now);
    char text[UUID_TEXT_SIZE];
    uuid_format(&once, text);
    struct notice_draft draft = {.kind = NOTICE_MESSAGE,
                                 .detail =
                                     arena_printf(ctx->arena, "%s\n%s", message->subject, message->text)};
    for (size_t i = readers.count; i-- > 0;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        int64_t before = queued.queued;
        draft.member_id = readers.ids[i];
        draft.dedupe = arena_printf(ctx->arena, "message:%s:%" PRId64, text, draft.member_id);
        TRY(send_to(ctx, &house, message, &draft, &queued));
        if (queued.queued > before) /* only who was not reached is remembered */
            arena_reset_to(ctx->arena, mark);
    }
    TRY(tell_sent(ctx, message, readers.count, queued.queued));
    *out_queued = queued;
    return OK;
}

/* ---- one of them --------------------------------------------------------------------------------------------- */

enum error_kind notices_again(struct ctx *ctx, const struct notice *notice)
{
    if (strcmp(notice->state, "failed") != 0 && strcmp(notice->state, "unsure") != 0 &&
        strcmp(notice->state, "dropped") != 0) {
        error_reason_text(ctx, "state", notice->state);
        return fail(ctx, CONFLICT, "It has gone, or is on its way.");
    }
    if (notice->member_id == 0)
        return fail(ctx, CONFLICT, "Whom it told is forgotten.");
    TRY(notices_repo_again(ctx, notice->id));
    return audit_act(ctx, "notification.sent_again", "notification", notice->id);
}

enum error_kind notices_drop(struct ctx *ctx, const struct notice *notice)
{
    if (strcmp(notice->state, "waiting") != 0) {
        error_reason_text(ctx, "state", notice->state);
        return fail(ctx, CONFLICT, "It does not wait any more.");
    }
    TRY(notices_repo_drop(ctx, notice->id, "Somebody of the staff has dropped it."));
    return audit_act(ctx, "notification.dropped", "notification", notice->id);
}

enum error_kind notices_channel(struct ctx *ctx, const struct notice_house *house,
                                enum notice_channel channel, struct notice_channel_state *out_state)
{
    *out_state = (struct notice_channel_state){.on = house->on[channel],
                                               .why_off = notice_channel_why_off(house, channel)};
    return notices_repo_channel(ctx, channel, out_state);
}

enum error_kind notices_prune(struct ctx *ctx, int64_t max, int64_t *out_rows)
{
    TRY(notices_repo_prune(ctx, ctx->now - (int64_t)NOTICE_KEEP_DAYS * MS_PER_DAY, max, out_rows));
    return counters_add(ctx, COUNTER_NOTIFICATIONS, -*out_rows);
}

enum error_kind notices_forget_titles(struct ctx *ctx, size_t max, struct notices_place *io_place,
                                      int64_t *out_rows, bool *out_more)
{
    int64_t days;

    *out_rows = 0;
    *out_more = false;
    TRY(settings_int(ctx, SETTING_FORGET_LOANS_AFTER_DAYS, &days));
    if (days <= 0)
        return OK;
    return forgetting_repo_titles(ctx, ctx->now - days * MS_PER_DAY, max, io_place, out_rows, out_more);
}

/* ---- the thread ---------------------------------------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static bool is_woken;

void notices_wake(void)
{
    pthread_mutex_lock(&lock);
    is_woken = true;
    pthread_cond_signal(&woken);
    pthread_mutex_unlock(&lock);
}

void notices_wait(int64_t ms)
{
    struct timespec until = clock_monotonic_after(ms);

    pthread_mutex_lock(&lock);
    while (!is_woken && pthread_cond_clockwait(&woken, &lock, CLOCK_MONOTONIC, &until) != ETIMEDOUT)
        continue;
    is_woken = false;
    pthread_mutex_unlock(&lock);
}
